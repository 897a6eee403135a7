// The embedded engine: tables in, KQL asked, rows out. Everything outside this folder uses only this file and load/.
import { type DuckDBConnection, DuckDBInstance } from "@duckdb/node-api";
import type { TableUse } from "./compilation.ts";
import { type Compiled, compile } from "./compile.ts";
import { createMacros } from "./create-macros.ts";
import { cell } from "./format.ts";
import { KqlError, positionAt } from "./kql-error.ts";
import { registerNatives } from "./native/all.ts";
import { analyse, loadParser, makeCatalogue, type ParserDiagnostic, prepareParser } from "./parser.ts";
import { MOST_ROWS, type RunLimits, rowsOf } from "./rows-of.ts";
import { SchemaNeeded, schemaText, TextNeeded } from "./schema-needed.ts";
import { knownTables } from "./schemas/known-tables.ts";
import { textSql } from "./sql-text.ts";
import type { ResultColumn, TableDefinition } from "./types.ts";
import { loadWatchlists, nameWatchlists } from "./watchlists.ts";

export type { ColumnType, ResultColumn, TableDefinition } from "./types.ts";
export { prepareParser };

export interface EngineOptions {
  /** As DuckDB writes it, "1GB". Default: four fifths of the machine's. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** Where work that does not fit into memory may be laid; without it, it fails with KQL_MEMORY. */
  readonly directory?: string;
  /** Folder of CSV files; `_GetWatchlist("name")` reads name.csv. */
  readonly watchlists?: string;
}

export interface Refusal {
  readonly code: string;
  readonly message: string;
  readonly line: number;
  readonly column: number;
  readonly length: number;
}

export interface Check {
  /** What the parser and binder say, worst first; an error means that no engine could run it. */
  readonly diagnostics: readonly ParserDiagnostic[];
  /** What this engine will not do although Kusto would. Empty where there are errors. */
  readonly refusals: readonly Refusal[];
  readonly warnings: readonly string[];
  /** Columns of the answer, where the query is understood. */
  readonly columns?: readonly ResultColumn[];
  /** The query asks for the time with ago() or now(). */
  readonly clock: boolean;
  /** Which tables are read, and how the query reached them. */
  readonly tables: readonly { readonly name: string; readonly by: readonly TableUse[] }[];
}

/** In milliseconds since 1970; from included, to not. */
export interface Window {
  readonly from: number;
  readonly to: number;
}

export interface CheckOptions {
  readonly window?: Window;
  readonly now?: number;
}

export interface QueryOptions extends CheckOptions, RunLimits {
  /** Restricts TimeGenerated of every table that has it. */
  readonly window?: Window;
  /** What ago() and now() count from. Default: the window's end, else the machine's clock. */
  readonly now?: number;
}

export interface QueryResult {
  readonly columns: readonly ResultColumn[];
  /** Cells as JSON can hold them, in the order of the columns. */
  readonly rows: readonly (readonly unknown[])[];
  readonly warnings: readonly string[];
}

export interface Engine {
  /** For loading tables only. */
  readonly connection: DuckDBConnection;
  define(table: TableDefinition): void;
  readonly tables: readonly TableDefinition[];
  /** Binds and compiles without running. Never throws for what a query says. */
  check(kql: string, options?: CheckOptions): Check;
  /** Throws a KqlError. */
  query(kql: string, options?: QueryOptions): Promise<QueryResult>;
  /** The SQL of a query, for benchmarks and for finding faults; it runs once the query was asked. Throws a KqlError. */
  sql(kql: string, options?: CheckOptions): string;
  /**
   * Closes the database to files and network for good, but for these files and folders (Parquet that views read). Loading
   * must be over; the first query locks with nothing allowed if nobody did.
   */
  lock(readable?: readonly string[]): Promise<void>;
  close(): void;
}

/** Compiled queries that an engine keeps. */
const MOST_COMPILED = 16;

export async function openEngine(options: EngineOptions = {}): Promise<Engine> {
  // The database is made in a thread of its own while the parser loads here.
  const creating = createInstance(options);
  loadParser();
  const instance = await creating;
  const connection = await instance.connect();
  registerNatives(connection);
  return engineOver(instance, connection, await loadWatchlists(options.watchlists, connection));
}

function createInstance(options: EngineOptions): Promise<DuckDBInstance> {
  return DuckDBInstance.create(":memory:", {
    temp_directory: options.directory ?? "",
    // Nothing is ever fetched: no extension, no secret.
    autoinstall_known_extensions: "false",
    autoload_known_extensions: "false",
    ...(options.memoryLimit === undefined ? {} : { memory_limit: options.memoryLimit }),
    ...(options.threads === undefined ? {} : { threads: String(options.threads) }),
  });
}

