// A few rows of the table that `npm run faults` prints whole.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
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
const cases: readonly (readonly [Faulty, string, Position, readonly string[]])[] = [
  ["logs", "429 with Retry-After", "first", done],
  ["logs", "partial answer", "middle", done],
  ["logs", "malformed body", "last", done],
  ["incidents", "500 after the work", "middle", done],
  ["incidents", "403", "first", done],
  ["incidents", "stall", "last", done],
  ["cards", "reset after the work", "first", done],
  ["cards", "401", "last", done],
  ["table", "503", "middle", done],
  ["table", "reset after the work", "middle", done],
  ["table", "412", "last", done],
  ["graph: user", "reset", "middle", done],
  ["graph: groups", "malformed body", "last", done],
  ["graph: roles", "403", "first", done],
  ["graph: eligible groups", "stall", "first", done],
  ["graph: disable", "500 after the work", "last", done],
  ["graph: revoke", "page of HTML", "first", done],
  ["graph: revoke", "403", "first", ["told"]],
];

// Three at a time, as in the whole table: some of them wait for a service that answers nothing.
test.concurrent.each(cases)(
  "%s that answer %s at the %s call lose nothing and do nothing twice, the run says so, and accounts are %j in the end",
  async (service, fault, position, fates) => {
    const result = await faultCase(azurite, baseline, service, fault, position);
    expect(lossesOf(result)).toEqual([]);
    expect([...new Set(Object.values(result.accounts))]).toEqual(fates);
  },
);
