// One JSON or CSV file into one DuckDB table: first by DuckDB's own readers, which stop at the first fault; where they
// did, record by record.

import { createReadStream } from "node:fs";
import { rm } from "node:fs/promises";
import { join } from "node:path";
import { Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip } from "node:zlib";
import type { DuckDBConnection } from "@duckdb/node-api";
import { fileSql, nameSql, textSql } from "../sql-text.ts";
import { physicalType } from "../types.ts";
import { BrokenLines, TOLD } from "./broken-lines.ts";
import { cutterOf, type Inspection } from "./inspect-file.ts";
import type { LogFile } from "./log-files.ts";
import type { ColumnPlan, PlannedColumn } from "./plan-columns.ts";
import type { RowStore } from "./row-store.ts";
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

// DuckDB makes its buffers for CSV by this; a file with longer lines goes the slow way.
const CSV_LINE = 4 * 1024 * 1024;
const LATER_COLUMN = "a column that the sample of the file did not show";
const BROKEN_ROW = "a row whose values do not fit";

/** Loads the file into `rows`. `stage` is a folder for the file that the slow way needs. */
export async function loadText(
  connection: DuckDBConnection,
  file: LogFile,
  seen: Inspection,
  plan: ColumnPlan,
  rows: RowStore,
  stage: string,
): Promise<LoadedFile> {
  if (seen.empty) return { select: emptySelect(plan), broken: new BrokenLines() };
  const native = seen.encoding === "utf-8" || (seen.shape.kind === "csv" && seen.encoding === "utf-8 with mark");
  if (native && (seen.shape.kind !== "csv" || isRegular(seen))) {
    // A column that no sampled row has costs time to store and is almost always missing from every row.
    const fast = await loadFast(file, seen, plan, rows);
    if (fast.kind === "loaded") return fast.file;
    if (fast.kind === "later column") {
      const full = await loadFast(file, seen, withEveryColumn(plan), rows);
      if (full.kind === "loaded") return full.file;
    }
  }
  return loadSlowly(connection, file, seen, withEveryColumn(plan), rows, stage);
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

function loadedFile(plan: ColumnPlan, from: string, broken = new BrokenLines()): LoadedFile {
  const columns = plan.columns.map((column) =>
    column.sources.length > 0 ? nameSql(column.name) : `${missingSql(column)} AS ${nameSql(column.name)}`,
  );
  return { select: `SELECT ${columns.join(", ")} FROM ${from}`, broken };
}

export const emptySelect = (plan: ColumnPlan): string =>
  `SELECT ${plan.columns.map((column) => `${missingSql(column)} AS ${nameSql(column.name)}`).join(", ")} WHERE false`;

interface TypedColumn {
  readonly column: PlannedColumn;
  /** Name of the value in its type. */
  readonly value: string;
  /** Condition for a value that does not fit. */
  readonly misfit: string | undefined;
}

interface Typed {
  readonly columns: readonly TypedColumn[];
  readonly time: TypedColumn | undefined;
  /** FROM clause with the values; of the source's own columns it has those of `also`. */
  readonly from: string;
}

/** Raw values get a name before they are typed and typed ones before they are judged, so that each is worked out once. */
function typedSource(plan: ColumnPlan, source: Source, also: readonly string[]): Typed {
  const raws: string[] = [];
  const values: string[] = [];
  const columns = stored(plan).map((column, index): TypedColumn => {
    const form = source.form(column);
    const [raw, value] = [`r${index}`, `v${index}`];
    const empty = form === "json" ? "nullif(nullif(%, 'null'), '\"\"')" : "nullif(%, '')";
    const all = column.sources.map((name) => source.raw(name));
    const first = all.length === 1 ? all[0] : `coalesce(${all.map((sql) => empty.replace("%", sql)).join(", ")})`;
    raws.push(`${first} AS ${raw}`);
    values.push(`${typedSql(column.type, raw, form, column.portalTime)} AS ${value}`);
    const misfit = misfitSql(column.type, raw, value);
    if (misfit) values.push(raw);
    return { column, value, misfit };
  });
  const named = `(SELECT ${[...raws, ...also].join(", ")} FROM ${source.from})`;
  return {
    columns,
    time: columns.find(({ column }) => column.name === "TimeGenerated"),
    from: `(SELECT ${[...values, ...also].join(", ")} FROM ${named})`,
  };
}

type Fast =
  | { readonly kind: "loaded"; readonly file: LoadedFile }
  | { readonly kind: "later column" }
  | { readonly kind: "fault" };

async function loadFast(file: LogFile, seen: Inspection, plan: ColumnPlan, rows: RowStore): Promise<Fast> {
  const source = seen.shape.kind === "csv" ? csvSource(file, seen) : jsonSource(file, seen, plan);
  const absent = seen.shape.kind === "csv" ? [] : missing(plan).map((column) => source.raw(column.name));
  const { columns, time, from } = typedSource(plan, source, absent);
  if (!time) return { kind: "later column" };
  const later = absent.map((raw) => `${raw} IS NOT NULL`);
  const misfits = columns.flatMap(({ misfit }) => (misfit ? [`(${misfit})`] : []));
  const guards =
    (later.length > 0 ? `WHEN ${later.join(" OR ")} THEN error(${textSql(LATER_COLUMN)}) ` : "") +
    `WHEN ${[`${time.value} IS NULL`, ...misfits].join(" OR ")} THEN error(${textSql(BROKEN_ROW)}) `;
  const values = columns.map((typed) => {
    const sql = typed === time ? `CASE ${guards}ELSE ${typed.value} END` : typed.value;
    return `${sql} AS ${nameSql(typed.column.name)}`;
  });
  try {
    const select = `SELECT ${values.join(", ")} FROM ${from}`;
    return {
      kind: "loaded",
      file: loadedFile(plan, await rows.keep(select, file.gzip ? () => checkGzip(file) : undefined)),
    };
  } catch (error) {
    // Whatever else it was, the slow way meets it again and can say where.
    return { kind: String(error).includes(LATER_COLUMN) ? "later column" : "fault" };
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
    from: `read_json(${fileSql(file.path)}, format = '${format}', columns = {${columns}}, ${compression(file)})`,
    raw: nameSql,
    form: ({ type }) => (type === "dynamic" ? "json" : "text"),
  };
}

function csvSource(file: LogFile, seen: Inspection): Source {
  const columns = seen.names.map((_name, index) => `c${index}: 'VARCHAR'`).join(", ");
  const delimiter = seen.shape.kind === "csv" ? seen.shape.delimiter : ",";
  return {
    from:
      `read_csv(${fileSql(file.path)}, columns = {${columns}}, auto_detect = false, header = true, ` +
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
  rows: RowStore,
  stage: string,
): Promise<LoadedFile> {
  const path = join(stage, "stage.csv");
  try {
    const { broken, longest } = await stageRecords(file, cutterOf(seen.shape), path);
    const staged = stagedSource(path, Math.max(longest, CSV_LINE), seen, plan);
    const typed = typedSource(plan, staged, [LINE, TEXT, RECORD]);
    const values = typed.columns.map(({ column, value }) => `${value} AS ${nameSql(column.name)}`);
    const from = await rows.keep(
      `SELECT ${LINE}, ${reasonSql(typed)} AS ${REASON}, ${values.join(", ")} FROM ${typed.from}`,
    );
    const count = await addBroken(connection, from, broken);
    return loadedFile(plan, count > 0 ? `${from} WHERE ${REASON} IS NULL` : from, broken);
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
    `read_csv(${fileSql(path)}, columns = {'#line': 'BIGINT', '#text': 'VARCHAR'}, auto_detect = false, header = false, ` +
    `delim = ${textSql(STAGE_SEPARATOR)}, quote = '', escape = '', new_line = '\\n', compression = 'uncompressed', ` +
    `max_line_size = ${longest}, buffer_size = ${2 * longest})`;
  return {
    from: `(SELECT ${LINE}, ${TEXT}, TRY(json_transform(${TEXT}, ${structure})) AS ${RECORD} FROM ${lines})`,
    raw: (name) => `${RECORD}.${nameSql(name)}`,
    form: ({ type }) => (type === "dynamic" && !isCsv ? "json" : "text"),
  };
}

/** Why a staged record is no row; NULL where it is one. */
function reasonSql({ columns, time }: Typed): string {
  const misfits = columns.flatMap(({ column, misfit }) =>
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

/** Tells of the kept records that are no rows; says how many they are. */
async function addBroken(connection: DuckDBConnection, from: string, broken: BrokenLines): Promise<number> {
  const counted = await connection.runAndReadAll(`SELECT count(${REASON})::INTEGER FROM ${from}`);
  const count = Number(counted.getRows()[0]?.[0] ?? 0);
  if (count === 0) return 0;
  const first = await connection.runAndReadAll(
    `SELECT ${LINE}, ${REASON} FROM ${from} WHERE ${REASON} IS NOT NULL ORDER BY ${LINE} LIMIT ${TOLD}`,
  );
  broken.addMany(
    first.getRows().map(([line, reason]) => ({ line: Number(line), reason: String(reason) })),
    count,
  );
  return count;
}
