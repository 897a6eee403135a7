// The timer that runs the hunts that are due. Waking up is all that it is trusted with: the ledger says what to ask.
import type { Hunt } from "../hunts/hunt.ts";
import { type Arrivals, askArrivals, lagOf, lateStretches, tablesOf } from "../ledger/arrivals.ts";
import { type Ask, answered, asksOf, begun, type Grid, gridOf, isDue, unanswered } from "../ledger/coverage.ts";
import { takeLease } from "../ledger/lease.ts";
import { coverageChange, filledGapChange, type Ledger, readLedger } from "../ledger/ledger.ts";
import { COVERAGE, type Coverage, partitionOf } from "../ledger/records.ts";
import { Problem, Problems } from "../problems.ts";
import { type HuntRun, respond } from "../respond.ts";
import { eventOf } from "../run-events.ts";
import { type Instant, later } from "../time.ts";
import { type App, exclusionsOf, isDisabled } from "./app.ts";
import type { Invocation, TimerHandler } from "./trigger.ts";

interface Due {
  readonly hunt: Hunt;
  readonly grid: Grid;
  readonly ledger: Ledger;
}

async function dueHunts(app: App, now: Instant): Promise<readonly Due[]> {
  const enabled = app.hunts.filter((hunt) => !isDisabled(app, hunt));
  const read = await Promise.all(
    enabled.map(async (hunt) => ({ hunt, grid: gridOf(hunt), ledger: await readLedger(hunt, app.ports.journal) })),
  );
  return read.filter(({ grid, ledger }) => isDue(ledger.coverage, grid, now));
}

/** What has arrived since the hunts last asked; null where that cannot be told, which stops no hunt. */
async function arrivalsFor(
  due: readonly Due[],
  app: App,
  deadline: Instant,
  invocation: Invocation,
): Promise<Arrivals | null> {
  const tables = [...new Set(due.flatMap(({ hunt }) => tablesOf(hunt)))];
  if (tables.length === 0) return null;
  const counted = due.map(({ ledger }) => ledger.coverage?.arrivalsTo ?? null).filter((at) => at !== null);
  const since = counted.toSorted((a, b) => a - b)[0] ?? null;
  try {
    return await askArrivals(tables, since, app.ports.clock.now(), app.ports.logs, deadline);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    invocation.say(`What arrived late is not known: ${error.message} ${error.advice}`);
    return null;
  }
}

/** Every question of one hunt, each with its own commit, until one fails or time is up. */
async function watchHunt(
  due: Due,
  arrivals: Arrivals | null,
  app: App,
  deadline: Instant,
  tell: (run: HuntRun, ask: Ask["kind"], startedAt: Instant) => void,
): Promise<readonly HuntRun[]> {
  const { hunt, grid } = due;
  const { ports, settings } = app;
  const now = ports.clock.now();
  const late =
    arrivals === null
      ? null
      : {
          at: arrivals.at,
          late: lateStretches(arrivals, tablesOf(hunt), due.ledger.coverage?.settledTo ?? arrivals.at),
        };
  let { version } = due.ledger;
  let coverage: Coverage = begun(due.ledger.coverage, late, grid, settings.coverage, now);
  const runs: HuntRun[] = [];
  for (const ask of asksOf(coverage, grid, settings.coverage, now)) {
    if (runs.length > 0 && ports.clock.now() >= deadline) break;
    const startedAt = ports.clock.now();
    const run = await runOnce(hunt, ask, app, deadline);
    runs.push(run);
    tell(run, ask.kind, startedAt);
    const after = afterwards(coverage, ask, run, ports.clock.now());
    coverage = after.coverage;
    const changes = [
      coverageChange(coverage, version),
      ...(after.filled === null ? [] : [filledGapChange(after.filled)]),
    ];
    const committed = await ports.journal.commit(partitionOf(hunt), changes);
    if (committed.kind === "conflict") break; // another engine asked the same meanwhile
    version = committed.versions[COVERAGE] ?? null;
    if (run.kind === "failed") break;
  }
  return runs;
}

async function runOnce(hunt: Hunt, ask: Ask, app: App, deadline: Instant): Promise<HuntRun> {
  const order = {
    hunts: [{ hunt, window: ask.window, exclusions: exclusionsOf(app, hunt), overrides: {} }],
    mode: app.neverActs || ask.kind === "first" ? ("rehearse" as const) : ("act" as const),
    size: app.settings.hunts.tenantSize,
    questions: app.questions,
    links: app.links,
    deadline,
  };
  const [run] = await respond(order, app.ports);
  if (run === undefined) throw new Error(`The hunt ${hunt.slug} was not run.`);
  return run;
}

function afterwards(coverage: Coverage, ask: Ask, run: HuntRun, now: Instant) {
  if (run.kind === "failed") return { coverage: unanswered(coverage, "failed", run.problem.code, now), filled: null };
  if (!run.look.whole) return { coverage: unanswered(coverage, "partly", "Partial", now), filled: null };
  return answered(
    coverage,
    ask,
    run.told.map(({ plan }) => plan.messages.incident.title),
    now,
  );
}

export const watch: TimerHandler = async (app, invocation) => {
  const { ports, settings } = app;
  const lease = await takeLease("watch", invocation.id, ports);
  if (lease === null) return invocation.say("Another run of this timer is still at work.");
  const deadline = later(ports.clock.now(), settings.timers.runDeadline);
  const failures: Problem[] = [];
  try {
    const due = await dueHunts(app, ports.clock.now());
    const arrivals = due.length === 0 ? null : await arrivalsFor(due, app, deadline, invocation);
    for (const each of due) {
      const lag = lagOf(arrivals, tablesOf(each.hunt));
      const runs = await watchHunt(each, arrivals, app, deadline, (done, ask, startedAt) => {
        const about = { by: "timer", run: invocation.id, ask, startedAt, endedAt: ports.clock.now(), lag } as const;
        ports.events.emit(eventOf(done, about));
      });
      failures.push(...runs.flatMap((done) => (done.kind === "failed" ? [done.problem] : [])));
      if (!(await lease.renew())) {
        invocation.say("The lease went to another run; the rest is its.");
        break;
      }
    }
  } finally {
    await lease.release();
    await ports.events.flush();
  }
  if (failures.length > 0) throw new Problems(failures);
};
