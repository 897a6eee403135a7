// Functions that look at other rows, or at the table itself.
import type { Scope } from "../compilation.ts";
import { plainJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { windowSql } from "../relation.ts";
import type { Stages } from "../stages.ts";
import { isNumber } from "../types.ts";
import { type Call, define } from "./registry.ts";

/** OVER for the order the rows are promised in. */
function over(call: Call, frame = "", groups: readonly string[] = []): string {
  const relation = call.scope.relation;
  if (!relation?.serialized)
    return call.refuse("needs rows in an order: sort or serialize them first", "KQL_NOT_SERIALIZED");
  if (call.scope.stages) return call.scope.stages.over(groups, frame);
  return ` OVER (${`${windowSql(relation)} ${frame}`.trim()})`;
}

const RUNNING = "ROWS UNBOUNDED PRECEDING";

function stagesOf(call: Call): Stages {
  over(call); // refuses rows without an order
  return call.scope.stages ?? call.refuse("stands here where its rows cannot be prepared; extend it first");
}

/** The result, as a column where it may not stand as it is. */
const placed = (call: Call, sql: string): string => (call.scope.stages?.ahead ? call.scope.stages.column(sql) : sql);

/** An argument that looks at other rows itself becomes a column first. */
const settled = (call: Call, sql: string): string => (/ OVER \(/.test(sql) ? stagesOf(call).column(sql) : sql);

const neighbour = (name: string, sqlName: string) =>
  define(name, "column:any, offset?:long, default?:any", "bound", "own", (call) => {
    const [value, offset, fallback] = call.args as [Expression, Expression | undefined, Expression | undefined];
    const plain = value.type === "dynamic" ? plainJson(value) : value;
    const by = offset?.sql ?? "1";
    const other = fallback ? `, ${fallback.type === "dynamic" ? plainJson(fallback).sql : fallback.sql}` : "";
    const sql = placed(call, `${sqlName}(${plain.sql}, ${by}${other})${over(call)}`);
    return {
      type: value.type,
      sql: value.type === "string" ? `coalesce(${sql}, '')` : sql,
      present: value.type === "string",
    };
  });

/** The column that is another number behind every row where the argument says to begin anew; none where nothing says so. */
function groupsOf(call: Call, restart: Expression | undefined): string[] {
  if (!restart || restart.constant === false) return [];
  const stages = stagesOf(call);
  const begins = stages.column(`CASE WHEN ${restart.sql} THEN 1 ELSE 0 END`);
  return [stages.column(`sum(${begins})${over(call, RUNNING)}`)];
}

function cumulated(call: Call): Expression {
  const [value, restart] = call.args as [Expression, Expression | undefined];
  if (!isNumber(value.type)) return call.refuse(`of a ${value.type}`, "KQL_TYPE");
  const type = value.type === "int" ? "long" : value.type;
  const of = settled(call, value.sql);
  const sql = placed(call, `coalesce(sum(${of})${over(call, RUNNING, groupsOf(call, restart))}, 0)`);
  return { type, sql: type === "long" ? `(${sql})::BIGINT` : sql, present: true };
}

function numbered(call: Call): string {
  const [start, restart] = call.args;
  const sql = placed(call, `row_number()${over(call, "", groupsOf(call, restart))}`);
  return `(${sql}${start ? ` - 1 + ${start.sql}` : ""})`;
}

/** Rows that follow each other with one value have one rank: dense ranks have no gaps, others are the number of the first. */
const ranked = (name: string, dense: boolean) =>
  define(name, "term:any, restart?:bool", "long", "value", (call) => {
    const [term, restart] = call.args as [Expression, Expression | undefined];
    if (term.type === "dynamic") return call.refuse("of a dynamic", "KQL_TYPE");
    const stages = stagesOf(call);
    const of = stages.column(term.sql);
    const groups = groupsOf(call, restart);
    const place = stages.column(`row_number()${over(call, "", groups)}`);
    const before = `lag(${of})${over(call, "", groups)}`;
    const mark = dense ? "1" : place;
    const first = stages.column(`CASE WHEN ${place} = 1 OR ${of} IS DISTINCT FROM ${before} THEN ${mark} END`);
    return `(${placed(call, `${dense ? "sum" : "max"}(${first})${over(call, RUNNING, groups)}`)})::BIGINT`;
  });

/** Whether a session goes on depends on where it began, so every part of the rows is walked through in order. */
function sessions(call: Call): string {
  const [value, first, neighbours, restart] = call.args as [Expression, Expression, Expression, Expression | undefined];
  if (typeof first.constant !== "bigint" || typeof neighbours.constant !== "bigint")
    return call.refuse("the distances must be constants");
  const stages = stagesOf(call);
  const of = stages.column(`epoch_us(${value.sql})`);
  const { parts, number } = stages.places();
  const cut = [...parts, ...groupsOf(call, restart)];
  const place = stages.column(`row_number()${over(call, "", cut.slice(parts.length))}`);
  const all = `to_json(list(${of} ORDER BY ${number}))::VARCHAR`;
  const begun = `from_json(kql_sessions(${all}, '${first.constant}', '${neighbours.constant}'), '["BIGINT"]')`;
  const session = stages.around((from, id) => {
    const keys = cut.map((key, i) => `${key} AS k${i}`);
    const same = cut.map((key, i) => `rows.${key} IS NOT DISTINCT FROM walked.k${i}`).join(" AND ") || "TRUE";
    const groups = cut.length > 0 ? ` GROUP BY ${cut.join(", ")}` : "";
    const walked = `(SELECT ${[...keys, `${begun} AS begun`].join(", ")} FROM ${from}${groups})`;
    return `SELECT rows.*, walked.begun[rows.${place}] AS ${id} FROM ${from} AS rows JOIN ${walked} AS walked ON ${same}`;
  });
  return `make_timestamp(${session})`;
}

function columnIfExists(call: Call): Expression {
  const [name, otherwise] = call.args as [Expression, Expression];
  if (typeof name.constant !== "string") return call.refuse("the name must be a constant");
  return (call.scope as Scope).columns.get(name.constant) ?? otherwise;
}

export const rows = [
  define("row_number", "start?:long, restart?:bool", "long", "value", numbered),
  neighbour("prev", "lag"),
  neighbour("next", "lead"),
  define("row_cumsum", "value:any, restart?:bool", "bound", "value", cumulated),
  ranked("row_rank_dense", true),
  ranked("row_rank_min", false),
  define(
    "row_window_session",
    "at:datetime, from_first:timespan, from_previous:timespan, restart?:bool",
    "datetime",
    "own",
    sessions,
  ),
  define("column_names_of", "table:table", "dynamic", "value", ({ args: [names] }) => names as Expression),
  define("column_ifexists", "name:string, otherwise:any", "bound", "own", columnIfExists, { also: ["columnifexists"] }),
];
