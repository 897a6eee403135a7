// The hunts that are due: what their ledgers say is asked, and what is answered goes into the ledger with what follows
// from it.
import type { Hunt } from "../hunts/hunt.ts";
import { type Arrivals, lateStretches, tablesOf } from "../ledger/arrivals.ts";
import {
  type After,
  type Ask,
  answered,
  asksOf,
  begun,
  concerns,
  type Grid,
  givenUp,
  unanswered,
} from "../ledger/coverage.ts";
import { coverageChange, filledGapChange, type Ledger } from "../ledger/ledger.ts";
import { plainCard } from "../ledger/plain-card.ts";
import { type Coverage, type FilledGap, type OpenGap, partitionOf } from "../ledger/records.ts";
import type { LedgerEntry, Order } from "../order.ts";
import type { HuntRun } from "../respond.ts";
import type { Action } from "../response/action.ts";
import { type Instant, iso } from "../time.ts";
import { type App, channelsOf, exclusionsOf, judgingOf } from "./app.ts";
import { recorded } from "./recorded.ts";
import { responseRulesOf } from "./response-rules.ts";
import type { Invocation } from "./trigger.ts";

export interface Due {
  readonly hunt: Hunt;
  readonly grid: Grid;
  readonly ledger: Ledger;
}

export interface Asked {
  readonly ask: Ask["kind"];
  readonly run: HuntRun;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
}

/** A hunt on its way through one wake-up. */
export interface Course {
  readonly hunt: Hunt;
  /** Still to be asked, the present first. */
  readonly asks: readonly Ask[];
  readonly coverage: Coverage;
  /** Of the ledger; null where there is none yet. */
  readonly version: string | null;
}

export interface Step {
  readonly asked: Asked;
  /** Null where it failed, or another engine was quicker. */
  readonly next: Course | null;
}

export function courseOf(due: Due, arrivals: Arrivals | null, app: App): Course {
  const { hunt, grid, ledger } = due;
  const limits = app.settings.coverage;
  const now = app.ports.clock.now();
  const coverage = begun(ledger.coverage, lateFor(due, arrivals), grid, limits, now);
  return { hunt, asks: asksOf(coverage, grid, limits, now), coverage, version: ledger.version };
}

/**
 * The next question of each of these hunts: what they see is judged together, by one question for evidence, and each has
 * its own commit. What fails fails for its own hunt alone.
 */
export async function watchTogether(
  courses: readonly Course[],
  app: App,
  deadline: Instant,
  invocation: Invocation,
): Promise<readonly Step[]> {
  const { clock, journal } = app.ports;
  const underWay = courses.flatMap((course) =>
    course.asks.slice(0, 1).map((ask) => ({ course, ask, ...entryFor(course, ask, app) })),
  );
  if (underWay.length === 0) return [];
  const startedAt = clock.now();
  const asks = new Map(underWay.map(({ course, ask }) => [course.hunt.id, ask]));
  const runs = await recorded(orderFor(underWay, app, deadline), { by: "timer", asks }, app, invocation);
  const steps: Step[] = [];
  for (const [n, run] of runs.entries()) {
    const { course, ask, after } = underWay[n]!;
    const asked: Asked = { ask: ask.kind, run, startedAt, endedAt: clock.now() };
    if (run.kind === "failed") {
      // Where somebody else has written meanwhile, theirs is the newer word.
      const failed = unanswered(course.coverage, "failed", run.problem.code, clock.now());
      if (run.problem.code !== "Overtaken")
        await journal.commit(partitionOf(course.hunt), [coverageChange(failed, course.version)]);
      steps.push({ asked, next: null });
    } else {
      const { coverage } = after();
      steps.push({ asked, next: { ...course, asks: course.asks.slice(1), coverage, version: run.ledgerVersion } });
    }
  }
  return steps;
}

/** What is left to ask of one hunt, each question with its own commit, until one fails, another is quicker, or time is up. */
export async function watchOn(
  course: Course,
  app: App,
  deadline: Instant,
  invocation: Invocation,
): Promise<readonly Asked[]> {
  const asked: Asked[] = [];
  for (let at: Course | null = course; at !== null && at.asks.length > 0; ) {
    if (app.ports.clock.now() >= deadline) break;
    const [step]: readonly Step[] = await watchTogether([at], app, deadline, invocation);
    if (step === undefined) break;
    asked.push(step.asked);
    at = step.next;
  }
  return asked;
}

