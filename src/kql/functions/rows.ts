// Functions that look at other rows, or at the table itself.
import type { Scope } from "../compilation.ts";
import { plainJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { windowSql } from "../relation.ts";
import { isNumber } from "../types.ts";
import { type Call, define } from "./registry.ts";

/** OVER for the order the rows are promised in. */
function over(call: Call, frame = ""): string {
  const relation = call.scope.relation;
  if (!relation?.serialized)
    return call.refuse("needs rows in an order: sort or serialize them first", "KQL_NOT_SERIALIZED");
  return ` OVER (${`${windowSql(relation)} ${frame}`.trim()})`;
}

const neighbour = (name: string, sqlName: string) =>
  define(name, "column:any, offset?:long, default?:any", "bound", "own", (call) => {
    const [value, offset, fallback] = call.args as [Expression, Expression | undefined, Expression | undefined];
    const plain = value.type === "dynamic" ? plainJson(value) : value;
    const by = offset?.sql ?? "1";
    const other = fallback ? `, ${fallback.type === "dynamic" ? plainJson(fallback).sql : fallback.sql}` : "";
    const sql = `${sqlName}(${plain.sql}, ${by}${other})${over(call)}`;
    return {
      type: value.type,
      sql: value.type === "string" ? `coalesce(${sql}, '')` : sql,
      present: value.type === "string",
    };
  });

function cumulated(call: Call): Expression {
  const [value, restart] = call.args as [Expression, Expression | undefined];
  if (restart && restart.constant !== false) return call.refuse("the restart argument can only be false");
  if (!isNumber(value.type)) return call.refuse(`of a ${value.type}`, "KQL_TYPE");
  const type = value.type === "int" ? "long" : value.type;
  const sql = `coalesce(sum(${value.sql})${over(call, "ROWS UNBOUNDED PRECEDING")}, 0)`;
  return { type, sql: type === "long" ? `(${sql})::BIGINT` : sql, present: true };
}

function columnIfExists(call: Call): Expression {
  const [name, otherwise] = call.args as [Expression, Expression];
  if (typeof name.constant !== "string") return call.refuse("the name must be a constant");
  return (call.scope as Scope).columns.get(name.constant) ?? otherwise;
}

export const rows = [
  define("row_number", "start?:long, restart?:bool", "long", "value", (call) => {
    if (call.args[1]) call.refuse("the restart argument is not supported");
    const start = call.args[0];
    return `(row_number()${over(call)}${start ? ` - 1 + ${start.sql}` : ""})`;
  }),
  neighbour("prev", "lag"),
  neighbour("next", "lead"),
  define("row_cumsum", "value:any, restart?:bool", "bound", "value", cumulated),
  define("column_ifexists", "name:string, otherwise:any", "bound", "own", columnIfExists, { also: ["columnifexists"] }),
];
