// Taking values out of dynamic ones: `D.a.b`, `D["a"]`, `D[0]`.
import type { Compilation, Scope } from "../compilation.ts";
import { convert, toJson, toText } from "../conversions.ts";
import { type Expression, jsonConstant, pathExpression } from "../expression.ts";
import { kindOf, type SyntaxNode } from "../parser.ts";

export function member(node: SyntaxNode, scope: Scope, c: Compilation): Expression {
  // `D.[0]` is another way to write `D[0]`.
  if (kindOf(node.Selector) === "BracketedExpression") return element(node, scope, c);
  const key = node.Selector.SimpleName as string | undefined;
  if (key === undefined) return c.refuse(node.Selector, "this way of naming a member is not supported");
  const base = kindOf(node.Expression) === "NameReference" ? (node.Expression.SimpleName as string) : "";
  if (scope.sides && (base === "$left" || base === "$right")) {
    return scope.sides[base].get(key) ?? c.refuse(node, `${base} has no column ${key}`, "KQL_NAME");
  }
  const step = scope.steps?.get(base);
  if (step) return step.get(key) ?? c.refuse(node, `the step ${base} has no column ${key}`, "KQL_NAME");
  return property(c.scalar(node.Expression, scope), key, node, c);
}

export function element(node: SyntaxNode, scope: Scope, c: Compilation): Expression {
  const base = c.scalar(node.Expression, scope);
  const selector: SyntaxNode = node.Selector.Expression ?? node.Selector;
  const key = c.scalar(selector, scope);
  if (typeof key.constant === "string") return property(base, key.constant, node, c);
  if (typeof key.constant === "bigint") return item(base, Number(key.constant), node, c);
  const json = dynamicOnly(base, node, c);
  if (key.type === "string" || key.type === "dynamic") {
    return { type: "dynamic", sql: `kql_member(${json.sql}, ${toText(key).sql})` };
  }
  return { type: "dynamic", sql: `kql_item(${json.sql}, ${convert(key, "long").sql})` };
}

function dynamicOnly(e: Expression, node: SyntaxNode, c: Compilation): Expression {
  if (e.type !== "dynamic") c.refuse(node, `a ${e.type} has no members`, "KQL_TYPE");
  return toJson(e);
}

export function property(base: Expression, key: string, node: SyntaxNode, c: Compilation): Expression {
  dynamicOnly(base, node, c);
  if (base.json !== undefined && !base.written) {
    const bag = base.json !== null && typeof base.json === "object" && !Array.isArray(base.json);
    return jsonConstant(
      bag && Object.hasOwn(base.json as object, key) ? (base.json as Record<string, unknown>)[key] : null,
    );
  }
  if (base.leaf || base.list) return jsonConstant(null);
  const below = base.shadows && shadowsBelow(base.shadows, key);
  const exact = base.shadows?.[key];
  if (exact) return { type: "dynamic", sql: toJson(exact).sql, leaf: exact };
  const step = `."${key.replaceAll("\\", "\\\\").replaceAll('"', '\\"')}"`;
  const taken = base.path ? pathExpression(base.path.base, base.path.steps + step) : pathExpression(base.sql, step);
  return below ? { ...taken, shadows: below } : taken;
}

function shadowsBelow(
  shadows: Readonly<Record<string, Expression>>,
  key: string,
): Record<string, Expression> | undefined {
  const below = Object.entries(shadows).flatMap(([path, e]) =>
    path.startsWith(`${key}.`) ? [[path.slice(key.length + 1), e] as const] : [],
  );
  return below.length > 0 ? Object.fromEntries(below) : undefined;
}

export function item(base: Expression, index: number, node: SyntaxNode, c: Compilation): Expression {
  dynamicOnly(base, node, c);
  if (base.list) {
    const sql = `${base.list.sql}[${index >= 0 ? index + 1 : index}]`;
    const leaf: Expression = { type: base.list.type, sql };
    return { type: "dynamic", sql: toJson(leaf).sql, leaf };
  }
  if (base.json !== undefined && !base.written)
    return jsonConstant(Array.isArray(base.json) ? base.json.at(index) : null);
  if (base.leaf) return jsonConstant(null);
  const step = index >= 0 ? `[${index}]` : `[#${index}]`;
  return base.path ? pathExpression(base.path.base, base.path.steps + step) : pathExpression(toJson(base).sql, step);
}
