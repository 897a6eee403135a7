// rolling_percentile: the percentile of the last so many bins, for every bin.

import { ranking, shareOf } from "../aggregates/percentiles.ts";
import { freshRelation, type NamedExpression, scopeOf } from "../compilation.ts";
import { checkWidth } from "../operators/columns.ts";
import { type SyntaxNode, schemaOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { argumentsOf } from "./declared.ts";
import type { PluginCall } from "./evaluate.ts";

export function rollingPercentile(plugin: PluginCall): Relation {
  const { call, c, input, environment, node, pipe } = plugin;
  const [value, percent, index, size, bins, ...dimensions] = argumentsOf(plugin).positional;
  if (!value || !percent || !index || !size || !bins) return c.refuse(call, "five arguments are needed");
  const scope = scopeOf(input, environment);
  const [v, p, at, step, count] = [value, percent, index, size, bins].map((e: SyntaxNode) => c.scalar(e, scope)) as [
    ReturnType<typeof c.scalar>,
    ReturnType<typeof c.scalar>,
    ReturnType<typeof c.scalar>,
    ReturnType<typeof c.scalar>,
    ReturnType<typeof c.scalar>,
  ];
  if (typeof step.constant !== "bigint" || step.constant <= 0n || typeof count.constant !== "bigint") {
    return c.refuse(call, "the size and number of bins must be positive whole constants");
  }
  if (at.type !== "datetime" && at.type !== "long" && at.type !== "int" && at.type !== "timespan")
    return c.refuse(index, `bins over a ${at.type}`);
  const width = at.type === "datetime" ? step.constant / 10n : step.constant;
  const position =
    at.type === "datetime" ? `epoch_us(kql_bin_datetime(${at.sql}, ${width}))` : `kql_bin(${at.sql}, ${width})`;
  const keys = dimensions.map((e) => c.scalar(e, scope));
  const keySql = keys.map((key, i) => `${key.sql} AS k${i}`);
  const rows = c.step(`SELECT ${[...keySql, `${position} AS bin`, `${v.sql} AS v`].join(", ")} FROM ${input.from}`);
  const names = keys.map((_, i) => `k${i}`);
  const points = c.step(`SELECT DISTINCT ${[...names, "bin"].join(", ")} FROM ${rows}`);
  const same = names.map((name) => `r.${name} IS NOT DISTINCT FROM p.${name} AND `).join("");
  const expected = schemaOf(pipe);
  const refusing = { refuse: (message: string, code?: string) => c.refuse(percent, message, code) };
  const percentile = ranking({ type: v.type, sql: "r.v" }, undefined, "", refusing).sql(shareOf(p, refusing));
  const type = expected.at(-1)?.type ?? v.type;
  const list: NamedExpression[] = [
    {
      name: expected[0]?.name ?? "",
      value: { type: at.type, sql: at.type === "datetime" ? "make_timestamp(p.bin)" : "p.bin" },
    },
    ...keys.map((key, i) => ({
      name: expected[i + 1]?.name ?? "",
      value: { type: key.type, sql: `p.k${i}`, present: key.present },
    })),
    { name: expected.at(-1)?.name ?? "", value: { type: v.type === type ? type : v.type, sql: percentile } },
  ];
  const tail = `FROM ${points} AS p JOIN ${rows} AS r ON ${same}r.bin BETWEEN p.bin - ${width * (count.constant - 1n)} AND p.bin GROUP BY ${["p.bin", ...names.map((name) => `p.${name}`)].join(", ")}`;
  return checkWidth(freshRelation(list, tail, c), expected.length, node, c);
}
