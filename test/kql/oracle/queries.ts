// Queries as data: their text in KQL, and their answer over plain rows by Kusto's documented rules.
import { type Expression, evaluate, expressionText, type Row, rowOf, typeOf } from "./expressions.ts";
import {
  type Column,
  compareValues,
  dynamic,
  identity,
  isDynamic,
  type Json,
  literal,
  nameText,
  type Table,
  type Type,
  type Value,
} from "./values.ts";

export interface Named {
  readonly name: string;
  readonly value: Expression;
}

export type Aggregate =
  | { readonly kind: "count"; readonly name: string }
  | { readonly kind: "countif"; readonly name: string; readonly when: Expression }
  | {
      readonly kind: "sum" | "avg" | "min" | "max" | "dcount" | "make_set";
      readonly name: string;
      readonly of: Expression;
    };

export interface SortKey {
  readonly name: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export const JOIN_KINDS = [
  "inner",
  "leftouter",
  "rightouter",
  "fullouter",
  "leftsemi",
  "rightsemi",
  "leftanti",
  "rightanti",
] as const;
export type JoinKind = (typeof JOIN_KINDS)[number];

export type Step =
  | { readonly kind: "where"; readonly when: Expression }
  | { readonly kind: "extend" | "project"; readonly columns: readonly Named[] }
  | { readonly kind: "project-away" | "distinct"; readonly names: readonly string[] }
  | { readonly kind: "summarize"; readonly aggregates: readonly Aggregate[]; readonly by: readonly Named[] }
  /** The row in which a column is greatest; `of` must be a column without repetitions. */
  | { readonly kind: "arg_max"; readonly of: string; readonly by: string }
  /** The keys must not leave two rows equal. */
  | { readonly kind: "top"; readonly keys: readonly SortKey[]; readonly count: number }
  | { readonly kind: "join"; readonly how: JoinKind; readonly right: Query; readonly on: string }
  /** The kind that is meant where none is named keeps any one row of the left per key, so here there is one. */
  | { readonly kind: "join-unique"; readonly right: Query; readonly on: string }
  | { readonly kind: "union"; readonly right: Query }
  | { readonly kind: "mv-expand"; readonly column: string; readonly type: "dynamic" | "long" }
  | { readonly kind: "count" };

export interface Query {
  readonly table: string;
  readonly steps: readonly Step[];
}

const namedText = ({ name, value }: Named): string => `${nameText(name)} = ${expressionText(value)}`;

function aggregateText(a: Aggregate): string {
  if (a.kind === "count") return `${nameText(a.name)} = count()`;
  return `${nameText(a.name)} = ${a.kind}(${expressionText(a.kind === "countif" ? a.when : a.of)})`;
}

function stepText(step: Step): string {
  switch (step.kind) {
    case "where":
      return `where ${expressionText(step.when)}`;
    case "extend":
    case "project":
      return `${step.kind} ${step.columns.map(namedText).join(", ")}`;
    case "project-away":
    case "distinct":
      return `${step.kind} ${step.names.map(nameText).join(", ")}`;
    case "summarize": {
      const by = step.by.length > 0 ? ` by ${step.by.map(namedText).join(", ")}` : "";
      return `summarize ${step.aggregates.map(aggregateText).join(", ")}${by}`;
    }
    case "arg_max":
      return `summarize arg_max(${nameText(step.of)}, *) by ${nameText(step.by)}`;
    case "top": {
      const keys = step.keys.map(
        (key) => `${nameText(key.name)} ${key.descending ? "desc" : "asc"} nulls ${key.nullsFirst ? "first" : "last"}`,
      );
      return `sort by ${keys.join(", ")} | take ${step.count}`;
    }
    case "join":
      return `join kind=${step.how} (${queryText(step.right)}) on ${nameText(step.on)}`;
    case "join-unique":
      return `distinct ${nameText(step.on)} | join (${queryText(step.right)}) on ${nameText(step.on)}`;
    case "union":
      return `union (${queryText(step.right)})`;
    case "mv-expand":
      return `mv-expand ${nameText(step.column)}${step.type === "long" ? " to typeof(long)" : ""}`;
    case "count":
      return "count";
  }
}

export const queryText = ({ table, steps }: Query): string => [table, ...steps.map(stepText)].join("\n| ");

export const tableText = ({ columns, rows }: Table): string => {
  const schema = columns.map(({ name, type }) => `${nameText(name)}:${type}`).join(", ");
  const cells = rows.map((row) => row.map((value, at) => literal(value, columns[at]?.type ?? "string")).join(", "));
  return `datatable(${schema})[${cells.join(",\n")}]`;
};

const emptyOf = (type: Type): Value => (type === "string" ? "" : null);

function withColumns(table: Table, named: readonly Named[], keep: boolean): Table {
  const names = new Set(named.map(({ name }) => name));
  const made = named.map(({ name, value }): Column => ({ name, type: typeOf(value) }));
  const columns = keep
    ? [
        ...table.columns.map((column) => made.find(({ name }) => name === column.name) ?? column),
        ...made.filter(({ name }) => !table.columns.some((column) => column.name === name)),
      ]
    : made;
  const rows = table.rows.map((values) => {
    const row = rowOf(table.columns, values);
    const fresh = new Map(named.map(({ name, value }) => [name, evaluate(value, row)]));
    return columns.map(({ name }) => (names.has(name) ? (fresh.get(name) ?? null) : (row.get(name) ?? null)));
  });
  return { columns, rows };
}

function picked(table: Table, names: readonly string[]): Table {
  const at = names.map((name) => table.columns.findIndex((column) => column.name === name));
  return {
    columns: at.map((n) => table.columns[n] as Column),
    rows: table.rows.map((row) => at.map((n) => row[n] ?? null)),
  };
}

const distinctRows = ({ columns, rows }: Table): Table => ({
  columns,
  rows: [...new Map(rows.map((row) => [row.map(identity).join("\n"), row])).values()],
});

const present = (values: readonly Value[]): readonly Value[] => values.filter((value) => value !== null);
const distinctOf = (values: readonly Value[]): readonly Value[] => [
  ...new Map(present(values).map((value) => [identity(value), value])).values(),
];
const extreme = (values: readonly Value[], sign: 1 | -1): Value =>
  present(values).reduce<Value>((best, v) => (best === null || compareValues(v, best) * sign > 0 ? v : best), null);

function aggregateValue(a: Aggregate, rows: readonly Row[]): Value {
  if (a.kind === "count") return BigInt(rows.length);
  if (a.kind === "countif") return BigInt(rows.filter((row) => evaluate(a.when, row) === true).length);
  const values = rows.map((row) => evaluate(a.of, row));
  const type = typeOf(a.of);
  switch (a.kind) {
    case "sum":
      return type === "long"
        ? (present(values) as bigint[]).reduce((sum, v) => sum + v, 0n)
        : (present(values) as number[]).reduce((sum, v) => sum + v, 0);
    case "avg": {
      const numbers = present(values).map(Number);
      return numbers.length === 0 ? Number.NaN : numbers.reduce((sum, v) => sum + v, 0) / numbers.length;
    }
    case "min":
      return extreme(values, -1) ?? emptyOf(type);
    case "max":
      return extreme(values, 1) ?? emptyOf(type);
    case "dcount":
      return BigInt(distinctOf(values).length);
    case "make_set":
      return {
        json: distinctOf(values)
          .toSorted(compareValues)
          .map((v) => (typeof v === "bigint" ? Number(v) : (v as Json))),
      };
  }
}

const typeOfAggregate = (a: Aggregate): Type => {
  if (a.kind === "count" || a.kind === "countif" || a.kind === "dcount") return "long";
  if (a.kind === "make_set") return "dynamic";
  return a.kind === "avg" ? "real" : typeOf(a.of);
};

function summarize(table: Table, aggregates: readonly Aggregate[], by: readonly Named[]): Table {
  const groups = new Map<string, { readonly key: readonly Value[]; readonly rows: Row[] }>();
  for (const values of table.rows) {
    const row = rowOf(table.columns, values);
    const key = by.map(({ value }) => evaluate(value, row));
    const id = key.map(identity).join("\n");
    const group = groups.get(id) ?? { key, rows: [] };
    group.rows.push(row);
    groups.set(id, group);
  }
  // Without keys there is one row even where there is nothing to count.
  if (by.length === 0 && groups.size === 0) groups.set("", { key: [], rows: [] });
  return {
    columns: [
      ...by.map(({ name, value }) => ({ name, type: typeOf(value) })),
      ...aggregates.map((a) => ({ name: a.name, type: typeOfAggregate(a) })),
    ],
    rows: [...groups.values()].map(({ key, rows }) => [...key, ...aggregates.map((a) => aggregateValue(a, rows))]),
  };
}

function argMax(table: Table, of: string, by: string): Table {
  const best = new Map<string, Row>();
  for (const values of table.rows) {
    const row = rowOf(table.columns, values);
    const id = identity(row.get(by) ?? null);
    const seen = best.get(id);
    if (!seen || compareValues(row.get(of) ?? null, seen.get(of) ?? null) > 0) best.set(id, row);
  }
  const names = [by, of, ...table.columns.map(({ name }) => name).filter((name) => name !== by && name !== of)];
  const columns = names.map((name) => table.columns.find((column) => column.name === name) as Column);
  return { columns, rows: [...best.values()].map((row) => names.map((name) => row.get(name) ?? null)) };
}

function top(table: Table, keys: readonly SortKey[], count: number): Table {
  const at = keys.map((key) => table.columns.findIndex(({ name }) => name === key.name));
  const rows = table.rows.toSorted((a, b) => {
    for (const [n, key] of keys.entries()) {
      const [x, y] = [a[at[n] ?? 0] ?? null, b[at[n] ?? 0] ?? null];
      if (x === null && y === null) continue;
      if (x === null || y === null) return (x === null) === key.nullsFirst ? -1 : 1;
      const order = compareValues(x, y);
      if (order !== 0) return key.descending ? -order : order;
    }
    return 0;
  });
  return { columns: table.columns, rows: rows.slice(0, count) };
}

/** A column of the right whose name the left has gets a number: k1, or k2 where k1 is taken. */
function besides(left: readonly Column[], right: readonly Column[]): readonly Column[] {
  const taken = new Set(left.map(({ name }) => name));
  return right.map((column) => {
    let name = column.name;
    for (let n = 1; taken.has(name); n++) name = `${column.name}${n}`;
    taken.add(name);
    return { ...column, name };
  });
}

function join(left: Table, right: Table, how: JoinKind, on: string): Table {
  const keyOf = (table: Table): ((row: readonly Value[]) => Value) => {
    const at = table.columns.findIndex(({ name }) => name === on);
    return (row) => row[at] ?? null;
  };
  const [leftKey, rightKey] = [keyOf(left), keyOf(right)];
  const meets = (a: Value, b: Value): boolean => a !== null && b !== null && identity(a) === identity(b);
  const partners = (row: readonly Value[]) => right.rows.filter((other) => meets(leftKey(row), rightKey(other)));
  const alone = right.rows.filter((other) => !left.rows.some((row) => meets(leftKey(row), rightKey(other))));
  if (how === "leftsemi") return { ...left, rows: left.rows.filter((row) => partners(row).length > 0) };
  if (how === "leftanti") return { ...left, rows: left.rows.filter((row) => partners(row).length === 0) };
  if (how === "rightsemi") return { ...right, rows: right.rows.filter((row) => !alone.includes(row)) };
  if (how === "rightanti") return { ...right, rows: alone };
  const none = (columns: readonly Column[]): readonly Value[] => columns.map(({ type }) => emptyOf(type));
  const both = left.rows.flatMap((row) => partners(row).map((other) => [...row, ...other]));
  const onlyLeft = left.rows.filter((row) => partners(row).length === 0).map((row) => [...row, ...none(right.columns)]);
  const onlyRight = alone.map((row) => [...none(left.columns), ...row]);
  return {
    columns: [...left.columns, ...besides(left.columns, right.columns)],
    rows: [
      ...both,
      ...(how === "leftouter" || how === "fullouter" ? onlyLeft : []),
      ...(how === "rightouter" || how === "fullouter" ? onlyRight : []),
    ],
  };
}

/** Columns of one name and type become one; where the types differ, the query is not one for this evaluator. */
function union(left: Table, right: Table): Table {
  const columns = [...left.columns, ...right.columns.filter(({ name }) => !left.columns.some((c) => c.name === name))];
  const spread = (table: Table) =>
    table.rows.map((values) => {
      const row = rowOf(table.columns, values);
      return columns.map(({ name, type }) => (row.has(name) ? (row.get(name) ?? null) : emptyOf(type)));
    });
  return { columns, rows: [...spread(left), ...spread(right)] };
}

function expanded(value: Value): readonly Value[] {
  if (!isDynamic(value)) return [null];
  const { json } = value;
  if (Array.isArray(json)) return json.map((item: Json) => dynamic(item));
  if (typeof json !== "object" || json === null) return [value];
  return Object.entries(json).map(([key, item]) => ({ json: { [key]: item } }));
}

function mvExpand(table: Table, name: string, type: "dynamic" | "long"): Table {
  const at = table.columns.findIndex((column) => column.name === name);
  const typed = (value: Value): Value => {
    if (type === "dynamic" || !isDynamic(value)) return value;
    const number = typeof value.json === "string" && /^-?\d+$/.test(value.json) ? Number(value.json) : value.json;
    return typeof number === "number" ? BigInt(Math.trunc(number)) : null;
  };
  return {
    columns: table.columns.with(at, { name, type }),
    rows: table.rows.flatMap((row) => expanded(row[at] ?? null).map((value) => row.with(at, typed(value)))),
  };
}

export type Tables = Readonly<Record<string, Table>>;

export function answer({ table, steps }: Query, tables: Tables): Table {
  const start = tables[table];
  if (!start) throw new Error(`no table ${table}`);
  return steps.reduce((rows, step) => after(rows, step, tables), start);
}

export function after(table: Table, step: Step, tables: Tables): Table {
  switch (step.kind) {
    case "where":
      return {
        ...table,
        rows: table.rows.filter((values) => evaluate(step.when, rowOf(table.columns, values)) === true),
      };
    case "extend":
      return withColumns(table, step.columns, true);
    case "project":
      return withColumns(table, step.columns, false);
    case "project-away":
      return picked(
        table,
        table.columns.map(({ name }) => name).filter((name) => !step.names.includes(name)),
      );
    case "distinct":
      return distinctRows(picked(table, step.names));
    case "join-unique":
      return join(distinctRows(picked(table, [step.on])), answer(step.right, tables), "inner", step.on);
    case "summarize":
      return summarize(table, step.aggregates, step.by);
    case "arg_max":
      return argMax(table, step.of, step.by);
    case "top":
      return top(table, step.keys, step.count);
    case "join":
      return join(table, answer(step.right, tables), step.how, step.on);
    case "union":
      return union(table, answer(step.right, tables));
    case "mv-expand":
      return mvExpand(table, step.column, step.type);
    case "count":
      return { columns: [{ name: "Count", type: "long" }], rows: [[BigInt(table.rows.length)]] };
  }
}
