// union, of tables named one by one or by a pattern.

import { bindingOf, type Compilation, type Environment, selectList } from "../compilation.ts";
import { plainJson } from "../conversions.ts";
import { nullOf, stringConstant } from "../expression.ts";
import { KqlError } from "../kql-error.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, textOf } from "../parser.ts";
import { expressionOf, type Relation, type RelationColumn } from "../relation.ts";
import { refuseParameters } from "./columns.ts";
import { laidOut, placesOf } from "./place-columns.ts";
import { tablesLike } from "./sources.ts";

export function union(
  node: SyntaxNode,
  first: Relation | undefined,
  whole: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  if (first?.partition) c.refuse(node, "a union inside mv-apply or partition is not supported");
  refuseParameters(node, c, ["withsource", "with_source", "kind", "isfuzzy"]);
  const parameter = (names: readonly string[]): string | undefined => {
    const found = elements(node.Parameters).find((p) => names.includes(String(p.Name.SimpleName).toLowerCase()));
    return found && textOf(found.Expression);
  };
  const source = parameter(["withsource", "with_source"])?.replace(/^\[?["']|["']\]?$/g, "");
  const fuzzy = parameter(["isfuzzy"])?.toLowerCase() === "true";
  const found = elements(node.Expressions).map((e) => partsOf(e, fuzzy, environment, c));
  const parts: Relation[] = [...(first ? [first] : []), ...found.flat()];
  const expected = schemaOf(whole);
  const outer = parameter(["kind"])?.toLowerCase() !== "inner";
  if (parts.some((part) => part.columns.some(({ name }) => name === source)))
    c.refuse(node, `a table has a column ${source} of its own`);
  const place = placesOf(expected, parts);
  const unplaced = expected.find(
    ({ name, type }) =>
      name !== source && !parts.some((part) => part.columns.some((own) => own.type === type && place(own) === name)),
  );
  if (unplaced && found.some((each) => each.length === 0)) {
    // The binder guesses columns for tables that are not there.
    c.refuse(node, `only a table that is not there has the column ${unplaced.name}`, "KQL_GUESSED_COLUMNS");
  }
  if (unplaced) c.refuse(node, `the names of the columns collide in ${unplaced.name}`);
  const ordered = laidOut(expected, parts, place);
  let columns: readonly RelationColumn[] = [];
  const selects = parts.map((part, index) => {
    const made = selectList(
      ordered.map(({ name, type }) => {
        if (name === source) return { name, value: stringConstant(part.name ?? `union_arg${index}`) };
        const column = part.columns.find((own) => own.type === type && place(own) === name);
        if (!column && !outer) c.refuse(node, `the column ${name} is not in every table`, "KQL_INTERNAL");
        if (!column) return { name, value: nullOf(type) };
        const value = expressionOf(column);
        return { name, value: type === "dynamic" ? plainJson(value) : value };
      }),
    );
    // A column that is left out, or taken for two, would be a wrong answer.
    const places = new Set(part.columns.map(place));
    if (outer && (places.size !== part.columns.length || places.has(undefined)))
      c.refuse(node, "the names of the columns collide");
    columns = made.columns.map((column) => ({ ...column, present: column.type === "string" }));
    return `SELECT ${made.select} FROM ${part.from}`;
  });
  if (selects.length === 0) return c.refuse(node, "the union has no table");
  return { from: c.step(selects.join(" UNION ALL ")), columns, hidden: [] };
}

function partsOf(e: SyntaxNode, fuzzy: boolean, environment: Environment, c: Compilation): Relation[] {
  const text = textOf(e);
  if (kindOf(e) === "NameReference" && text.includes("*")) return tablesLike(e, environment, c);
  // A fuzzy union leaves out tables that are not there.
  const missing =
    kindOf(e) === "NameReference" && !c.tables.has(text) && bindingOf(environment, e.SimpleName) === undefined;
  if (fuzzy && missing) {
    c.warn(e, `the table ${text} is not there and is left out of the union`);
    return [];
  }
  try {
    return [c.tabular(e, environment)];
  } catch (error) {
    if (!fuzzy || !(error instanceof KqlError) || error.code !== "KQL_NO_TABLE") throw error;
    c.warn(e, `${error.message}; this part is left out of the union`);
    return [];
  }
}
