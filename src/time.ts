// Points in time, lengths of time and windows of time. The only place that builds a Date.

/** Milliseconds since 1970-01-01T00:00:00Z. */
export type Instant = number & { readonly unit: "instant" };
/** A length of time in milliseconds. */
export type Duration = number & { readonly unit: "duration" };
/** From `from` (included) to `to` (not included). */
export interface TimeWindow {
  readonly from: Instant;
  readonly to: Instant;
}

export const instant = (milliseconds: number): Instant => milliseconds as Instant;
export const duration = (milliseconds: number): Duration => milliseconds as Duration;

export const SECOND = duration(1000);
export const MINUTE = duration(60_000);
export const HOUR = duration(3_600_000);
export const DAY = duration(86_400_000);

export const seconds = (n: number): Duration => duration(n * SECOND);
export const minutes = (n: number): Duration => duration(n * MINUTE);
export const hours = (n: number): Duration => duration(n * HOUR);
export const days = (n: number): Duration => duration(n * DAY);

export const later = (at: Instant, by: Duration): Instant => instant(at + by);
export const earlier = (at: Instant, by: Duration): Instant => instant(at - by);
export const between = (from: Instant, to: Instant): Duration => duration(to - from);
export const lengthOf = (window: TimeWindow): Duration => between(window.from, window.to);
export const within = (at: Instant, window: TimeWindow): boolean => at >= window.from && at < window.to;
/** The last multiple of `step`, counted from the Unix epoch, at or before `at`. */
export const alignDown = (at: Instant, step: Duration): Instant => instant(Math.floor(at / step) * step);
export const alignUp = (at: Instant, step: Duration): Instant => instant(Math.ceil(at / step) * step);

// Reading and writing times is what ledgers over months and logs over weeks do most, and nearly all of them fall on few days:
// each day is worked out by Date once, and the clock within it by arithmetic.
const MOST_DAYS = 1000;

/** What `make` gave for this key before; it may throw. */
function remembered<K, V>(known: Map<K, V>, key: K, make: () => V): V {
  const found = known.get(key);
  if (found !== undefined) return found;
  const made = make();
  if (known.size >= MOST_DAYS) known.clear();
  known.set(key, made);
  return made;
}

const daysWritten = new Map<number, string>();
const TWO_DIGITS = Array.from({ length: 60 }, (_, n) => String(n).padStart(2, "0"));

/** "2026-11-21T03:00:00.000Z". Throws a RangeError beyond the days that a Date can hold. */
export function iso(at: Instant): string {
  const whole = Math.trunc(at);
  const day = Math.floor(whole / DAY);
  const date = remembered(daysWritten, day, () => new Date(day * DAY).toISOString().split("T")[0] ?? "");
  const rest = whole - day * DAY;
  const [h, m, s] = [Math.floor(rest / HOUR), Math.floor((rest % HOUR) / MINUTE), Math.floor((rest % MINUTE) / SECOND)];
  const ms = String(rest % SECOND).padStart(3, "0");
  return `${date}T${TWO_DIGITS[h]}:${TWO_DIGITS[m]}:${TWO_DIGITS[s]}.${ms}Z`;
}

/** The machine's clock. Everything that needs the time is given it; only the entries call this. */
export const systemClock = (): Instant => instant(Date.now());

/** For SDKs that want a Date. */
export const toDate = (at: Instant): Date => new Date(at);

