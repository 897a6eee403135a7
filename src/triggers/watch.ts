// The timer that runs the hunts that are due. Waking up is all that it is trusted with: the ledger says what to ask.
import { eventNames } from "../event-names.ts";
import { type Arrivals, askArrivals, lagOf, silencesOf, tablesOf } from "../ledger/arrivals.ts";
import { tellGathered } from "../ledger/channel.ts";
import { gridOf, isDue } from "../ledger/coverage.ts";
import { forgetOldCampaigns } from "../ledger/forget.ts";
import { forgetHabits } from "../ledger/habit-memory.ts";
import { takeLease } from "../ledger/lease.ts";
import { readLedger } from "../ledger/ledger.ts";
import { HOUSE } from "../ledger/records.ts";
import { quietTable, tellSilence } from "../ledger/silence.ts";
import { Problem, Problems } from "../problems.ts";
import type { HuntRun } from "../respond.ts";
import { eventOf } from "../run-events.ts";
import { between, type Instant, later } from "../time.ts";
import { type App, channelsOf, isDisabled } from "./app.ts";
import { deliverFrom } from "./deliver.ts";
import { tendResponse } from "./tend-response.ts";
import type { Invocation, TimerHandler } from "./trigger.ts";
import { type Asked, courseOf, type Due, watchOn, watchTogether } from "./watch-together.ts";

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
  const ledgers = due.map(({ ledger }) => ledger.coverage);
  const known = (some: readonly (Instant | null | undefined)[]): readonly Instant[] =>
    some.filter((at) => at != null).toSorted((a, b) => a - b);
  const counted = {
    lately: known(ledgers.map((ledger) => ledger?.arrivalsTo))[0] ?? null,
    farBack: known(ledgers.map((ledger) => ledger?.farArrivalsTo ?? ledger?.arrivalsTo))[0] ?? null,
    settledTo: known(ledgers.map((ledger) => ledger?.settledTo)).at(-1) ?? null,
  };
  try {
    return await askArrivals(tables, counted, app.ports.clock.now(), app.ports.logs, deadline);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    invocation.say(`What arrived late is not known: ${error.message} ${error.advice}`);
    return null;
  }
}

/** What a run could not do or see, without the names of those it is about. */
function troubleIn(run: HuntRun): readonly string[] {
  if (run.kind === "failed") return [];
  const failed = run.told.flatMap(({ plan, done }) =>
    done.flatMap(({ action, outcome }) =>
      outcome.kind === "failed"
        ? [`${action.kind} for ${plan.campaign.shortName} failed and will be tried again: ${outcome.detail}`]
        : [],
    ),
  );
  return [...run.look.warnings.filter((warning) => warning.includes("incomplete")), ...failed];
}

async function tellSilences(arrivals: Arrivals, app: App): Promise<void> {
  const { ports, settings } = app;
  for (const { table, lastRow, because } of silencesOf(arrivals, settings.coverage.silence)) {
    const silentForMs = between(lastRow, arrivals.at);
    ports.events.emit({ name: eventNames.tableSilent, properties: { table, silentForMs } });
    await tellSilence(quietTable(table, lastRow, because), channelsOf(app), ports);
  }
}

/** Campaigns of all hunts of a run that have no card of their own are told on one, at once. */
async function tellTogether(app: App, deadline: Instant, invocation: Invocation): Promise<void> {
  try {
    if (await tellGathered(app.ports)) await deliverFrom(HOUSE, app, deadline);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    invocation.say(`What is told together is left to the next wake-up: ${error.code}. ${error.advice}`);
  }
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
    if (arrivals !== null) await tellSilences(arrivals, app);
    const tell = ({ ask, run, startedAt, endedAt }: Asked): void => {
      const lag = lagOf(arrivals, tablesOf(run.order.hunt));
      ports.events.emit(eventOf(run, { by: "timer", run: invocation.id, ask, startedAt, endedAt, lag }));
      for (const line of troubleIn(run)) invocation.say(line);
      if (run.kind === "failed" && run.problem.code !== "Overtaken") failures.push(run.problem);
    };
    const courses = due.map((each) => courseOf(each, arrivals, app));
    const steps = await watchTogether(courses, app, deadline, invocation);
    for (const { asked } of steps) tell(asked);
    // What lies behind is asked hunt by hunt, step by step, as long as there is time.
    for (const { next } of steps) {
      if (!(await lease.renew())) {
        invocation.say("The lease went to another run; the rest is its.");
        break;
      }
      for (const asked of next === null ? [] : await watchOn(next, app, deadline, invocation)) tell(asked);
    }
    await tellTogether(app, deadline, invocation);
    await tendResponse(app, deadline, invocation);
    await forgetHabits(ports.clock.now(), ports.journal);
    await forgetOldCampaigns(ports.clock.now(), ports.journal);
  } finally {
    await lease.release();
    await ports.events.flush();
  }
  if (failures.length > 0) throw new Problems(failures);
};
