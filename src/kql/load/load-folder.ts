// A folder of log files into tables that queries can name.
import type { DuckDBConnection } from "@duckdb/node-api";
import { filePattern } from "../sql-text.ts";
import { type LoadedTable, loadTable } from "./load-table.ts";
import { findLogFiles, type LogFile } from "./log-files.ts";
import { rowsInMemory, rowsInParquet } from "./row-store.ts";

export interface LoadedFolder {
  readonly tables: readonly LoadedTable[];
  /** Everything that a reader of an answer has to know: files not read, unknown columns, broken lines. */
  readonly warnings: readonly string[];
  /** Files that queries read where they lie. */
  readonly readable: readonly string[];
}

export interface LoadOptions {
  /** Bytes of text, unpacked, from which on rows are laid on disk. */
  readonly memoryBelow?: number | undefined;
  /** Files that may lie beside the logs and are none. */
  readonly besides?: readonly string[];
}

const MEMORY_BELOW = 64 * 1024 * 1024;
const GZIP_RATIO = 10;

/**
 * Loads every log file of `folder` into a database named logs. `directory` is a folder of our own for large logs; it must
 * stay until the connection is closed. Parquet files are not copied: the connection must go on being allowed to read them.
 * Throws a LoadError where the folder or a whole file cannot be read.
 */
export async function loadFolder(
  connection: DuckDBConnection,
  folder: string,
  directory: string,
  { memoryBelow = MEMORY_BELOW, besides = [] }: LoadOptions = {},
): Promise<LoadedFolder> {
  const found = await findLogFiles(folder, besides);
  const warnings = [...found.warnings];
  const tables: LoadedTable[] = [];
  const size = found.files
    .filter((file) => file.format !== "parquet")
    .reduce((sum, file) => sum + file.size * (file.gzip ? GZIP_RATIO : 1), 0);
  const rows = size < memoryBelow ? rowsInMemory(connection) : rowsInParquet(connection, directory);
  await connection.run("ATTACH ':memory:' AS logs");
  for (const [name, files] of filesByTable(found.files)) {
    const loaded = await loadTable(connection, name, files, rows, directory);
    warnings.push(...loaded.warnings);
    if (loaded.table) tables.push(loaded.table);
  }
  const parquet = found.files.filter((file) => file.format === "parquet").map((file) => file.path);
  const lying = [...parquet, ...rows.files];
  // A path is checked as it is written and as what it stands for.
  const readable = [...new Set(lying.flatMap((path) => [path, filePattern(path)]))];
  // Every query would read the description of the whole file again, and of a large one it is megabytes.
  if (readable.length > 0) await connection.run("SET GLOBAL parquet_metadata_cache = true");
  return { tables, warnings, readable };
}

function filesByTable(files: readonly LogFile[]): ReadonlyMap<string, readonly LogFile[]> {
  const tables = new Map<string, LogFile[]>();
  for (const file of files) {
    // Two spellings of one custom table would be two tables to KQL and one to DuckDB.
    const name = [...tables.keys()].find((known) => known.toLowerCase() === file.table.toLowerCase()) ?? file.table;
    tables.set(name, [...(tables.get(name) ?? []), file]);
  }
  return tables;
}
