// `extend (a, b) = …`: one expression that fills several columns.
import type { Compilation, NamedExpression, Scope } from "../compilation.ts";
import { elements, type SyntaxNode } from "../parser.ts";
import { item } from "../scalar/paths.ts";

export function multiColumn(node: SyntaxNode, scope: Scope, c: Compilation): NamedExpression[] {
  const value = c.scalar(node.Expression, scope);
  if (value.type !== "dynamic") c.refuse(node, "only a dynamic array can fill several columns");
  return elements(node.Names.Names).map((declared, index) => {
    if (declared.Type) c.refuse(declared, "a type for one of several columns is not supported");
    return { name: (declared.Name?.SimpleName ?? declared.SimpleName) as string, value: item(value, index, node, c) };
  });
}
