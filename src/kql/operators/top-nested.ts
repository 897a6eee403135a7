// top-nested: the largest groups, and within each of them the largest of the next.
import { type Compilation, type Environment, freshRelation, type NamedExpression, scopeOf } from "../compilation.ts";
import { plainJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, unnamed } from "../parser.ts";
import { freeId, type Relation } from "../relation.ts";
import { checkWidth } from "./columns.ts";

export function topNested(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  if (input.partition) c.refuse(node, "top-nested inside mv-apply or partition is not supported");
  const scope = scopeOf(input, environment);
  const expected = schemaOf(pipe);
  const nameAt = (i: number): string => expected[i]?.name ?? c.refuse(node, "this column needs a name", "KQL_INTERNAL");
  const list: NamedExpression[] = [];
  const keys: string[] = [];
  let rows = input.from;
  let kept: string | undefined;
  for (const [level, clause] of elements(node.Clauses).entries()) {
    if (clause.WithOthersClause) c.refuse(clause.WithOthersClause, "with others of top-nested is not supported");
    const of = c.scalar(unnamed(clause.OfExpression), scope);
    const ordered = kindOf(clause.ByExpression) === "OrderedExpression";
    const by: SyntaxNode = ordered ? clause.ByExpression.Expression : clause.ByExpression;
    const ascending = ordered && clause.ByExpression.Ordering?.AscOrDescKeyword?.Text === "asc";
    const measure = c.scalar(unnamed(by), { ...scope, aggregates: true });
    const [key, value] = [freeId(input, `#of${level}`), freeId(input, `#by${level}`)];
    rows = c.step(`SELECT *, ${of.type === "dynamic" ? plainJson(of).sql : of.sql} AS ${key} FROM ${rows}`);
    const outer = keys.map((k) => `a.${k} IS NOT DISTINCT FROM b.${k}`).join(" AND ");
    const source =
      kept === undefined ? rows : c.step(`SELECT a.* FROM ${rows} AS a SEMI JOIN ${kept} AS b ON ${outer}`);
    keys.push(key);
    const groups = c.step(
      `SELECT ${keys.join(", ")}, ${measure.sql} AS ${value} FROM ${source} GROUP BY ${keys.join(", ")}`,
    );
    const count = clause.Expression ? c.scalar(clause.Expression, scope).sql : undefined;
    const parts = keys.slice(0, -1);
    const order = `${parts.length > 0 ? `PARTITION BY ${parts.join(", ")} ` : ""}ORDER BY ${value} ${ascending ? "ASC" : "DESC"} NULLS LAST`;
    const best =
      count === undefined ? groups : c.step(`SELECT * FROM ${groups} QUALIFY row_number() OVER (${order}) <= ${count}`);
    kept =
      kept === undefined
        ? best
        : c.step(`SELECT b.*, a.${key}, a.${value} FROM ${best} AS a JOIN ${kept} AS b ON ${outer}`);
    list.push(named(nameAt(list.length), of, key), named(nameAt(list.length + 1), measure, value));
  }
  return checkWidth(freshRelation(list, `FROM ${kept}`, c), expected.length, node, c);
}

const named = (name: string, e: Expression, id: string): NamedExpression => ({
  name,
  value: { type: e.type, sql: id, present: e.present },
});
