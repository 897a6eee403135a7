// Where rows come from: tables of the workspace, datatable, print, range.

import {
  type Compilation,
  type Environment,
  freshRelation,
  noColumns,
  type TableUse,
  viewsIn,
} from "../compilation.ts";
import { convert, toJson } from "../conversions.ts";
import { datetimeConstant, type Expression, nullOf } from "../expression.ts";
import { namePattern } from "../name-pattern.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, textOf, unnamed, widthOf } from "../parser.ts";
import type { Relation, RelationColumn } from "../relation.ts";
import { item } from "../scalar/paths.ts";
import { apartFromFunctions, nameSql } from "../sql-text.ts";
import { physicalType, type TableDefinition } from "../types.ts";

/** The service restricts this column of every table to the timespan of the request. */
const TIME_COLUMN = "TimeGenerated";

export function databaseTable(name: string, use: TableUse, node: SyntaxNode, c: Compilation): Relation {
  const table = c.tables.get(name) ?? c.refuse(node, `there is no table ${name}`, "KQL_NO_TABLE");
  return readTable(table, use, c);
}

/** The tables whose names fit a pattern, by name. */
export function tablesLike(node: SyntaxNode, environment: Environment, c: Compilation): Relation[] {
  const text = textOf(node);
  const fits = namePattern(text);
  const view = viewsIn(environment).find(({ name }) => fits(name));
  if (view) return c.refuse(node, `the view ${view.name} fits ${text} too; name the tables one by one`);
  const tables = [...c.tables.values()].filter(({ name }) => fits(name));
  if (tables.length === 0) return c.refuse(node, `no table fits ${text}`, "KQL_NO_TABLE");
  return tables.sort((a, b) => (a.name < b.name ? -1 : 1)).map((table) => readTable(table, "wildcard", c));
}

export function readTable(table: TableDefinition, use: TableUse, c: Compilation): Relation {
  const uses = c.used.tables.get(table.name) ?? new Set();
  c.used.tables.set(table.name, uses.add(use));
  const columns = table.columns.map((column): RelationColumn => {
    const layout = table.layouts?.[column.name];
    return {
      name: column.name,
      type: column.type,
      id: nameSql(apartFromFunctions(column.name)),
      present: column.type === "string",
      shadows:
        layout && Object.fromEntries(Object.entries(layout).map(([path, s]) => [path, { id: s.column, type: s.type }])),
    };
  });
  const renamed = columns
    .filter(({ name, id }) => id !== nameSql(name))
    .map(({ name, id }) => `${nameSql(name)} AS ${id}`);
  const select = renamed.length > 0 ? `* RENAME (${renamed.join(", ")})` : "*";
  const time = columns.find((column) => column.name === TIME_COLUMN && column.type === "datetime");
  if (!c.window || !time)
    return { from: c.step({ select, from: table.relation }), columns, hidden: [], name: table.name };
  const from = datetimeConstant(c.window.from).sql;
  const to = datetimeConstant(c.window.to).sql;
  const where = `${time.id} >= ${from} AND ${time.id} < ${to}`;
  return { from: c.step({ select, from: table.relation, where }), columns, hidden: [], name: table.name };
}

/** `table("Name")` reaches the table itself, whatever a `let` of that name says. */
export function tableCall(node: SyntaxNode, environment: Environment, c: Compilation): Relation {
  const args = elements(node.ArgumentList.Expressions);
  const [first] = args;
  if (!first || args.length > 1) c.refuse(node, "table() takes one name here");
  const name = c.scalar(first as SyntaxNode, noColumns(environment));
  if (typeof name.constant !== "string") return c.refuse(node, "the name in table() must be a constant");
  return databaseTable(name.constant, "table()", node, c);
}

/** The most values of a datatable or the most rows of a step that is written out. */
const MOST_VALUES = 200_000;

export function dataTable(node: SyntaxNode, c: Compilation): Relation {
  const columns = schemaOf(node);
  const values = elements(node.Values);
  if (columns.length === 0) return c.refuse(node, "a datatable needs columns");
  if (values.length % columns.length !== 0) c.refuse(node, "the values do not fill whole rows", "KQL_RANGE");
  if (values.length > MOST_VALUES) c.refuse(node, "the datatable is too large", "KQL_TOO_LARGE");
  const scope = noColumns({ outer: undefined, names: new Map() });
  const rows: string[] = [];
  for (let at = 0; at < values.length; at += columns.length) {
    const row = columns.map(({ type }, i) => {
      const value = c.scalar(values[at + i] as SyntaxNode, scope);
      const fitting = value.constant === null ? nullOf(type) : convert(value, type);
      return type === "dynamic" ? toJson(fitting).sql : fitting.sql;
    });
    rows.push(`(${[rows.length, ...row].join(", ")})`);
  }
  const ids = columns.map((_, i) => `c${i}`);
  const source =
    rows.length > 0
      ? `(VALUES ${rows.join(", ")}) AS t(n, ${ids.join(", ")})`
      : `(SELECT 0 AS n, ${columns.map(({ type }, i) => `NULL::${physicalType[type]} AS c${i}`).join(", ")} WHERE FALSE) AS t`;
  const list = columns.map(({ name, type }, i) => ({
    name,
    value: { type, sql: `c${i}::${physicalType[type]}`, present: type === "string" } satisfies Expression,
  }));
  return freshRelation(list, `FROM ${source} ORDER BY t.n`, c);
}

export function print(node: SyntaxNode, environment: Environment, c: Compilation): Relation {
  const expected = schemaOf(node);
  const scope = noColumns(environment);
  const list = elements(node.Expressions)
    .flatMap((e) => {
      const value = c.scalar(unnamed(e), scope);
      const width = widthOf(unnamed(e));
      if (width > 1 && kindOf(e) === "SimpleNamedExpression") c.refuse(e, "one name for several columns");
      return Array.from({ length: width }, (_, i) => (width === 1 ? value : item(value, i, e, c)));
    })
    .map((value, i) => ({ name: expected[i]?.name ?? `print_${i}`, value }));
  return freshRelation(list, "", c);
}

export function range(node: SyntaxNode, environment: Environment, c: Compilation): Relation {
  const scope = noColumns(environment);
  const { name, type } = schemaOf(node)[0] ?? c.refuse(node, "range needs a name");
  const from = c.scalar(node.From, scope);
  const to = c.scalar(node.To, scope);
  const step = c.scalar(node.Step, scope);
  const serialized = (made: Relation): Relation => ({ ...made, serialized: true });
  if (type === "real") {
    const [a, b, s] = [from, to, step].map((e) => convert(e, "real").sql);
    const sql = `(${a} + n * ${s})`;
    return serialized(
      freshRelation(
        [{ name, value: { type, sql, present: true } }],
        `FROM range(0, TRY_CAST(floor((${b} - ${a}) / ${s} + 1e-9) AS BIGINT) + 1) AS t(n)`,
        c,
      ),
    );
  }
  const bound = (e: Expression): string => {
    if (e.type === "datetime") return `epoch_us(${e.sql})`;
    return e.type === "timespan" && type === "datetime"
      ? `(${e.sql} // 10)`
      : convert(e, e.type === "timespan" ? "timespan" : "long").sql;
  };
  const sql = type === "datetime" ? "make_timestamp(n)" : `n::${physicalType[type]}`;
  return serialized(
    freshRelation(
      [{ name, value: { type, sql, present: true } }],
      `FROM generate_series(${bound(from)}, ${bound(to)}, ${bound(step)}) AS t(n)`,
      c,
    ),
  );
}
