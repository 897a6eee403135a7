// One scalar expression of the bound tree to SQL.
import { bindingOf, type Compilation, inSubquery, keepSmall, type Scope } from "../compilation.ts";
import { convert, negated, toJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { scalarCall } from "../functions/call.ts";
import { literal } from "../literals.ts";
import { isTabular, kindOf, type SyntaxNode, startOf, symbolKind, visit } from "../parser.ts";
import { expressionOf, orderSql } from "../relation.ts";
import { isMembership, membership } from "./membership.ts";
import { between, binary } from "./operators.ts";
import { element, member } from "./paths.ts";

export const scalar = (node: SyntaxNode, scope: Scope, c: Compilation): Expression =>
  keepSmall(compile(node, scope, false, c), node, c);

/** SQL of a predicate in a place where null and false are the same. */
export function condition(node: SyntaxNode, scope: Scope, c: Compilation): string {
  const value = keepSmall(compile(node, scope, true, c), node, c);
  return (value.type === "bool" ? value : convert(value, "bool")).sql;
}

function compile(node: SyntaxNode, scope: Scope, filtering: boolean, c: Compilation): Expression {
  if (isMembership(node)) return membership(node, scope, filtering, c);
  switch (kindOf(node)) {
    case "ParenthesizedExpression":
      return compile(node.Expression, scope, filtering, c);
    case "NameReference":
      return name(node, scope, c);
    case "PathExpression":
      return member(node, scope, c);
    case "ElementExpression":
      return element(node, scope, c);
    case "UnaryMinusExpression":
      return minus(node, scope, c);
    case "UnaryPlusExpression":
      return c.scalar(node.Expression, scope);
    case "FunctionCallExpression":
      return scalarCall(node, scope, filtering, c);
    case "BetweenExpression":
    case "NotBetweenExpression":
      return between(node, scope, c);
    case "ToScalarExpression":
      return toScalar(node, scope, c);
    case "StarExpression":
      return c.refuse(node, "* cannot stand here");
  }
  const constant = literal(node, c.refuse);
  if (constant) return constant;
  if (node.Left && node.Right && node.Operator?.Text) return binary(node, scope, filtering, c);
  return c.refuse(node, `${kindOf(node)} is not supported`);
}

/** The smallest numbers can only be written with their sign, which the parser takes for an operator. */
function minus(node: SyntaxNode, scope: Scope, c: Compilation): Expression {
  const value = c.scalar(node.Expression, scope);
  if (value.type === "string" || value.type === "bool" || value.type === "datetime" || value.type === "guid") {
    return c.refuse(node, `a ${value.type} has no negative`, "KQL_TYPE");
  }
  return negated(value.type === "dynamic" ? convert(value, "real") : value);
}

function name(node: SyntaxNode, scope: Scope, c: Compilation): Expression {
  const wanted = node.SimpleName as string;
  const column = scope.columns.get(wanted);
  if (column && symbolKind(node) !== "variable") return column;
  const bound = bindingOf(scope.environment, wanted);
  if (bound?.kind === "scalar") {
    if (bound.depth !== undefined && bound.depth < c.used.depth)
      c.refuse(node, `${wanted} is of a row, which this subquery cannot see`);
    return bound.value;
  }
  if (bound?.kind === "function") return scalarCall(node, scope, false, c);
  return column ?? c.refuse(node, `the name ${wanted} means nothing here`, "KQL_NAME");
}

/** By the steps of a compilation: what toscalar() has worked out, by its place in the query and its SQL. */
const workedOut = new WeakMap<Compilation["steps"], Map<string, string>>();

/** `toscalar(rand())` is one value wherever it is used, also where a function that holds it is called twice. */
function onceForAll(node: SyntaxNode, scope: Scope, c: Compilation): Expression {
  const value = c.scalar(node.Expression, scope);
  if (value.constant !== undefined || value.json !== undefined || takesOfRow(node.Expression, scope)) return value;
  const sql = value.type === "dynamic" ? toJson(value).sql : value.sql;
  const key = `${startOf(node)}:${sql}`;
  const known = workedOut.get(c.steps) ?? new Map<string, string>();
  workedOut.set(c.steps, known);
  const from = known.get(key) ?? c.step(`SELECT ${sql} AS v`);
  known.set(key, from);
  return { type: value.type, sql: `(SELECT v FROM ${from})`, present: value.present };
}

function takesOfRow(node: SyntaxNode, scope: Scope): boolean {
  let found = false;
  visit(node, (each) => {
    if (kindOf(each) !== "NameReference") return;
    const bound = bindingOf(scope.environment, each.SimpleName);
    found ||= symbolKind(each) === "column" || (bound?.kind === "scalar" && bound.depth !== undefined);
  });
  return found;
}

function toScalar(node: SyntaxNode, scope: Scope, c: Compilation): Expression {
  if (!isTabular(node.Expression)) return onceForAll(node, scope, c);
  const relation = inSubquery(c, () => c.tabular(node.Expression, scope.environment));
  const first = relation.columns[0] ?? c.refuse(node, "toscalar() of a table without columns");
  const value = expressionOf(first);
  const json = value.type === "dynamic" ? toJson(value).sql : value.sql;
  const sql = `(SELECT ${json} FROM ${relation.from}${orderSql(relation.order)} LIMIT 1)`;
  // No row gives null, and a string has no null.
  return {
    type: value.type,
    sql: value.type === "string" ? `coalesce(${sql}, '')` : sql,
    present: value.type === "string",
  };
}
