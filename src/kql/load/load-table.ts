// The files of one table into one relation.
import type { DuckDBConnection } from "@duckdb/node-api";
import { knownTable, standardColumns } from "../schemas/known-tables.ts";
import { nameSql } from "../sql-text.ts";
import type { ResultColumn, TableDefinition } from "../types.ts";
import type { BrokenLine } from "./broken-lines.ts";
import { inferColumns } from "./infer-columns.ts";
import { type Inspection, inspectFile } from "./inspect-file.ts";
import { LoadError, systemCode } from "./load-error.ts";
import { type LoadedFile, loadText } from "./load-text.ts";
import { type LogFile, unreadable } from "./log-files.ts";
import { openParquet, type ParquetColumn, parquetColumns } from "./open-parquet.ts";
import { type ColumnPlan, planColumns } from "./plan-columns.ts";
import type { RowStore } from "./row-store.ts";

export interface LoadedTable {
  readonly definition: TableDefinition;
  readonly files: readonly LoadedLogFile[];
  readonly rows: number;
  /** Milliseconds since 1970 of its earliest and latest TimeGenerated; null where it has no rows. */
  readonly span: { readonly earliest: number; readonly latest: number } | null;
}

export interface LoadedLogFile {
  readonly name: string;
  /** Lines that are no rows. */
  readonly broken: number;
  /** The first of them, at most twenty, with their numbers. */
  readonly firstBroken: readonly BrokenLine[];
  /** Both in words. */
  readonly brokenWarning?: string;
}

type Inspected =
  | { readonly kind: "text"; readonly file: LogFile; readonly names: readonly string[]; readonly seen: Inspection }
  | {
      readonly kind: "parquet";
      readonly file: LogFile;
      readonly names: readonly string[];
      readonly seen: readonly ParquetColumn[];
    };

/** No table where no file could be taken for one; the warnings say why. */
export async function loadTable(
  connection: DuckDBConnection,
  name: string,
  files: readonly LogFile[],
  rows: RowStore,
  stage: string,
): Promise<{ readonly table?: LoadedTable; readonly warnings: readonly string[] }> {
  const inspected: Inspected[] = [];
  const infer = knownTable(name) === undefined;
  for (const file of files) inspected.push(await reading(file, () => inspect(connection, file, infer)));
  const { columns, warnings } = columnsOf(name, inspected);
  if (columns.length === 0) return { warnings };
  if (files.length > 1) {
    const names = files.map((file) => file.name).join(", ");
    warnings.push(`${name} is made up of ${names}. A row that is in two of them counts twice.`);
  }

  const selects: string[] = [];
  const loadedFiles: LoadedLogFile[] = [];
  for (const one of inspected) {
    const plan = planColumns(columns, one.names);
    const loaded = await reading(one.file, () => loadOne(connection, one, plan, rows, stage));
    selects.push(loaded.select);
    const broken = brokenWarning(one, loaded);
    warnings.push(...fileWarnings(name, one, plan), ...(broken ? [broken] : []));
    loadedFiles.push({
      name: one.file.name,
      broken: loaded.broken.count,
      firstBroken: loaded.broken.first,
      ...(broken && { brokenWarning: broken }),
    });
  }
  const relation = `logs.${nameSql(name)}`;
  await connection.run(`CREATE OR REPLACE VIEW ${relation} AS ${selects.join(" UNION ALL ")}`);
  const table = {
    definition: { name, columns, relation },
    files: loadedFiles,
    ...(await measure(connection, relation)),
  };
  return { table, warnings };
}

async function inspect(connection: DuckDBConnection, file: LogFile, infer: boolean): Promise<Inspected> {
  if (file.format === "parquet") {
    const seen = await parquetColumns(connection, file);
    return { kind: "parquet", file, seen, names: seen.map((column) => column.name) };
  }
  const seen = await inspectFile(file, infer);
  return { kind: "text", file, seen, names: seen.names };
}

const loadOne = (
  connection: DuckDBConnection,
  one: Inspected,
  plan: ColumnPlan,
  rows: RowStore,
  stage: string,
): Promise<LoadedFile> =>
  one.kind === "parquet"
    ? openParquet(connection, one.file, one.seen, plan)
    : loadText(connection, one.file, one.seen, plan, rows, stage);

function columnsOf(name: string, inspected: readonly Inspected[]): { columns: ResultColumn[]; warnings: string[] } {
  const names = [...new Set(inspected.flatMap((one) => one.names))];
  const known = knownTable(name);
  if (known) {
    const own = new Set(known.columns.map((column) => column.name));
    const standard = standardColumns.filter((column) => !own.has(column.name) && names.includes(column.name));
    return { columns: [...known.columns, ...standard], warnings: [] };
  }
  return customColumns(name, names, inspected);
}