function engineOver(
  instance: DuckDBInstance,
  connection: DuckDBConnection,
  watchlists: readonly TableDefinition[],
): Engine {
  const tables = new Map(watchlists.map((table) => [table.name, table]));
  let locked: Promise<void> | undefined;
  const createMacrosFor = createMacros(connection);
  const runSql = async (sql: string, kql: string, options: QueryOptions): Promise<(readonly unknown[])[]> => {
    await createMacrosFor(sql);
    return rowsOf(instance, sql, kql, options);
  };

  const analysed = (kql: string, schemas: Schemas = new Map(), withAbsent = false) => {
    const { source, original } = withSchemas(nameWatchlists(kql), schemas);
    const absent = withAbsent ? absentTables(source, tables) : [];
    const catalogue = makeCatalogue([...tables.values(), ...absent], []);
    const { root, diagnostics } = analyse(source, catalogue);
    const placed = diagnostics.map((d) => ({ ...d, start: original(d.start), ...positionAt(kql, original(d.start)) }));
    return { source, original, root, diagnostics: placed };
  };
  const compiledWith = (withAbsent: boolean, kql: string, options: CheckOptions, known: Known): Compiled => {
    const { schemas: written, replaced } = known;
    const { source, original, root, diagnostics } = analysed(kql, written, withAbsent);
    const error = diagnostics.find((d) => d.severity === "error");
    if (error) throw new KqlError(error.code, error.message, kql, error.start, error.length);
    try {
      const given = { source, asked: kql, original, written, replaced, tables, ...clockOf(options) };
      return guarded(kql, () => compile(root, given));
    } catch (error) {
      if (!(error instanceof TextNeeded) || written.has(original(error.position))) throw error;
      written.set(original(error.position), error.text);
      return compiledWith(withAbsent, kql, options, known);
    }
  };
  // Where the binder had to guess at a table that is not there, knowing its columns may do; where not, the first word stands.
  const compiled = (kql: string, options: CheckOptions, known: Known = nothingKnown()): Compiled => {
    try {
      return compiledWith(false, kql, options, known);
    } catch (first) {
      if (!(first instanceof KqlError) || first.code !== "KQL_GUESSED_COLUMNS") throw first;
      try {
        return compiledWith(true, kql, options, known);
      } catch (second) {
        throw second instanceof KqlError ? first : second;
      }
    }
  };
  // A query is checked and then asked, and asked again over the same window. What depends on rows is not kept.
  const recent = new Map<string, Compiled>();
  const compiledOnce = (kql: string, options: CheckOptions, known: Known = nothingKnown()): Compiled => {
    const { window, now = window?.to } = options;
    const key = JSON.stringify([kql, window?.from, window?.to, now]);
    const kept = now === undefined || known.schemas.size > 0 ? undefined : recent.get(key);
    if (kept) return kept;
    const made = compiled(kql, options, known);
    if (now === undefined || known.schemas.size > 0) return made;
    const [oldest] = recent.keys();
    if (oldest !== undefined && recent.size >= MOST_COMPILED) recent.delete(oldest);
    recent.set(key, made);
    return made;
  };
  /** Compiles again for every call whose columns only the rows can tell. */
  const compiledAsking = async (kql: string, options: QueryOptions): Promise<Compiled> => {
    const known = nothingKnown();
    for (;;) {
      try {
        return compiledOnce(kql, options, known);
      } catch (error) {
        if (!(error instanceof SchemaNeeded)) throw error;
        const { original } = withSchemas(kql, known.schemas);
        if (known.schemas.has(original(error.position))) throw internal(kql, "a plugin asked for its columns twice");
        const rows = await runSql(error.sql, kql, { ...options, rowLimit: MOST_ROWS });
        known.schemas.set(original(error.position), schemaText(error.columns(rows)));
      }
    }
  };
  const lock = (readable: readonly string[] = []): Promise<void> => {
    locked ??= lockDown(connection, readable);
    return locked;
  };

  return {
    connection,
    define(table) {
      tables.set(table.name, table);
      recent.clear();
    },
    get tables() {
      return [...tables.values()].filter((table) => !watchlists.includes(table));
    },
    check: (kql, options = {}) =>
      check(
        () => analysed(kql),
        () => compiledOnce(kql, options),
      ),
    async query(kql, options = {}) {
      await lock();
      const { sql, columns, warnings } = await compiledAsking(kql, options);
      const rows = await runSql(sql, kql, options);
      return { columns, rows: rows.map((row) => columns.map(({ type }, i) => cell(row[i], type))), warnings };
    },
    sql: (kql, options = {}) => compiledOnce(kql, options).sql,
    lock,
    close() {
      connection.closeSync();
      instance.closeSync();
    },
  };
}

