// activity_counts_metrics: rows and distinct ids per window, new ids, and ids so far.
import { freshRelation, type NamedExpression, scopeOf } from "../compilation.ts";
import { convert } from "../conversions.ts";
import { checkWidth } from "../operators/columns.ts";
import { schemaOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { argumentsOf } from "./declared.ts";
import type { PluginCall } from "./evaluate.ts";

export function activityCounts(plugin: PluginCall): Relation {
  const { call, c, input, environment, node, pipe } = plugin;
  const [id, timeline, start, end, step, ...dimensions] = argumentsOf(plugin).positional;
  if (!id || !timeline || !start || !end || !step) return c.refuse(call, "five arguments are needed");
  const scope = scopeOf(input, environment);
  const at = c.scalar(timeline, scope);
  const size = c.scalar(step, scope);
  if (at.type !== "datetime" || size.type !== "timespan")
    return c.refuse(call, "only datetimes in steps of a timespan are supported");
  if (typeof size.constant !== "bigint" || size.constant < 10n)
    return c.refuse(step, "the step must be a positive constant", "KQL_RANGE");
  const [from, to] = [start, end].map((e) => convert(c.scalar(e, scope), "datetime").sql);
  const width = size.constant / 10n;
  const keys = dimensions.map((e) => c.scalar(e, scope));
  const names = keys.map((_, i) => `k${i}`);
  const bin = `epoch_us(${from}) + (epoch_us(${at.sql}) - epoch_us(${from})) // ${width} * ${width}`;
  const rows = c.step(
    `SELECT ${[...keys.map((key, i) => `${key.sql} AS k${i}`), `${bin} AS bin`, `${convert(c.scalar(id, scope), "string").sql} AS id`].join(", ")}
     FROM ${input.from} WHERE ${at.sql} >= ${from} AND ${at.sql} <= ${to}`,
  );
  const part = names.length > 0 ? `PARTITION BY ${names.join(", ")}` : "";
  const first = c.step(`SELECT *, min(bin) OVER (PARTITION BY ${[...names, "id"].join(", ")}) AS first FROM ${rows}`);
  const counts = c.step(
    `SELECT ${[...names, "bin"].join(", ")}, count(*) AS n, count(DISTINCT id) AS d, count(DISTINCT id) FILTER (WHERE first = bin) AS fresh
     FROM ${first} GROUP BY ${[...names, "bin"].join(", ")}`,
  );
  const expected = schemaOf(pipe);
  const long = (sql: string): NamedExpression["value"] => ({ type: "long", sql, present: true });
  const values: Record<string, NamedExpression["value"]> = {
    count: long("n"),
    dcount: long("d"),
    new_dcount: long("fresh"),
    aggregated_dcount: long(`(sum(fresh) OVER (${part} ORDER BY bin))::BIGINT`),
  };
  const taken = [timeline, ...dimensions].find((e) => String(e.SimpleName) in values);
  if (taken) c.refuse(taken, `the column ${taken.SimpleName} has the name of a count`, "KQL_CONFLICT");
  let key = 0;
  const list = expected.map(({ name, type }): NamedExpression => {
    const value = values[name];
    if (value) return { name, value };
    if (type === "datetime" && key === 0 && name !== dimensions[0]?.SimpleName)
      return { name, value: { type, sql: "make_timestamp(bin)" } };
    const own = keys[key] ?? c.refuse(node, `the column ${name} is not expected`, "KQL_INTERNAL");
    return { name, value: { type: own.type, sql: `k${key++}`, present: own.present } };
  });
  const made = freshRelation(list, `FROM ${counts}`, c);
  const time = made.columns.find((column) => column.type === "datetime");
  const order = time ? [{ id: time.id, descending: false, nullsFirst: true }] : undefined;
  return checkWidth({ ...made, order }, expected.length, node, c);
}
