// npm run bench ledger: what planning a run takes beside a year of ledger and ten thousand campaigns, against the same beside
// a year without campaigns, over a real Azurite. Prints figures against their limits; exits 1 beyond one.
import { asksOf, begun, gridOf } from "../src/ledger/coverage.ts";
import { readLedger } from "../src/ledger/ledger.ts";
import { startAzurite } from "../src/local/azurite.ts";
import type { Journal } from "../src/ports.ts";
import { days, hours } from "../src/time.ts";
import { at, ownHunt } from "../test/builders.ts";
import { writeYearOfLedger } from "../test/ledger/year-of-ledger.ts";
import { median, sayWithin } from "./figures.ts";

const CAMPAIGNS = 10_000;
const RUNS = 25;
const MOST_MS = 100;
const MOST_TIMES = 2;

const now = at("2026-11-21T12:00:00Z");
const hunt = ownHunt("single-factor-spray");
const grid = gridOf(hunt);
const limits = {
  firstLookBack: days(14),
  settle: hours(0.5),
  backfillStep: hours(6),
  backfillStepsPerRun: 4,
  backfillLimit: days(14),
};

async function planned(journal: Journal): Promise<number> {
  const begin = performance.now();
  const { coverage } = await readLedger(hunt, journal);
  const asks = asksOf(begun(coverage, { at: now, farBackTo: now, late: [] }, grid, limits, now), grid, limits, now);
  if (asks[0]?.kind !== "live") throw new Error("Nothing was planned.");
  return performance.now() - begin;
}

async function withLedger<T>(campaigns: number, use: (journal: Journal) => Promise<T>): Promise<T> {
  const azurite = await startAzurite();
  try {
    return await use(await writeYearOfLedger(azurite, hunt, now, campaigns));
  } finally {
    await azurite.stop();
  }
}

const { few, many } = await withLedger(0, (without) =>
  withLedger(CAMPAIGNS, async (beside) => {
    const times = { few: [] as number[], many: [] as number[] };
    for (let n = 0; n <= RUNS; n++) {
      const [one, other] = [await planned(without), await planned(beside)];
      if (n === 0) continue; // the first opens the connection
      times.few.push(one);
      times.many.push(other);
    }
    return { few: median(times.few), many: median(times.many) };
  }),
);
console.log(`Planning a run beside no campaign: ${few.toFixed(1)} ms`);
const within = [
  sayWithin(`planning a run beside ${CAMPAIGNS} campaigns`, many, MOST_MS, "ms"),
  sayWithin("against none", many / few, MOST_TIMES, "times"),
];
process.exitCode = within.every(Boolean) ? 0 : 1;
