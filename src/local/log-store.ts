// A folder of exported logs as the port Logs, on the embedded engine.

import { rmSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Engine, openEngine, type QueryResult } from "../kql/engine.ts";
import { type LoadedFolder, loadFolder } from "../kql/load/load-folder.ts";
import type { LoadedTable } from "../kql/load/load-table.ts";
import type { Answer, Cell, Logs, Question, Row } from "../ports.ts";
import { between, type Instant, instant, iso, systemClock, type TimeWindow } from "../time.ts";
import { DIRECTORY_FILE } from "./folder-directory.ts";
import { problemOfCheck, problemOfLoading, problemOfQuery } from "./log-store-problems.ts";

export interface LogStoreOptions {
  /** One file per table, named after it: SigninLogs.ndjson, .json, .csv (each also .gz) or .parquet. */
  readonly folder: string;
  /** Folder of CSV files that `_GetWatchlist("name")` reads as name.csv. */
  readonly watchlists?: string;
  /** What DuckDB may take, in its own words. More than that is laid in a temporary folder. */
  readonly memoryLimit?: string;
  readonly threads?: number;
  /** For deadlines. */
  readonly now?: () => Instant;
}

export interface StoredTable {
  readonly name: string;
  readonly rows: number;
  readonly files: readonly string[];
  /** Lines of its files that are no rows. */
  readonly broken: number;
}

export interface BrokenLogLine {
  readonly file: string;
  /** Of a Parquet file the number of the row. */
  readonly line: number;
  readonly reason: string;
}

export interface LogStore extends Logs {
  /** Takes in the earliest and the latest TimeGenerated of all tables; null where there are no rows. */
  readonly span: TimeWindow | null;
  readonly tables: readonly StoredTable[];
  /** What holds for every answer: files not read, columns left out, broken lines. */
  readonly warnings: readonly string[];
  /** Broken lines one by one, at most twenty of each file; `tables` counts them all. */
  readonly broken: readonly BrokenLogLine[];
  /** For questions without a window. */
  readonly engine: Engine;
  close(): Promise<void>;
}

/** With Node and the parser beside it, the process stays below 1.5 GB. */
const MEMORY_LIMIT = "800MB";

/** Throws a Problem where the folder, or a whole file in it, cannot be read. */
export async function openLogStore(options: LogStoreOptions): Promise<LogStore> {
  const { watchlists, threads } = options;
  const directory = await mkdtemp(join(tmpdir(), "entra-hunt-logs-"));
  // A run that ends in the middle leaves no sign-ins behind.
  const forget = (): void => rmSync(directory, { recursive: true, force: true });
  process.once("exit", forget);
  const remove = async (): Promise<void> => {
    process.off("exit", forget);
    await rm(directory, { recursive: true, force: true });
  };
  let engine: Engine | undefined;
  try {
    engine = await openEngine({
      directory,
      memoryLimit: options.memoryLimit ?? MEMORY_LIMIT,
      ...(watchlists === undefined ? {} : { watchlists }),
      ...(threads === undefined ? {} : { threads }),
    });
    const loaded = await loadFolder(engine.connection, options.folder, directory, { besides: [DIRECTORY_FILE] });
    for (const { definition } of loaded.tables) engine.define(definition);
    await engine.lock(loaded.readable);
    return storeOver(engine, loaded, options, remove);
  } catch (error) {
    engine?.close();
    await remove();
    throw problemOfLoading(error);
  }
}

function storeOver(
  engine: Engine,
  loaded: LoadedFolder,
  { folder, now = systemClock }: LogStoreOptions,
  remove: () => Promise<void>,
): LogStore {
  return {
    followsWindow: true,
    engine,
    span: spanOf(loaded.tables),
    tables: loaded.tables.map(({ definition, rows, files }) => ({
      name: definition.name,
      rows,
      files: files.map((file) => file.name),
      broken: files.reduce((sum, file) => sum + file.broken, 0),
    })),
    warnings: loaded.warnings,
    broken: loaded.tables.flatMap(({ files }) =>
      files.flatMap(({ name, firstBroken }) => firstBroken.map((line) => ({ file: name, ...line }))),
    ),
    query: (question) => answer(engine, loaded.tables, folder, question, now),
    async close() {
      engine.close();
      await remove();
    },
  };
}

async function answer(
  engine: Engine,
  tables: readonly LoadedTable[],
  folder: string,
  question: Question,
  now: () => Instant,
): Promise<Answer> {
  const { kql, window, deadline, signal } = question;
  const checked = engine.check(kql, { window });
  const trouble = problemOfCheck(checked, kql, folder);
  if (trouble) throw trouble;
  const result = await engine
    .query(kql, {
      window,
      ...(deadline === undefined ? {} : { timeLimit: Math.max(0, between(now(), deadline)) }),
      ...(signal && { signal }),
    })
    .catch((error: unknown) => {
      throw problemOfQuery(error);
    });
  const read = new Set(checked.tables.map((table) => table.name));
  const broken = tables
    .filter((table) => read.has(table.definition.name))
    .flatMap((table) => table.files.flatMap((file) => file.brokenWarning ?? []));
  return {
    columns: result.columns.map(({ name, type }) => ({ name, type })),
    rows: rowsOf(result),
    whole: broken.length === 0,
    // A broken line may be the very sign-in that the question is about.
    ...(broken.length > 0 && { missing: broken.join(" ").replace(/\.$/, "") }),
    warnings: [
      ...result.warnings,
      ...(checked.clock ? [`ago() and now() count from the end of the window, ${iso(window.to)}.`] : []),
      ...broken,
    ],
  };
}

const rowsOf = ({ columns, rows }: QueryResult): readonly Row[] =>
  // The engine's cells are JSON values as the port wants them.
  rows.map((row) => Object.fromEntries(columns.map(({ name }, index) => [name, row[index] as Cell])));

function spanOf(tables: readonly LoadedTable[]): TimeWindow | null {
  const spans = tables.flatMap(({ span }) => span ?? []);
  if (spans.length === 0) return null;
  const from = Math.min(...spans.map((span) => span.earliest));
  const to = Math.max(...spans.map((span) => span.latest));
  // A window's end is not part of it, and the last row shall be.
  return { from: instant(from), to: instant(to + 1) };
}
