// A compiled scalar: a type, its SQL, and what is known about it before it runs.
import { textSql } from "./sql-text.ts";
import { type ColumnType, physicalType } from "./types.ts";

/** Timespans are ticks of 100 ns, datetimes are microseconds since 1970; other types are what they look like. */
export type Constant = string | bigint | number | boolean | null;

/** Invariant: a `string` expression is never SQL NULL, for KQL's strings have no null. */
export interface Expression {
  readonly type: ColumnType;
  /** For dynamic: a JSON value, SQL NULL where KQL has null. */
  readonly sql: string;
  /** Known never to be NULL. */
  readonly present?: boolean | undefined;
  readonly constant?: Constant | undefined;
  /** The value of a constant dynamic. */
  readonly json?: unknown;
  /** Its numbers are written as JavaScript would not write them, 1.0 or beyond 2^53: texts come from the SQL. */
  readonly written?: boolean | undefined;
  /** A place inside a dynamic that has not been taken out yet, so that it can be taken out as text. */
  readonly path?: { readonly base: string; readonly steps: string } | undefined;
  /** A dynamic that lies as a typed value. */
  readonly leaf?: Expression | undefined;
  /** A dynamic array of non-null elements that lies as a LIST. */
  readonly list?: { readonly sql: string; readonly type: ColumnType } | undefined;
  /** Typed copies of values inside, by path. */
  readonly shadows?: Readonly<Record<string, Expression>> | undefined;
}

export const TICKS_PER_MICROSECOND = 10n;
export const TICKS_PER_SECOND = 10_000_000n;
export const TICKS_PER_DAY = 864_000_000_000n;
/** Ticks from 0001-01-01, where KQL begins to count, to 1970-01-01. */
export const TICKS_BEFORE_1970 = 621_355_968_000_000_000n;
export const MICROSECONDS_BEFORE_1970 = TICKS_BEFORE_1970 / TICKS_PER_MICROSECOND;

export const isConstantNull = (e: Expression): boolean =>
  e.constant === null || (e.json === null && e.type === "dynamic" && "json" in e);

export function nullOf(type: ColumnType): Expression {
  if (type === "string") return stringConstant("");
  if (type === "dynamic") return jsonConstant(null);
  return { type, sql: `NULL::${physicalType[type]}`, constant: null };
}

export const stringConstant = (text: string): Expression => ({
  type: "string",
  sql: textSql(text),
  present: true,
  constant: text,
});

export const boolConstant = (value: boolean): Expression => ({
  type: "bool",
  sql: value ? "TRUE" : "FALSE",
  present: true,
  constant: value,
});

export function wholeConstant(value: bigint, type: "int" | "long" = "long"): Expression {
  return { type, sql: `(${value})::${physicalType[type]}`, present: true, constant: value };
}

export const timespanConstant = (ticks: bigint): Expression => ({
  type: "timespan",
  sql: `(${ticks})::BIGINT`,
  present: true,
  constant: ticks,
});

export const datetimeConstant = (microseconds: bigint): Expression => ({
  type: "datetime",
  sql: `make_timestamp((${microseconds})::BIGINT)`,
  present: true,
  constant: microseconds,
});

export const realConstant = (value: number): Expression => ({
  type: "real",
  sql: `'${value}'::DOUBLE`,
  present: true,
  constant: value,
});

export function jsonConstant(value: unknown): Expression {
  if (value === null || value === undefined) return { type: "dynamic", sql: "NULL::JSON", json: null };
  return { type: "dynamic", sql: `${textSql(JSON.stringify(value))}::JSON`, present: true, json: value };
}

/** A constant dynamic of a JSON text whose numbers keep the digits they have. */
export function writtenConstant(value: unknown, text: string): Expression {
  if (JSON.stringify(value) === text || value === null) return jsonConstant(value);
  return { type: "dynamic", sql: `${textSql(text)}::JSON`, present: true, json: value, written: true };
}

/** `$` and the steps below it, as DuckDB's JSON functions take them. */
export const pathText = (steps: string): string => textSql(`$${steps}`);

export function pathExpression(base: string, steps: string): Expression {
  return {
    type: "dynamic",
    sql: `nullif(json_extract(${base}, ${pathText(steps)}), 'null'::JSON)`,
    path: { base, steps },
  };
}

export const columnExpression = (type: ColumnType, id: string): Expression => ({
  type,
  sql: id,
  present: type === "string",
});
