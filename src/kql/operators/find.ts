// find: rows of several tables for which a condition holds, with the table that each comes from.
import { type Compilation, type Environment, type NamedExpression, selectList } from "../compilation.ts";
import { convert, plainJson } from "../conversions.ts";
import { nullOf, stringConstant } from "../expression.ts";
import { bagOf } from "../functions/dynamics.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, symbolKind, textOf, visit } from "../parser.ts";
import { expressionOf, type Relation, type RelationColumn } from "../relation.ts";
import type { ResultColumn } from "../types.ts";
import { refuseParameters } from "./columns.ts";
import { matches, scopeOver, sources } from "./search.ts";

export function find(node: SyntaxNode, environment: Environment, c: Compilation): Relation {
  refuseParameters(node, c, ["withsource"]);
  const [source, ...results] = schemaOf(node);
  if (!source) return c.refuse(node, "a column of tables is expected", "KQL_INTERNAL");
  const { names, star } = namesIn(node.Condition);
  // A table without any column of the condition is left out, also where the condition would hold of nulls.
  const tables = sources(node, undefined, environment, c).filter(
    ({ columns }) => names.size === 0 || columns.some(({ name }) => names.has(name)),
  );
  const pack = packOf(node, results, c);
  const plain = results.filter((column) => column !== pack);
  checkTypes(tables, new Set([...names, ...plain.map(({ name }) => name)]), node, c);
  if (isSmart(node)) checkSmart(tables, names, plain, pack, node, c);
  const absent = tables.some(({ columns }) => [...names].some((name) => !columns.some((own) => own.name === name)));
  if (star && absent) c.refuse(node.Condition, "* beside a column that not every table has");

  const all = tables.flatMap(({ columns }) => columns);
  const made = tables.map((table) => {
    const value = (column: ResultColumn): NamedExpression["value"] => {
      const own = table.columns.find(({ name }) => name === column.name);
      const found = own ? convert(expressionOf(own), column.type) : nullOf(column.type);
      return found.type === "dynamic" ? plainJson(found) : found;
    };
    const condition = matches(node.Condition, table, scopeOver(table, all, environment), false, c);
    const list = [
      { name: source.name, value: stringConstant(table.name ?? c.refuse(node, "a table without a name")) },
      ...plain.map((column) => ({ name: column.name, value: value(column) })),
      ...(pack ? [{ name: pack.name, value: packed(table, plain, node, c) }] : []),
    ];
    return { ...selectList(list), tail: `FROM ${table.from} WHERE ${condition}` };
  });
  const [first] = made;
  if (!first) return c.refuse(node.Condition, "no table has a column of the condition");
  return {
    from: c.step(made.map(({ select, tail }) => `SELECT ${select} ${tail}`).join(" UNION ALL ")),
    columns: first.columns.map((column): RelationColumn => ({ ...column, present: column.type === "string" })),
    hidden: [],
  };
}

function namesIn(condition: SyntaxNode): { readonly names: ReadonlySet<string>; readonly star: boolean } {
  const names = new Set<string>();
  let star = false;
  visit(condition, (e) => {
    if (kindOf(e) === "NameReference" && symbolKind(e) === "column") names.add(e.SimpleName);
    star ||= kindOf(e) === "StarExpression";
  });
  return { names, star };
}

const isSmart = (node: SyntaxNode): boolean => !node.Project || textOf(node.Project).startsWith("project-smart");

/** The column of all that has none of its own. */
function packOf(node: SyntaxNode, results: readonly ResultColumn[], c: Compilation): ResultColumn | undefined {
  const last = results.at(-1);
  if (isSmart(node)) return last?.type === "dynamic" && last.name.startsWith("pack_") ? last : undefined;
  const given = elements(node.Project.Columns);
  if (given.some((e) => textOf(e).includes(":")))
    c.refuse(node.Project, "types in the project of find are not supported");
  if (!given.some((e) => textOf(e).startsWith("pack"))) return undefined;
  // The page says that the bag holds all columns then, and shows one that holds only the others.
  if (given.length > 1) c.refuse(node.Project, "pack beside other columns is not supported");
  return last;
}

/** Where one name has several types, the service makes a column of each. */
function checkTypes(tables: readonly Relation[], names: ReadonlySet<string>, node: SyntaxNode, c: Compilation): void {
  const types = new Map<string, string>();
  for (const { name, type } of tables.flatMap(({ columns }) => columns)) {
    const common = tables.every(({ columns }) => columns.some((own) => own.name === name));
    if ((types.get(name) ?? type) !== type && (common || names.has(name)))
      c.refuse(node, `the column ${name} has several types`);
    types.set(name, type);
  }
}

/** Columns of the condition, and those that all tables have. */
function checkSmart(
  tables: readonly Relation[],
  named: ReadonlySet<string>,
  plain: readonly ResultColumn[],
  pack: ResultColumn | undefined,
  node: SyntaxNode,
  c: Compilation,
): void {
  const all = new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const wanted = [...all].filter(
    (name) => named.has(name) || tables.every(({ columns }) => columns.some((own) => own.name === name)),
  );
  const same = wanted.length === plain.length && plain.every(({ name }) => wanted.includes(name));
  if (!same || (pack === undefined && wanted.length < all.size))
    c.refuse(node, "the columns are not those that the parser finds; say project");
}

function packed(
  table: Relation,
  plain: readonly ResultColumn[],
  node: SyntaxNode,
  c: Compilation,
): NamedExpression["value"] {
  const rest = table.columns.filter(({ name }) => !plain.some((column) => column.name === name));
  if (rest.length === 0) c.refuse(node, "a table of which no column is left to be packed; say project");
  const list = rest.map((column) => ({ name: column.name, value: expressionOf(column) }));
  return { type: "dynamic", sql: bagOf(list), present: true };
}
