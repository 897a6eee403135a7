// Arrays taken as sets.
import { plainJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type Call, define } from "./registry.ts";

const operation =
  (name: string) =>
  ({ args }: Call): Expression => ({
    type: "dynamic",
    sql: `kql_set_operation('${name}', to_json([${args.map((e) => `(${e.sql})::VARCHAR`).join(", ")}])::VARCHAR)::JSON`,
  });

export const sets = [
  define("set_union", "set:dynamic, other:dynamic, more*:dynamic", "dynamic", "own", operation("union")),
  define("set_intersect", "set:dynamic, other:dynamic, more*:dynamic", "dynamic", "own", operation("intersect")),
  define("set_difference", "set:dynamic, other:dynamic, more*:dynamic", "dynamic", "own", operation("difference")),
  define(
    "set_equals",
    "a:dynamic, b:dynamic",
    "bool",
    "own",
    ({ args: [a, b] }) => `kql_set_equals((${a?.sql})::VARCHAR, (${b?.sql})::VARCHAR)::BOOLEAN`,
    {
      page: "set-equals-function",
    },
  ),
  define(
    "set_has_element",
    "set:dynamic, value:any",
    "bool",
    "own",
    ({ args: [set, value] }) =>
      `kql_set_has((${set?.sql})::VARCHAR, (${plainJson(value as Expression).sql})::VARCHAR)::BOOLEAN`,
  ),
  define(
    "jaccard_index",
    "a:dynamic, b:dynamic",
    "real",
    "own",
    ({ args: [a, b] }) => `kql_jaccard((${a?.sql})::VARCHAR, (${b?.sql})::VARCHAR)::DOUBLE`,
  ),
];
