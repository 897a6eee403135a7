// What a hunt has looked at, what it asks for next, and what follows from having asked. Pure: the clock is an argument.
import type { Hunt } from "../hunts/hunt.ts";
import { MOST_READ } from "../pieces.ts";
import type { Schedule } from "../schedule.ts";
import {
  alignDown,
  alignUp,
  type Duration,
  duration,
  earlier,
  type Instant,
  instant,
  later,
  type TimeWindow,
} from "../time.ts";
import type { Coverage, FilledGap, OpenGap } from "./records.ts";

/** How a hunt cuts time. */
export interface Grid {
  /** Windows begin at multiples of this. */
  readonly step: Duration;
  /** How far back from a row the windows reach that it lies in. */
  readonly reach: Duration;
  /** How far on from a row its windows, and what excuses it, reach. */
  readonly overlap: Duration;
  readonly frequency: Duration;
  /** How long the hunt itself wants its windows left to settle; the setting counts where it is longer. */
  readonly settle: Duration;
}

export function gridOf(hunt: Hunt): Grid {
  const step = hunt.responder?.window.step ?? hunt.queryFrequency;
  const length = hunt.responder?.window.length ?? hunt.queryPeriod;
  return {
    step,
    reach: longest(length, hunt.queryPeriod),
    overlap: length,
    frequency: hunt.queryFrequency,
    settle: hunt.responder?.settle ?? duration(0),
  };
}

/** The settings of the group "coverage". */
export interface Limits {
  readonly firstLookBack: Duration;
  readonly settle: Duration;
  readonly backfillStep: Duration;
  readonly backfillStepsPerRun: number;
  readonly backfillLimit: Duration;
}

/** One question to the logs. */
export interface Ask {
  readonly kind: "live" | OpenGap["kind"];
  /** The event time that has been looked at when it is answered. */
  readonly core: TimeWindow;
  /** What is asked for: the core and all that shares a window with it. */
  readonly window: TimeWindow;
}

const longest = (a: Duration, b: Duration): Duration => (a > b ? a : b);
const laterOf = (a: Instant, b: Instant): Instant => (a > b ? a : b);
const earlierOf = (a: Instant, b: Instant): Instant => (a < b ? a : b);

/** A hunt is due once in each slot of its frequency, so that a timer that comes a second early next time skips nothing. */
export const isDue = (coverage: Coverage | null, grid: Grid, now: Instant): boolean =>
  coverage?.lastRun == null || alignDown(now, grid.frequency) > alignDown(coverage.lastRun.at, grid.frequency);

/** The first wake-up of the timer at which the hunt is due. */
export function nextDue(coverage: Coverage | null, grid: Grid, schedule: Schedule, now: Instant): Instant | undefined {
  if (coverage?.lastRun == null) return schedule.nextAfter(now);
  const slot = later(alignDown(coverage.lastRun.at, grid.frequency), grid.frequency);
  return schedule.nextAfter(laterOf(now, instant(slot - 1)));
}

const settleOf = (grid: Grid, limits: Limits): Duration => longest(grid.settle, limits.settle);

/**
 * How much of what lies between the settled part and now is asked in one go; what is older is a gap. As much as lets one
 * skipped run pass always, and more where the question stays within what a scheduled one may read.
 */
function liveSpan(grid: Grid, limits: Limits): Duration {
  const least = settleOf(grid, limits) + grid.step + grid.frequency;
  const room = MOST_READ - grid.reach - grid.step;
  return duration(Math.max(least, Math.min(least + 2 * grid.frequency, room)));
}

/**
 * The ledger as it stands when a run begins: a first one where there is none, with what is too old to be asked together
 * with the present as a gap, and with windows to ask again where rows have arrived late.
 */
