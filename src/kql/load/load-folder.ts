// A folder of log files into tables that queries can name.
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { textSql } from "../sql-text.ts";
import { type LoadedTable, loadTable } from "./load-table.ts";
import { findLogFiles, type LogFile } from "./log-files.ts";

export interface LoadedFolder {
  readonly tables: readonly LoadedTable[];
  /** Everything that a reader of an answer has to know: files not read, unknown columns, broken lines. */
  readonly warnings: readonly string[];
  /** Files that queries read where they lie. */
  readonly readable: readonly string[];
}

// Rows in memory are not compressed and take about as much as the files; on disk they take a tenth, and twice as long.
const MEMORY_BELOW = 128 * 1024 * 1024;
const GZIP_RATIO = 10;
// A row group of wide rows of DuckDB's own size (122,880) falls out of the processor's cache before it is compressed:
// with these, storing a million sign-ins took about 40 % less processor time.
const ON_DISK = "(STORAGE_VERSION 'latest', ROW_GROUP_SIZE 16384)";

/**
 * Loads every log file of `folder` into a database named logs. `directory` is a folder of our own for large logs; it must
 * stay until the connection is closed. Parquet files are not copied: the connection must go on being allowed to read them.
 * Throws a LoadError where the folder or a whole file cannot be read.
 */
export async function loadFolder(
  connection: DuckDBConnection,
  folder: string,
  directory: string,
): Promise<LoadedFolder> {
  const found = await findLogFiles(folder);
  const warnings = [...found.warnings];
  const tables: LoadedTable[] = [];
  const size = found.files
    .filter((file) => file.format !== "parquet")
    .reduce((sum, file) => sum + file.size * (file.gzip ? GZIP_RATIO : 1), 0);
  const database =
    size < MEMORY_BELOW ? "':memory:' AS logs" : `${textSql(join(directory, "logs.duckdb"))} AS logs ${ON_DISK}`;
  await connection.run(`ATTACH ${database}`);
  for (const [name, files] of filesByTable(found.files)) {
    const loaded = await loadTable(connection, name, files, directory);
    warnings.push(...loaded.warnings);
    if (loaded.table) tables.push(loaded.table);
  }
  const readable = found.files.filter((file) => file.format === "parquet").map((file) => file.path);
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
