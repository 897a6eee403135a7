// One JSON or CSV file into one DuckDB table: first by DuckDB's own readers, which stop at the first fault; where they
// did, record by record.

import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { nameSql, textSql } from "../sql-text.ts";
import { physicalType } from "../types.ts";
import { BrokenLines, TOLD } from "./broken-lines.ts";
import { cutterOf, type Inspection } from "./inspect-file.ts";
import type { LogFile } from "./log-files.ts";
import type { ColumnPlan, PlannedColumn } from "./plan-columns.ts";
import { STAGE_SEPARATOR, stageRecords } from "./stage-records.ts";
import { misfitSql, type RawForm, typedSql } from "./typed-sql.ts";

export interface LoadedFile {
  /** SELECT that gives the rows in the columns of the plan. */
  readonly select: string;
  readonly broken: BrokenLines;
}

/** A reader's FROM clause and how it names a raw column. */
interface Source {
  readonly from: string;
  raw(name: string): string;
  form(column: PlannedColumn): RawForm;
}

// Above this, rows go in on all cores in whatever order they come: KQL promises none, and keeping it takes twice as long.
const KEEP_ORDER_BELOW = 64 * 1024 * 1024;
// DuckDB makes its buffers for CSV by this; a file with longer lines goes the slow way.
const CSV_LINE = 4 * 1024 * 1024;
const LATER_COLUMN = "a column that the sample of the file did not show";
const BROKEN_ROW = "a row whose values do not fit";

/** Loads the file into the new table `target` (quoted). `stage` is a folder for the file that the slow way needs. */
export async function loadText(
  connection: DuckDBConnection,
  file: LogFile,
  seen: Inspection,
  plan: ColumnPlan,
  target: string,
  stage: string,
): Promise<LoadedFile> {
  if (seen.empty) return { select: emptySelect(plan), broken: new BrokenLines() };
  const native = seen.encoding === "utf-8" || (seen.shape.kind === "csv" && seen.encoding === "utf-8 with mark");
  if (native && (seen.shape.kind !== "csv" || isRegular(seen))) {
    // A column that no sampled row has costs time to store and is almost always missing from every row.
    if (await loadedFast(connection, file, seen, plan, target)) return tableSelect(plan, target);
    const full = withEveryColumn(plan);
    if (full !== plan && (await loadedFast(connection, file, seen, full, target))) return tableSelect(full, target);
  }
  return loadSlowly(connection, file, seen, withEveryColumn(plan), target, stage);
}

const isRegular = (seen: Inspection): boolean => seen.names.length > 1;

function withEveryColumn(plan: ColumnPlan): ColumnPlan {
  if (plan.timeFrom === undefined && plan.columns.every((column) => column.sources.length > 0)) return plan;
  const columns = plan.columns.map((column) =>
    column.sources.length > 0 ? column : { ...column, sources: [column.name] },
  );
  return { columns, unknown: plan.unknown };
}

const stored = (plan: ColumnPlan): readonly PlannedColumn[] => plan.columns.filter((c) => c.sources.length > 0);
const missing = (plan: ColumnPlan): readonly PlannedColumn[] => plan.columns.filter((c) => c.sources.length === 0);

const missingSql = (column: PlannedColumn): string =>
  column.type === "string" ? "''" : `NULL::${physicalType[column.type]}`;

function tableSelect(plan: ColumnPlan, target: string, broken = new BrokenLines()): LoadedFile {
  const columns = plan.columns.map((column) =>
    column.sources.length > 0 ? nameSql(column.name) : `${missingSql(column)} AS ${nameSql(column.name)}`,
  );
  return { select: `SELECT ${columns.join(", ")} FROM ${target}`, broken };
}

export const emptySelect = (plan: ColumnPlan): string =>
  `SELECT ${plan.columns.map((column) => `${missingSql(column)} AS ${nameSql(column.name)}`).join(", ")} WHERE false`;

interface TypedColumn {
  readonly column: PlannedColumn;
  readonly value: string;
  /** Condition for a value that does not fit. */
  readonly misfit: string | undefined;
}

