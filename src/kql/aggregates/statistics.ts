// Sums, means, extremes, spread, percentiles.
import { convert, dynamicTextSql } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type ColumnType, isNumber, isWhole, physicalType } from "../types.ts";
import { type Aggregate, type AggregateCall, defineAggregate } from "./registry.ts";

const first = (call: AggregateCall): Expression => call.args[0] as Expression;

/** Extremes of a dynamic are those of its numbers, as with every arithmetic on dynamics. */
function extreme(sqlName: "min" | "max") {
  return (call: AggregateCall): Expression => {
    const e = first(call);
    if (e.type === "dynamic") return extremeOfDynamic(sqlName, e, call);
    if (e.type === "bool") call.refuse("of a bool", "KQL_TYPE");
    return { type: e.type, sql: `${sqlName}(${e.sql})${call.filter}` };
  };
}

function extremeOfDynamic(sqlName: "min" | "max", e: Expression, call: AggregateCall): Expression {
  if (e.leaf) return { type: "dynamic", sql: `to_json(${sqlName}(${e.leaf.sql})${call.filter})` };
  const text = dynamicTextSql(e);
  // Numbers compare as numbers and texts as texts; a column holds one or the other.
  return {
    type: "dynamic",
    sql: `coalesce(to_json(${sqlName}(TRY_CAST(${text} AS DOUBLE))${call.filter}), to_json(${sqlName}(${text})${call.filter}))`,
  };
}

/** A sum of ints is a long; of no values it is 0. */
function sum(call: AggregateCall): Expression {
  const e = summable(call);
  const type: ColumnType = e.type === "int" ? "long" : e.type;
  return { type, sql: `coalesce(sum(${e.sql})${call.filter}, 0)::${physicalType[type]}`, present: true };
}

function summable(call: AggregateCall): Expression {
  const e = first(call);
  if (e.type === "dynamic") return convert(e, "real");
  if (!isNumber(e.type) && e.type !== "timespan") call.refuse(`of a ${e.type}`, "KQL_TYPE");
  return e;
}

function average(call: AggregateCall): Expression {
  const e = first(call);
  if (e.type === "datetime")
    return { type: "datetime", sql: `make_timestamp(CAST(avg(epoch_us(${e.sql}))${call.filter} AS BIGINT))` };
  if (e.type === "timespan") return { type: "timespan", sql: `CAST(trunc(avg(${e.sql})${call.filter}) AS BIGINT)` };
  const number = summable(call);
  if (number.type === "decimal")
    return { type: "decimal", sql: `CAST(avg(${number.sql})${call.filter} AS DECIMAL(38,10))` };
  return { type: "real", sql: `coalesce(avg(${number.sql})${call.filter}, 'NaN'::DOUBLE)`, present: true };
}

function spread(sqlName: string) {
  return (call: AggregateCall): Expression => ({
    type: "real",
    sql: `coalesce(${sqlName}(${convert(summable(call), "real").sql})${call.filter}, 0)`,
    present: true,
  });
}

/** Rows that lack one of the two do not count. */
function covariance(sqlName: string) {
  return (call: AggregateCall): Expression => {
    const [x, y] = call.args.slice(0, 2).map((e) => {
      if (!isNumber(e.type) && e.type !== "dynamic") call.refuse(`of a ${e.type}`, "KQL_TYPE");
      return convert(e, "real").sql;
    });
    return { type: "real", sql: `${sqlName}(${x}, ${y})${call.filter}` };
  };
}

const COVARIANCE_NOTE =
  "a column without a name has that of Microsoft's parser, covariance_x; the page prints covariance_x_y";

const covariances = (name: string, sqlName: string): Aggregate[] => [
  defineAggregate(name, "x:any, y:any", "null", covariance(sqlName), { note: COVARIANCE_NOTE }),
  defineAggregate(`${name}if`, "x:any, y:any, predicate:bool", "null", covariance(sqlName), {
    predicate: 2,
    note: COVARIANCE_NOTE,
  }),
];

function bits(sqlName: string) {
  return (call: AggregateCall): Expression => {
    const e = first(call);
    if (!isWhole(e.type)) call.refuse(`of a ${e.type}`, "KQL_TYPE");
    return { type: call.type, sql: `${sqlName}((${e.sql})::BIGINT)${call.filter}::${physicalType[call.type]}` };
  };
}

const pair = (
  name: string,
  nulls: Aggregate["nulls"],
  sql: (call: AggregateCall) => Expression,
  page?: { page: string },
): Aggregate[] => [
  defineAggregate(name, "value:any", nulls, sql, page),
  defineAggregate(`${name}if`, "value:any, predicate:bool", nulls, sql, { predicate: 1 }),
];

export const statistics: readonly Aggregate[] = [
  ...pair("min", "null", extreme("min")),
  ...pair("max", "null", extreme("max")),
  ...pair("sum", "value", sum),
  ...pair("avg", "own", average),
  ...pair("stdev", "value", spread("stddev_samp")),
  ...pair("variance", "value", spread("var_samp")),
  defineAggregate("stdevp", "value:any", "value", spread("stddev_pop")),
  ...pair("variancep", "value", spread("var_pop")),
  ...covariances("covariance", "covar_samp"),
  ...covariances("covariancep", "covar_pop"),
  defineAggregate("binary_all_and", "value:any", "null", bits("bit_and")),
  defineAggregate("binary_all_or", "value:any", "null", bits("bit_or")),
  defineAggregate("binary_all_xor", "value:any", "null", bits("bit_xor")),
];
