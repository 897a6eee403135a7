// Percentiles of the nearest rank, not interpolated; with weights, as if each value came so many times.
import { convert, listJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type ColumnType, isNumber } from "../types.ts";
import { type AggregateCall, defineAggregate } from "./registry.ts";

type Refusing = Pick<AggregateCall, "refuse">;

/** A percentile as a share of all values. */
export function shareOf(percent: Expression, { refuse }: Refusing): number {
  const given = percent.constant;
  return typeof given === "bigint" || typeof given === "number"
    ? checkedShare(Number(given), { refuse })
    : refuse("the percentile must be a constant");
}

function checkedShare(percent: number, { refuse }: Refusing): number {
  const share = percent / 100;
  return share >= 0 && share <= 1 ? share : refuse("the percentile must lie between 0 and 100", "KQL_RANGE");
}

interface Ranking {
  readonly type: ColumnType;
  /** The value below which lies that share of all. */
  sql(share: number): string;
}

export function ranking(
  given: Expression,
  weight: Expression | undefined,
  filter: string,
  { refuse }: Refusing,
): Ranking {
  const value = given.type === "dynamic" ? convert(given, "real") : given;
  if (!isNumber(value.type) && value.type !== "datetime" && value.type !== "timespan")
    return refuse(`of a ${given.type}`, "KQL_TYPE");
  if (!weight) return { type: value.type, sql: (share) => `quantile_disc(${value.sql}, ${share})${filter}` };
  const weights = convert(weight, "long").sql;
  return {
    type: value.type,
    sql: (share) => `kql_weighted(list({v: ${value.sql}, w: ${weights}, t: 0::BIGINT})${filter}, ${share})`,
  };
}

/** Percentiles one by one, or in one constant array. */
function shares(percents: readonly Expression[], call: AggregateCall): number[] {
  const [only] = percents;
  if (percents.length !== 1 || only?.type !== "dynamic") return percents.map((percent) => shareOf(percent, call));
  if (!Array.isArray(only.json)) return call.refuse("the percentiles must be constants");
  return only.json.map((percent) =>
    typeof percent === "number" ? checkedShare(percent, call) : call.refuse("the percentiles must be numbers"),
  );
}

function one(call: AggregateCall): Expression {
  const weighted = call.args.length === 3;
  const [value, weight] = call.args as [Expression, Expression];
  const ranked = ranking(value, weighted ? weight : undefined, call.filter, call);
  return { type: ranked.type, sql: ranked.sql(shareOf(call.args.at(-1) as Expression, call)) };
}

const inArray =
  (weighted: boolean) =>
  (call: AggregateCall): Expression => {
    const [value, ...rest] = call.args as [Expression, ...Expression[]];
    const weight = weighted ? rest.shift() : undefined;
    const ranked = ranking(value, weight, call.filter, call);
    // The page of percentiles prints texts for reals, that of percentilesw numbers for longs.
    if (ranked.type === "real" || ranked.type === "decimal") return call.refuse(`of a ${ranked.type}`, "KQL_TYPE");
    const found = shares(rest, call).map((share) => ranked.sql(share));
    const list = listJson({ type: ranked.type, sql: `[${found.join(", ")}]` });
    return { type: "dynamic", sql: `CASE WHEN ${found[0] ?? "NULL"} IS NOT NULL THEN ${list} END` };
  };

const PAGE = "percentiles-aggregation-function";
const WEIGHTED_PAGE = "percentilesw-aggregation-function";
const NOTE = "the nearest rank, over all values; the service estimates";
const ARRAY_NOTE = `${NOTE}; reals and decimals are refused`;

export const percentiles = [
  defineAggregate("percentile", "value:any, percentile:number", "null", one, { page: PAGE, note: NOTE }),
  defineAggregate("percentiles_array", "value:any, percentile:any, more*:any", "null", inArray(false), {
    page: PAGE,
    note: ARRAY_NOTE,
  }),
  defineAggregate("percentilew", "value:any, weight:any, percentile:number", "null", one, {
    page: WEIGHTED_PAGE,
    note: NOTE,
  }),
  defineAggregate("percentilesw_array", "value:any, weight:any, percentile:any, more*:any", "null", inArray(true), {
    page: WEIGHTED_PAGE,
    note: ARRAY_NOTE,
  }),
];
