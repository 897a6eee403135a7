// The app run over simulated days: timers fire on a clock that is moved, and what the world was told is kept.
import type { Hunt } from "../../src/hunts/hunt.ts";
import { GROUPS, partitionOf, readRecord, records } from "../../src/ledger/records.ts";
import type { Incident, Journal, Ports } from "../../src/ports.ts";
import { type Duration, type Instant, iso, later, minutes } from "../../src/time.ts";
import type { App } from "../../src/triggers/app.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import { anInvocation, type TestApp } from "../test-app.ts";

/** Fires both timers as their schedules would, from the app's present until `to`; failed invocations are counted. */
export async function runUntil(app: TestApp, to: Instant, every: Duration = minutes(10)): Promise<number> {
  let failed = 0;
  while (app.clock.now() < to) {
    failed += await fire(app);
    app.clock.set(later(app.clock.now(), every));
  }
  return failed;
}

/** One wake-up of each timer, half a period apart. */
export async function fire(app: TestApp): Promise<number> {
  const at = app.clock.now();
  let failed = 0;
  await watch(app, anInvocation()).catch(() => failed++);
  app.clock.set(later(at, minutes(5)));
  await tend(app, anInvocation()).catch(() => failed++);
  app.clock.set(at);
  return failed;
}

export const withPorts = (app: TestApp, ports: Partial<Ports>): TestApp => ({
  ...app,
  ports: { ...app.ports, ...ports },
});

/** What somebody who reads the queue is told: of each group, when it was seen and by how many accounts at most. */
export function told(queue: ReadonlyMap<string, Incident>): readonly string[] {
  return [...queue.values()]
    .map(
      ({ title, firstActivity, lastActivity }) =>
        `${title.replace(/ – [a-z]+-[a-z]+$/, "")} ${firstActivity} ${lastActivity}`,
    )
    .toSorted();
}

/** What the journal remembers at the end: the stretches that are told, each with its group and its strongest numbers. */
export async function readKnown(app: TestApp): Promise<{ readonly standing: readonly string[] }> {
  const partition = partitionOf(onlyHunt(app));
  const found = await app.ports.journal.list(partition, GROUPS, 1000);
  const known = found
    .filter(({ id }) => id.startsWith(GROUPS))
    .flatMap((record) => readRecord(records.group, record, partition).known)
    .filter(({ joined }) => joined === "");
  const lines = known.map(
    ({ finding: { group, window, measured } }) =>
      `${group.value} ${iso(window.from)} ${iso(window.to)} ${measured.map(({ value }) => value).join()}`,
  );
  return { standing: lines.toSorted() };
}

/** Everything in the journal under these ids, for comparing. */
export async function allOf(journal: Journal, partition: string, prefix: string): Promise<readonly string[]> {
  const found = await journal.list(partition, prefix, 1000);
  return found.filter(({ id }) => id.startsWith(prefix)).map(({ id }) => id);
}

export const onlyHunt = (app: App): Hunt => {
  const [hunt] = app.hunts;
  if (hunt === undefined) throw new Error("The app has no hunt.");
  return hunt;
};