/** A table that nobody documented: its columns are what its files have. */
function customColumns(
  table: string,
  names: readonly string[],
  inspected: readonly Inspected[],
): { columns: ResultColumn[]; warnings: string[] } {
  const files = inspected.map((one) => one.file.name).join(", ");
  if (!names.includes("TimeGenerated")) {
    const why = names.length === 0 ? "has no rows to tell its columns by" : "has no column TimeGenerated";
    return {
      columns: [],
      warnings: [`${files} was not read: ${table} is no table that is known, and ${why}.${renameAdvice(inspected)}`],
    };
  }
  const warnings: string[] = [];
  const distinct = names.filter((name, index) => {
    const first = names.findIndex((other) => other.toLowerCase() === name.toLowerCase());
    if (first !== index)
      warnings.push(`${files}: the column ${name} is left out, because it differs from ${names[first]} in case alone.`);
    return first === index;
  });
  const typed = new Map<string, ResultColumn["type"]>();
  for (const one of inspected) {
    const columns =
      one.kind === "parquet"
        ? one.seen.map(({ name, type }) => ({ name, type: typeOfParquet(name, type) }))
        : inferColumns(table, distinct, one.seen.sample, one.seen.shape.kind === "csv");
    for (const { name, type } of columns) {
      // Where two files disagree, text holds what both say.
      if (one.names.includes(name)) typed.set(name, (typed.get(name) ?? type) === type ? type : "string");
    }
  }
  warnings.push(
    `${table} is no table that is known; its columns have the types that the rows of ${files} suggest.${renameAdvice(inspected)}`,
  );
  return { columns: distinct.map((name) => ({ name, type: typed.get(name) ?? "string" })), warnings };
}

/** Rows name their table themselves, and the portal calls every export query_data.csv. */
function renameAdvice(inspected: readonly Inspected[]): string {
  const types = new Set(
    inspected.flatMap((one) => (one.kind === "text" ? one.seen.sample.map((row) => row.Type) : [])),
  );
  const [type] = types;
  const said = types.size === 1 && typeof type === "string" ? knownTable(type)?.name : undefined;
  return said ? ` Its rows say that they are of ${said}: to load them as such, name the file after that table.` : "";
}

function typeOfParquet(name: string, type: string): ResultColumn["type"] {
  if (name === "TimeGenerated" || type.startsWith("TIMESTAMP") || type === "DATE") return "datetime";
  if (type === "BOOLEAN") return "bool";
  if (/^U?(TINYINT|SMALLINT|INTEGER)$|^BIGINT$/.test(type)) return "long";
  if (/^(FLOAT|DOUBLE|U?HUGEINT|UBIGINT|DECIMAL)/.test(type)) return "real";
  if (type === "UUID") return "guid";
  return type === "VARCHAR" ? "string" : "dynamic";
}

function fileWarnings(table: string, one: Inspected, plan: ColumnPlan): readonly string[] {
  const { file } = one;
  const warnings: string[] = [];
  if (one.kind === "text" && one.seen.empty) warnings.push(`${file.name} is empty.`);
  if (plan.unknown.length > 0) {
    const raw = ["properties", "time", "category"].every((name) => plan.unknown.includes(name));
    warnings.push(
      `${file.name} has columns that ${table} does not have; they are left out: ${plan.unknown.join(", ")}.` +
        (raw
          ? " These are diagnostic records as a storage account gets them; export the table from the workspace."
          : ""),
    );
  }
  if (plan.timeFrom !== undefined) {
    warnings.push(`${file.name} has no column TimeGenerated; ${plan.timeFrom} is taken for it.`);
  }
  return warnings;
}

function brokenWarning({ kind, file }: Inspected, { broken: { count, first } }: LoadedFile): string | undefined {
  if (count === 0) return undefined;
  const unit = kind === "parquet" ? "row" : "line";
  const told = first.map(({ line, reason }) => `${unit} ${line}: ${reason}`).join("; ");
  const more = count > first.length ? `; and ${count - first.length} more` : "";
  return `${file.name}: ${count} broken ${unit}${count === 1 ? "" : "s"} left out (${told}${more}).`;
}

async function measure(connection: DuckDBConnection, relation: string): Promise<Pick<LoadedTable, "rows" | "span">> {
  const time = nameSql("TimeGenerated");
  const measured = await connection.runAndReadAll(
    `SELECT count(*)::DOUBLE, epoch_ms(min(${time}))::DOUBLE, epoch_ms(max(${time}))::DOUBLE FROM ${relation}`,
  );
  const [rows, earliest, latest] = measured.getRows()[0] ?? [];
  if (typeof earliest !== "number" || typeof latest !== "number") return { rows: 0, span: null };
  return { rows: Number(rows), span: { earliest, latest } };
}

async function reading<T>(file: LogFile, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (error instanceof LoadError) throw error;
    if (systemCode(error)) throw unreadable(file.name, error);
    const [why = ""] = (error instanceof Error ? error.message : String(error)).split("\n");
    throw new LoadError(
      "LogStorage",
      `The log file ${file.name} could not be loaded (${why}).`,
      "If memory or disk ran out, give the log store more of it, or load fewer files.",
      error,
    );
  }
}
