// sliding_window_counts: rows and distinct ids of each bin and the bins before it that lie in the window.
import { freshRelation, refusalSql } from "../compilation.ts";
import type { Expression } from "../expression.ts";
import { checkWidth } from "../operators/columns.ts";
import { schemaOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import type { PluginCall } from "./evaluate.ts";
import { byTime, timelineOf } from "./timeline.ts";

export function slidingWindowCounts(plugin: PluginCall): Relation {
  const { call, c, node, pipe } = plugin;
  const { rows, keys, length, sizes, columns } = timelineOf(plugin, 2);
  const [window = 0n, size = 1n] = sizes;
  const bins = window / size;
  if (bins < 1n) c.refuse(call, "the window is shorter than a bin", "KQL_RANGE");
  // Whether rows ahead of the start reach into the first windows, and rows behind the end into the last, no page tells.
  const outside = refusalSql(
    call,
    "rows less than a window ahead of the start, or behind the end in its bin",
    "KQL_RANGE",
    c,
  );
  const last = `(${length} // ${size})`;
  const bin = `CASE WHEN "at" < 0 OR "at" > ${length} THEN ${outside} ELSE "at" // ${size} END`;
  const near = `"at" >= ${size * (1n - bins)} AND "at" < (${last} + 1) * ${size}`;
  const binned = c.step(`SELECT *, (${bin})::BIGINT AS bin FROM ${rows} WHERE ${near}`);
  const reaching = c.step(
    `SELECT * REPLACE (unnest(range(bin, least(bin + ${bins}, ${last} + 1))) AS bin) FROM ${binned}`,
  );
  const names = ["bin", ...keys];
  const counted = c.step(
    `SELECT ${names.join(", ")}, count(*) AS n, count(DISTINCT id) AS d FROM ${reaching} GROUP BY ${names.join(", ")}`,
  );
  const long = (sql: string): Expression => ({ type: "long", sql, present: true });
  const made = freshRelation(columns(`bin * ${size}`, [long("n"), long("d")]), `FROM ${counted}`, c);
  return checkWidth(byTime(made), schemaOf(pipe).length, node, c);
}