export function begun(
  stored: Coverage | null,
  arrivals: { readonly at: Instant; readonly farBackTo: Instant; readonly late: readonly TimeWindow[] } | null,
  grid: Grid,
  limits: Limits,
  now: Instant,
): Coverage {
  const present = alignDown(earlier(now, settleOf(grid, limits)), grid.step);
  if (stored === null) {
    const from = alignDown(earlier(now, limits.firstLookBack), grid.step);
    const first: OpenGap = {
      ...gap("first", { from, to: present }, now),
      because: "The first scheduled run looks back.",
    };
    return {
      since: present,
      settledTo: present,
      open: first.from < first.to ? [first] : [],
      arrivalsTo: arrivals?.at ?? null,
      farArrivalsTo: arrivals?.farBackTo ?? null,
      lastRun: null,
      lastSuccess: null,
    };
  }
  const late = (arrivals?.late ?? [])
    .map((window) => clipped(window, stored))
    .filter((window) => window.from < window.to);
  const withLate = late.reduce(askAgain, stored.open);
  const begin = alignDown(earlier(now, liveSpan(grid, limits)), grid.step);
  const counted = arrivals && { arrivalsTo: arrivals.at, farArrivalsTo: arrivals.farBackTo };
  const known = { ...stored, ...counted };
  if (stored.settledTo >= begin) return { ...known, open: withLate };
  const missed = { from: stored.settledTo, to: begin };
  return { ...known, settledTo: begin, open: withMissed(withLate, missed, stored, now) };
}

/** An outage that goes on is one gap, however many runs have failed in it. */
function withMissed(open: readonly OpenGap[], missed: TimeWindow, { lastRun }: Coverage, now: Instant): OpenGap[] {
  const before = open.find((each) => each.kind === "outage" && each.to === missed.from);
  if (before !== undefined) return open.map((each) => (each === before ? { ...each, to: missed.to } : each));
  const because =
    lastRun?.outcome === "failed" ? `The logs could not be asked: ${lastRun.code}.` : "No run was made in time.";
  return inOrder([...open, { ...gap("outage", missed, now), because }]);
}

const gap = (kind: OpenGap["kind"], { from, to }: TimeWindow, now: Instant): OpenGap => ({
  kind,
  from,
  to,
  doneTo: from,
  openedAt: now,
  because: "",
  found: [],
});

const inOrder = (open: readonly OpenGap[]): OpenGap[] => open.toSorted((a, b) => a.from - b.from);

/** What is not settled is asked for anyway; what lies before the ledger's beginning never was. */
const clipped = (window: TimeWindow, stored: Coverage): TimeWindow => ({
  from: laterOf(window.from, earliestOf(stored)),
  to: earlierOf(window.to, stored.settledTo),
});

const earliestOf = (coverage: Coverage): Instant =>
  coverage.open.filter((each) => each.kind === "first").reduce((at, each) => earlierOf(at, each.from), coverage.since);

/** Late rows in a part that is open anyway are found when that is asked for, unless it has been asked for already. */
function askAgain(open: readonly OpenGap[], window: TimeWindow): OpenGap[] {
  const waiting = open.some((each) => each.doneTo <= window.from && window.to <= each.to);
  if (waiting) return [...open];
  const touching = open.filter((each) => each.kind === "late" && each.doneTo <= window.to && window.from <= each.to);
  const from = touching.reduce((at, each) => earlierOf(at, each.doneTo), window.from);
  const to = touching.reduce((at, each) => laterOf(at, each.to), window.to);
  const joined: OpenGap = {
    kind: "late",
    from,
    to,
    doneTo: from,
    openedAt: touching.reduce((at, each) => earlierOf(at, each.openedAt), touching[0]?.openedAt ?? window.to),
    because: "Rows arrived after their window had settled.",
    found: touching.flatMap((each) => each.found),
  };
  return inOrder([...open.filter((each) => !touching.includes(each)), joined]);
}

/** The running part first, then what was missed, oldest first, in steps. */
export function asksOf(coverage: Coverage, grid: Grid, limits: Limits, now: Instant): readonly Ask[] {
  return [liveAsk(coverage, grid, limits, now), ...gapAsks(coverage, grid, limits, now)];
}

