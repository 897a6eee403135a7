// mv-apply and partition: a pipe of operators over every part of the rows for itself.
import { type Compilation, type Environment, freshRelation, scopeOf } from "../compilation.ts";
import { kindOf, type SyntaxNode, schemaOf } from "../parser.ts";
import { expressionOf, type Relation, type RelationColumn } from "../relation.ts";
import { nameSql } from "../sql-text.ts";
import { checkWidth, refuseParameters } from "./columns.ts";
import { expand } from "./mv-expand.ts";

export function mvApply(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  if (node.ContextIdClause) c.refuse(node.ContextIdClause, "id of mv-apply is not supported");
  if (input.partition) c.refuse(node, "mv-apply inside mv-apply or partition is not supported");
  const row = nameSql(`#row${c.fresh()}`);
  const from = c.step(`SELECT *, row_number() OVER () AS ${row} FROM ${input.from}`);
  const rowColumn: RelationColumn = { name: "#row", type: "long", id: row, present: true };
  const numbered: Relation = {
    ...input,
    from,
    hidden: [...input.hidden, rowColumn],
    partition: [row],
    name: undefined,
  };
  const expanded = expand(node, numbered, undefined, environment, c);
  const done = c.subquery(node.Subquery.Expression, { ...expanded, order: undefined, serialized: true }, environment);
  const [part] = done.partition ?? [];
  if (part === undefined) return c.refuse(node, "the rows of an array lost their place", "KQL_INTERNAL");

  // Columns that the subquery did not keep come from the row whose array it was.
  const expected = schemaOf(pipe);
  const list = expected.map(({ name }) => {
    const own = done.columns.find((column) => column.name === name);
    if (own) return { name, value: expressionOf(own, "s.") };
    const outer = input.columns.find((column) => column.name === name);
    return {
      name,
      value: expressionOf(outer ?? c.refuse(node, `the column ${name} is not there`, "KQL_INTERNAL"), "b."),
    };
  });
  const made = freshRelation(list, `FROM ${from} AS b JOIN ${done.from} AS s ON b.${row} = s.${part}`, c);
  return checkWidth(made, expected.length, node, c);
}

export function partition(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c);
  if (node.Scope) c.refuse(node.Scope, "a scope of partition is not supported");
  if (kindOf(node.Operand) !== "PartitionSubquery")
    c.refuse(node.Operand, "partition with a query of its own is not supported");
  if (input.partition) c.refuse(node, "partition inside mv-apply or partition is not supported");
  const key = c.scalar(node.ByExpression, scopeOf(input, environment));
  const id = nameSql(`#part${c.fresh()}`);
  const part: RelationColumn = { name: "#part", type: key.type, id, present: key.present };
  const from = c.step(`SELECT *, ${key.sql} AS ${id} FROM ${input.from}`);
  const parted: Relation = { ...input, from, hidden: [...input.hidden, part], partition: [id], name: undefined };
  const done = c.subquery(node.Operand.Subquery, parted, environment);
  return checkWidth(
    { ...done, partition: undefined, order: undefined, serialized: false },
    schemaOf(pipe).length,
    node,
    c,
  );
}
