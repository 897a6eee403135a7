// One hunt that is due: what its ledger says is asked, and what is answered goes into the ledger with what follows from it.
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
import { type FilledGap, type OpenGap, partitionOf } from "../ledger/records.ts";
import type { HuntRun, LedgerEntry, Order } from "../respond.ts";
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

/** Every question of one hunt, each with its own commit, until one fails, another engine is quicker, or time is up. */
export async function watchHunt(
  due: Due,
  arrivals: Arrivals | null,
  app: App,
  deadline: Instant,
  invocation: Invocation,
): Promise<readonly Asked[]> {
  const { hunt, grid, ledger } = due;
  const { clock, journal } = app.ports;
  const limits = app.settings.coverage;
  const now = clock.now();
  let { version } = ledger;
  let coverage = begun(ledger.coverage, lateFor(due, arrivals), grid, limits, now);
  const asked: Asked[] = [];
  for (const ask of asksOf(coverage, grid, limits, now)) {
    if (asked.length > 0 && clock.now() >= deadline) break;
    const startedAt = clock.now();
    const base = { coverage, version };
    let after: After = { coverage, filled: null };
    const entry: LedgerEntry = {
      concerns: ({ window }) => concerns(ask, window),
      cards: ask.kind === "outage" ? "later" : "each",
      close: (look, plans, at) => {
        const found = plans.map(({ messages }) => messages.incident.title);
        after = look.whole
          ? answered(base.coverage, ask, found, at)
          : { coverage: unanswered(base.coverage, "partly", "PartialAnswer", at), filled: null };
        const { coverage: kept, lost } = givenUp(after.coverage, limits, at);
        after = { ...after, coverage: kept };
        return {
          changes: [
            coverageChange(kept, base.version),
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
    const run = await recordedRun(orderFor(hunt, ask, entry, app, deadline), ask, app, invocation);
    asked.push({ ask: ask.kind, run, startedAt, endedAt: clock.now() });
    if (run.kind === "failed") {
      // Where somebody else has written meanwhile, theirs is the newer word.
      const failed = unanswered(base.coverage, "failed", run.problem.code, clock.now());
      if (run.problem.code !== "Overtaken")
        await journal.commit(partitionOf(hunt), [coverageChange(failed, base.version)]);
      break;
    }
    coverage = after.coverage;
    version = run.ledgerVersion;
  }
  return asked;
}

const lateFor = ({ hunt, ledger }: Due, arrivals: Arrivals | null) =>
  arrivals === null
    ? null
    : { at: arrivals.at, late: lateStretches(arrivals, tablesOf(hunt), ledger.coverage?.settledTo ?? arrivals.at) };

function orderFor(hunt: Hunt, ask: Ask, ledger: LedgerEntry, app: App, deadline: Instant): Order {
  return {
    hunts: [{ hunt, window: ask.window, exclusions: exclusionsOf(app, hunt), overrides: {}, ledger }],
    mode: app.neverActs || ask.kind === "first" ? "rehearse" : "act",
    size: app.settings.hunts.tenantSize,
    channels: channelsOf(app),
    questions: app.questions,
    links: app.links,
    ...judgingOf(app),
    response: { rules: responseRulesOf(app), automatic: true },
    deadline,
  };
}

async function recordedRun(order: Order, ask: Ask, app: App, invocation: Invocation): Promise<HuntRun> {
  const [run] = await recorded(order, { by: "timer", ask }, app, invocation);
  if (run === undefined) throw new Error("An order of one hunt was not run.");
  return run;
}

/** What a filled gap is told by: the first look back once, an outage where something was found in it, late rows by their campaigns. */
function cardsFor(gap: FilledGap, hunt: Hunt): readonly Action[] {
  const period = `${iso(gap.from)} to ${iso(gap.to)}`;
  const sections = [{ title: hunt.name, facts: [["Period", period]] as const, lines: gap.found }];
  if (gap.kind === "first") {
    const title =
      gap.found.length === 0
        ? "The first look back found nothing"
        : `The first look back found ${gap.found.length} campaigns`;
    const lead = "This was a rehearsal: no incident was opened for any of it. From now on the hunt runs by itself.";
    return [
      plainCard(`first-${hunt.slug}-${iso(gap.from)}`, {
        kind: "plain",
        topic: "digest",
        title,
        lead,
        sections,
        link: null,
      }),
    ];
  }
  if (gap.kind === "late" || gap.found.length === 0) return [];
  const title = `${gap.found.length} campaigns in a gap that was filled late`;
  const lead = `${gap.because} Each has its incident; this card is the only one for all of them but those with a proven password.`;
  return [
    plainCard(`late-${hunt.slug}-${iso(gap.from)}`, {
      kind: "plain",
      topic: "digest",
      title,
      lead,
      sections,
      link: null,
    }),
  ];
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
