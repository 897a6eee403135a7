// A folder of log files into tables that queries can name.
import type { DuckDBConnection } from "@duckdb/node-api";
import type { BrokenLine } from "./broken-lines.ts";
import { type LoadedTable, loadTable } from "./load-table.ts";
import { findLogFiles, type LogFile } from "./log-files.ts";

export interface LoadedFolder {
  readonly tables: readonly LoadedTable[];
  /** Everything that a reader of an answer has to know: files not read, unknown columns, broken lines. */
  readonly warnings: readonly string[];
}

/** A broken line with the file that it is in. */
export interface BrokenLineOfFile extends BrokenLine {
  readonly file: string;
}

/**
 * Loads every log file of `folder`. `stage` is a folder for what loading needs meanwhile. Parquet files are not copied:
 * the connection must go on being allowed to read them. Throws a LoadError where the folder or a whole file cannot be read.
 */
export async function loadFolder(connection: DuckDBConnection, folder: string, stage: string): Promise<LoadedFolder> {
  const found = await findLogFiles(folder);
  const warnings = [...found.warnings];
  const tables: LoadedTable[] = [];
  await connection.run("CREATE SCHEMA IF NOT EXISTS logs");
  for (const [name, files] of filesByTable(found.files)) {
    const loaded = await loadTable(connection, name, files, stage);
    warnings.push(...loaded.warnings);
    if (loaded.table) tables.push(loaded.table);
  }
  return { tables, warnings };
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
