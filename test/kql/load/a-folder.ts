// Folders of log files for tests, and what becomes of them.
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type DuckDBConnection, DuckDBInstance, type Json } from "@duckdb/node-api";
import { onTestFinished } from "vitest";
import { loadFolder } from "../../../src/kql/load/load-folder.ts";
import type { LoadedTable } from "../../../src/kql/load/load-table.ts";

export const NOON = "2026-11-21T12:00:00Z";

export const aRow = (changes: object = {}) => ({
  TimeGenerated: NOON,
  UserPrincipalName: "ana@contoso.example",
  ...changes,
});
export const at = (second: number): string => `2026-11-21T12:00:${String(second).padStart(2, "0")}Z`;

/** One JSON object per line. */
export const lines = (...rows: readonly unknown[]): string => rows.map((row) => `${JSON.stringify(row)}\n`).join("");

/** A new folder with these files; it is gone after the test. */
export async function aFolder(files: Readonly<Record<string, string | Buffer>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "logs-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  for (const [name, content] of Object.entries(files)) {
    if (name.endsWith("/")) await mkdir(join(folder, name));
    else await writeFile(join(folder, name), content);
  }
  return folder;
}

export interface Loaded {
  readonly tables: readonly LoadedTable[];
  readonly warnings: readonly string[];
  readonly readable: readonly string[];
  /** Every table's rows with all their columns, in JSON and the order of that. */
  everything(): Promise<readonly (readonly string[])[]>;
  /** The first table's rows, as far as these columns go, in order of TimeGenerated and then of these columns. */
  rows(...columns: readonly string[]): Promise<readonly (readonly Json[])[]>;
  /** The first table's broken lines as "file:line reason". */
  readonly broken: readonly string[];
}

const idle: DuckDBInstance[] = [];

/** A database that no other test uses now; opening one takes longer than most tests. */
export async function aDatabase(): Promise<DuckDBConnection> {
  const instance = idle.pop() ?? (await DuckDBInstance.create(":memory:", { threads: "2" }));
  const connection = await instance.connect();
  onTestFinished(async () => {
    await connection.run("DETACH DATABASE IF EXISTS logs");
    connection.closeSync();
    idle.push(instance);
  });
  return connection;
}

/** `memoryBelow`: 0 lays the rows on disk, as it is done with many. */
export async function loadedFrom(folder: string, memoryBelow?: number): Promise<Loaded> {
  const connection = await aDatabase();
  const stage = await aFolder({});
  const { tables, warnings, readable } = await loadFolder(connection, folder, stage, { memoryBelow });
  const [first] = tables;
  return {
    tables,
    warnings,
    readable,
    async rows(...columns) {
      const names = columns.map((column) => `"${column}"`);
      const order = ['"TimeGenerated"', ...names].join(", ");
      const relation = first?.definition.relation ?? "nothing";
      const read = await connection.runAndReadAll(`SELECT ${names.join(", ")} FROM ${relation} ORDER BY ${order}`);
      return read.getRowsJson();
    },
    async everything() {
      const read = await Promise.all(
        tables.map(({ definition }) => connection.runAndReadAll(`SELECT * FROM ${definition.relation}`)),
      );
      return read.map((table) =>
        table
          .getRowsJson()
          .map((row) => JSON.stringify(row))
          .sort(),
      );
    },
    broken: (first?.files ?? []).flatMap((file) =>
      file.firstBroken.map(({ line, reason }) => `${file.name}:${line} ${reason}`),
    ),
  };
}

export const loaded = async (files: Readonly<Record<string, string | Buffer>>): Promise<Loaded> =>
  loadedFrom(await aFolder(files));
