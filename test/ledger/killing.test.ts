// The process is stopped after each single effect of a run in turn and started again.
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { tableJournal } from "../../src/azure/table-journal.ts";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import { hours, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { realTime } from "../far-end.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";
import { fire, runUntil } from "./engine.ts";
import { aLife, endingOf } from "./mortal.ts";

const start = at("2026-11-21T12:00:00Z");
let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

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

describe("a process that is stopped after any single effect", () => {
  test("ends where one ends that is never stopped, with one card said twice at most", async () => {
    const undisturbed = await anEvening();
    const life = aLife(undisturbed, Number.POSITIVE_INFINITY);
    await fire(life.app);
    const effects = life.effects();
    await runUntil(undisturbed, later(start, hours(5)));
    const expected = endingOf(undisturbed);
    expect(effects).toBeGreaterThan(10);
    expect([expected.incidents.length, expected.cards.length, expected.doubled]).toEqual([3, 3, 0]);

    const endings: unknown[] = [];
    for (let last = 1; last <= effects; last++) {
      const app = await anEvening();
      const mortal = aLife(app, last);
      await fire(mortal.app);
      expect(mortal.dead()).toBe(true);
      app.clock.set(later(app.clock.now(), minutes(10)));
      await runUntil(app, later(start, hours(4.6)));
      const { doubled, ...ending } = endingOf(app);
      endings.push(ending);
      expect(doubled, `cards said twice when stopped after effect ${last}`).toBeLessThanOrEqual(1);
    }
    const { doubled: _, ...once } = expected;
    for (const [n, ending] of endings.entries()) expect(ending, `stopped after effect ${n + 1}`).toEqual(once);
  }, 120_000);
});
