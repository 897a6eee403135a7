// parse, parse-where, parse-kv: columns out of a text.
import {
  asList,
  type Compilation,
  type Environment,
  type NamedExpression,
  reshape,
  type Scope,
  scopeOf,
} from "../compilation.ts";
import { convert, toText } from "../conversions.ts";
import { type Expression, stringConstant } from "../expression.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, textOf, typeNamed } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { checkedRegex, subjectOf } from "../scalar/regex.ts";
import { escapeRegex, nameSql, textSql } from "../sql-text.ts";
import type { ColumnType } from "../types.ts";
import { checkWidth, refuseParameters } from "./columns.ts";

type Mode = "simple" | "relaxed" | "regex";

interface ParsedColumn {
  readonly name: string;
  readonly type: ColumnType;
}

interface Pattern {
  readonly regex: string;
  readonly columns: readonly ParsedColumn[];
}

export function parse(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c, ["kind", "flags"]);
  const parameter = (name: string): string | undefined => {
    const found = elements(node.Parameters).find((p) => p.Name.SimpleName === name);
    return found && textOf(found.Expression);
  };
  const mode = (parameter("kind") ?? "simple") as Mode;
  const flags = parameter("flags") ?? "";
  if (!/^[Uims]*$/.test(flags)) c.refuse(node, `the flags ${flags} are not supported`);
  const scope = scopeOf(input, environment);
  const text = toText(c.scalar(node.Expression, scope));
  const pattern = patternOf(elements(node.Patterns), mode, flags, scope, c);

  const parsed = nameSql(`#parsed${c.fresh()}`);
  const regex = textSql(pattern.regex);
  const groups = pattern.columns.map((_, i) => `'g${i}'`).join(", ");
  const found = `CASE WHEN regexp_matches(${text.sql}, ${regex}) THEN regexp_extract(${text.sql}, ${regex}, [${groups}]) END`;
  const withGroups = c.step(`SELECT *, ${found} AS ${parsed} FROM ${input.from}`);
  const values = pattern.columns.map(({ type }, i): Expression => {
    const group: Expression = { type: "string", sql: `${parsed}.g${i}` };
    return type === "string" ? group : convert({ ...group, present: true }, type);
  });
  // Strict: a value of the wrong type means that the text is not of this form at all.
  const wrong = values.filter((v) => v.type !== "string").map((v) => `${v.sql} IS NULL`);
  const fits = [`${parsed} IS NOT NULL`, ...(mode === "relaxed" ? [] : wrong.map((sql) => `NOT (${sql})`))].join(
    " AND ",
  );

  const list: NamedExpression[] = asList(input);
  for (const [i, { name }] of pattern.columns.entries()) {
    const value = values[i] as Expression;
    const sql = `CASE WHEN ${fits} THEN ${value.sql} END`;
    put(list, name, {
      type: value.type,
      sql: value.type === "string" ? `coalesce(${sql}, '')` : sql,
      present: value.type === "string",
    });
  }
  const only = kindOf(node) === "ParseWhereOperator";
  const from = only ? c.step(`SELECT * FROM ${withGroups} WHERE ${fits}`) : withGroups;
  const expected = schemaOf(pipe);
  return checkWidth(reshape({ ...input, from, name: undefined }, list, c), expected.length, node, c);
}

function put(list: NamedExpression[], name: string, value: Expression): void {
  const at = list.findIndex((column) => column.name === name);
  if (at >= 0) list[at] = { name, value };
  else list.push({ name, value });
}

function patternOf(parts: readonly SyntaxNode[], mode: Mode, flags: string, scope: Scope, c: Compilation): Pattern {
  const columns: ParsedColumn[] = [];
  let regex = "";
  for (const [i, part] of parts.entries()) {
    const next = parts[i + 1];
    switch (kindOf(part)) {
      case "StarExpression":
        regex += mode === "regex" ? ".*" : next ? ".*?" : ".*";
        break;
      case "NameDeclaration":
      case "NameReference":
        columns.push({ name: part.SimpleName as string, type: "string" });
        regex += textGroup(mode, next);
        break;
      case "NameAndTypeDeclaration": {
        const type = typeNamed(textOf(part.Type));
        columns.push({ name: part.Name.SimpleName as string, type });
        regex += typedGroup(type, mode, next, part, c);
        break;
      }
      default: {
        const constant = c.scalar(part, scope).constant;
        if (typeof constant !== "string") c.refuse(part, "a pattern is made of constant texts and columns");
        regex += mode === "regex" ? ofPart(constant as string, part, c) : escapeRegex(constant as string);
      }
    }
  }
  if (columns.length === 0) return { regex: `^(${regex})`, columns: [] };
  const end = parts.at(-1);
  const toTheEnd = end && mode !== "regex" && /Name/.test(kindOf(end)) ? "$" : "";
  const mods = mode === "regex" ? flags : "s";
  return { regex: `${mods ? `(?${mods})` : ""}^${regex}${toTheEnd}`, columns };
}