/**
 * Tables that a query names, that a workspace has and this engine has not. Their columns are known, so the binder need not
 * guess what a fuzzy union of them looks like; whoever reads them is told KQL_NO_TABLE.
 */
const absentTables = (source: string, tables: ReadonlyMap<string, TableDefinition>) =>
  knownTables.filter(({ name }) => !tables.has(name) && new RegExp(`\\b${name}\\b`).test(source));

/** Schemas by the place, in what was asked, that they are written at. */
type Schemas = Map<number, string>;

interface Known {
  readonly schemas: Schemas;
  readonly replaced: Map<number, ReadonlySet<string>>;
}

const nothingKnown = (): Known => ({ schemas: new Map(), replaced: new Map() });

function withSchemas(
  kql: string,
  schemas: Schemas,
): { readonly source: string; readonly original: (offset: number) => number } {
  const places = [...schemas].sort(([a], [b]) => a - b);
  let source = "";
  let from = 0;
  for (const [at, text] of places) {
    source += kql.slice(from, at) + text;
    from = at;
  }
  const original = (offset: number): number => {
    let added = 0;
    for (const [at, text] of places) {
      if (offset <= at + added) break;
      added += Math.min(text.length, offset - at - added);
    }
    return offset - added;
  };
  return { source: source + kql.slice(from), original };
}

const internal = (kql: string, message: string): KqlError => new KqlError("KQL_INTERNAL", message, kql, 0, kql.length);

function clockOf({ window, now }: CheckOptions) {
  const micros = (milliseconds: number): bigint => BigInt(Math.trunc(milliseconds)) * 1000n;
  return {
    now: micros(now ?? window?.to ?? Date.now()),
    window: window && { from: micros(window.from), to: micros(window.to) },
  };
}

/** Faults of the compiler, and a stack that a query has used up, become errors that name the query. */
function guarded<T>(kql: string, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (error instanceof KqlError || error instanceof SchemaNeeded || error instanceof TextNeeded) throw error;
    const message =
      error instanceof RangeError
        ? "the query is nested too deeply"
        : `this query is beyond the compiler: ${(error as Error)?.message}`;
    throw new KqlError(
      error instanceof RangeError ? "KQL_TOO_LARGE" : "KQL_INTERNAL",
      message.slice(0, 300),
      kql,
      0,
      kql.length,
    );
  }
}

function check(analysed: () => { readonly diagnostics: readonly ParserDiagnostic[] }, compiled: () => Compiled): Check {
  const nothing = { refusals: [], warnings: [], clock: false, tables: [] };
  try {
    const { diagnostics } = analysed();
    const worstFirst = [...diagnostics].sort((a, b) => rank(a) - rank(b));
    if (diagnostics.some((d) => d.severity === "error")) return { ...nothing, diagnostics: worstFirst };
    return { ...outcomeOf(compiled), diagnostics: worstFirst };
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    return { ...nothing, diagnostics: [], refusals: [refusalOf(error)] };
  }
}

const rank = (d: ParserDiagnostic): number => ["error", "warning", "suggestion"].indexOf(d.severity);

const refusalOf = ({ code, message, line, column, length }: KqlError): Refusal => ({
  code,
  message,
  line,
  column,
  length,
});

function outcomeOf(compiled: () => Compiled): Omit<Check, "diagnostics"> {
  try {
    const { columns, warnings, clock, tables } = compiled();
    return { refusals: [], warnings, columns, clock, tables: [...tables].map(([name, by]) => ({ name, by: [...by] })) };
  } catch (error) {
    if (error instanceof SchemaNeeded) return { refusals: [], warnings: [COLUMNS_FROM_ROWS], clock: false, tables: [] };
    if (!(error instanceof KqlError)) throw error;
    return { refusals: [refusalOf(error)], warnings: [], clock: false, tables: [] };
  }
}

const COLUMNS_FROM_ROWS = "the columns of a plugin depend on the rows, so the query cannot be checked to its end";

async function lockDown(connection: DuckDBConnection, readable: readonly string[]): Promise<void> {
  const list = (paths: readonly string[]): string => `[${paths.map(textSql).join(", ")}]`;
  if (readable.length > 0) {
    const folders = readable.filter((path) => path.endsWith("/"));
    await connection.run(`SET GLOBAL allowed_directories = ${list(folders)}`);
    await connection.run(`SET GLOBAL allowed_paths = ${list(readable.filter((path) => !path.endsWith("/")))}`);
  }
  await connection.run("SET GLOBAL enable_external_access = false");
  await connection.run("SET GLOBAL lock_configuration = true");
}
