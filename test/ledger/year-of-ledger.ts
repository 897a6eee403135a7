// A year of ledger with its gaps, and campaigns beside it, in a table of their own.
import { tableJournal } from "../../src/azure/table-journal.ts";
import { batchesOf } from "../../src/batches.ts";
import { findingKey } from "../../src/findings/finding.ts";
import type { Hunt } from "../../src/hunts/hunt.ts";
import { inTurns } from "../../src/ledger/in-turns.ts";
import { coverageChange, filledGapChange } from "../../src/ledger/ledger.ts";
import { cellOf, groupId, partitionOf } from "../../src/ledger/records.ts";
import type { Azurite } from "../../src/local/azurite.ts";
import type { Change, Journal } from "../../src/ports.ts";
import { days, earlier, hours, type Instant, later } from "../../src/time.ts";
import { realTime } from "../far-end.ts";

function aGroup({ id, name, slug }: Hunt, now: Instant, n: number): Change {
  const group = { kind: "code", value: `code ${n}`, label: `code ${n}` };
  const from = earlier(now, hours(n % 8000));
  const window = { from, to: later(from, hours(1)) };
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

export async function writeYearOfLedger(
  { connectionString }: Azurite,
  hunt: Hunt,
  now: Instant,
  campaigns: number,
): Promise<Journal> {
  const journal = tableJournal({ store: { connectionString }, clock: realTime });
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
  const groups = Array.from({ length: campaigns }, (_, n) => aGroup(hunt, now, n));
  const [first = [], ...rest] = batchesOf([coverageChange(coverage, null), ...gaps, ...groups], 100);
  await journal.commit(partition, first); // makes the table
  await inTurns(rest, 4, async (batch) => {
    await journal.commit(partition, batch);
  });
  return journal;
}
