// The process is stopped after each single effect of a run in turn and started again.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tableJournal } from "../../src/azure/table-journal.ts";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import { hours, type Instant, later, minutes } from "../../src/time.ts";
import { at, ownHunt } from "../builders.ts";
import { aSuccess, proving } from "../evident.ts";
import { realTime } from "../far-end.ts";
import { aDirectory, aPerson, aUser, type TestDirectory } from "../response/people.ts";
import { soaking } from "../soak.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";
import { fire, runUntil } from "./engine.ts";
import { objectIdOf, proven } from "./fault-stage.ts";
import { aLife, endingOf } from "./mortal.ts";

const start = at("2026-11-21T12:00:00Z");
let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

/** In the soak every one; otherwise each twentieth and the last, from another one on in each of the two tests. */
const effectsToDieAfter = (effects: number, first = 4): readonly number[] =>
  Array.from({ length: effects }, (_, n) => n + 1).filter((n) => soaking || n === effects || n % 20 === first);

let tables = 0;
/** A ledger that has begun, an outage of four hours with an attack in it, and two attacks that are going on. */
async function anEvening(): Promise<TestApp> {
  tables += 1;
  const store = { connectionString: azurite.connectionString };
  const journal = tableJournal({ store, table: `killing${tables}`, clock: realTime });
  const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" }, ports: { journal } });
  await runUntil(app, later(start, minutes(10)));
  app.tenant.signIns.push(
    ...aSpray(at("2026-11-21T13:02:00Z")),
    ...aSpray(at("2026-11-21T15:52:00Z"), { code: "50053" }),
    ...aSpray(at("2026-11-21T15:33:00Z"), { accounts: 50, address: "198.51.100.9" }),
  );
  app.said.cards.length = 0;
  app.clock.set(later(start, hours(4)));
  return app;
}

// Side by side: the first of them mostly waits for its table.
describe.concurrent("a process that is stopped after any single effect", () => {
  test("ends where one ends that is never stopped, with one card said twice at most", async () => {
    const undisturbed = await anEvening();
    const life = aLife(undisturbed, Number.POSITIVE_INFINITY);
    await fire(life.app);
    const effects = life.effects();
    await runUntil(undisturbed, later(start, hours(5)));
    const expected = endingOf(undisturbed);
    expect(effects).toBeGreaterThan(10);
    expect([expected.incidents.length, expected.cards.length, expected.doubled]).toEqual([3, 3, 0]);

    const { doubled: _, ...once } = expected;
    for (const last of effectsToDieAfter(effects)) {
      const app = await anEvening();
      const mortal = aLife(app, last);
      await fire(mortal.app);
      expect(mortal.dead()).toBe(true);
      app.clock.set(later(app.clock.now(), minutes(10)));
      await runUntil(app, later(start, hours(4.6)));
      const { doubled, ...ending } = endingOf(app);
      expect(ending, `stopped after effect ${last}`).toEqual(once);
      expect(doubled, `cards said twice when stopped after effect ${last}`).toBeLessThanOrEqual(1);
    }
  }, 240_000);

  test("has done what it was to do to accounts once, and told it, wherever it was stopped", async () => {
    const undisturbed = await aBreach();
    const life = aLife(undisturbed.app, Number.POSITIVE_INFINITY);
    await fire(life.app);
    const effects = life.effects();
    await runUntil(undisturbed.app, later(start, hours(2)));
    const expected = deedsOf(undisturbed);
    expect(effects).toBeGreaterThan(20);
    expect(expected.done).toEqual(proven.flatMap((name) => [`disable ${name}`, `revoke ${name}`]).toSorted());
    expect(expected.comments).toEqual(["intent", "result"]);
    expect(expected.cards.filter((id) => id.endsWith(".done"))).toHaveLength(1);

    for (const last of effectsToDieAfter(effects, 9)) {
      const breach = await aBreach();
      const mortal = aLife(breach.app, last);
      await fire(mortal.app);
      expect(mortal.dead()).toBe(true);
      breach.app.clock.set(later(breach.app.clock.now(), minutes(10)));
      await runUntil(breach.app, later(start, hours(2)));
      expect(deedsOf(breach), `stopped after effect ${last}`).toEqual(expected);
      expect(endingOf(breach.app).doubled, `cards said twice when stopped after effect ${last}`).toBeLessThanOrEqual(1);
    }
  }, 240_000);
});

interface Breach {
  readonly app: TestApp;
  readonly people: TestDirectory;
}

/** A ledger that has begun and a spray that got into two accounts, which may be disabled without asking. */
async function aBreach(): Promise<Breach> {
  let now = (): Instant => start;
  const user = (name: string, n: number) => aUser(n, { id: objectIdOf(name), userPrincipalName: name });
  const people = aDirectory(
    proven.map((name, n) => aPerson(n, { user: user(name, n) })),
    () => now(),
  );
  const hunt = ownHunt("single-factor-spray");
  if (hunt.responder === null) throw new Error("The hunt has no responder.");
  const actions = { ...hunt.responder.actions, entered: ["disableAccount", "revokeSessions"] };
  const app = aTestApp(start, {
    hunts: [{ ...hunt, responder: { ...hunt.responder, actions } }],
    environment: {
      FIRST_LOOK_BACK: "2h",
      RESPONSE_MODES: "single-factor-spray=automatic",
      RESPONSE_ACTIONS: "revokeSessions,disableAccount",
    },
    ports: { directory: people.directory, sessions: people.sessions },
  });
  now = app.clock.now;
  proving(app.tenant, app.clock, objectIdOf);
  await runUntil(app, later(start, minutes(10)));
  app.tenant.signIns.push(
    ...aSpray(at("2026-11-21T12:12:00Z")),
    ...proven.map((name) => ({ ...aSuccess(at("2026-11-21T11:05:00Z"), name), arrives: at("2026-11-21T12:13:00Z") })),
  );
  app.clock.set(later(start, minutes(20)));
  return { app, people };
}

/** What was done and what was said of it, each as often as the sinks cannot tell apart. */
function deedsOf({ app, people }: Breach) {
  const nameOf = (id: string): string => proven.find((name) => objectIdOf(name) === id) ?? id;
  return {
    done: people.writes.map(({ kind, id }) => `${kind} ${nameOf(id)}`).toSorted(),
    // An order is called after the run that gave it, which can be a later one.
    comments: [...new Set(app.said.comments.map(({ id }) => id))].map((id) => id.split("-")[0]).toSorted(),
    cards: endingOf(app).cards.map((id) => id.replace(/-[0-9a-f]{8}\.done$/, ".done")),
    incidents: endingOf(app).incidents,
  };
}
