// A year of ledger and ten thousand campaigns beside it: a run still reads next to nothing before it asks.
import { afterAll, beforeAll, expect, test } from "vitest";
import { tableJournal } from "../../src/azure/table-journal.ts";
import { findingKey } from "../../src/findings/finding.ts";
import { answered, asksOf, begun, gridOf } from "../../src/ledger/coverage.ts";
import { inTurns } from "../../src/ledger/in-turns.ts";
import { coverageChange, filledGapChange, readLedger } from "../../src/ledger/ledger.ts";
import { cellOf, groupId, partitionOf } from "../../src/ledger/records.ts";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import type { Change, Journal } from "../../src/ports.ts";
import { days, earlier, hours, instant, later } from "../../src/time.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import { at, ownHunt } from "../builders.ts";
import { realTime } from "../far-end.ts";
import { anInvocation, aTestApp } from "../test-app.ts";

const now = at("2026-11-21T12:00:00Z");
const hunt = ownHunt("single-factor-spray");
const CAMPAIGNS = 10_000;
let azurite: Azurite;
let journal: Journal;

function aGroup(n: number): Change {
  const group = { kind: "code", value: `code ${n}`, label: `code ${n}` };
  const from = earlier(now, hours(n % 8000));
  const window = { from, to: later(from, hours(1)) };
  const { id, name, slug } = hunt;
  const finding = {
    key: findingKey(id, group, window),
    hunt: { id, name, slug },
    group,
    window,
    measured: [],
    accounts: [],
    addresses: [],
    cut: [],
    rows: [],
  };
  const known = [{ finding, campaign: `campaign ${n}`, news: "", cards: [], joined: "" }];
  return { kind: "put", id: groupId(finding), value: cellOf({ known }), basedOn: "any" };
}

beforeAll(async () => {
  azurite = await startAzurite();
  journal = tableJournal({ store: { connectionString: azurite.connectionString }, clock: realTime });
  const partition = partitionOf(hunt);
  const since = earlier(now, days(365));
  const coverage = {
    since,
    settledTo: earlier(now, hours(1)),
    open: [],
    arrivalsTo: earlier(now, hours(0.2)),
    farArrivalsTo: earlier(now, hours(0.2)),
    lastRun: { at: earlier(now, hours(0.2)), outcome: "done" as const, code: "" },
    lastSuccess: earlier(now, hours(0.2)),
  };
  const gaps = Array.from({ length: 300 }, (_, n): Change => {
    const from = later(since, days(n));
    return filledGapChange({
      kind: "outage",
      from,
      to: later(from, hours(2)),
      openedAt: from,
      filledAt: later(from, hours(3)),
      because: "",
      found: [],
    });
  });
  const changes = [coverageChange(coverage, null), ...gaps, ...Array.from({ length: CAMPAIGNS }, (_, n) => aGroup(n))];
  const batches = Array.from({ length: Math.ceil(changes.length / 100) }, (_, n) =>
    changes.slice(n * 100, n * 100 + 100),
  );
  const [first = [], ...rest] = batches;
  await journal.commit(partition, first); // makes the table
  await inTurns(rest, 4, async (batch) => {
    await journal.commit(partition, batch);
  });
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

test("planning a run takes at most 100 ms", async () => {
  const grid = gridOf(hunt);
  const limits = {
    firstLookBack: days(14),
    settle: hours(1),
    backfillStep: hours(6),
    backfillStepsPerRun: 4,
    backfillLimit: days(14),
  };
  await readLedger(hunt, journal);
  const times: number[] = [];
  for (let n = 0; n < 9; n++) {
    const begin = performance.now();
    const { coverage } = await readLedger(hunt, journal);
    const [ask] = asksOf(begun(coverage, { at: now, farBackTo: now, late: [] }, grid, limits, now), grid, limits, now);
    times.push(performance.now() - begin);
    expect(ask?.kind).toBe("live");
  }
  expect(times.toSorted((a, b) => a - b)[4]).toBeLessThanOrEqual(100);
});

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
