// Choosing between values, and asking whether there is one.
import { convert, dynamicTextSql, toText } from "../conversions.ts";
import { boolConstant, type Expression } from "../expression.ts";
import { type ColumnType, isNumber } from "../types.ts";
import { type Call, define } from "./registry.ts";

/** The one type that several results have, as the binder says, else the widest of theirs. */
function commonType(call: Call, values: readonly Expression[]): ColumnType {
  if (call.node.ResultType?.Name && call.type !== "dynamic") return call.type;
  const types = new Set(values.filter((e) => e.json !== null).map((e) => e.type));
  if (types.size === 1) return [...types][0] as ColumnType;
  return [...types].every(isNumber) && types.size > 0 ? "real" : "dynamic";
}

function choose(
  call: Call,
  cases: readonly { readonly when: Expression; readonly gives: Expression }[],
  otherwise: Expression,
): Expression {
  const type = commonType(call, [...cases.map((one) => one.gives), otherwise]);
  const fitted = cases.map(({ when, gives }) => ({ when: convert(when, "bool"), gives: convert(gives, type) }));
  const last = convert(otherwise, type);
  return {
    type,
    sql: `CASE ${fitted.map(({ when, gives }) => `WHEN ${when.sql} THEN ${gives.sql}`).join(" ")} ELSE ${last.sql} END`,
    present: last.present && fitted.every(({ gives }) => gives.present),
  };
}

const emptiness = (name: string, empty: boolean, also: readonly string[] = []) =>
  define(
    name,
    "value:any",
    "bool",
    "value",
    ({ args: [e] }) => {
      const value = e as Expression;
      if (typeof value.constant === "string") return boolConstant((value.constant === "") === empty);
      if (value.type !== "string" && value.type !== "dynamic") return `(${value.sql} IS ${empty ? "" : "NOT "}NULL)`;
      return `(${toText(value).sql} ${empty ? "=" : "<>"} '')`;
    },
    { also },
  );

/** A string is never null, not even an empty one. */
const nullness = (name: string, isNull: boolean, also: readonly string[] = []) =>
  define(
    name,
    "value:any",
    "bool",
    "value",
    ({ args: [e] }) => {
      const value = e as Expression;
      if (value.type === "string") return boolConstant(!isNull);
      const sql = value.type === "dynamic" ? dynamicTextSql(value) : value.sql;
      return `(${sql} IS ${isNull ? "" : "NOT "}NULL)`;
    },
    { also },
  );

export const conditional = [
  define(
    "iff",
    "if:any, then:any, else:any",
    "bound",
    "own",
    (call) => {
      const [when, gives, otherwise] = call.args as [Expression, Expression, Expression];
      return choose(call, [{ when, gives }], otherwise);
    },
    { also: ["iif"] },
  ),
  define("case", "predicate:any, then:any, more*:any", "bound", "own", (call) => {
    if (call.args.length % 2 === 0) call.refuse("predicates and values must come in pairs, with a value at the end");
    const cases = [];
    for (let i = 0; i + 1 < call.args.length; i += 2) {
      cases.push({ when: call.args[i] as Expression, gives: call.args[i + 1] as Expression });
    }
    return choose(call, cases, call.args.at(-1) as Expression);
  }),
  define("coalesce", "value:any, more*:any", "bound", "own", (call) => {
    const type = commonType(call, call.args);
    const values = call.args.map((e) => convert(e, type));
    if (type !== "string") {
      return { type, sql: `coalesce(${values.map((e) => e.sql).join(", ")})`, present: values.some((e) => e.present) };
    }
    // An empty string counts as no value.
    const sql = `coalesce(${values.map((e) => `nullif(${e.sql}, '')`).join(", ")}, '')`;
    return { type, sql, present: true };
  }),
  define("not", "value:bool", "bool", "null", ({ args: [e] }) => `(NOT ${e?.sql})`),
  emptiness("isempty", true),
  emptiness("isnotempty", false, ["notempty"]),
  nullness("isnull", true),
  nullness("isnotnull", false, ["notnull"]),
  define("max_of", "value:any, more*:any", "bound", "own", (call) => extreme(call, "greatest"), {
    note: "nulls are left out; only null where all are",
  }),
  define("min_of", "value:any, more*:any", "bound", "own", (call) => extreme(call, "least"), {
    note: "nulls are left out; only null where all are",
  }),
];

function extreme(call: Call, sqlName: string): Expression {
  const type = commonType(call, call.args);
  if (type === "dynamic") call.refuse("dynamic values need a conversion", "KQL_TYPE");
  const values = call.args.map((e) => convert(e, type));
  return { type, sql: `${sqlName}(${values.map((e) => e.sql).join(", ")})`, present: values.some((e) => e.present) };
}