function typedColumns(plan: ColumnPlan, source: Source): readonly TypedColumn[] {
  return stored(plan).map((column) => {
    const form = source.form(column);
    const empty = form === "json" ? "nullif(nullif(%, 'null'), '\"\"')" : "nullif(%, '')";
    const all = column.sources.map((name) => source.raw(name));
    const raw =
      all.length === 1 ? (all[0] ?? "NULL") : `coalesce(${all.map((sql) => empty.replace("%", sql)).join(", ")})`;
    const value = typedSql(column.type, raw, form, column.portalTime);
    return { column, value, misfit: misfitSql(column.type, raw, value) };
  });
}

async function loadedFast(
  connection: DuckDBConnection,
  file: LogFile,
  seen: Inspection,
  plan: ColumnPlan,
  target: string,
): Promise<boolean> {
  const source = seen.shape.kind === "csv" ? csvSource(file, seen) : jsonSource(file, seen, plan);
  const typed = typedColumns(plan, source);
  const time = typed.find(({ column }) => column.name === "TimeGenerated");
  if (!time) return false;
  const later =
    seen.shape.kind === "csv" ? [] : missing(plan).map((column) => `${source.raw(column.name)} IS NOT NULL`);
  const misfits = typed.flatMap(({ misfit }) => (misfit ? [`(${misfit})`] : []));
  const guards =
    (later.length > 0 ? `WHEN ${later.join(" OR ")} THEN error(${textSql(LATER_COLUMN)}) ` : "") +
    `WHEN ${[`(${time.value}) IS NULL`, ...misfits].join(" OR ")} THEN error(${textSql(BROKEN_ROW)}) `;
  const values = typed.map(({ column, value }) => {
    const sql = column.name === "TimeGenerated" ? `CASE ${guards}ELSE ${value} END` : value;
    return `${sql} AS ${nameSql(column.name)}`;
  });
  try {
    await inSuitableOrder(connection, file, () =>
      Promise.all([
        connection.run(`CREATE OR REPLACE TABLE ${target} AS SELECT ${values.join(", ")} FROM ${source.from}`),
        file.gzip ? checkGzip(file) : undefined,
      ]),
    );
    return true;
  } catch {
    // Whatever it was, the slow way meets it again and can say where.
    await connection.run(`DROP TABLE IF EXISTS ${target}`);
    return false;
  }
}

async function inSuitableOrder<T>(connection: DuckDBConnection, file: LogFile, work: () => Promise<T>): Promise<T> {
  const size = file.gzip ? file.size * 10 : file.size;
  if (size < KEEP_ORDER_BELOW) return work();
  await connection.run("SET preserve_insertion_order = false");
  try {
    return await work();
  } finally {
    await connection.run("SET preserve_insertion_order = true");
  }
}

/** DuckDB takes the end of a truncated file for the end of the log. Runs beside the loading, on a thread of its own. */
async function checkGzip(file: LogFile): Promise<void> {
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  await pipeline(createReadStream(file.path), createGunzip({ chunkSize: 1024 * 1024 }), nowhere);
}

const compression = (file: LogFile): string => `compression = '${file.gzip ? "gzip" : "uncompressed"}'`;

function jsonSource(file: LogFile, seen: Inspection, plan: ColumnPlan): Source {
  const forms = new Map<string, string>();
  for (const column of plan.columns) {
    const names = column.sources.length > 0 ? column.sources : [column.name];
    for (const name of names) forms.set(name, column.type === "dynamic" ? "JSON" : "VARCHAR");
  }
  const columns = [...forms].map(([name, type]) => `${textSql(name)}: '${type}'`).join(", ");
  const format = { lines: "newline_delimited", array: "array", values: "unstructured", csv: "auto" }[seen.shape.kind];
  return {
    from: `read_json(${textSql(file.path)}, format = '${format}', columns = {${columns}}, ${compression(file)})`,
    raw: nameSql,
    form: ({ type }) => (type === "dynamic" ? "json" : "text"),
  };
}

function csvSource(file: LogFile, seen: Inspection): Source {
  const columns = seen.names.map((_name, index) => `c${index}: 'VARCHAR'`).join(", ");
  const delimiter = seen.shape.kind === "csv" ? seen.shape.delimiter : ",";
  return {
    from:
      `read_csv(${textSql(file.path)}, columns = {${columns}}, auto_detect = false, header = true, ` +
      `delim = ${textSql(delimiter)}, quote = '"', escape = '"', max_line_size = ${CSV_LINE}, buffer_size = ${2 * CSV_LINE}, ${compression(file)})`,
    raw: (name) => `c${seen.names.indexOf(name)}`,
    form: () => "text",
  };
}

