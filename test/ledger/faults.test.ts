// A few rows of the table that `npm run faults` prints whole, as does `npm run test:soak`.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import { soaking } from "../soak.ts";
import { type Baseline, faultCase, lossesOf, undisturbed } from "./fault-case.ts";
import type { Faulty, Position } from "./fault-kinds.ts";

let azurite: Azurite;
let baseline: Baseline;
beforeAll(async () => {
  azurite = await startAzurite();
  baseline = await undisturbed(azurite);
});
afterAll(() => azurite.stop());

test("undisturbed, both attacks are told by an incident and a card each, both accounts are contained, and nothing is left over", () => {
  const { ending, said } = baseline;
  expect(said).toEqual([]);
  expect(ending).toMatchObject({ doubled: 0, settled: true, wrong: [] });
  expect([ending.incidents.length, ending.cards.length, Object.values(ending.accounts)]).toEqual([
    2,
    2,
    ["done", "done"],
  ]);
});

const done = ["done"];
/** One of each service, and of Graph one that ends well and one that does not; npm test has every second of them. */
const rows: readonly (readonly [Faulty, string, Position, readonly string[]])[] = [
  ["logs", "partial answer", "middle", done],
  ["incidents", "500 after the work", "middle", done],
  ["cards", "reset after the work", "first", done],
  ["table", "reset after the work", "middle", done],
  ["graph: disable", "500 after the work", "last", done],
  ["graph: revoke", "403", "first", ["told"]],
];

// Three at a time, as in the whole table: some of them wait for a service that answers nothing.
test.concurrent.each(rows.filter((_, n) => soaking || n % 2 === 1))(
  "%s that answer %s at the %s call lose nothing and do nothing twice, the run says so, and accounts are %j in the end",
  async (service, fault, position, fates) => {
    const result = await faultCase(azurite, baseline, service, fault, position);
    expect(lossesOf(result)).toEqual([]);
    expect([...new Set(Object.values(result.accounts))]).toEqual(fates);
  },
);