/** What the ledger has to say of one question, and what it says once that is answered. */
function entryFor(
  { hunt, coverage, version }: Course,
  ask: Ask,
  app: App,
): { readonly entry: LedgerEntry; readonly after: () => After } {
  const limits = app.settings.coverage;
  let after: After = { coverage, filled: null };
  const entry: LedgerEntry = {
    concerns: ({ window }) => concerns(ask, window),
    cards: ask.kind === "outage" ? "later" : "each",
    close: (look, plans, at) => {
      const found = plans.map(({ messages }) => messages.incident.title);
      after = look.whole
        ? answered(coverage, ask, found, at)
        : { coverage: unanswered(coverage, "partly", "PartialAnswer", at), filled: null };
      const { coverage: kept, lost } = givenUp(after.coverage, limits, at);
      after = { ...after, coverage: kept };
      return {
        changes: [
          coverageChange(kept, version),
          ...(after.filled === null ? [] : [filledGapChange(after.filled)]),
          ...lost.map((gap) => filledGapChange(unfilled(gap, at))),
        ],
        besides: [
          ...(after.filled === null ? [] : cardsFor(after.filled, hunt)),
          ...lost.map((gap) => lossCard(gap, hunt)),
        ],
      };
    },
  };
  return { entry, after: () => after };
}

const lateFor = ({ hunt, ledger }: Due, arrivals: Arrivals | null) =>
  arrivals && {
    ...arrivals,
    late: lateStretches(arrivals, tablesOf(hunt), ledger.coverage?.settledTo ?? arrivals.at),
  };

interface UnderWay {
  readonly course: Course;
  readonly ask: Ask;
  readonly entry: LedgerEntry;
}

function orderFor(underWay: readonly UnderWay[], app: App, deadline: Instant): Order {
  return {
    hunts: underWay.map(({ course: { hunt }, ask, entry }) => ({
      hunt,
      window: ask.window,
      exclusions: exclusionsOf(app, hunt),
      overrides: {},
      ledger: entry,
    })),
    mode: app.neverActs || underWay.some(({ ask }) => ask.kind === "first") ? "rehearse" : "act",
    size: app.settings.hunts.tenantSize,
    channels: channelsOf(app),
    questions: app.questions,
    links: app.links,
    ...judgingOf(app),
    response: { rules: responseRulesOf(app), automatic: true },
    deadline,
  };
}

/** What a filled gap is told by: the first look back once, an outage where something was found in it, late rows by their campaigns. */
function cardsFor(gap: FilledGap, hunt: Hunt): readonly Action[] {
  const said = sayingOf(gap);
  if (said === null) return [];
  const period = `${iso(gap.from)} to ${iso(gap.to)}`;
  const sections = [{ title: hunt.name, facts: [["Period", period]] as const, lines: gap.found }];
  const { title, lead } = said;
  return [
    plainCard(`${gap.kind === "first" ? "first" : "late"}-${hunt.slug}-${iso(gap.from)}`, {
      kind: "plain",
      topic: "digest",
      title,
      lead,
      sections,
      link: null,
    }),
  ];
}

function sayingOf({ kind, found, because }: FilledGap): { readonly title: string; readonly lead: string } | null {
  if (kind === "first") {
    return {
      title:
        found.length === 0
          ? "The first look back found nothing"
          : `The first look back found ${found.length} campaigns`,
      lead: "This was a rehearsal: no incident was opened for any of it. From now on the hunt runs by itself.",
    };
  }
  if (kind === "late" || found.length === 0) return null;
  return {
    title: `${found.length} campaigns in a gap that was filled late`,
    lead: `${because} Each has its incident; this card is the only one for all of them but those with a proven password.`,
  };
}

/** A gap that is older than what the workspace is asked for, as the history keeps it. */
const unfilled = ({ doneTo: _, ...gap }: OpenGap, at: Instant): FilledGap => ({
  ...gap,
  filledAt: at,
  because: `${gap.because} It was given up unfilled.`,
});

function lossCard(gap: OpenGap, hunt: Hunt): Action {
  return plainCard(`lost-${hunt.slug}-${iso(gap.from)}`, {
    kind: "plain",
    topic: "health",
    title: "A stretch of the logs was never looked at",
    lead: `${hunt.name} could not be asked about ${iso(gap.doneTo)} to ${iso(gap.to)} before it was too old (BACKFILL_LIMIT). ${gap.because} A run over HTTP can still ask for it while the workspace keeps the rows.`,
    sections: [],
    link: null,
  });
}
