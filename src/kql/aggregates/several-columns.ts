// Aggregates that fill several columns: arg_max, arg_min, take_any(a, b), percentiles.
import type { Compilation, Scope } from "../compilation.ts";
import { plainJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { elements, kindOf, type SyntaxNode, unnamed } from "../parser.ts";
import { expressionOf, type Relation } from "../relation.ts";
import { ranking, shareOf } from "./percentiles.ts";

/** An SQL aggregate that gives a struct, and the columns taken out of it. */
export interface ManyColumns {
  readonly id: string;
  readonly sql: string;
  readonly columns: readonly Expression[];
}

const ARG = new Map([
  ["arg_max", "arg_max"],
  ["argmax", "arg_max"],
  ["arg_min", "arg_min"],
  ["argmin", "arg_min"],
]);

/** Undefined where the aggregate fills one column. */
export function severalColumns(
  definition: SyntaxNode,
  input: Relation,
  scope: Scope,
  keyNames: ReadonlySet<string>,
  index: number,
  c: Compilation,
): ManyColumns | undefined {
  const call = unnamed(definition);
  const node = kindOf(call) === "CompoundNamedExpression" ? (call.Expression as SyntaxNode) : call;
  if (kindOf(node) !== "FunctionCallExpression") return undefined;
  const name = node.Name.SimpleName as string;
  const args = elements(node.ArgumentList.Expressions);
  const id = `g${index}`;
  const arg = ARG.get(name);
  if (arg) return argExtreme(arg, args, input, scope, keyNames, id, node, c);
  if (name === "percentiles" || name === "percentilesw")
    return percentiles(args, name === "percentilesw", scope, id, node, c);
  const [first] = args;
  if ((name === "take_any" || name === "any") && first && (args.length > 1 || kindOf(first) === "StarExpression")) {
    const picks = picked(args, undefined, input, scope, keyNames, c);
    return struct(id, picks, (pack) => `any_value(${pack})`);
  }
  return undefined;
}

function picked(
  nodes: readonly SyntaxNode[],
  by: SyntaxNode | undefined,
  input: Relation,
  scope: Scope,
  keyNames: ReadonlySet<string>,
  c: Compilation,
): Expression[] {
  const byName = by && kindOf(by) === "NameReference" ? (by.SimpleName as string) : undefined;
  return nodes.flatMap((node) => {
    if (kindOf(node) !== "StarExpression") return [c.scalar(unnamed(node), scope)];
    return input.columns
      .filter((column) => !keyNames.has(column.name) && column.name !== byName)
      .map((column) => expressionOf(column));
  });
}

function argExtreme(
  sqlName: string,
  args: readonly SyntaxNode[],
  input: Relation,
  scope: Scope,
  keyNames: ReadonlySet<string>,
  id: string,
  node: SyntaxNode,
  c: Compilation,
): ManyColumns {
  const by = args[0] ?? c.refuse(node, "an expression to compare by is needed");
  if (kindOf(by) === "StarExpression") c.refuse(by, "* cannot be compared by");
  const value = c.scalar(unnamed(by), scope);
  if (value.type === "dynamic") c.refuse(by, "comparing by a dynamic value needs a conversion of it", "KQL_TYPE");
  const picks = [value, ...picked(args.slice(1), unnamed(by), input, scope, keyNames, c)];
  return struct(id, picks, (pack) =>
    // A group in which every value is null still has a row to show.
    value.present
      ? `${sqlName}(${pack}, ${value.sql})`
      : `coalesce(${sqlName}(${pack}, ${value.sql}), any_value(${pack}))`,
  );
}

function percentiles(
  args: readonly SyntaxNode[],
  weighted: boolean,
  scope: Scope,
  id: string,
  node: SyntaxNode,
  c: Compilation,
): ManyColumns {
  const [valueNode, ...rest] = args;
  const value = c.scalar(valueNode ?? c.refuse(node, "a value is needed"), scope);
  const weight = weighted ? c.scalar(rest.shift() ?? c.refuse(node, "a weight is needed"), scope) : undefined;
  const refuse = (message: string, code?: string): never => c.refuse(node, message, code);
  const ranked = ranking(value, weight, "", { refuse });
  return {
    id,
    sql: `{${rest.map((percent, i) => `f${i}: ${ranked.sql(shareOf(c.scalar(percent, scope), { refuse }))}`).join(", ")}}`,
    columns: rest.map((_, i) => ({ type: ranked.type, sql: `${id}.f${i}` })),
  };
}

function struct(id: string, picks: readonly Expression[], aggregate: (pack: string) => string): ManyColumns {
  const plain = picks.map((e) => (e.type === "dynamic" ? plainJson(e) : e));
  const pack = `{${plain.map((e, i) => `f${i}: ${e.sql}`).join(", ")}}`;
  return { id, sql: aggregate(pack), columns: plain.map((e, i) => ({ type: e.type, sql: `${id}.f${i}` })) };
}