async function loadSlowly(
  connection: DuckDBConnection,
  file: LogFile,
  seen: Inspection,
  plan: ColumnPlan,
  target: string,
  stage: string,
): Promise<LoadedFile> {
  const path = join(stage, "stage.csv");
  try {
    const { broken, longest } = await stageRecords(file, cutterOf(seen.shape), path);
    const staged = stagedSource(path, Math.max(longest, CSV_LINE), seen, plan);
    const typed = typedColumns(plan, staged);
    const values = typed.map(({ column, value }) => `${value} AS ${nameSql(column.name)}`);
    await inSuitableOrder(connection, file, () =>
      connection.run(
        `CREATE OR REPLACE TABLE ${target} AS SELECT ${LINE}, ${reasonSql(typed)} AS ${REASON}, ${values.join(", ")} ` +
          `FROM ${staged.from}`,
      ),
    );
    await takeOutBroken(connection, target, broken);
    return tableSelect(plan, target, broken);
  } finally {
    await rm(path, { force: true });
  }
}

const LINE = nameSql("#line");
const REASON = nameSql("#reason");
const TEXT = nameSql("#text");
const RECORD = nameSql("#record");

function stagedSource(path: string, longest: number, seen: Inspection, plan: ColumnPlan): Source {
  const isCsv = seen.shape.kind === "csv";
  const names = new Map(
    plan.columns.flatMap((column) =>
      column.sources.map((name): [string, string] => [name, column.type === "dynamic" && !isCsv ? "JSON" : "VARCHAR"]),
    ),
  );
  const structure = textSql(JSON.stringify(Object.fromEntries(names)));
  const lines =
    `read_csv(${textSql(path)}, columns = {'#line': 'BIGINT', '#text': 'VARCHAR'}, auto_detect = false, header = false, ` +
    `delim = ${textSql(STAGE_SEPARATOR)}, quote = '', escape = '', new_line = '\\n', compression = 'uncompressed', ` +
    `max_line_size = ${longest}, buffer_size = ${2 * longest})`;
  return {
    from: `(SELECT ${LINE}, ${TEXT}, TRY(json_transform(${TEXT}, ${structure})) AS ${RECORD} FROM ${lines})`,
    raw: (name) => `${RECORD}.${nameSql(name)}`,
    form: ({ type }) => (type === "dynamic" && !isCsv ? "json" : "text"),
  };
}

/** Why a staged record is no row; NULL where it is one. */
function reasonSql(typed: readonly TypedColumn[]): string {
  const time = typed.find(({ column }) => column.name === "TimeGenerated");
  const misfits = typed.flatMap(({ column, misfit }) =>
    misfit ? [`WHEN ${misfit} THEN ${textSql(`${column.name} is no ${column.type}`)}`] : [],
  );
  const keys = `json_keys(${TEXT})`;
  return (
    `CASE WHEN ${RECORD} IS NULL THEN CASE WHEN json_valid(${TEXT}) THEN 'JSON, but no object' ELSE 'not JSON' END ` +
    `WHEN NOT starts_with(${TEXT}, '{') THEN 'JSON, but no object' ` +
    `WHEN len(${keys}) <> len(list_distinct(${keys})) THEN 'an object with one key twice' ${misfits.join(" ")} ` +
    `WHEN (${time?.value ?? "NULL"}) IS NULL THEN 'no TimeGenerated' END`
  );
}

async function takeOutBroken(connection: DuckDBConnection, target: string, broken: BrokenLines): Promise<void> {
  const counted = await connection.runAndReadAll(`SELECT count(${REASON})::INTEGER FROM ${target}`);
  const count = Number(counted.getRows()[0]?.[0] ?? 0);
  if (count === 0) return;
  const first = await connection.runAndReadAll(
    `SELECT ${LINE}, ${REASON} FROM ${target} WHERE ${REASON} IS NOT NULL ORDER BY ${LINE} LIMIT ${TOLD}`,
  );
  broken.addMany(
    first.getRows().map(([line, reason]) => ({ line: Number(line), reason: String(reason) })),
    count,
  );
  await connection.run(`DELETE FROM ${target} WHERE ${REASON} IS NOT NULL`);
}
