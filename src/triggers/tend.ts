// The timer that does what was promised for later: deliveries, and saying that something has gone silent.
import { eventNames } from "../event-names.ts";
import { tellGathered } from "../ledger/channel.ts";
import { tellDigest } from "../ledger/digest.ts";
import { forgetOldGroups } from "../ledger/forget.ts";
import { takeLease } from "../ledger/lease.ts";
import { readLedger } from "../ledger/ledger.ts";
import { HOUSE, partitionOf } from "../ledger/records.ts";
import { RESPONSE } from "../ledger/response-records.ts";
import { quietHunt, tellSilence } from "../ledger/silence.ts";
import { Problem, Problems } from "../problems.ts";
import { between, earlier, type Instant, later } from "../time.ts";
import { type App, channelsOf, isDisabled } from "./app.ts";
import { deliverFrom } from "./deliver.ts";
import { tendResponse } from "./tend-response.ts";
import type { TimerHandler } from "./trigger.ts";

const PERIODS = 3;

export const tend: TimerHandler = async (app, invocation) => {
  const { ports, settings } = app;
  const lease = await takeLease("tend", invocation.id, ports);
  if (lease === null) return invocation.say("Another run of this timer is still at work.");
  const deadline = later(ports.clock.now(), settings.timers.runDeadline);
  const failures: Problem[] = [];
  /** What one part cannot do keeps none of the others from what they owe; the invocation fails in the end. */
  const part = async (work: () => Promise<unknown>): Promise<void> => {
    try {
      await work();
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      failures.push(error);
    }
  };
  try {
    await part(() => tellOverdue(app));
    await part(() => tellDigest(channelsOf(app), ports));
    await part(() => tellGathered(ports));
    for (const partition of [HOUSE, RESPONSE, ...app.hunts.map(partitionOf)]) {
      await part(() => deliverFrom(partition, app, deadline));
      if (!(await lease.renew())) return invocation.say("The lease went to another run; the rest is its.");
    }
    await tendResponse(app, deadline, invocation);
    await part(() => eraseOld(app, deadline));
  } finally {
    await lease.release();
    await ports.events.flush();
  }
  if (failures.length > 0) throw new Problems(failures);
};

/** A hunt that has succeeded before, or that began, and has not succeeded for three of its periods. */
async function tellOverdue(app: App): Promise<void> {
  const { ports } = app;
  const now = ports.clock.now();
  for (const hunt of app.hunts.filter((each) => !isDisabled(app, each))) {
    const { coverage } = await readLedger(hunt, ports.journal);
    if (coverage === null) continue;
    const since = coverage.lastSuccess ?? coverage.since;
    const overdue = between(since, now) - PERIODS * hunt.queryFrequency;
    if (overdue <= 0) continue;
    ports.events.emit({ name: eventNames.huntOverdue, properties: { hunt: hunt.slug, overdueMs: overdue } });
    const code = coverage.lastRun?.outcome === "done" ? "" : (coverage.lastRun?.code ?? "");
    await tellSilence(quietHunt(hunt.slug, since, hunt.queryFrequency, code), channelsOf(app), ports);
  }
}

/** Records of runs, and what is remembered of findings, that are older than they may be kept. */
async function eraseOld(app: App, deadline: Instant): Promise<void> {
  const { clock, journal } = app.ports;
  if (clock.now() >= deadline) return;
  if (app.records !== undefined) await app.records.store.eraseBefore(earlier(clock.now(), app.records.retention));
  for (const hunt of app.hunts) await forgetOldGroups(partitionOf(hunt), clock.now(), journal);
}
