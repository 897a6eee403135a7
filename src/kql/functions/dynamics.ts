// Arrays and bags.
import { type NamedExpression, refusalSql } from "../compilation.ts";
import { listJson, plainJson, toJson, toText } from "../conversions.ts";
import { type Expression, jsonConstant, TICKS_PER_MICROSECOND } from "../expression.ts";
import { kindOf } from "../parser.ts";
import { nameSql, textSql } from "../sql-text.ts";
import { type ColumnType, isNumber } from "../types.ts";
import { type Call, define } from "./registry.ts";

const json = (sql: string, present = false): Expression => ({ type: "dynamic", sql, present });

/** A parameter of a lambda, which would hide a column of this name. */
const POSITION = nameSql("#position");

const PATH_OF_KEYS = /^\$(?:\.[A-Za-z_][\w-]*|\['[^']*'\]|\["[^"]*"\])+$/;

/** A native function over JSON texts. */
const native =
  (name: string) =>
  (call: Call): Expression =>
    json(`${name}(${call.args.map((e) => `(${plainJson(e).sql})::VARCHAR`).join(", ")})::JSON`);

const arrayOnly = (array: string, sql: string): string => `CASE json_type(${array}) WHEN 'ARRAY' THEN ${sql} END`;

function pack(call: Call): Expression {
  const { args } = call;
  if (args.length % 2 !== 0) call.refuse("keys and values must come in pairs");
  const constant = args.every((e) => typeof e.constant === "string");
  if (constant) {
    const pairs = args.flatMap((e, i) => (i % 2 === 0 ? [[e.constant as string, args[i + 1]?.constant]] : []));
    return jsonConstant(Object.fromEntries(pairs));
  }
  const parts = args.map((e, i) => (i % 2 === 0 ? toText(e).sql : orNull(e)));
  return json(`json_object(${parts.join(", ")})`, true);
}

/** A null inside an array or bag is JSON's null. */
const orNull = (e: Expression): string => {
  const value = plainJson(e);
  return e.present ? value.sql : `coalesce(${value.sql}, 'null'::JSON)`;
};

/** A bag of these values by their names. */
export const bagOf = (list: readonly NamedExpression[]): string =>
  `json_object(${list.flatMap(({ name, value }) => [textSql(name), orNull(value)]).join(", ")})`;

function packAll(call: Call): Expression {
  const skipEmpty = call.args[0]?.constant === true;
  if (call.args[0] && typeof call.args[0].constant !== "boolean") call.refuse("the argument must be a constant");
  const object = bagOf([...call.scope.columns].map(([name, value]) => ({ name, value })));
  return json(skipEmpty ? `kql_without_empty((${object})::VARCHAR)::JSON` : object, true);
}

function arrayConcat(call: Call): Expression {
  const lists = call.args.map((e) => `kql_array_items(${e.sql})`);
  return json(`to_json(${lists.reduce((a, b) => `list_concat(${a}, ${b})`)})`, true);
}

function arraySlice(call: Call): Expression {
  const [array, start, end] = call.args.map((e) => e.sql);
  const length = `json_array_length(${array})::BIGINT`;
  const at = (index: string): string =>
    `CASE WHEN ${index} < 0 THEN greatest(${length} + ${index}, 0) ELSE ${index} END`;
  const last = `CASE WHEN ${end} < 0 THEN ${length} + ${end} ELSE ${end} END`;
  return json(
    arrayOnly(
      array ?? "",
      `to_json(coalesce(json_extract(${array}, '$[*]')[${at(start ?? "0")} + 1:${last} + 1], []::JSON[]))`,
    ),
  );
}

const sorted = (name: string, descending: boolean) =>
  define(name, "array:dynamic, more*:any", "dynamic", "own", (call) => {
    const [array, ...more] = call.args as [Expression, ...Expression[]];
    const flag = more.at(-1)?.type === "bool" ? more.pop() : undefined;
    if (flag && typeof flag.constant !== "boolean") call.refuse("nulls_last must be a constant");
    const lists = [array, ...more].map((e) => `(${plainJson(e).sql})::VARCHAR`);
    const sorted = `kql_sort_arrays('${descending ? "desc" : "asc"}', '${flag?.constant !== false}', to_json([${lists.join(", ")}])::VARCHAR)::JSON`;
    return json(more.length > 0 ? sorted : `nullif(json_extract(${sorted}, '$[0]'), 'null'::JSON)`);
  });

/** The service makes no longer arrays either. */
const LONGEST_ARRAY = 1_048_576;

function range(call: Call): Expression {
  const [start, stop, step] = call.args as [Expression, Expression, Expression | undefined];
  const datetimes = start.type === "datetime";
  const fits = (e: Expression | undefined, type: ColumnType): boolean =>
    e === undefined || e.type === "dynamic" || (isNumber(type) ? isNumber(e.type) : e.type === type);
  if (!fits(stop, start.type) || !fits(step, datetimes ? "timespan" : start.type))
    return call.refuse(`from a ${start.type} to a ${stop.type}${step ? ` by a ${step.type}` : ""}`, "KQL_TYPE");
  if (start.type === "real" || stop.type === "real" || step?.type === "real") {
    const by = step?.sql ?? "1.0";
    if ([start, stop, step].some((e) => e?.sql.includes("(SELECT ")))
      return call.refuse("reals that are computed elsewhere");
    const count = `least(greatest(TRY_CAST(floor((${stop.sql} - ${start.sql}) / ${by} + 1e-9) AS BIGINT) + 1, 0), ${LONGEST_ARRAY})`;
    return json(
      `to_json(list_transform(range(0, ${count}), lambda ${POSITION}: (${start.sql} + ${POSITION} * ${by})::DOUBLE))`,
    );
  }
  if (start.type === "dynamic" || stop.type === "dynamic")
    return call.refuse("dynamic values need a conversion", "KQL_TYPE");
  const micros = (e: Expression): string => (e.type === "datetime" ? `epoch_us(${e.sql})` : `(${e.sql} // 10)`);
  const [a, b] = datetimes ? [micros(start), micros(stop)] : [start.sql, stop.sql];
  const numbers = wholeNumbers(a, { sql: b, present: stop.present === true }, stepOf(start, step));
  const type = datetimes ? "datetime" : start.type === "timespan" ? "timespan" : "long";
  const list = { type, sql: datetimes ? `list_transform(${numbers}, lambda i: make_timestamp(i))` : numbers } as const;
  return { type: "dynamic", sql: listJson(list), list, present: start.present && stop.present };
}

interface Step {
  readonly sql: string;
  readonly constant?: bigint | undefined;
}

/** In microseconds for datetimes, in ticks for timespans: an hour where none is given. */
function stepOf(start: Expression, step: Expression | undefined): Step {
  const constant = typeof step?.constant === "bigint" ? step.constant : undefined;
  if (start.type === "datetime") {
    if (!step) return { sql: "3600000000", constant: 3_600_000_000n };
    return {
      sql: `(${step.sql} // 10)`,
      constant: constant === undefined ? undefined : constant / TICKS_PER_MICROSECOND,
    };
  }
  if (step) return { sql: step.sql, constant };
  return start.type === "timespan" ? { sql: "36000000000", constant: 36_000_000_000n } : { sql: "1", constant: 1n };
}

/** From a to b, both included; the service stops at 1,048,576 values too. */
function wholeNumbers(
  a: string,
  stop: { readonly sql: string; readonly present: boolean },
  { sql: by, constant }: Step,
): string {
  const { sql: b } = stop;
  if (constant !== undefined && constant > 0n) {
    const furthest = `${a} + ${constant * BigInt(LONGEST_ARRAY - 1)}`;
    // least() and greatest() pass over nulls; where the end is null, so is the array.
    const last = stop.present ? `least(${b}, ${furthest})` : `${b} - greatest(${b} - (${furthest}), 0)`;
    return `generate_series(${a}, ${last}, ${constant})`;
  }
  const count = `CASE WHEN ${by} <> 0 THEN least(greatest((${b} - ${a}) // ${by} + 1, 0), ${LONGEST_ARRAY}) ELSE 0 END`;
  return `CASE WHEN ${by} <> 0 THEN range(${a}, ${a} + (${count}) * ${by}, ${by}) ELSE []::BIGINT[] END`;
}

export const dynamics = [
  define(
    "array_length",
    "array:any",
    "long",
    "own",
    ({ args: [e], refuse }) => {
      const array = e as Expression;
      if (array.type !== "dynamic") return refuse(`of a ${array.type}`, "KQL_TYPE");
      if (array.list) return { type: "long", sql: `len(${array.list.sql})`, present: array.present };
      return arrayOnly(toJson(array).sql, `json_array_length(${toJson(array).sql})::BIGINT`);
    },
    { also: ["arraylength"] },
  ),
  define(
    "pack_array",
    "value:any, more*:any",
    "dynamic",
    "value",
    ({ args }) => json(`json_array(${args.map(orNull).join(", ")})`, true),
    {
      note: "pack_array(*) is refused",
    },
  ),
  define("bag_pack", "key:any, value:any, more*:any", "dynamic", "value", pack, { also: ["pack", "pack_dictionary"] }),
  define("bag_pack_columns", "column:any, more*:any", "dynamic", "value", ({ args, nodes, c }) => {
    const pairs = nodes.flatMap((node, i) => {
      if (kindOf(node) !== "NameReference") c.refuse(node, "bag_pack_columns() takes plain columns");
      return [textSql(node.SimpleName as string), orNull(args[i] as Expression)];
    });
    return json(`json_object(${pairs.join(", ")})`, true);
  }),
  define("pack_all", "ignore_null_empty?:bool", "dynamic", "value", packAll),
  define("array_concat", "array:dynamic, more*:dynamic", "dynamic", "own", arrayConcat),
  define("array_slice", "array:dynamic, start:long, end:long", "dynamic", "own", arraySlice),
  define(
    "array_index_of",
    "array:dynamic, value:any, start?:long, length?:long, occurrence?:long",
    "long",
    "own",
    ({ args }) => {
      const [array, value, ...numbers] = args as [Expression, Expression, ...Expression[]];
      const defaults = ["0", "-1", "1"].map((d, i) => `(${numbers[i]?.sql ?? d})::VARCHAR`);
      return `kql_array_index_of((${array.sql})::VARCHAR, (${plainJson(value).sql})::VARCHAR, ${defaults.join(", ")})::BIGINT`;
    },
  ),
  define("array_reverse", "array:dynamic", "dynamic", "own", ({ args: [e] }) =>
    json(arrayOnly(e?.sql ?? "", `to_json(list_reverse(json_extract(${e?.sql}, '$[*]')))`)),
  ),
  define("array_sum", "array:dynamic", "real", "own", ({ args: [e] }) => {
    const items = `json_extract(${e?.sql}, '$[*]')`;
    // What is no number makes the whole sum null.
    const numbers = `list_transform(${items}, lambda x: json_type(x) IN ('UBIGINT', 'BIGINT', 'DOUBLE'))`;
    const sum = `coalesce(list_sum(list_transform(${items}, lambda x: x::VARCHAR::DOUBLE)), 0)`;
    return arrayOnly(e?.sql ?? "", `CASE WHEN kql_all(${numbers}) THEN ${sum} END`);
  }),
  define("array_rotate_left", "array:dynamic, by:long", "dynamic", "own", ({ args: [a, n] }) =>
    json(`kql_rotate((${a?.sql})::VARCHAR, (${n?.sql})::VARCHAR)::JSON`),
  ),
  define("array_rotate_right", "array:dynamic, by:long", "dynamic", "own", ({ args: [a, n] }) =>
    json(`kql_rotate((${a?.sql})::VARCHAR, (-(${n?.sql}))::VARCHAR)::JSON`),
  ),
  define("array_split", "array:dynamic, at:any", "dynamic", "own", ({ args: [a, at] }) =>
    json(`kql_array_split((${a?.sql})::VARCHAR, (${plainJson(at as Expression).sql})::VARCHAR)::JSON`),
  ),
  define("array_iff", "condition:dynamic, when_true:any, when_false:any", "dynamic", "own", native("kql_array_iff"), {
    also: ["array_iif"],
  }),
  sorted("array_sort_asc", false),
  sorted("array_sort_desc", true),
  define("strcat_array", "array:dynamic, delimiter:string", "string", "own", ({ args: [array, delimiter] }) =>
    typeof delimiter?.constant === "string"
      ? `array_to_string(kql_texts(${array?.sql}), ${delimiter.sql})`
      : `kql_join(to_json(kql_texts(${array?.sql}))::VARCHAR, ${delimiter?.sql})`,
  ),
  define("repeat", "value:any, count:long", "dynamic", "own", ({ args: [value, count] }) =>
    json(
      `CASE WHEN ${count?.sql} >= 0 THEN to_json(repeat([${orNull(value as Expression)}], least(${count?.sql}, ${LONGEST_ARRAY}))) END`,
    ),
  ),
  define("range", "start:any, stop:any, step?:any", "dynamic", "own", range),
  define("zip", "array:dynamic, other:dynamic, more*:dynamic", "dynamic", "own", ({ args }) =>
    json(`kql_zip(to_json([${args.map((e) => `(${e.sql})::VARCHAR`).join(", ")}])::VARCHAR)::JSON`),
  ),
  define("bag_keys", "bag:dynamic", "dynamic", "own", ({ args: [e] }) =>
    json(`CASE json_type(${e?.sql}) WHEN 'OBJECT' THEN to_json(json_keys(${e?.sql})) END`),
  ),
  define(
    "bag_has_key",
    "bag:dynamic, key:string",
    "bool",
    "own",
    ({ args: [bag, key] }) => `kql_bag_has_key((${bag?.sql})::VARCHAR, ${key?.sql})::BOOLEAN`,
    {
      note: "a key that begins with $ is a path",
    },
  ),
  define("bag_merge", "bag:dynamic, other:dynamic, more*:dynamic", "dynamic", "own", ({ args }) =>
    json(`kql_bag_merge(to_json([${args.map((e) => `(${e.sql})::VARCHAR`).join(", ")}])::VARCHAR)::JSON`),
  ),
  define("bag_remove_keys", "bag:dynamic, keys:dynamic", "dynamic", "own", native("kql_bag_remove_keys")),
  define("bag_set_key", "bag:dynamic, key:string, value:any", "dynamic", "own", bagSetKey),
  define("bag_zip", "keys:dynamic, values:dynamic", "dynamic", "own", native("kql_bag_zip")),
  define("treepath", "value:dynamic", "dynamic", "own", native("kql_tree_path")),
  define("array_shift_left", "array:dynamic, by:long, fill?:any", "dynamic", "own", (call) => shift(call, 1)),
  define("array_shift_right", "array:dynamic, by:long, fill?:any", "dynamic", "own", (call) => shift(call, -1)),
];

function bagSetKey(call: Call): Expression {
  const [bag, key, value] = call.args as [Expression, Expression, Expression];
  if (typeof key.constant !== "string") return call.refuse("the key must be a constant");
  const set = `kql_bag_set_key((${bag.sql})::VARCHAR, ${key.sql}, (${plainJson(value).sql})::VARCHAR)::JSON`;
  if (!key.constant.startsWith("$")) return json(set);
  if (!PATH_OF_KEYS.test(key.constant)) return call.refuse("a path may only have names in it, and at least one");
  const blocked = refusalSql(call.node, "the path leads through a value that is no bag", "KQL_UNSUPPORTED", call.c);
  return json(`CASE WHEN json_type(${bag.sql}) = 'OBJECT' THEN coalesce(${set}, ${blocked}) END`);
}

function shift(call: Call, sign: 1 | -1): Expression {
  const [array, by, fill] = call.args as [Expression, Expression, Expression | undefined];
  const filler = fill ? `(${plainJson(fill).sql})::VARCHAR` : "NULL::VARCHAR";
  return json(`kql_shift((${array.sql})::VARCHAR, (${sign < 0 ? `-(${by.sql})` : by.sql})::VARCHAR, ${filler})::JSON`);
}
