// top-hitters: the values that come most often, or have the largest sum.
import { type Compilation, type Environment, freshRelation, type NamedExpression, scopeOf } from "../compilation.ts";
import { convert } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type SyntaxNode, schemaOf, unnamed } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { isNumber, physicalType } from "../types.ts";
import { checkWidth, refuseParameters } from "./columns.ts";
import { limited } from "./order.ts";

export function topHitters(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c);
  if (input.partition) c.refuse(node, "top-hitters inside mv-apply or partition is not supported");
  const scope = scopeOf(input, environment);
  const [of, by] = schemaOf(pipe);
  if (!of || !by) return c.refuse(node, "two columns are expected", "KQL_INTERNAL");
  const value = { ...c.scalar(unnamed(node.OfExpression), scope), shadows: undefined };
  const summed: SyntaxNode | undefined = node.ByClause?.Expression;
  const measure = summed ? total(c.scalar(unnamed(summed), scope), summed, c) : COUNT;
  const list: NamedExpression[] = [
    { name: of.name, value },
    { name: by.name, value: measure },
  ];
  const groups = checkWidth(freshRelation(list, { from: input.from, groups: " GROUP BY 1" }, c), 2, node, c);
  const order = [{ id: groups.columns[1]?.id ?? "", descending: true, nullsFirst: false }];
  return { ...limited({ ...groups, order }, node.Expression, environment, c), serialized: true };
}

const COUNT: Expression = { type: "long", sql: "count(*)", present: true };

function total(e: Expression, node: SyntaxNode, c: Compilation): Expression {
  const number = e.type === "dynamic" ? convert(e, "real") : e;
  if (!isNumber(number.type)) c.refuse(node, `the sum of a ${e.type}`, "KQL_TYPE");
  const type = number.type === "int" ? "long" : number.type;
  return { type, sql: `coalesce(sum(${number.sql}), 0)::${physicalType[type]}`, present: true };
}
