// Values of the small evaluator, and how each is written in a query and in an answer. It knows nothing of the engine.

export type Type = "bool" | "long" | "real" | "string" | "datetime" | "timespan" | "dynamic";

export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
export interface Dynamic {
  readonly json: Json;
}

/** long, datetime (microseconds since 1970) and timespan (ticks of 100 ns) are bigint. A string is never null. */
export type Value = null | boolean | bigint | number | string | Dynamic;

export interface Column {
  readonly name: string;
  readonly type: Type;
}
export interface Table {
  readonly columns: readonly Column[];
  readonly rows: readonly (readonly Value[])[];
}

export const isDynamic = (value: Value): value is Dynamic => typeof value === "object" && value !== null;
export const dynamic = (json: Json | undefined): Dynamic | null =>
  json === null || json === undefined ? null : { json };

const pad = (value: bigint, width: number): string => String(value).padStart(width, "0");

export const datetimeText = (micros: bigint): string => {
  const rest = ((micros % 1000n) + 1000n) % 1000n;
  return `${new Date(Number((micros - rest) / 1000n)).toISOString().slice(0, -1)}${pad(rest, 3)}0Z`;
};

export function timespanText(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const [days, hours, minutes] = [size / 864_000_000_000n, (size / 36_000_000_000n) % 24n, (size / 600_000_000n) % 60n];
  const [seconds, fraction] = [(size / 10_000_000n) % 60n, size % 10_000_000n];
  const clock = [hours, minutes, seconds].map((part) => pad(part, 2)).join(":");
  return `${ticks < 0n ? "-" : ""}${days > 0n ? `${days}.` : ""}${clock}${fraction > 0n ? `.${pad(fraction, 7)}` : ""}`;
}

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** As most people write it, or, where it can be, verbatim: the two forms quote differently. */
export function stringLiteral(text: string): string {
  if (text.includes("\\") && !/[\n\r]/.test(text)) return `@'${text.replaceAll("'", "''")}'`;
  return `"${text.replace(/[\\"\n\r\t]/g, (c) => ESCAPES[c] ?? c)}"`;
}

export const nameText = (name: string): string =>
  /^[A-Za-z_]\w*$/.test(name) && name !== "by" ? name : `[${stringLiteral(name)}]`;

export function literal(value: Value, type: Type): string {
  if (value === null) return type === "string" ? '""' : `${type}(null)`;
  switch (type) {
    case "string":
      return stringLiteral(String(value));
    case "datetime":
      return `datetime(${datetimeText(value as bigint)})`;
    case "timespan":
      return `time(${timespanText(value as bigint)})`;
    case "real":
      return `real(${String(value)})`;
    case "long":
      return `long(${String(value)})`;
    case "dynamic":
      return `dynamic(${JSON.stringify((value as Dynamic).json)})`;
    case "bool":
      return String(value);
  }
}

/** A cell as a result row holds it. */
export function cell(value: Value, type: Type): unknown {
  if (value === null) return type === "string" ? "" : null;
  switch (type) {
    case "datetime":
      return datetimeText(value as bigint);
    case "timespan":
      return timespanText(value as bigint);
    case "long":
      return Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "real":
      return Number.isFinite(value) ? value : String(value);
    case "dynamic":
      return (value as Dynamic).json;
    default:
      return value;
  }
}

/** Texts by their bytes, nulls below everything. */
export function compareValues(a: Value, b: Value): number {
  if (a === null || b === null) return a === b ? 0 : a === null ? -1 : 1;
  if (typeof a === "string" && typeof b === "string") return Buffer.compare(Buffer.from(a), Buffer.from(b));
  if (isDynamic(a) || isDynamic(b)) throw new Error("dynamics have no order here");
  return a < b ? -1 : a > b ? 1 : 0;
}

/** One text for each different value: for groups and sets. */
export const identity = (value: Value): string =>
  isDynamic(value) ? `d${JSON.stringify(value.json)}` : `${typeof value}${String(value)}`;
