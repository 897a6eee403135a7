// The façade of Microsoft's KQL parser and binder: the only file that knows the shape of its objects.
// The package is C# compiled to two scripts that set globals; it comes without usable module types, hence `any` here.
import { createRequire } from "node:module";
import { KqlError, positionAt } from "./kql-error.ts";
import { hastenBinder, settleParser } from "./parser-binder.ts";
import { hastenRuntime } from "./parser-runtime.ts";
import type { ColumnType, ResultColumn } from "./types.ts";

// biome-ignore lint/suspicious/noExplicitAny: the edge of a library without types
type Foreign = any;

/** A node of the bound syntax tree. Which of the named children exist depends on its kind. */
export interface SyntaxNode {
  readonly Kind: number;
  readonly TextStart: number;
  readonly End: number;
  readonly ChildCount: number;
  GetChild(index: number): SyntaxNode | null;
  readonly [member: string]: Foreign;
}

export interface ParserDiagnostic {
  readonly code: string;
  readonly severity: "error" | "warning" | "suggestion";
  readonly message: string;
  /** Offset in the text. */
  readonly start: number;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface StoredFunction {
  readonly name: string;
  /** As KQL writes them: "(name: string)". */
  readonly parameters: string;
  readonly body: string;
}

export interface Analysis {
  readonly root: SyntaxNode;
  readonly diagnostics: readonly ParserDiagnostic[];
}

/** Everything the binder knows of: tables and functions. Opaque; costs a few milliseconds to make, so keep it. */
export type Catalogue = Foreign;

/** Longer queries are refused: the parser's time grows with the text, and no hunt is a megabyte. */
const LONGEST_QUERY = 200_000;
/** The parser descends once per bracket; beyond this it would run out of stack. */
const DEEPEST_NESTING = 120;

/** The binder's own word for a tree that it does not dare to walk. */
const TOO_DEEP = "KS245";

let language: Foreign;
let kindNames: readonly (string | undefined)[] = [];

/** Loads the parser once per process, about 0.2 s; a process that was started with it in place has it already. */
export function loadParser(): void {
  if (language) return;
  if (!(globalThis as Foreign).Kusto?.Language) readParser();
  language = (globalThis as Foreign).Kusto.Language;
  const kinds = language.Syntax.SyntaxKind;
  const names: (string | undefined)[] = [];
  for (const name of Object.keys(kinds)) if (typeof kinds[name] === "number") names[kinds[name]] = name;
  kindNames = names;
}

function readParser(): void {
  try {
    // Required, not imported: Node would first parse five megabytes to find out that they are no module.
    const load = createRequire(import.meta.url);
    load("@kusto/language-service-next/bridge.min.js");
    hastenRuntime((globalThis as Foreign).Bridge, (globalThis as Foreign).System);
    load("@kusto/language-service-next/Kusto.Language.Bridge.min.js");
    settled = false;
    hastenBinder((globalThis as Foreign).Bridge, (globalThis as Foreign).Kusto.Language);
  } catch (error) {
    // Node would print the failing line of the source, which is four megabytes long: only the message may go on.
    throw new KqlError("KQL_INTERNAL", `the KQL parser did not load: ${messageOf(error)}`, "", 0, 0);
  }
}

/**
 * Has the parser read and make what it knows of the language, which otherwise comes with the first query: half a second of
 * this thread, best spent while something else is waited for.
 */
export function prepareParser(): void {
  loadParser();
  analyse("print 1", makeCatalogue([], []));
}

const messageOf = (error: unknown): string => (error instanceof Error ? error.message : String(error)).slice(0, 300);

type Table = { readonly name: string; readonly columns: readonly ResultColumn[] };

const catalogues = new Map<string, Catalogue>();
const MOST_CATALOGUES = 8;
/** What was asked for last, which is asked for again with the next query. */
let last: { readonly tables: readonly Table[]; readonly catalogue: Catalogue } | undefined;

/** What names mean. Engines over the same tables share one: what the binder has learnt of it is worth keeping. */
export function makeCatalogue(tables: readonly Table[], functions: readonly StoredFunction[]): Catalogue {
  if (last && functions.length === 0 && areSame(tables, last.tables)) return last.catalogue;
  const catalogue = knownCatalogue(tables, functions);
  if (functions.length === 0) last = { tables: [...tables], catalogue };
  return catalogue;
}

const areSame = (some: readonly Table[], others: readonly Table[]): boolean =>
  some.length === others.length &&
  some.every(({ name, columns }, i) => name === others[i]?.name && columns === others[i].columns);

function knownCatalogue(tables: readonly Table[], functions: readonly StoredFunction[]): Catalogue {
  const key = JSON.stringify([tables.map(({ name, columns }) => [name, columnsText(columns)]), functions]);
  const known = catalogues.get(key);
  if (known) return known;
  const [oldest] = catalogues.keys();
  if (oldest !== undefined && catalogues.size >= MOST_CATALOGUES) catalogues.delete(oldest);
  const made = newCatalogue(tables, functions);
  catalogues.set(key, made);
  return made;
}

const columnTexts = new WeakMap<readonly ResultColumn[], string>();

function columnsText(columns: readonly ResultColumn[]): string {
  const known = columnTexts.get(columns);
  if (known !== undefined) return known;
  const text = JSON.stringify(columns);
  columnTexts.set(columns, text);
  return text;
}

function newCatalogue(tables: readonly Table[], functions: readonly StoredFunction[]): Catalogue {
  const symbols = language.Symbols;
  const members = [
    ...tables.map(
      (table) =>
        new symbols.TableSymbol.$ctor4(
          table.name,
          table.columns.map(
            (column) =>
              new symbols.ColumnSymbol.ctor(
                column.name,
                symbols.ScalarTypes.GetSymbol(column.type),
                null,
                null,
                null,
                null,
              ),
          ),
        ),
    ),
    ...functions.map((f) => new symbols.FunctionSymbol.$ctor16(f.name, f.parameters, f.body, null)),
  ];
  return language.GlobalState.Default.WithDatabase(new symbols.DatabaseSymbol.ctor("workspace", members)).WithCache();
}

// A query is checked, then compiled, then perhaps asked again: parsing and binding it is most of that work.
const analyses = new WeakMap<object, Map<string, Analysis>>();
const MOST_ANALYSES = 32;

/** A process that binds no more than these is over before the parser, put in order, would have paid for it. */
const FIRST_QUERIES = 2;
let bound = 0;
/** A process that was started with the parser in place has it in order, too. */
let settled = true;

function settle(): void {
  settled = true;
  try {
    settleParser((globalThis as Foreign).System, language);
  } catch {
    // It is faster then, or as it was.
  }
}

/** Parses and binds. Throws a KqlError where the parser itself fails, never the parser's own exception. */
export function analyse(source: string, catalogue: Catalogue): Analysis {
  const known = analyses.get(catalogue) ?? new Map<string, Analysis>();
  analyses.set(catalogue, known);
  const analysis = known.get(source) ?? analyseAnew(source, catalogue);
  const [oldest] = known.keys();
  if (oldest !== undefined && known.size >= MOST_ANALYSES && !known.has(source)) known.delete(oldest);
  known.set(source, analysis);
  return analysis;
}

function analyseAnew(source: string, catalogue: Catalogue): Analysis {
  if (source.length > LONGEST_QUERY) {
    throw new KqlError(
      "KQL_TOO_LARGE",
      `the query has more than ${LONGEST_QUERY} characters`,
      source,
      LONGEST_QUERY,
      1,
    );
  }
  refuseDeepNesting(source);
  if (bound++ >= FIRST_QUERIES && !settled) settle();
  try {
    const code = language.KustoCode.ParseAndAnalyze(source, catalogue);
    const diagnostics = toArray(code.GetDiagnostics()).map(
      (d): ParserDiagnostic => ({
        code: String(d.Code),
        severity: d.Severity === "Error" ? "error" : d.Severity === "Warning" ? "warning" : "suggestion",
        message: String(d.Message),
        start: d.Start,
        ...positionAt(source, d.Start),
        length: d.Length,
      }),
    );
    const deep = diagnostics.find((d) => d.code === TOO_DEEP);
    if (deep)
      throw new KqlError(
        "KQL_TOO_LARGE",
        "the query is nested too deeply to be bound",
        source,
        deep.start,
        deep.length,
      );
    return { root: code.Syntax, diagnostics: withoutFalseAlarms(diagnostics, code.Syntax) };
  } catch (error) {
    if (error instanceof KqlError) throw error;
    throw new KqlError(
      "KQL_INTERNAL",
      `the KQL parser failed on this query: ${messageOf(error)}`,
      source,
      0,
      source.length,
    );
  }
}

/** What the binder says against arguments that the service takes: all four of bag_unpack, an array, parts of a second, a value. */
const FALSE_ALARMS: Readonly<Record<string, readonly string[]>> = {
  bag_unpack: ["KS107", "KS119"],
  parse_user_agent: ["KS107", "KS119"],
  make_timespan: ["KS134"],
  count: ["KS107"],
};
const ALARMING: ReadonlySet<string> = new Set(Object.values(FALSE_ALARMS).flat());

function withoutFalseAlarms(diagnostics: readonly ParserDiagnostic[], root: SyntaxNode): readonly ParserDiagnostic[] {
  if (!diagnostics.some((d) => ALARMING.has(d.code))) return diagnostics;
  const calls: SyntaxNode[] = [];
  visit(root, (node) => {
    if (kindOf(node) === "FunctionCallExpression" && node.Name.SimpleName in FALSE_ALARMS) calls.push(node);
  });
  const falseIn = (call: SyntaxNode, d: ParserDiagnostic): boolean =>
    d.start >= call.TextStart && d.start < call.End && FALSE_ALARMS[call.Name.SimpleName]?.includes(d.code) === true;
  return diagnostics.filter((d) => !calls.some((call) => falseIn(call, d)));
}

function refuseDeepNesting(source: string): void {
  let depth = 0;
  for (let i = 0; i < source.length; i++) {
    const c = source[i];
    if (c === "(" || c === "[" || c === "{") {
      if (++depth > DEEPEST_NESTING) {
        throw new KqlError("KQL_TOO_LARGE", `brackets are nested more than ${DEEPEST_NESTING} deep`, source, i, 1);
      }
    } else if (c === ")" || c === "]" || c === "}") depth = Math.max(0, depth - 1);
    else if (c === "/" && source[i + 1] === "/") i = endOfLine(source, i);
    else if (c === '"' || c === "'") i = endOfString(source, i, c);
  }
}

function endOfLine(source: string, from: number): number {
  const end = source.indexOf("\n", from);
  return end < 0 ? source.length : end;
}

function endOfString(source: string, from: number, quote: string): number {
  const verbatim = source[from - 1] === "@";
  for (let i = from + 1; i < source.length; i++) {
    if (source[i] === "\n") return i;
    if (source[i] === "\\" && !verbatim) i++;
    else if (source[i] === quote) return i;
  }
  return source.length;
}

/** "FilterOperator", "StringLiteralExpression", … */
export const kindOf = (node: SyntaxNode): string => kindNames[node.Kind] ?? String(node.Kind);

/** Text without the spaces and comments before it. */
export function textOf(node: SyntaxNode): string {
  let text: string | undefined;
  const write = (one: SyntaxNode): void => {
    if (one.IsToken) {
      // What is missing and was put in by the parser has no width.
      if (one.FullWidth > 0) text = text === undefined ? one.Text : text + one.Trivia + one.Text;
      return;
    }
    for (let i = 0, count = one.ChildCount; i < count; i++) {
      const child = one.GetChild(i);
      if (child) write(child);
    }
  };
  write(node);
  return (text ?? "").trim();
}

/** `x = e` without its name. */
export const unnamed = (node: SyntaxNode): SyntaxNode =>
  kindOf(node) === "SimpleNamedExpression" ? node.Expression : node;

/** The elements of a syntax list, without their separators. */
export function elements(list: SyntaxNode | null | undefined): SyntaxNode[] {
  const found: SyntaxNode[] = [];
  for (let i = 0; i < (list?.ChildCount ?? 0); i++) {
    const child = list?.GetChild(i);
    if (child) found.push(child.Element ?? child);
  }
  return found;
}

export function visit(node: SyntaxNode, see: (node: SyntaxNode) => void): void {
  see(node);
  for (let i = 0; i < node.ChildCount; i++) {
    const child = node.GetChild(i);
    if (child) visit(child, see);
  }
}

/** A list of the parser's own collections library as an array. */
export function toArray(list: Foreign): Foreign[] {
  return Array.from({ length: list?.Count ?? 0 }, (_, i) => list.getItem(i));
}

export const isTabular = (node: SyntaxNode): boolean => Boolean(node.ResultType?.Columns) && !isTuple(node);

/** Several values at once, which become a column each: array_sort_asc(a, b). */
const isTuple = (node: SyntaxNode): boolean =>
  Boolean((node.ResultType?.constructor?.$$fullname as string | undefined)?.endsWith(".TupleSymbol"));

/** How many columns an expression without a name of its own makes. */
export const widthOf = (node: SyntaxNode): number => (isTuple(node) ? node.ResultType.Columns.Count : 1);

export interface SchemaColumn extends ResultColumn {
  /** The expression that makes it, where there is one. */
  readonly source: SyntaxNode | null;
}

/** The columns that the binder expects of a tabular expression, by Kusto's own naming. */
export function schemaOf(node: SyntaxNode): readonly SchemaColumn[] {
  return toArray(node.ResultType?.Columns).map((column) => ({
    name: String(column.Name),
    type: typeNamed(column.Type?.Name),
    source: column.Source ?? null,
  }));
}

/** The scalar type that the binder gives an expression; undefined where it could not tell. */
export function boundType(node: SyntaxNode): ColumnType | undefined {
  const name = node.ResultType?.Name;
  return name in TYPE_NAMES ? TYPE_NAMES[name as keyof typeof TYPE_NAMES] : undefined;
}

const TYPE_NAMES = {
  bool: "bool",
  int: "int",
  long: "long",
  real: "real",
  decimal: "decimal",
  string: "string",
  datetime: "datetime",
  timespan: "timespan",
  guid: "guid",
  dynamic: "dynamic",
} as const satisfies Record<ColumnType, ColumnType>;

/** A type by any of the names that KQL has for it; dynamic where the binder could not tell. */
export function typeNamed(name: string | undefined): ColumnType {
  switch (name) {
    case "boolean":
      return "bool";
    case "double":
      return "real";
    case "date":
      return "datetime";
    case "time":
      return "timespan";
    case "uuid":
    case "uniqueid":
      return "guid";
    default:
      return name && name in TYPE_NAMES ? (name as ColumnType) : "dynamic";
  }
}

export type SymbolKind = "column" | "variable" | "other";

/** What a name was bound to. */
export function symbolKind(node: SyntaxNode): SymbolKind {
  const name = node.ReferencedSymbol?.constructor?.$$fullname as string | undefined;
  if (name?.endsWith(".ColumnSymbol")) return "column";
  return name?.endsWith(".VariableSymbol") || name?.endsWith(".ParameterSymbol") ? "variable" : "other";
}

/** The parser's bound copy of a called function's body for this very call; null for built-in functions. */
export function calledBody(call: SyntaxNode): SyntaxNode | null {
  return call.GetCalledFunctionBody?.() ?? null;
}

/** Where a node begins in the text that was parsed, also from inside a called function's body. */
export function startOf(node: SyntaxNode): number {
  try {
    const position = node.GetPositionInOriginalTree?.(node.TextStart);
    if (typeof position === "number" && position >= 0) return position;
  } catch {
    // Nodes of stored functions have no place in the text; the position in their own body has to do.
  }
  return node.TextStart;
}
