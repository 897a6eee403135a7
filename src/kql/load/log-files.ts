// Which files of a folder hold which table.
import { access, constants, readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { knownTable } from "../schemas/known-tables.ts";
import { LoadError, systemCode } from "./load-error.ts";

export type LogFormat = "lines" | "json" | "csv" | "parquet";

export interface LogFile {
  /** The table it is named after, in the spelling of the known tables. */
  readonly table: string;
  /** The file's own name, for messages. */
  readonly name: string;
  readonly path: string;
  readonly format: LogFormat;
  readonly gzip: boolean;
  readonly size: number;
}

export interface LogFiles {
  /** In the order of their names. */
  readonly files: readonly LogFile[];
  readonly warnings: readonly string[];
}

const FORMATS: Readonly<Record<string, LogFormat>> = {
  ndjson: "lines",
  jsonl: "lines",
  json: "json",
  csv: "csv",
  parquet: "parquet",
};
const EXPECTED = "a table's name with .ndjson, .json, .csv or .parquet, the first three also with .gz";

// "SigninLogs.ndjson", and for the parts of one table "SigninLogs-2.csv", "SigninLogs.2026-11.ndjson", "SigninLogs (2).csv".
const FILE_NAME = /^([A-Za-z_][A-Za-z0-9_]*)(?:[-. (].*)?\.(ndjson|jsonl|json|csv|parquet)(\.gz)?$/i;

/**
 * Finds the log files of a folder; `besides` are names of files in it that are none and that somebody else reads. Throws a
 * LoadError where the folder or one of its files cannot be read.
 */
export async function findLogFiles(folder: string, besides: readonly string[] = []): Promise<LogFiles> {
  const names = await namesIn(folder);
  const files: LogFile[] = [];
  const warnings: string[] = [];
  for (const name of names) {
    if (name.startsWith(".") || besides.includes(name)) continue;
    const path = join(folder, name);
    const seen = await statOf(path, name);
    const match = FILE_NAME.exec(name);
    if (seen.isDirectory()) {
      warnings.push(`${name} is a folder and was not read: only files directly in the folder of logs are.`);
      continue;
    }
    if (!match || !seen.isFile()) {
      warnings.push(`${name} was not read: log files are named ${EXPECTED}.`);
      continue;
    }
    const [, base = "", extension = "", gz] = match;
    const format = FORMATS[extension.toLowerCase()];
    if (!format) continue;
    if (format === "parquet" && gz) {
      warnings.push(`${name} was not read: Parquet is compressed inside, so unpack the file first.`);
      continue;
    }
    await checkReadable(path, name);
    const table = knownTable(base)?.name ?? base;
    files.push({ table, name, path, format, gzip: gz !== undefined, size: seen.size });
  }
  if (files.length === 0) {
    throw new LoadError(
      "LogFolder",
      `The folder ${folder} holds no log files${names.length > 0 ? ` (it holds ${names.slice(0, 5).join(", ")})` : ""}.`,
      `Name each file after its table: ${EXPECTED}.`,
    );
  }
  return { files, warnings };
}

async function namesIn(folder: string): Promise<readonly string[]> {
  try {
    return (await readdir(folder)).sort();
  } catch (error) {
    const why = { ENOENT: "does not exist", ENOTDIR: "is not a folder", EACCES: "may not be read" }[
      systemCode(error) ?? ""
    ];
    throw new LoadError(
      "LogFolder",
      `The folder of logs ${folder} ${why ?? `cannot be read (${systemCode(error) ?? String(error)})`}.`,
      "Name a folder with one log file per table, such as SigninLogs.ndjson, that this account may read.",
      error,
    );
  }
}

async function statOf(path: string, name: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw unreadable(name, error);
  }
}

async function checkReadable(path: string, name: string): Promise<void> {
  try {
    await access(path, constants.R_OK);
  } catch (error) {
    throw unreadable(name, error);
  }
}

/** A file that is there and cannot be read is no warning: the hunts would look at half of what they were given. */
export function unreadable(name: string, error: unknown): LoadError {
  return new LoadError(
    "LogFile",
    `The log file ${name} cannot be read (${systemCode(error) ?? String(error)}).`,
    "Give this account the right to read it, or move it out of the folder.",
    error,
  );
}
