// mv-expand: one row per element of a dynamic array or property of a bag.
import { asList, type Compilation, type Environment, type NamedExpression, reshape, scopeOf } from "../compilation.ts";
import { convert, toJson } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { literal } from "../literals.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, textOf, typeNamed, unnamed } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { nameSql } from "../sql-text.ts";
import type { ColumnType } from "../types.ts";
import { checkWidth, refuseParameters } from "./columns.ts";

interface Expanded {
  readonly name: string;
  /** SQL of a LIST of what becomes a row each; NULL gives one row. */
  readonly list: string;
  readonly value: (item: string) => Expression;
}

export function mvExpand(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  const expected = schemaOf(pipe);
  return checkWidth(expand(node, input, expected, environment, c), expected.length, node, c);
}

export function expand(
  node: SyntaxNode,
  input: Relation,
  expected: ReturnType<typeof schemaOf> | undefined,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c, ["kind", "bagexpansion", "with_itemindex"]);
  const parameter = (name: string): string | undefined => {
    const found = elements(node.Parameters).find((p) => String(p.Name.SimpleName).toLowerCase() === name);
    return found && textOf(found.Expression).replace(/^["']|["']$/g, "");
  };
  const asArrays = (parameter("kind") ?? parameter("bagexpansion")) === "array";
  const indexName = parameter("with_itemindex");
  const scope = scopeOf(input, environment);
  const expanded = elements(node.Expressions).map((e): Expanded => {
    const source: SyntaxNode = e.Expression;
    const value = c.scalar(unnamed(source), scope);
    if (value.type !== "dynamic") c.refuse(source, `a ${value.type} cannot be expanded`, "KQL_TYPE");
    const type = e.ToTypeOf
      ? typeNamed(textOf(e.ToTypeOf.TypeOf?.Types ?? e.ToTypeOf).match(/(\w+)\s*\)?\s*$/)?.[1])
      : "dynamic";
    const { list } = value;
    if (list)
      return { name: nameOf(source, c, expected), list: list.sql, value: (item) => typedItem(item, list.type, type) };
    return {
      name: nameOf(source, c, expected),
      list: `kql_elements(${toJson(value).sql}, ${asArrays ? "TRUE" : "FALSE"})`,
      value: (item) => convert({ type: "dynamic", sql: `nullif(${item}, 'null'::JSON)` }, type),
    };
  });
  const limit = node.RowLimitClause
    ? c.scalar(node.RowLimitClause.Expression ?? node.RowLimitClause.RowLimit, scope).sql
    : undefined;

  const { from, items } = unnested(expanded, input.from, limit, indexName !== undefined, c);
  const list: NamedExpression[] = asList(input);
  const put = (name: string, value: Expression): void => {
    const at = list.findIndex((column) => column.name === name);
    if (at >= 0) list[at] = { name, value };
    else list.push({ name, value });
  };
  if (indexName) put(indexName, { type: "long", sql: INDEX, present: true });
  for (const [i, e] of expanded.entries()) put(e.name, e.value(items[i] ?? ""));
  const inOrder =
    indexName === undefined || !expected
      ? list
      : expected.flatMap(({ name }) => list.filter((column) => column.name === name));
  return reshape({ ...input, from, name: undefined }, inOrder, c);
}

const INDEX = '"#index"';

/** A row for every element: several lists side by side, the shorter ones filled up with nulls. */
function unnested(
  expanded: readonly Expanded[],
  input: string,
  limit: string | undefined,
  numbered: boolean,
  c: Compilation,
): { readonly from: string; readonly items: readonly string[] } {
  const whole = expanded.map((e) => `coalesce(${e.list}, [NULL])`);
  const lists = limit === undefined ? whole : whole.map((list) => `${list}[1:${limit}]`);
  const items = expanded.map((_, i) => nameSql(`#item${i}`));
  const unnest = (list: readonly string[]): string => list.map((sql, i) => `unnest(${sql}) AS ${items[i]}`).join(", ");
  if (!numbered) return { from: c.step(`SELECT *, ${unnest(lists)} FROM ${input}`), items };
  const names = expanded.map((_, i) => nameSql(`#list${i}`));
  const made = c.step(`SELECT *, ${lists.map((sql, i) => `${sql} AS ${names[i]}`).join(", ")} FROM ${input}`);
  const count = `greatest(${names.map((name) => `len(${name})`).join(", ")})`;
  const from = c.step(`SELECT *, ${unnest(names)}, unnest(range(${count})) AS ${INDEX} FROM ${made}`);
  return { from, items };
}

/** An element of a list that is typed already; into another type it goes the way of any dynamic value. */
function typedItem(item: string, own: ColumnType, wanted: ColumnType): Expression {
  const leaf: Expression = { type: own, sql: item };
  if (wanted === own) return leaf;
  const json = toJson(leaf);
  return wanted === "dynamic" ? { ...json, leaf } : convert(json, wanted);
}

/** The binder's own naming: a column's name, `D_a_b` for a path, and that of the first argument for a call. */
function nameOf(source: SyntaxNode, c: Compilation, expected: ReturnType<typeof schemaOf> = []): string {
  const name = derivedName(source, c);
  if (name !== undefined) return name;
  return (
    expected.find((column) => column.source === source)?.name ?? c.refuse(source, "this expanded column needs a name")
  );
}

function derivedName(source: SyntaxNode, c: Compilation): string | undefined {
  switch (kindOf(source)) {
    case "SimpleNamedExpression":
      return source.Name.SimpleName as string;
    case "NameReference":
      return source.SimpleName as string;
    case "ParenthesizedExpression":
      return derivedName(source.Expression, c);
    case "PathExpression":
      return joined(derivedName(source.Expression, c), source.Selector.SimpleName);
    case "ElementExpression": {
      const key: SyntaxNode = source.Selector.Expression ?? source.Selector;
      return joined(derivedName(source.Expression, c), literal(key, c.refuse)?.constant);
    }
    case "FunctionCallExpression": {
      const [first] = elements(source.ArgumentList.Expressions);
      return first && derivedName(first, c);
    }
    default:
      return undefined;
  }
}

const joined = (base: string | undefined, key: unknown): string | undefined =>
  base === undefined || key === undefined || key === null ? undefined : `${base}_${key}`;