const ISO_INSTANT = /^\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2}(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/i;

/** As iso() and the services write it. */
const PLAIN = /^(\d{4}-\d{2}-\d{2})T([01]\d|2[0-3]):([0-5]\d):([0-5]\d)(?:\.(\d{1,9}))?Z$/;
const daysRead = new Map<string, Instant | "no day">();

/** Reads an ISO 8601 date or date-time; without a zone it is UTC. Undefined where the text is no such thing. */
export function parseInstant(text: string): Instant | undefined {
  const plain = PLAIN.exec(text);
  if (!plain) return parseAny(text.trim());
  const [, date = "", h, m, s, fraction = ""] = plain;
  const day = remembered(daysRead, date, () => parseAny(date) ?? "no day");
  if (day === "no day") return undefined;
  const ms = Number(fraction.slice(0, 3).padEnd(3, "0"));
  return instant(day + Number(h) * HOUR + Number(m) * MINUTE + Number(s) * SECOND + ms);
}

function parseAny(trimmed: string): Instant | undefined {
  if (!ISO_INSTANT.test(trimmed)) return undefined;
  const withTime = trimmed.length === 10 ? `${trimmed}T00:00:00` : trimmed.replace(" ", "T");
  const zoned = /(?:Z|[+-]\d{2}:?\d{2})$/i.test(withTime.slice(10)) ? withTime : `${withTime}Z`;
  const time = Date.parse(zoned);
  if (Number.isNaN(time)) return undefined;
  // Date.parse rolls 2026-02-30 over into March; the day that was written must come back.
  const day = Number(trimmed.slice(8, 10));
  const daysInMonth = new Date(Date.UTC(Number(trimmed.slice(0, 4)), Number(trimmed.slice(5, 7)), 0)).getUTCDate();
  return day > daysInMonth ? undefined : instant(time);
}

const SHORT = /^(\d+(?:\.\d+)?)\s*(ms|s|m|h|d)$/;
const ISO_DURATION = /^P(?:(\d+)W)?(?:(\d+)D)?(?:T(?:(\d+)H)?(?:(\d+)M)?(?:(\d+(?:\.\d+)?)S)?)?$/;
const CLOCK = /^(?:(\d+)\.)?(\d{1,2}):(\d{2}):(\d{2})$/;
const UNIT: Readonly<Record<string, number>> = { ms: 1, s: SECOND, m: MINUTE, h: HOUR, d: DAY };

/** Reads "10m", "1.5h", "14d", ISO 8601 ("PT1H", "P14D") and .NET ("1.00:00:00"). Undefined where the text is none of them. */
export function parseDuration(text: string): Duration | undefined {
  const trimmed = text.trim();
  const short = SHORT.exec(trimmed);
  if (short) return duration(Number(short[1]) * (UNIT[short[2] ?? ""] ?? 0));
  const isoForm = ISO_DURATION.exec(trimmed.toUpperCase());
  if (isoForm && trimmed.length > 2 && !trimmed.toUpperCase().endsWith("T")) {
    const [, w = 0, d = 0, h = 0, m = 0, s = 0] = isoForm;
    return duration(Number(w) * 7 * DAY + Number(d) * DAY + Number(h) * HOUR + Number(m) * MINUTE + Number(s) * SECOND);
  }
  const clock = CLOCK.exec(trimmed);
  if (clock) {
    const [, d = 0, h, m, s] = clock;
    return duration(Number(d) * DAY + Number(h) * HOUR + Number(m) * MINUTE + Number(s) * SECOND);
  }
  return undefined;
}

/** The short form that Sentinel's files use: "90s", "10m", "1h", "14d". */
export function formatDuration(length: Duration): string {
  if (length !== 0 && length % DAY === 0) return `${length / DAY}d`;
  if (length !== 0 && length % HOUR === 0) return `${length / HOUR}h`;
  if (length % MINUTE === 0) return `${length / MINUTE}m`;
  return length % SECOND === 0 ? `${length / SECOND}s` : `${length}ms`;
}

/** "PT600S"-free ISO 8601, as the Log Analytics service takes it: "P14D", "PT1H", "PT90S". */
export function isoDuration(length: Duration): string {
  if (length !== 0 && length % DAY === 0) return `P${length / DAY}D`;
  if (length !== 0 && length % HOUR === 0) return `PT${length / HOUR}H`;
  if (length % MINUTE === 0) return `PT${length / MINUTE}M`;
  return `PT${length / SECOND}S`;
}
