// Where the rows of text files lie once they are loaded: few in memory, many in Parquet files of our own.
import { rm } from "node:fs/promises";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { fileSql, nameSql, textSql } from "../sql-text.ts";

export interface RowStore {
  /** Keeps what a SELECT gives and says what to select it from. Keeps nothing where that or the check beside it fails. */
  keep(select: string, beside?: () => Promise<void>): Promise<string>;
  /** What queries over the rows read. */
  readonly files: readonly string[];
}

/** In the order of their file. Not compressed, so they take about as much as the files. */
export function rowsInMemory(connection: DuckDBConnection): RowStore {
  let count = 0;
  return {
    files: [],
    async keep(select, beside) {
      count += 1;
      const table = `logs.${nameSql(`#${count}`)}`;
      try {
        await bothDone(connection.run(`CREATE TABLE ${table} AS ${select}`), beside?.());
      } catch (error) {
        await connection.run(`DROP TABLE IF EXISTS ${table}`);
        throw error;
      }
      return table;
    },
  };
}

// With tables of DuckDB's own, loading takes half as much processor time again: it keeps statistics of every text, when
// a row is appended and when it is compressed. Both are a tenth of the text. Over Parquet a question about one hour of two
// million rows takes 20 to 40 ms of processor time more; loading them takes 10,000 ms less.
const FORMAT = "FORMAT parquet, COMPRESSION snappy";
// Wide rows of DuckDB's own number (122,880) fall out of the processor's cache before they are written.
const ROW_GROUP = "ROW_GROUP_SIZE 16384, ROW_GROUP_SIZE_BYTES '64MB'";

/** On all cores, in whatever order they come: KQL promises none, and keeping it takes twice as long. */
export function rowsInParquet(connection: DuckDBConnection, directory: string): RowStore {
  const files: string[] = [];
  return {
    files,
    async keep(select, beside) {
      const path = join(directory, `rows-${files.length + 1}.parquet`);
      await connection.run("SET preserve_insertion_order = false");
      try {
        const copy = `COPY (${select}) TO ${textSql(path)} (${FORMAT}, ${ROW_GROUP})`;
        await bothDone(connection.run(copy), beside?.());
      } catch (error) {
        await rm(path, { force: true });
        throw error;
      } finally {
        await connection.run("SET preserve_insertion_order = true");
      }
      files.push(path);
      return `read_parquet(${fileSql(path)}, hive_partitioning = false)`;
    },
  };
}

/** One that failed is no reason to leave the other running. */
async function bothDone(storing: Promise<unknown>, beside: Promise<void> | undefined): Promise<void> {
  for (const done of await Promise.allSettled([storing, beside])) if (done.status === "rejected") throw done.reason;
}
