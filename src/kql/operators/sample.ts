// sample, sample-distinct. Any rows will do, so the first do: the same query then gives the same rows.
import { type Compilation, type Environment, freshRelation, scopeOf } from "../compilation.ts";
import { type SyntaxNode, schemaOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { refuseParameters } from "./columns.ts";
import { limited } from "./order.ts";

export function sample(node: SyntaxNode, input: Relation, environment: Environment, c: Compilation): Relation {
  refuseParameters(node, c);
  return limited(input, node.Expression, environment, c);
}

export function sampleDistinct(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c);
  if (input.partition) c.refuse(node, "sample-distinct inside mv-apply or partition is not supported");
  const value = c.scalar(node.OfExpression, scopeOf(input, environment));
  const name = schemaOf(pipe)[0]?.name ?? c.refuse(node, "this column needs a name");
  const all = freshRelation(
    [{ name, value: { ...value, shadows: undefined } }],
    { from: input.from, distinct: true },
    c,
  );
  return limited(all, node.Expression, environment, c);
}
