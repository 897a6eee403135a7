// --from and --to -> the window of a run.
import { DAY, earlier, type Instant, instant, iso, parseInstant, type TimeWindow } from "../time.ts";
import { UsageError } from "./usage.ts";

export interface AskedPeriod {
  readonly from: Instant | undefined;
  readonly to: Instant | undefined;
}

function timeOf(option: string, text: string | undefined): Instant | undefined {
  if (text === undefined) return undefined;
  const read = parseInstant(text);
  if (read !== undefined) return read;
  throw new UsageError(
    `${option} "${text}" is not a point in time.`,
    "Write 2026-11-21 or 2026-11-21T03:00:00Z; without a zone it is UTC.",
  );
}

/** Throws a UsageError for a text that is no time and for a period that ends before it begins. */
export function askedPeriod(from: string | undefined, to: string | undefined): AskedPeriod {
  const asked = { from: timeOf("--from", from), to: timeOf("--to", to) };
  if (asked.from !== undefined && asked.to !== undefined && asked.from >= asked.to) {
    throw new UsageError(
      `--from ${iso(asked.from)} is not before --to ${iso(asked.to)}.`,
      "Exchange them, or leave one out.",
    );
  }
  return asked;
}

/** What was not asked for comes from the span of the logs; a log without a row is a window all the same, and finds nothing. */
export function windowOver(
  asked: AskedPeriod,
  span: TimeWindow | null,
  now: Instant,
): { readonly window: TimeWindow; readonly note: string } {
  const last = asked.to ?? (span ? instant(span.to) : now);
  const first = asked.from ?? (span && span.from < last ? span.from : earlier(last, DAY));
  const both = asked.from !== undefined && asked.to !== undefined;
  if (first >= last) {
    throw new UsageError(
      `The period from ${iso(first)} to ${iso(last)} is empty.`,
      "The logs end before --from; leave it out to take their span.",
    );
  }
  const window = { from: first, to: last };
  if (both) return { window, note: "" };
  const what =
    asked.from === undefined && asked.to === undefined
      ? "No --from and --to"
      : asked.from === undefined
        ? "No --from"
        : "No --to";
  return {
    window,
    note: span
      ? `${what}: the window is the span of the logs given.`
      : `${what}, and the logs hold no row: the window is the last day.`,
  };
}
