// Values as the service prints them, and as a result row holds them.
import { TICKS_PER_DAY, TICKS_PER_SECOND } from "./expression.ts";
import type { ColumnType } from "./types.ts";

const pad = (value: bigint | number | string, width: number): string => String(value).padStart(width, "0");
const MICROSECONDS_PER_DAY = 86_400_000_000n;

export interface CivilDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** Days since 1970-01-01 to a date of the Gregorian calendar; Howard Hinnant's algorithm, in whole numbers. */
export function civilFromDays(days: number): CivilDate {
  const z = days + 719_468;
  const era = Math.floor(z / 146_097);
  const dayOfEra = z - era * 146_097;
  const yearOfEra = Math.floor(
    (dayOfEra - Math.floor(dayOfEra / 1460) + Math.floor(dayOfEra / 36_524) - Math.floor(dayOfEra / 146_096)) / 365,
  );
  const dayOfYear = dayOfEra - (365 * yearOfEra + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100));
  const shifted = Math.floor((5 * dayOfYear + 2) / 153);
  const month = shifted < 10 ? shifted + 3 : shifted - 9;
  return {
    year: yearOfEra + era * 400 + (month <= 2 ? 1 : 0),
    month,
    day: dayOfYear - Math.floor((153 * shifted + 2) / 5) + 1,
  };
}

export function daysFromCivil({ year, month, day }: CivilDate): number {
  const y = month <= 2 ? year - 1 : year;
  const era = Math.floor(y / 400);
  const yearOfEra = y - era * 400;
  const dayOfYear = Math.floor((153 * (month + (month > 2 ? -3 : 9)) + 2) / 5) + day - 1;
  return (
    era * 146_097 + yearOfEra * 365 + Math.floor(yearOfEra / 4) - Math.floor(yearOfEra / 100) + dayOfYear - 719_468
  );
}

/** "2026-11-21T10:00:00.0000000Z"; microseconds since 1970 come in. */
export function formatDatetime(microseconds: bigint): string {
  const time = ((microseconds % MICROSECONDS_PER_DAY) + MICROSECONDS_PER_DAY) % MICROSECONDS_PER_DAY;
  const { year, month, day } = civilFromDays(Number((microseconds - time) / MICROSECONDS_PER_DAY));
  const clock = `${pad(time / 3_600_000_000n, 2)}:${pad((time / 60_000_000n) % 60n, 2)}:${pad((time / 1_000_000n) % 60n, 2)}`;
  return `${pad(year, 4)}-${pad(month, 2)}-${pad(day, 2)}T${clock}.${pad(time % 1_000_000n, 6)}0Z`;
}

/** "-1.02:03:04.0000005"; ticks come in. */
export function formatTimespan(ticks: bigint): string {
  const size = ticks < 0n ? -ticks : ticks;
  const days = size / TICKS_PER_DAY;
  const seconds = size / TICKS_PER_SECOND;
  const fraction = size % TICKS_PER_SECOND;
  const clock = `${pad((seconds / 3600n) % 24n, 2)}:${pad((seconds / 60n) % 60n, 2)}:${pad(seconds % 60n, 2)}`;
  return `${ticks < 0n ? "-" : ""}${days ? `${days}.` : ""}${clock}${fraction ? `.${pad(fraction, 7)}` : ""}`;
}

/** Reals below and from here on are written with an exponent. */
const SMALLEST_PLAIN = 1e-4;
const LARGEST_PLAIN = 1e16;

/** A real as text: "0.5", "1.0", "1E+20", "2.5E-05", "NaN"; as kql_real_text in SQL. */
export function formatReal(value: number): string {
  if (Number.isNaN(value)) return "NaN";
  if (!Number.isFinite(value)) return value > 0 ? "Infinity" : "-Infinity";
  const size = Math.abs(value);
  if (size !== 0 && (size < SMALLEST_PLAIN || size >= LARGEST_PLAIN)) {
    return value.toExponential().replace(/e([+-])(\d+)$/, (_, sign, digits) => `E${sign}${pad(digits, 2)}`);
  }
  const text = String(value);
  return /^-?\d+$/.test(text) ? `${text}.0` : text;
}

/** JSON text to a value; whole numbers that a double cannot hold stay texts. */
export function parseDynamic(text: string): unknown {
  if (!/\d{16}/.test(text)) return JSON.parse(text);
  return JSON.parse(text, (_key, value, context?: { source?: string }) => {
    const exact = typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(context?.source ?? "");
    return exact ? context?.source : value;
  });
}

interface Micros {
  readonly micros: bigint;
}

/** A cell as DuckDB gives it, as JSON can hold it. */
export function cell(value: unknown, type: ColumnType): unknown {
  if (value === null || value === undefined) return type === "string" ? "" : null;
  switch (type) {
    case "datetime":
      return formatDatetime((value as Micros).micros);
    case "timespan":
      return formatTimespan(BigInt(value as bigint));
    case "long":
    case "int":
      return typeof value !== "bigint" ? value : Number.isSafeInteger(Number(value)) ? Number(value) : String(value);
    case "real":
      return Number.isFinite(value) ? value : formatReal(value as number);
    case "dynamic":
      return parseDynamic(String(value));
    case "bool":
      return value;
    case "decimal":
      return trimDecimal(String(value));
    case "guid":
    case "string":
      return String(value);
  }
}

export const trimDecimal = (text: string): string => (text.includes(".") ? text.replace(/\.?0+$/, "") : text);
