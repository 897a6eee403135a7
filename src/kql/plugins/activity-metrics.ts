// activity_metrics: distinct ids of each bin, those that the bin before had not, and how many of that one stayed.
import { freshRelation, refusalSql } from "../compilation.ts";
import type { Expression } from "../expression.ts";
import { checkWidth } from "../operators/columns.ts";
import { schemaOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import type { PluginCall } from "./evaluate.ts";
import { byTime, timelineOf } from "./timeline.ts";

export function activityMetrics(plugin: PluginCall): Relation {
  const { call, c, node, pipe } = plugin;
  const { rows, keys, length, sizes, columns } = timelineOf(plugin, 1);
  const [size = 1n] = sizes;
  const over = (...by: readonly string[]): string => (by.length > 0 ? `PARTITION BY ${by.join(", ")}` : "");
  const users = c.step(
    `SELECT DISTINCT ${[...keys, "id"].join(", ")}, "at" // ${size} AS bin FROM ${rows} WHERE "at" BETWEEN 0 AND ${length}`,
  );
  const seen = c.step(
    `SELECT *, coalesce(lag(bin) OVER (${over(...keys, "id")} ORDER BY bin) = bin - 1, FALSE) AS stayed FROM ${users}`,
  );
  const names = ["bin", ...keys];
  const counted = c.step(
    `SELECT ${names.join(", ")}, count(*) AS n, count(*) FILTER (NOT stayed) AS fresh FROM ${seen} GROUP BY ${names.join(", ")}`,
  );
  const empty = refusalSql(call, "what a bin without any id gives is not documented", "KQL_RANGE", c);
  const measured = c.step(
    `SELECT *, lag(n) OVER (${over(...keys)} ORDER BY bin) AS before,
     CASE WHEN count(*) OVER (${over(...keys)}) <= ${length} // ${size} THEN ${empty} ELSE bin END AS place FROM ${counted}`,
  );
  const rate = (sql: string): Expression => ({
    type: "real",
    sql: `coalesce((${sql}) / before::DOUBLE, 'NaN'::DOUBLE)`,
    present: true,
  });
  const long = (sql: string): Expression => ({ type: "long", sql, present: true });
  const list = columns(`place * ${size}`, [long("n"), long("fresh"), rate("n - fresh"), rate("before - (n - fresh)")]);
  return checkWidth(byTime(freshRelation(list, `FROM ${measured}`, c)), schemaOf(pipe).length, node, c);
}