function liveAsk(coverage: Coverage, grid: Grid, limits: Limits, now: Instant): Ask {
  const to = alignUp(now, grid.step);
  const settled = laterOf(coverage.settledTo, alignDown(earlier(now, settleOf(grid, limits)), grid.step));
  return {
    kind: "live",
    core: { from: coverage.settledTo, to: settled },
    window: { from: earlier(coverage.settledTo, grid.reach), to },
  };
}

function gapAsks(coverage: Coverage, grid: Grid, limits: Limits, now: Instant): readonly Ask[] {
  const asks: Ask[] = [];
  const end = alignUp(now, grid.step);
  for (const each of coverage.open) {
    for (let from = each.doneTo; from < each.to; ) {
      if (asks.length >= limits.backfillStepsPerRun) return asks;
      const to = earlierOf(later(from, stepOf(each, limits)), each.to);
      const around = each.kind === "late" ? grid.reach : grid.overlap;
      const window = { from: earlier(from, grid.reach), to: earlierOf(later(to, around), end) };
      asks.push({ kind: each.kind, core: { from, to }, window });
      from = to;
    }
  }
  return asks;
}

/** The first look back is a rehearsal, which nobody waits for behind a queue of others: it takes longer steps. */
const stepOf = (gap: OpenGap, limits: Limits): Duration =>
  gap.kind === "first" ? duration(limits.backfillStep * 4) : limits.backfillStep;

/** Whether a finding is this question's to tell: what lies before the core of a running one was told, or is in a gap. */
export const concerns = ({ kind, core }: Ask, finding: TimeWindow): boolean =>
  kind === "live" ? finding.to > core.from : finding.to > core.from && finding.from < core.to;

export interface After {
  readonly coverage: Coverage;
  /** The gap that this answer filled to its end. */
  readonly filled: FilledGap | null;
}

/** What the ledger says once this was answered as a whole and `found` was seen in it. */
export function answered(coverage: Coverage, ask: Ask, found: readonly string[], now: Instant): After {
  if (ask.kind === "live") {
    const settledTo = laterOf(coverage.settledTo, ask.core.to);
    return {
      coverage: { ...coverage, settledTo, lastRun: { at: now, outcome: "done", code: "" }, lastSuccess: now },
      filled: null,
    };
  }
  const gap = coverage.open.find((each) => each.kind === ask.kind && each.doneTo === ask.core.from);
  if (gap === undefined) return { coverage, filled: null };
  const grown = {
    ...gap,
    doneTo: ask.core.to,
    found: [...gap.found, ...found.filter((line) => !gap.found.includes(line))],
  };
  const others = coverage.open.filter((each) => each !== gap);
  if (grown.doneTo < grown.to) return { coverage: { ...coverage, open: inOrder([...others, grown]) }, filled: null };
  const { doneTo: _, ...history } = grown;
  return { coverage: { ...coverage, open: inOrder(others) }, filled: { ...history, filledAt: now } };
}

/** A run that could not ask, or was answered in part: nothing counts as looked at. */
export const unanswered = (coverage: Coverage, outcome: "partly" | "failed", code: string, now: Instant): Coverage => ({
  ...coverage,
  lastRun: { at: now, outcome, code },
});

/** Without the gaps that are too old to be asked for, and those gaps: they have to be told. */
export function givenUp(
  coverage: Coverage,
  limits: Limits,
  now: Instant,
): { readonly coverage: Coverage; readonly lost: readonly OpenGap[] } {
  const oldest = earlier(now, limits.backfillLimit);
  const lost = coverage.open.filter((each) => each.kind !== "first" && each.to <= oldest);
  return lost.length === 0
    ? { coverage, lost }
    : { coverage: { ...coverage, open: coverage.open.filter((each) => !lost.includes(each)) }, lost };
}
