// A year of ledger and a thousand campaigns beside it, ten thousand in the soak: a run still reads next to nothing before
// it asks. How long that takes is measured by `npm run bench ledger`.
import { afterAll, beforeAll, expect, test } from "vitest";
import { answered, gridOf } from "../../src/ledger/coverage.ts";
import { readLedger } from "../../src/ledger/ledger.ts";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import type { Journal } from "../../src/ports.ts";
import { instant } from "../../src/time.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import { at, ownHunt } from "../builders.ts";
import { soaking } from "../soak.ts";
import { anInvocation, aTestApp } from "../test-app.ts";
import { writeYearOfLedger } from "./year-of-ledger.ts";

const now = at("2026-11-21T12:00:00Z");
const hunt = ownHunt("single-factor-spray");
const CAMPAIGNS = soaking ? 10_000 : 1_000;
let azurite: Azurite;
let journal: Journal;
beforeAll(async () => {
  azurite = await startAzurite();
  journal = await writeYearOfLedger(azurite, hunt, now, CAMPAIGNS);
}, 120_000);
afterAll(() => azurite.stop());

/** The journal, counting the rows that it gives. */
function counted(): { readonly journal: Journal; readonly rows: () => number } {
  let rows = 0;
  return {
    rows: () => rows,
    journal: {
      ...journal,
      async read(partition, id) {
        rows += 1;
        return journal.read(partition, id);
      },
      async list(partition, from, limit) {
        const found = await journal.list(partition, from, limit);
        rows += found.length;
        return found;
      },
    },
  };
}

test("a run that finds nothing reads at most 50 rows, with everything that both timers do around it", async () => {
  const counting = counted();
  const app = aTestApp(now, { hunts: [hunt], ports: { journal: counting.journal } });
  await watch(app, anInvocation());
  await tend(app, anInvocation());
  expect(app.said.events).toMatchObject([{ name: "RunCompleted" }]);
  expect(counting.rows()).toBeLessThanOrEqual(50);
});

test("the ledger itself stays one small record", async () => {
  const { coverage } = await readLedger(hunt, journal);
  expect(JSON.stringify(coverage).length).toBeLessThan(1000);
  if (coverage === null) throw new Error("There is no ledger.");
  const grid = gridOf(hunt);
  const ask = {
    kind: "live" as const,
    core: { from: coverage.settledTo, to: instant(coverage.settledTo + grid.step) },
    window: { from: now, to: now },
  };
  expect(answered(coverage, ask, [], now).coverage.open).toEqual([]);
});
