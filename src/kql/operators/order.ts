// sort, top, take.
import { type Compilation, type Environment, noColumns, scopeOf } from "../compilation.ts";
import { elements, kindOf, type SyntaxNode } from "../parser.ts";
import { orderSql, type Relation, type RelationColumn, type SortKey, windowSql } from "../relation.ts";
import { nameSql } from "../sql-text.ts";
import { refuseParameters } from "./columns.ts";

export function sort(node: SyntaxNode, input: Relation, environment: Environment, c: Compilation): Relation {
  refuseParameters(node, c);
  return { ...ordered(elements(node.Expressions), input, environment, c), serialized: true };
}

/** Names the keys; where a key is not a column, it becomes a hidden one. */
export function ordered(
  keys: readonly SyntaxNode[],
  input: Relation,
  environment: Environment,
  c: Compilation,
): Relation {
  const scope = scopeOf(input, environment);
  const order: SortKey[] = [];
  const extra: { readonly column: RelationColumn; readonly sql: string }[] = [];
  for (const key of keys) {
    const direction = kindOf(key) === "OrderedExpression" ? key : undefined;
    const value = c.scalar(direction ? direction.Expression : key, scope);
    if (value.type === "dynamic") c.refuse(key, "sorting by a dynamic value needs a conversion of it", "KQL_TYPE");
    const descending = (direction?.Ordering?.AscOrDescKeyword?.Text ?? "desc") !== "asc";
    const nulls = direction?.Ordering?.NullsClause?.FirstOrLastKeyword?.Text as string | undefined;
    let id = value.sql;
    if (!input.columns.some((column) => column.id === id)) {
      id = nameSql(`#key${c.fresh()}`);
      extra.push({ column: { name: "#key", type: value.type, id }, sql: value.sql });
    }
    // Nulls come last when descending and first when ascending: they are the smallest.
    order.push({ id, descending, nullsFirst: nulls ? nulls === "first" : !descending });
  }
  if (extra.length === 0) return { ...input, order, name: undefined };
  const added = extra.map(({ column, sql }) => `${sql} AS ${column.id}`).join(", ");
  return {
    ...input,
    from: c.step(`SELECT *, ${added} FROM ${input.from}`),
    hidden: [...input.hidden, ...extra.map((e) => e.column)],
    order,
    name: undefined,
  };
}

export function top(node: SyntaxNode, input: Relation, environment: Environment, c: Compilation): Relation {
  refuseParameters(node, c);
  const relation = ordered([node.ByExpression], input, environment, c);
  return { ...limited(relation, node.Expression, environment, c), serialized: true };
}

export function take(node: SyntaxNode, input: Relation, environment: Environment, c: Compilation): Relation {
  refuseParameters(node, c);
  return limited(input, node.Expression, environment, c);
}

export function limited(input: Relation, amount: SyntaxNode, environment: Environment, c: Compilation): Relation {
  const wanted = c.scalar(amount, noColumns(environment));
  if (wanted.type !== "long" && wanted.type !== "int")
    c.refuse(amount, "the number of rows must be a whole number", "KQL_TYPE");
  const limit =
    typeof wanted.constant === "bigint" ? (wanted.constant < 0n ? "0" : String(wanted.constant)) : `(${wanted.sql})`;
  const rows = input.partition
    ? `QUALIFY row_number() OVER (${windowSql(input)}) <= ${limit}`
    : `${orderSql(input.order)} LIMIT ${limit}`;
  return { ...input, from: c.step(`SELECT * FROM ${input.from} ${rows}`), name: undefined };
}
