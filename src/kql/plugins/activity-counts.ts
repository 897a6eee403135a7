// activity_counts_metrics: rows and distinct ids per window, new ids, and ids so far.
import { freshRelation } from "../compilation.ts";
import type { Expression } from "../expression.ts";
import { checkWidth } from "../operators/columns.ts";
import { schemaOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import type { PluginCall } from "./evaluate.ts";
import { byTime, timelineOf } from "./timeline.ts";

export function activityCounts(plugin: PluginCall): Relation {
  const { c, node, pipe } = plugin;
  const { rows, keys, length, sizes, columns } = timelineOf(plugin, 1);
  const [size = 1n] = sizes;
  const binned = c.step(`SELECT *, "at" // ${size} AS bin FROM ${rows} WHERE "at" BETWEEN 0 AND ${length}`);
  const first = c.step(`SELECT *, min(bin) OVER (PARTITION BY ${[...keys, "id"].join(", ")}) AS first FROM ${binned}`);
  const names = [...keys, "bin"].join(", ");
  const counts = c.step(
    `SELECT ${names}, count(*) AS n, count(DISTINCT id) AS d, count(DISTINCT id) FILTER (WHERE first = bin) AS fresh
     FROM ${first} GROUP BY ${names}`,
  );
  const part = keys.length > 0 ? `PARTITION BY ${keys.join(", ")}` : "";
  const long = (sql: string): Expression => ({ type: "long", sql, present: true });
  const soFar = long(`(sum(fresh) OVER (${part} ORDER BY bin))::BIGINT`);
  const list = columns(`bin * ${size}`, [long("n"), long("d"), long("fresh"), soFar]);
  return checkWidth(byTime(freshRelation(list, `FROM ${counts}`, c)), schemaOf(pipe).length, node, c);
}
