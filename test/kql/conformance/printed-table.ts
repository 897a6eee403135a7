// Compares an answer of the engine with a table as a documentation page prints it. The page shows texts: a cell is read
// by the type of its column, and what a page cannot show (null or empty, digits it left off) is not asked for.
import type { ColumnType, QueryResult } from "../../../src/kql/engine.ts";

export interface PrintedTable {
  readonly columns: readonly string[];
  readonly rows: readonly (readonly string[])[];
}

const TICKS_PER_SECOND = 10_000_000n;

/** "2017-01-29 09:00:05.3", "2017-01-29T09:00:05Z", "2017-01-29", "1/29/2017 9:00:05 AM" in ticks since 1970. */
function datetimeTicks(text: string): bigint | undefined {
  const iso = /^(\d{4})-(\d\d?)-(\d\d?)(?:[T ]+(\d\d?):(\d\d)(?::(\d\d)(?:\.(\d{1,7}))?)?)?\s*(?:Z|UTC|\+00:00)?$/.exec(
    text,
  );
  const us = /^(\d\d?)\/(\d\d?)\/(\d{4}),? (\d\d?):(\d\d):(\d\d)(?:\.(\d{1,7}))? ?([AP]M)?$/.exec(text);
  if (!iso && !us) return undefined;
  const [year, month, day, hour, minute, second, fraction] = iso
    ? iso.slice(1)
    : [
        us?.[3],
        us?.[1],
        us?.[2],
        String((Number(us?.[4]) % 12) + (us?.[8] === "PM" ? 12 : 0)),
        us?.[5],
        us?.[6],
        us?.[7],
      ];
  const at = new Date(0);
  at.setUTCFullYear(Number(year), Number(month) - 1, Number(day));
  at.setUTCHours(Number(hour ?? 0), Number(minute ?? 0), Number(second ?? 0));
  return BigInt(at.getTime()) * 10_000n + BigInt((fraction ?? "").padEnd(7, "0"));
}

/** "-1.02:03:04.5", "02:03:04" and the printed slip "14:00:00:00" for days, in ticks. */
function timespanTicks(text: string): bigint | undefined {
  const parts = /^(-)?(?:(\d+)[.:])?(\d+):(\d\d):(\d\d)(?:\.(\d{1,7}))?$/.exec(text);
  if (!parts) return undefined;
  const [, sign, days, hours, minutes, seconds, fraction] = parts;
  const whole =
    BigInt(days ?? 0) * 86_400n + BigInt(hours ?? 0) * 3600n + BigInt(minutes ?? 0) * 60n + BigInt(seconds ?? 0);
  const ticks = whole * TICKS_PER_SECOND + BigInt((fraction ?? "").padEnd(7, "0"));
  return sign ? -ticks : ticks;
}

function sameNumber(printed: string, got: unknown): boolean {
  if (/^-?\d+$/.test(printed) && /^-?\d+$/.test(String(got))) return BigInt(printed) === BigInt(String(got));
  const [a, b] = [Number(printed.replaceAll(",", "")), Number(got)];
  if (Number.isNaN(a) || Number.isNaN(b)) return printed.toLowerCase() === String(got).toLowerCase();
  // As many digits as the page prints; never fewer than six.
  const digits = Math.max(
    6,
    printed
      .replace(/e.*$/i, "")
      .replace(/[^0-9]/g, "")
      .replace(/^0+/, "").length - 1,
  );
  return a === b || Math.abs(a - b) <= Math.max(Math.abs(a), Math.abs(b)) * 10 ** -Math.min(digits, 12);
}

/** Bags have no order; arrays have one, unless the query makes sets. */
function sameJson(a: unknown, b: unknown, sets: boolean): boolean {
  if (typeof a === "number" && typeof b === "number") return sameNumber(String(a), b);
  if (Array.isArray(a) && Array.isArray(b)) {
    if (a.length !== b.length) return false;
    if (a.every((each, at) => sameJson(each, b[at], sets))) return true;
    return sets && matchAll(a, b, (x, y) => sameJson(x, y, sets));
  }
  if (
    a !== null &&
    b !== null &&
    typeof a === "object" &&
    typeof b === "object" &&
    !Array.isArray(a) &&
    !Array.isArray(b)
  ) {
    const [left, right] = [a as Record<string, unknown>, b as Record<string, unknown>];
    const keys = Object.keys(left);
    return (
      keys.length === Object.keys(right).length &&
      keys.every((key) => key in right && sameJson(left[key], right[key], sets))
    );
  }
  if (typeof a === "string" && typeof b === "string") {
    const [x, y] = [datetimeTicks(a), datetimeTicks(b)];
    return a === b || (x !== undefined && x === y);
  }
  return a === b;
}

function sameDynamic(printed: string, got: unknown, sets: boolean): boolean {
  if (typeof got === "string" && printed === got) return true;
  try {
    return sameJson(JSON.parse(printed), got, sets);
  } catch {
    return false;
  }
}

export function sameCell(printed: string, got: unknown, type: ColumnType, sets: boolean): boolean {
  const text = printed.trim();
  if (got === null || got === "") return ["", "null", "(null)"].includes(text.toLowerCase());
  switch (type) {
    case "bool":
      return text.toLowerCase() === String(got) || text === (got ? "1" : "0");
    case "int":
    case "long":
    case "real":
    case "decimal":
      return text !== "" && sameNumber(text, got);
    case "datetime": {
      const ticks = datetimeTicks(text);
      return ticks !== undefined && ticks === datetimeTicks(String(got));
    }
    case "timespan": {
      const ticks = timespanTicks(text);
      return ticks !== undefined && ticks === timespanTicks(String(got));
    }
    case "guid":
      return text.toLowerCase() === String(got).toLowerCase();
    case "string":
      return text === String(got).trim();
    case "dynamic":
      return sameDynamic(text, got, sets);
  }
}

/** Every member of the one has a partner of its own in the other. */
function matchAll<A, B>(left: readonly A[], right: readonly B[], same: (a: A, b: B) => boolean): boolean {
  const rest = [...right];
  return (
    left.length === right.length &&
    left.every((each) => {
      const at = rest.findIndex((other) => same(each, other));
      if (at >= 0) rest.splice(at, 1);
      return at >= 0;
    })
  );
}

/** What differs, in words, or undefined. Rows have an order only where the query gives them one. */
export function difference(kql: string, printed: PrintedTable, got: QueryResult): string | undefined {
  const names = got.columns.map(({ name }) => name);
  if (names.join("\n") !== printed.columns.join("\n")) return `columns ${names.join(", ")}`;
  const ordered = /\b(sort|order)\s+by\b|\btop\b|\bserialize\b/.test(kql);
  const sets = /\bmake_?set|\bset_(union|intersect|difference)|\bbag_keys\b|\bmake_?list/.test(kql) && !ordered;
  const sameRow = (row: readonly string[], cells: readonly unknown[]): boolean =>
    row.length === cells.length && got.columns.every(({ type }, at) => sameCell(row[at] ?? "", cells[at], type, sets));
  if (printed.rows.length !== got.rows.length) return `${got.rows.length} rows, not ${printed.rows.length}`;
  if (printed.rows.every((row, at) => sameRow(row, got.rows[at] ?? []))) return undefined;
  if (!ordered && matchAll(printed.rows, got.rows, sameRow)) return undefined;
  const at = printed.rows.findIndex((row) => !got.rows.some((cells) => sameRow(row, cells)));
  return at < 0
    ? "the order of the rows"
    : `row ${at + 1}: ${JSON.stringify(got.rows[at])}, not ${JSON.stringify(printed.rows[at])}`;
}
