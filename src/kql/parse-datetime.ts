// Reading datetimes in the forms that KQL reads; see learn.microsoft.com/kusto/query/scalar-data-types/datetime.
import { type CivilDate, daysFromCivil } from "./format.ts";

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const TIME = String.raw`(?:(?:T|\s+)(\d{1,2}):(\d{2})(?::(\d{2})(?:\.(\d{1,9}))?)?\s*(AM|PM)?)?`;
const ZONE = String.raw`\s*(Z|UTC|GMT|[+-]\d{2}:?\d{2}|[+-]\d{1,2})?`;
const form = (date: string): RegExp => new RegExp(`^${date}${TIME}${ZONE}$`, "i");

// Day-first forms with numbers only are not read, as on the service.
const FORMS: readonly { readonly pattern: RegExp; readonly order: string }[] = [
  { pattern: form(String.raw`(\d{4})-(\d{1,2})-(\d{1,2})`), order: "ymd" },
  { pattern: form(String.raw`(\d{4})/(\d{1,2})/(\d{1,2})`), order: "ymd" },
  { pattern: form(String.raw`(\d{4})(\d{2})(\d{2})`), order: "ymd" },
  { pattern: form(String.raw`(\d{1,2})-(\d{1,2})-(\d{4})`), order: "mdy" },
  { pattern: form(String.raw`(\d{1,2})/(\d{1,2})/(\d{4})`), order: "mdy" },
  { pattern: form(String.raw`(\d{1,2})\.(\d{1,2})\.(\d{4})`), order: "mdy" },
  { pattern: form(String.raw`(?:[a-z]{3,9},?\s+)?(\d{1,2})[ -]([a-z]{3,9})[ -](\d{4})`), order: "dMy" },
  { pattern: form(String.raw`(?:[a-z]{3,9},?\s+)?([a-z]{3,9})\s+(\d{1,2}),?\s+(\d{4})`), order: "Mdy" },
];
const YEAR_ONLY = /^(\d{4})(?:-(\d{2}))?$/;

/** Ticks of 100 ns since 1970, or undefined. A text without a zone is UTC. */
export function parseDatetime(given: string): bigint | undefined {
  const text = given.trim();
  const short = YEAR_ONLY.exec(text);
  if (short) return ticks({ year: Number(short[1]), month: Number(short[2] ?? 1), day: 1 }, 0, 0, 0, "");
  for (const { pattern, order } of FORMS) {
    const found = pattern.exec(text);
    if (!found) continue;
    const [, a = "", b = "", c = "", hour = "0", minute = "0", second = "0", fraction = "", half, zone] = found;
    const date = dateOf(order, a, b, c);
    if (!date) return undefined;
    let hours = Number(hour);
    if (half) {
      if (hours < 1 || hours > 12) return undefined;
      hours = (hours % 12) + (half.toUpperCase() === "PM" ? 12 : 0);
    }
    const value = ticks(date, hours, Number(minute), Number(second), fraction);
    return value === undefined ? undefined : value - zoneTicks(zone);
  }
  return undefined;
}

function dateOf(order: string, a: string, b: string, c: string): CivilDate | undefined {
  if (order === "ymd") return { year: Number(a), month: Number(b), day: Number(c) };
  if (order === "mdy") return { year: Number(c), month: Number(a), day: Number(b) };
  const month = MONTHS.indexOf((order === "dMy" ? b : a).slice(0, 3).toLowerCase()) + 1;
  return month === 0 ? undefined : { year: Number(c), month, day: Number(order === "dMy" ? a : b) };
}

function ticks(date: CivilDate, hour: number, minute: number, second: number, fraction: string): bigint | undefined {
  const { year, month, day } = date;
  if (year < 1 || month < 1 || month > 12 || day < 1 || day > daysInMonth(year, month)) return undefined;
  if (hour > 23 || minute > 59 || second > 59) return undefined;
  const seconds = BigInt(daysFromCivil(date)) * 86_400n + BigInt(hour * 3600 + minute * 60 + second);
  return seconds * 10_000_000n + BigInt(fraction.padEnd(7, "0").slice(0, 7));
}

export function daysInMonth(year: number, month: number): number {
  if (month === 2) return (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0 ? 29 : 28;
  return [4, 6, 9, 11].includes(month) ? 30 : 31;
}

function zoneTicks(zone: string | undefined): bigint {
  if (!zone || /^[a-z]/i.test(zone)) return 0n;
  const [hours = "0", minutes = "0"] = zone.includes(":")
    ? zone.slice(1).split(":")
    : [zone.slice(1, 3), zone.slice(3) || "0"];
  const size = (BigInt(hours) * 60n + BigInt(minutes)) * 600_000_000n;
  return zone.startsWith("-") ? -size : size;
}
