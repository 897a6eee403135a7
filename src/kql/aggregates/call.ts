// A call of an aggregate to SQL.
import type { Compilation, Scope } from "../compilation.ts";
import { convert, toJson, toText } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { boundType, elements, kindOf, type SyntaxNode } from "../parser.ts";
import { isNumber } from "../types.ts";
import { aggregateNamed } from "./all.ts";
import type { Aggregate } from "./registry.ts";

/** Undefined where the call is of no aggregate. */
export function aggregateCall(node: SyntaxNode, scope: Scope, c: Compilation): Expression | undefined {
  const found = aggregateNamed(node.Name.SimpleName as string);
  if (!found) return undefined;
  const nodes = elements(node.ArgumentList.Expressions);
  const required = found.parameters.filter((p) => !p.optional).length;
  const most = found.parameters.some((p) => p.repeated) ? Number.POSITIVE_INFINITY : found.parameters.length;
  if (nodes.length < required) c.refuse(node, `${found.name}() needs ${required} arguments`);
  if (nodes.length > most) c.refuse(nodes[most] ?? node, `this argument of ${found.name}() is not supported`);
  const inner: Scope = { ...scope, aggregates: false };
  const args = nodes.map((argument, i) => argumentOf(argument, found, i, inner, c));
  const predicate = found.predicate === undefined ? undefined : args[found.predicate]?.sql;
  const filterOf = (parts: readonly (string | undefined)[]): string => {
    const given = [...parts, scope.aggregateFilter].filter((part) => part !== undefined);
    return given.length > 0 ? ` FILTER (WHERE ${given.join(" AND ")})` : "";
  };
  return found.sql({
    args,
    nodes,
    node,
    type: boundType(node) ?? "dynamic",
    scope: inner,
    c,
    filter: filterOf([predicate]),
    where: (sql) => filterOf([sql, predicate]),
    refuse: (message, code) => c.refuse(node, `${found.name}(): ${message}`, code),
  });
}

function argumentOf(node: SyntaxNode, f: Aggregate, index: number, scope: Scope, c: Compilation): Expression {
  if (kindOf(node) === "StarExpression") c.refuse(node, `* is not supported in ${f.name}()`);
  const type = f.parameters[Math.min(index, f.parameters.length - 1)]?.type ?? "any";
  const value = c.scalar(node, scope);
  switch (type) {
    case "any":
    case "table":
      return value;
    case "number":
      if (value.type === "dynamic") return convert(value, "real");
      if (!isNumber(value.type)) c.refuse(node, `${f.name}() takes a number here, not a ${value.type}`, "KQL_TYPE");
      return value;
    case "string":
      return toText(value);
    case "dynamic":
      return toJson(value);
    default:
      return convert(value, type);
  }
}
