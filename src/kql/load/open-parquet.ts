// A Parquet file, queried where it lies. Only what cannot be taken as it is gets converted, on reading.
import type { DuckDBConnection } from "@duckdb/node-api";
import { fileSql, nameSql, textSql } from "../sql-text.ts";
import { physicalType } from "../types.ts";
import { BrokenLines, TOLD } from "./broken-lines.ts";
import { LoadError } from "./load-error.ts";
import type { LoadedFile } from "./load-text.ts";
import type { LogFile } from "./log-files.ts";
import type { ColumnPlan, PlannedColumn } from "./plan-columns.ts";
import { misfitSql, typedSql } from "./typed-sql.ts";

/** A column as the file has it, with DuckDB's name for its type. */
export interface ParquetColumn {
  readonly name: string;
  readonly type: string;
}

// binary_as_string: older writers do not say that their bytes are text.
const reader = (file: LogFile, rowNumbers: boolean): string =>
  `read_parquet(${fileSql(file.path)}, binary_as_string = true${rowNumbers ? ", file_row_number = true" : ""})`;

export async function parquetColumns(connection: DuckDBConnection, file: LogFile): Promise<readonly ParquetColumn[]> {
  return guarded(file, async () => {
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${reader(file, false)}`);
    return described.getRows().map(([name, type]) => ({ name: String(name), type: String(type) }));
  });
}

export async function openParquet(
  connection: DuckDBConnection,
  file: LogFile,
  physical: readonly ParquetColumn[],
  plan: ColumnPlan,
): Promise<LoadedFile> {
  const types = new Map(physical.map((column) => [column.name, column.type]));
  const columns = plan.columns.map((column) => readColumn(column, types));
  const time = columns.find(({ column }) => column.name === "TimeGenerated");
  const reason =
    `CASE ${columns.flatMap(({ column, misfit }) => (misfit ? [`WHEN ${misfit} THEN ${textSql(`${column.name} is no ${column.type}`)}`] : [])).join(" ")} ` +
    `WHEN (${time?.value ?? "NULL"}) IS NULL THEN 'no TimeGenerated' END`;
  const broken = await guarded(file, () => findBroken(connection, file, reason));
  const values = columns.map(({ column, value }) => `${value} AS ${nameSql(column.name)}`).join(", ");
  const rows = `SELECT ${values} FROM ${reader(file, false)}`;
  return { select: broken.count > 0 ? `${rows} WHERE (${reason}) IS NULL` : rows, broken };
}

function readColumn(column: PlannedColumn, types: ReadonlyMap<string, string>) {
  const [only, ...others] = column.sources;
  if (only === undefined) {
    return { column, value: column.type === "string" ? "''" : `NULL::${physicalType[column.type]}`, misfit: undefined };
  }
  const native = others.length === 0 ? nativeSql(column, nameSql(only), types.get(only) ?? "") : undefined;
  if (native) return { column, value: native, misfit: undefined };
  const raw = `coalesce(${column.sources.map((name) => `nullif(${textOf(nameSql(name), types.get(name) ?? "")}, '')`).join(", ")})`;
  const value = typedSql(column.type, raw, "text", column.portalTime);
  return { column, value, misfit: misfitSql(column.type, raw, value) };
}

/** Values that need no checking, because their type in the file is the column's own. */
function nativeSql({ type }: PlannedColumn, raw: string, seen: string): string | undefined {
  if (type === "datetime") {
    if (seen === "TIMESTAMP WITH TIME ZONE") return `(${raw} AT TIME ZONE 'UTC')`;
    if (seen === "TIMESTAMP") return raw;
    return seen.startsWith("TIMESTAMP") || seen === "DATE" ? `${raw}::TIMESTAMP` : undefined;
  }
  if (type === "string" && seen === "VARCHAR") return `coalesce(${raw}, '')`;
  if (type === "long" && /^U?(TINYINT|SMALLINT|INTEGER)$/.test(seen)) return `${raw}::BIGINT`;
  if (type === "real" && seen === "FLOAT") return `${raw}::DOUBLE`;
  if (type === "dynamic" && isNested(seen)) return `to_json(${raw})`;
  return type !== "dynamic" && type !== "timespan" && seen === physicalType[type] ? raw : undefined;
}

const isNested = (type: string): boolean => /^(STRUCT|MAP)\(|\]$/.test(type);

const textOf = (raw: string, type: string): string => (isNested(type) ? `to_json(${raw})::VARCHAR` : `${raw}::VARCHAR`);

async function findBroken(connection: DuckDBConnection, file: LogFile, reason: string): Promise<BrokenLines> {
  const broken = new BrokenLines();
  const source = `(SELECT file_row_number + 1 AS row, ${reason} AS reason FROM ${reader(file, true)})`;
  const counted = await connection.runAndReadAll(`SELECT count(reason)::INTEGER FROM ${source}`);
  const count = Number(counted.getRows()[0]?.[0] ?? 0);
  if (count === 0) return broken;
  const first = await connection.runAndReadAll(
    `SELECT row, reason FROM ${source} WHERE reason IS NOT NULL ORDER BY row LIMIT ${TOLD}`,
  );
  broken.addMany(
    first.getRows().map(([row, why]) => ({ line: Number(row), reason: String(why) })),
    count,
  );
  return broken;
}

async function guarded<T>(file: LogFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    const [why = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new LoadError(
      "LogFile",
      `The log file ${file.name} is no Parquet file, or a damaged one (${why}).`,
      "Write it again, or move it out of the folder.",
      error,
    );
  }
}
