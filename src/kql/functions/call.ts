// Calls of functions: user-defined ones are compiled in place, built-in ones by the registry.
import { aggregateCall } from "../aggregates/call.ts";
import { bindingOf, type Compilation, type Environment, inside, noColumns, type Scope } from "../compilation.ts";
import { convert, toJson, toText } from "../conversions.ts";
import { type Expression, jsonConstant } from "../expression.ts";
import {
  boundType,
  calledBody,
  elements,
  isTabular,
  kindOf,
  type SyntaxNode,
  schemaOf,
  toArray,
  typeNamed,
  unnamed,
} from "../parser.ts";
import type { Relation } from "../relation.ts";
import { declare } from "../statements.ts";
import { isNumber } from "../types.ts";
import { functionNamed } from "./all.ts";
import type { Call, Parameter, ScalarFunction } from "./registry.ts";

export type Called =
  | { readonly kind: "scalar"; readonly value: Expression }
  | { readonly kind: "table"; readonly value: Relation };

/** Compiles a user-defined function for this call; undefined for built-in ones. */
export function userCall(
  node: SyntaxNode,
  environment: Environment,
  scope: Scope | undefined,
  c: Compilation,
  piped?: Relation,
): Called | undefined {
  const body = calledBody(node);
  if (!body) return undefined;
  const bound = bindingOf(environment, (node.Name ?? node).SimpleName);
  // The body sees what its definition saw, not what the caller sees; a stored function sees nothing.
  const local = inside(bound?.kind === "function" ? bound.home : undefined);
  bindParameters(node, environment, scope, local, c, piped);
  for (const statement of elements(body.Statements)) declare(statement, local, c);
  const result: SyntaxNode = body.Expression ?? c.refuse(node, "the function has no result");
  if (isTabular(result)) return { kind: "table", value: c.tabular(result, local) };
  return { kind: "scalar", value: c.scalar(result, noColumns(local)) };
}

function bindParameters(
  node: SyntaxNode,
  environment: Environment,
  scope: Scope | undefined,
  local: Environment,
  c: Compilation,
  piped?: Relation,
): void {
  const parameters = toArray(node.ReferencedSignature?.Parameters);
  const named = new Map<string, SyntaxNode>();
  const positional: SyntaxNode[] = [];
  for (const argument of elements(node.ArgumentList?.Expressions)) {
    if (kindOf(argument) === "SimpleNamedExpression") named.set(argument.Name.SimpleName, argument.Expression);
    else positional.push(argument);
  }
  for (const [index, parameter] of parameters.entries()) {
    if (index === 0 && piped) {
      local.names.set(parameter.Name, { kind: "table", value: piped });
      continue;
    }
    const argument: SyntaxNode =
      named.get(parameter.Name) ??
      positional.shift() ??
      parameter.DefaultValue ??
      c.refuse(node, `the argument ${parameter.Name} is missing`);
    if (isTabular(argument)) {
      local.names.set(parameter.Name, { kind: "table", value: c.tabular(argument, environment) });
      continue;
    }
    const value = c.scalar(argument, scope ?? noColumns(environment));
    const declared = parameter.DeclaredTypes?.Count === 1 ? parameter.DeclaredTypes.getItem(0)?.Name : undefined;
    const ofRow =
      scope !== undefined && scope.columns.size > 0 && value.constant === undefined && value.json === undefined;
    local.names.set(parameter.Name, {
      kind: "scalar",
      value: declared === undefined ? value : convert(value, typeNamed(declared)),
      depth: ofRow ? c.used.depth : undefined,
    });
  }
}

export function scalarCall(node: SyntaxNode, scope: Scope, filtering: boolean, c: Compilation): Expression {
  const user = userCall(node, scope.environment, scope, c);
  if (user?.kind === "scalar") return user.value;
  if (user) return c.refuse(node, "a function that gives a table stands where a value is needed");
  if (scope.aggregates) {
    const aggregate = aggregateCall(node, scope, c);
    if (aggregate) return aggregate;
  }
  const name = node.Name.SimpleName as string;
  const found = functionNamed(name) ?? c.refuse(node.Name, `the function ${name}() is not supported`);
  return builtIn(found, node, scope, filtering, c);
}

function builtIn(f: ScalarFunction, node: SyntaxNode, scope: Scope, filtering: boolean, c: Compilation): Expression {
  const nodes = elements(node.ArgumentList.Expressions);
  const required = f.parameters.filter((p) => !p.optional).length;
  const most = f.parameters.some((p) => p.repeated) ? Number.POSITIVE_INFINITY : f.parameters.length;
  if (nodes.length < required) c.refuse(node, `${f.name}() needs ${required} arguments`);
  if (nodes.length > most) c.refuse(nodes[most] ?? node, `this argument of ${f.name}() is not supported`);
  const args = nodes.map((argument, i) => {
    const parameter = f.parameters[i] ?? f.parameters.at(-1);
    if (parameter?.type === "table") return jsonConstant(columnNames(argument, scope, f, c));
    return fitted(c.scalar(unnamed(argument), scope), parameter, argument, f, c);
  });
  const call: Call = {
    args,
    nodes,
    node,
    type: boundType(node) ?? "dynamic",
    scope,
    filtering,
    c,
    refuse: (message, code) => c.refuse(node, `${f.name}(): ${message}`, code),
  };
  const made = f.sql(call);
  if (typeof made !== "string") return made;
  const type = f.returns === "bound" ? call.type : f.returns;
  const present = f.nulls === "value" || (f.nulls === "null" && args.every((a) => a.present));
  if (type === "string" && !present) return { type, sql: `coalesce(${made}, '')`, present: true };
  return { type, sql: made, present };
}

/** A table that was handed to a function has more columns than the function asks for. */
function columnNames(node: SyntaxNode, scope: Scope, f: ScalarFunction, c: Compilation): readonly string[] {
  if (!isTabular(node)) c.refuse(node, `${f.name}() takes a table here`, "KQL_TYPE");
  const bound = kindOf(node) === "NameReference" ? bindingOf(scope.environment, node.SimpleName) : undefined;
  return (bound?.kind === "table" ? bound.value.columns : schemaOf(node)).map(({ name }) => name);
}

function fitted(
  e: Expression,
  p: Parameter | undefined,
  node: SyntaxNode,
  f: ScalarFunction,
  c: Compilation,
): Expression {
  if (!p) return e;
  switch (p.type) {
    case "any":
    case "table":
      return unfolded(e);
    case "number":
      if (e.type === "dynamic" || (e.constant === null && !isNumber(e.type))) return convert(e, "real");
      if (!isNumber(e.type)) c.refuse(node, `${f.name}() takes a number here, not a ${e.type}`, "KQL_TYPE");
      return e;
    case "string":
      return toText(e);
    case "dynamic":
      return unfolded(toJson(e));
    default:
      if (e.type !== p.type && !mayBecome(e, p)) {
        c.refuse(node, `${f.name}() takes a ${p.type} here, not a ${e.type}`, "KQL_TYPE");
      }
      return convert(e, p.type);
  }
}

/** DuckDB works out what is null while it binds, and then knows no longer that a list should come of it. */
const unfolded = (e: Expression): Expression =>
  e.type === "dynamic" && e.json === null ? { ...e, sql: "(SELECT NULL::JSON)" } : e;

const mayBecome = (e: Expression, p: Parameter): boolean =>
  e.type === "dynamic" ||
  e.constant === null ||
  (isNumber(e.type) && p.type !== "datetime" && p.type !== "timespan" && p.type !== "guid") ||
  (e.type === "bool" && p.type === "bool");