function ofPart(regex: string, part: SyntaxNode, c: Compilation): string {
  if (/\\[bB]/.test(regex)) c.refuse(part, "\\b is not supported in a pattern");
  return withoutGroups(String(checkedRegex(stringConstant(regex), part, c).constant));
}

/** Groups of the query's own would be counted among the columns. */
const withoutGroups = (regex: string): string =>
  regex.replace(/\\.|\[(?:\\.|[^\]])*\]|\((?!\?)|\(\?P?<\w+>/gs, (part) => (part.startsWith("(") ? "(?:" : part));

/** Up to the next text of the pattern, or to the end. */
const textGroup = (mode: Mode, next: SyntaxNode | undefined): string => (mode === "regex" || !next ? "(.*)" : "(.*?)");

const TYPED: Partial<Record<ColumnType, string>> = {
  int: String.raw`\s*([+-]?\d+)`,
  long: String.raw`\s*([+-]?\d+)`,
  real: String.raw`\s*([+-]?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)`,
  decimal: String.raw`\s*([+-]?\d+(?:\.\d+)?)`,
  bool: String.raw`\s*((?i:true|false)|[01])`,
  guid: String.raw`\s*(\{?[0-9a-fA-F-]{32,36}\}?)`,
};

function typedGroup(
  type: ColumnType,
  mode: Mode,
  next: SyntaxNode | undefined,
  node: SyntaxNode,
  c: Compilation,
): string {
  if (type === "string") return textGroup(mode, next);
  const star = next && kindOf(next) === "StarExpression";
  const own = TYPED[type];
  if (star) return own ?? c.refuse(node, `a ${type} before * is not supported`);
  return mode === "relaxed" ? textGroup(mode, next) : (own ?? textGroup(mode, next));
}

export function parseKeyValues(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  const scope = scopeOf(input, environment);
  const text = toText(c.scalar(node.Expression, scope)).sql;
  const options: Record<string, string[]> = {};
  for (const property of elements(node.WithClause?.Properties)) {
    const name = property.Name.SimpleName as string;
    const value = c.scalar(property.Expression, scope).constant;
    if (typeof value !== "string" && typeof value !== "boolean") c.refuse(property, "the option must be a constant");
    if (!["pair_delimiter", "kv_delimiter", "quote", "escape", "greedy", "regex"].includes(name)) {
      c.refuse(property, `the option ${name} is not supported`);
    }
    options[name] = [...(options[name] ?? []), String(value)];
  }
  const columns = elements(node.Keys.Columns).map((column) => ({
    name: column.Name.SimpleName as string,
    type: typeNamed(textOf(column.Type)),
  }));
  const found = nameSql(`#pairs${c.fresh()}`);
  const [regex] = options.regex ?? [];
  if (regex !== undefined && Object.keys(options).length > 1) c.refuse(node, "regex goes with no other option");
  const pairs =
    regex === undefined
      ? `kql_parse_kv(${text}, ${textSql(JSON.stringify(options))})::JSON`
      : pairsByRegex(text, regex, node, c);
  const from = c.step(`SELECT *, ${pairs} AS ${found} FROM ${input.from}`);
  const list: NamedExpression[] = asList(input);
  for (const { name, type } of columns) {
    const value: Expression = {
      type: "string",
      sql: `json_extract_string(${found}, '$.' || ${textSql(JSON.stringify(name))})`,
    };
    put(list, name, type === "string" ? toText(value) : convert({ ...value, present: true }, type));
  }
  return checkWidth(reshape({ ...input, from, name: undefined }, list, c), schemaOf(pipe).length, node, c);
}

/** The first pair of a key counts. */
function pairsByRegex(text: string, regex: string, node: SyntaxNode, c: Compilation): string {
  const given = stringConstant(regex);
  const pattern = checkedRegex(given, node, c).sql;
  const [keys, values] = [1, 2].map(
    (group) => `to_json(regexp_extract_all(${subjectOf(text, given, node, c)}, ${pattern}, ${group}))::VARCHAR`,
  );
  return `kql_first_pairs(${keys}, ${values})::JSON`;
}
