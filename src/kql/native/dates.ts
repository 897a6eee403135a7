// Datetimes and timespans: reading unusual forms, and formatting.
import { civilFromDays, daysFromCivil } from "../format.ts";
import type { NativeFunction } from "../functions/registry.ts";
import { ticksOf } from "../literals.ts";
import { parseDatetime } from "../parse-datetime.ts";

const DAY = 86_400_000_000n;
const pad = (value: number | bigint, width: number): string => String(value).padStart(width, "0");

interface Clock {
  readonly year: number;
  readonly month: number;
  readonly day: number;
  readonly hour: number;
  readonly minute: number;
  readonly second: number;
  /** Seven digits. */
  readonly fraction: string;
}

function clockOf(microseconds: bigint): Clock {
  const time = ((microseconds % DAY) + DAY) % DAY;
  return {
    ...civilFromDays(Number((microseconds - time) / DAY)),
    hour: Number(time / 3_600_000_000n),
    minute: Number((time / 60_000_000n) % 60n),
    second: Number((time / 1_000_000n) % 60n),
    fraction: `${pad(time % 1_000_000n, 6)}0`,
  };
}

/** The custom formats that KQL allows: learn.microsoft.com/kusto/query/format-datetime-function */
function formatClock(clock: Clock, format: string): string {
  return format.replace(/y+|M+|d+|h+|H+|m+|s+|f+|F+|t+/g, (run) => {
    const width = run.length;
    switch (run[0]) {
      case "y":
        return width <= 2 ? pad(clock.year % 100, width) : pad(clock.year, width);
      case "M":
        return pad(clock.month, width);
      case "d":
        return pad(clock.day, width);
      case "h":
        return pad(clock.hour % 12 || 12, width);
      case "H":
        return pad(clock.hour, width);
      case "m":
        return pad(clock.minute, width);
      case "s":
        return pad(clock.second, width);
      case "f":
        return clock.fraction.slice(0, width);
      case "F":
        return clock.fraction.slice(0, width).replace(/0+$/, "");
      default:
        return (clock.hour < 12 ? "AM" : "PM").slice(0, width);
    }
  });
}

function formatSpan(ticks: bigint, format: string): string {
  const size = ticks < 0n ? -ticks : ticks;
  const seconds = size / 10_000_000n;
  const fraction = pad(size % 10_000_000n, 7);
  const text = format.replace(/d+|h+|H+|m+|s+|f+|F+/g, (run) => {
    const width = run.length;
    switch (run[0]) {
      case "d":
        return pad(seconds / 86_400n, width);
      case "h":
      case "H":
        return pad((seconds / 3600n) % 24n, width);
      case "m":
        return pad((seconds / 60n) % 60n, width);
      case "s":
        return pad(seconds % 60n, width);
      case "f":
        return fraction.slice(0, width);
      default:
        return fraction.slice(0, width).replace(/0+$/, "");
    }
  });
  return ticks < 0n ? `-${text}` : text;
}

const ZONES = new Map<string, Intl.DateTimeFormat | undefined>();

function zoneOf(name: string): Intl.DateTimeFormat | undefined {
  if (!ZONES.has(name)) ZONES.set(name, formatterOf(name));
  return ZONES.get(name);
}

function formatterOf(timeZone: string): Intl.DateTimeFormat | undefined {
  try {
    const two = "2-digit";
    return new Intl.DateTimeFormat("en-US", {
      timeZone,
      hourCycle: "h23",
      year: "numeric",
      month: two,
      day: two,
      hour: two,
      minute: two,
      second: two,
      era: "short",
    });
  } catch {
    return undefined;
  }
}

/** What the clocks of the zone show at a point in time, as if it were UTC. */
function localOf(microseconds: bigint, zone: Intl.DateTimeFormat): bigint {
  const milliseconds = (microseconds - (((microseconds % 1000n) + 1000n) % 1000n)) / 1000n;
  const parts = Object.fromEntries(zone.formatToParts(Number(milliseconds)).map((part) => [part.type, part.value]));
  const days = daysFromCivil({ year: Number(parts.year), month: Number(parts.month), day: Number(parts.day) });
  const seconds = days * 86_400 + Number(parts.hour) * 3600 + Number(parts.minute) * 60 + Number(parts.second);
  return BigInt(seconds) * 1_000_000n + (((microseconds % 1_000_000n) + 1_000_000n) % 1_000_000n);
}

function shiftZone(at: string | null, name: string | null, from: string | null): string | null {
  const zone = zoneOf(name ?? "");
  if (at === null || !zone) return null;
  const microseconds = BigInt(at);
  if (from === "utc") return localOf(microseconds, zone).toString();
  const guess = microseconds - (localOf(microseconds, zone) - microseconds);
  const utc = microseconds - (localOf(guess, zone) - guess);
  if (localOf(utc, zone) === microseconds) return utc.toString();
  // In spring the clocks leave out an hour; what they never show is taken for the hour before, as on the function's page.
  return (utc < guess ? utc : guess).toString();
}

/** For each time, in order, where its session began. /kusto/query/row-window-session-function */
function sessions(times: readonly (number | null)[], fromFirst: bigint, fromPrevious: bigint): (number | null)[] {
  let begun: number | null = null;
  let previous: number | null = null;
  return times.map((at) => {
    const far = (from: number | null, ticks: bigint): boolean =>
      from === null || BigInt((at ?? 0) - from) * 10n >= ticks;
    if (at === null || far(begun, fromFirst) || far(previous, fromPrevious)) begun = at;
    previous = at;
    return begun;
  });
}

export const dateFunctions: readonly NativeFunction[] = [
  {
    name: "kql_sessions",
    arguments: 3,
    run: (times, fromFirst, fromPrevious) =>
      JSON.stringify(
        sessions(JSON.parse(times ?? "[]") as (number | null)[], BigInt(fromFirst ?? 0), BigInt(fromPrevious ?? 0)),
      ),
  },
  {
    name: "kql_read_datetime",
    arguments: 1,
    run: (text) => {
      const ticks = text === null || text === undefined ? undefined : parseDatetime(text);
      return ticks === undefined ? null : ((ticks - (((ticks % 10n) + 10n) % 10n)) / 10n).toString();
    },
  },
  {
    name: "kql_read_timespan",
    arguments: 1,
    run: (text) => (text ? (ticksOf(text.trim())?.toString() ?? null) : null),
  },
  {
    name: "kql_format_datetime",
    arguments: 2,
    run: (at, format) => (at === null || at === undefined ? "" : formatClock(clockOf(BigInt(at)), format ?? "")),
  },
  {
    name: "kql_format_timespan",
    arguments: 2,
    run: (ticks, format) => (ticks === null || ticks === undefined ? "" : formatSpan(BigInt(ticks), format ?? "")),
  },
  { name: "kql_zone_shift", arguments: 3, run: (at, zone, from) => shiftZone(at ?? null, zone ?? null, from ?? null) },
];
