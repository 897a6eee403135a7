// search: rows of one or more tables with a term in any column.
import { type Compilation, type Environment, type Scope, scopeOf, selectList, viewsIn } from "../compilation.ts";
import { plainJson } from "../conversions.ts";
import { nullOf, stringConstant } from "../expression.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, textOf } from "../parser.ts";
import { expressionOf, type Relation, type RelationColumn } from "../relation.ts";
import { matchText } from "../scalar/text-operators.ts";
import { tableOf } from "../statements.ts";
import type { ResultColumn } from "../types.ts";
import { refuseParameters } from "./columns.ts";
import { placesOf } from "./place-columns.ts";
import { readTable, tablesLike } from "./sources.ts";

export function search(
  node: SyntaxNode,
  input: Relation | undefined,
  whole: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c, ["kind"]);
  const kind = elements(node.Parameters).find((p) => p.Name.SimpleName === "kind");
  const exact = kind !== undefined && textOf(kind.Expression) === "case_sensitive";
  const expected = schemaOf(whole);
  const selects: string[] = [];
  let columns: readonly RelationColumn[] = [];
  const searched = sources(node, input, environment, c);
  const place = placesOf(expected, searched);
  for (const source of searched) {
    const condition = matches(node.Condition, source, scopeOver(source, expected, environment), exact, c);
    const made = selectList(
      expected.map(({ name, type }) => {
        if (name === "$table") return { name, value: stringConstant(source.name ?? "") };
        const column = source.columns.find((own) => own.type === type && place(own) === name);
        if (!column) return { name, value: nullOf(type) };
        const value = expressionOf(column);
        return { name, value: type === "dynamic" ? plainJson(value) : value };
      }),
    );
    if (source.columns.some((own) => place(own) === undefined)) c.refuse(node, "the names of the columns collide");
    columns = made.columns.map((column) => ({ ...column, present: column.type === "string" }));
    selects.push(`SELECT ${made.select} FROM ${source.from} WHERE ${condition}`);
  }
  if (selects.length === 0) return c.refuse(node, "there is no table to search");
  return { from: c.step(selects.join(" UNION ALL ")), columns, hidden: [] };
}

/** The rows that come in, the tables that are named, or all tables and views. */
export function sources(
  node: SyntaxNode,
  input: Relation | undefined,
  environment: Environment,
  c: Compilation,
): Relation[] {
  if (input?.partition) c.refuse(node, "search inside mv-apply or partition is not supported");
  if (input) return [input];
  const asked = elements(node.InClause?.Expressions);
  if (asked.length === 0) {
    const views = viewsIn(environment).map((view) => ({ ...tableOf(view, c), name: view.name }));
    return [...[...c.tables.values()].map((table) => readTable(table, "search", c)), ...views];
  }
  return asked.flatMap((e) => (textOf(e).includes("*") ? tablesLike(e, environment, c) : [c.tabular(e, environment)]));
}

/** A condition may name a column of any of the tables; those that a table has not are null in its rows. */
export function scopeOver(source: Relation, expected: readonly ResultColumn[], environment: Environment): Scope {
  const scope = scopeOf(source, environment);
  const absent = expected.filter(({ name }) => name !== "$table" && !scope.columns.has(name));
  const nulls = absent.map(({ name, type }) => [name, nullOf(type)] as const);
  return { ...scope, columns: new Map([...scope.columns, ...nulls]) };
}

/** A bare text is a term in any column; everything else is an ordinary condition. */
export function matches(node: SyntaxNode, source: Relation, scope: Scope, exact: boolean, c: Compilation): string {
  switch (kindOf(node)) {
    case "ParenthesizedExpression":
      return matches(node.Expression, source, scope, exact, c);
    case "AndExpression":
    case "OrExpression": {
      const [left, right] = [node.Left, node.Right].map((side) => matches(side, source, scope, exact, c));
      return `(${left} ${kindOf(node) === "AndExpression" ? "AND" : "OR"} ${right})`;
    }
    case "StringLiteralExpression":
    case "CompoundStringLiteralExpression": {
      const term = c.scalar(node, scope);
      if (String(term.constant).includes("*")) return c.refuse(node, "wildcards in a search term are not supported");
      const parts = source.columns.map(
        (column) => matchText(exact ? "has_cs" : "has", expressionOf(column), term, node, c).sql,
      );
      return parts.length > 0 ? `(${parts.join(" OR ")})` : "FALSE";
    }
    default:
      return c.condition(node, scope);
  }
}
