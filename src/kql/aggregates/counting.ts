// Aggregates that count.
import { dynamicTextSql } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type AggregateCall, defineAggregate } from "./registry.ts";

const total = (sql: string): Expression => ({ type: "long", sql, present: true });
const value = (e: Expression): string => (e.type === "dynamic" ? dynamicTextSql(e) : e.sql);

const EXACT = "counted exactly, whatever the accuracy; the service estimates beyond small numbers";

/** An exact count is within every accuracy that can be asked for, so the argument has nothing to change. */
function exactly({ args, filter, refuse }: AggregateCall, accuracyAt: number): Expression {
  const accuracy = args[accuracyAt]?.constant;
  if (args[accuracyAt] && !(typeof accuracy === "bigint" && accuracy >= 0n && accuracy <= 4n))
    return refuse("the accuracy must be a constant between 0 and 4", "KQL_RANGE");
  return total(`count(DISTINCT ${value(args[0] as Expression)})${filter}`);
}

/** The page of summarize counts rows whose value is null; the binder alone knows of a predicate. */
function rows({ args, refuse }: AggregateCall): Expression {
  if (args[0]?.type === "bool") return refuse("what a predicate does here is not documented; say countif()");
  return total("count(*)");
}

export const counting = [
  defineAggregate("count", "value?:any", "value", rows, {
    also: ["cnt"],
    note: "a value in the brackets changes nothing but the name, also where it is null; a bool is refused",
  }),
  defineAggregate("countif", "predicate:bool", "value", ({ filter }) => total(`count(*)${filter}`), { predicate: 0 }),
  defineAggregate("dcount", "value:any, accuracy?:long", "value", (call) => exactly(call, 1), { note: EXACT }),
  defineAggregate("dcountif", "value:any, predicate:bool, accuracy?:long", "value", (call) => exactly(call, 2), {
    predicate: 1,
    note: EXACT,
  }),
  defineAggregate("count_distinct", "value:any", "value", ({ args: [e] }) =>
    total(`count(DISTINCT ${value(e as Expression)})`),
  ),
  defineAggregate(
    "count_distinctif",
    "value:any, predicate:bool",
    "value",
    ({ args: [e], filter }) => total(`count(DISTINCT ${value(e as Expression)})${filter}`),
    { predicate: 1 },
  ),
];
