// Aggregates that collect values: sets, lists, bags, any value.
import { plainJson, toJson, toText } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { orderSql } from "../relation.ts";
import { type Aggregate, type AggregateCall, defineAggregate } from "./registry.ts";

/** Elements a set or list keeps where the call does not say: 1,048,576, and 128 with the old spellings. */
const MOST = 1_048_576n;
const MOST_OLD = 128n;

const dynamic = (sql: string, present = true): Expression => ({ type: "dynamic", sql, present });

/** A value as it will stand in JSON. */
const entry = (e: Expression): Expression => {
  if (e.type === "dynamic") return plainJson(e);
  return e.type === "datetime" || e.type === "timespan" || e.type === "guid" || e.type === "decimal"
    ? { ...toText(e), present: e.present }
    : e;
};

function capOf(call: AggregateCall, position: number, most: bigint): bigint {
  const given = call.args[position];
  if (!given) return most;
  if (typeof given.constant !== "bigint" || given.constant < 1n)
    call.refuse("the size must be a positive constant", "KQL_RANGE");
  return given.constant as bigint;
}

/** Sorted, so that the same rows give the same set; the service promises no order. Nulls are left out, arrays are united. */
function set(most: bigint, capPosition: number) {
  return (call: AggregateCall): Expression => {
    const cap = capOf(call, capPosition, most);
    const e = call.args[0] as Expression;
    const values = e.leaf ?? e;
    const all = values.type === "dynamic" ? setOfDynamics(values, call) : setOfScalars(values, call);
    return dynamic(`coalesce(to_json(${cap < MOST ? `${all}[1:${cap}]` : all}), '[]'::JSON)`);
  };
}

function setOfScalars(e: Expression, call: AggregateCall): string {
  const filter = e.present ? call.filter : call.where(`${e.sql} IS NOT NULL`);
  const distinct = `list_sort(list(DISTINCT ${e.sql})${filter})`;
  const item = entry({ ...e, sql: "v" });
  return item.sql === "v" ? distinct : `list_transform(${distinct}, lambda v: ${item.sql})`;
}

function setOfDynamics(e: Expression, call: AggregateCall): string {
  const json = toJson(e).sql;
  return `list_sort(list_distinct(flatten(list(kql_set_items(${json}))${call.where(`${json} IS NOT NULL`)})))`;
}

function list(most: bigint, capPosition: number, nulls: "kept" | "left out" = "left out") {
  return (call: AggregateCall): Expression => {
    const cap = capOf(call, capPosition, most);
    const e = call.args[0] as Expression;
    const item = entry(e);
    const filter =
      nulls === "kept" || e.present
        ? call.filter
        : call.where(`${e.type === "dynamic" ? item.sql : e.sql} IS NOT NULL`);
    const all = `list(${item.sql}${orderSql(call.scope.relation?.order)})${filter}`;
    return dynamic(`coalesce(to_json(${cap < MOST ? `(${all})[1:${cap}]` : all}), '[]'::JSON)`);
  };
}

/** The first value of each key wins; what is no bag is left out. */
function bag(capPosition: number) {
  return (call: AggregateCall): Expression => {
    const json = toJson(call.args[0] as Expression).sql;
    const cap = capOf(call, capPosition, MOST);
    return dynamic(
      `kql_bag_union(coalesce(to_json(list(${json})${call.where(`json_type(${json}) = 'OBJECT'`)}), '[]'::JSON)::VARCHAR, '${cap}')::JSON`,
    );
  };
}

function any(call: AggregateCall): Expression {
  const e = call.args[0] as Expression;
  if (e.leaf) return { type: "dynamic", sql: `to_json(any_value(${e.leaf.sql})${call.filter})` };
  return {
    type: e.type,
    sql: `any_value(${e.type === "dynamic" ? plainJson(e).sql : e.type === "string" ? `nullif(${e.sql}, '')` : e.sql})${call.filter}`,
  };
}

export const collecting: readonly Aggregate[] = [
  defineAggregate("make_set", "value:any, size?:long", "value", set(MOST, 1), {
    note: "in ascending order; a set that is cut keeps the first",
  }),
  defineAggregate("makeset", "value:any, size?:long", "value", set(MOST_OLD, 1), {
    page: "make-set-aggregation-function",
    note: "the old spelling keeps 128 where no size is given",
  }),
  defineAggregate("make_set_if", "value:any, predicate:bool, size?:long", "value", set(MOST, 2), { predicate: 1 }),
  defineAggregate("make_list", "value:any, size?:long", "value", list(MOST, 1)),
  defineAggregate("makelist", "value:any, size?:long", "value", list(MOST_OLD, 1), {
    page: "make-list-aggregation-function",
    note: "the old spelling keeps 128 where no size is given",
  }),
  defineAggregate("make_list_if", "value:any, predicate:bool, size?:long", "value", list(MOST, 2), { predicate: 1 }),
  defineAggregate("make_list_with_nulls", "value:any", "value", list(MOST, 1, "kept")),
  defineAggregate("make_bag", "value:dynamic, size?:long", "value", bag(1), { also: ["make_dictionary"] }),
  defineAggregate("make_bag_if", "value:dynamic, predicate:bool, size?:long", "value", bag(2), { predicate: 1 }),
  defineAggregate("take_any", "value:any", "null", any, { also: ["any"] }),
  defineAggregate("take_anyif", "value:any, predicate:bool", "null", any, { predicate: 1, also: ["anyif"] }),
];
