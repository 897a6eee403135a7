// Aggregates that count.
import { dynamicTextSql } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { defineAggregate } from "./registry.ts";

const total = (sql: string): Expression => ({ type: "long", sql, present: true });
const value = (e: Expression): string => (e.type === "dynamic" ? dynamicTextSql(e) : e.sql);

const EXACT = "counted exactly; the service estimates beyond small numbers. The accuracy argument is refused.";

export const counting = [
  defineAggregate("count", "", "value", () => total("count(*)"), { also: ["cnt"] }),
  defineAggregate("countif", "predicate:bool", "value", ({ filter }) => total(`count(*)${filter}`), { predicate: 0 }),
  defineAggregate(
    "dcount",
    "value:any",
    "value",
    ({ args: [e] }) => total(`count(DISTINCT ${value(e as Expression)})`),
    {
      note: EXACT,
    },
  ),
  defineAggregate(
    "dcountif",
    "value:any, predicate:bool",
    "value",
    ({ args: [e], filter }) => total(`count(DISTINCT ${value(e as Expression)})${filter}`),
    { predicate: 1, note: EXACT },
  ),
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
