// A few rows of the table that `npm run faults` prints whole.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import { type Baseline, type Faulty, faultCase, type Position, undisturbed } from "./fault-case.ts";

let azurite: Azurite;
let baseline: Baseline;
beforeAll(async () => {
  azurite = await startAzurite();
  baseline = await undisturbed(azurite);
});
afterAll(() => azurite.stop());

test("undisturbed, both attacks are told by an incident and a card each, and nothing is left over", () => {
  expect(baseline.ending).toMatchObject({ doubled: 0, settled: true });
  expect([baseline.ending.incidents.length, baseline.ending.cards.length]).toEqual([2, 2]);
});

const cases: readonly (readonly [Faulty, string, Position])[] = [
  ["logs", "429 with Retry-After", "first"],
  ["logs", "partial answer", "middle"],
  ["logs", "malformed body", "last"],
  ["incidents", "500 after the work", "middle"],
  ["incidents", "403", "first"],
  ["incidents", "stall", "last"],
  ["cards", "reset after the work", "first"],
  ["cards", "401", "last"],
  ["table", "503", "middle"],
  ["table", "reset after the work", "middle"],
  ["table", "412", "last"],
];

test.each(cases)(
  "%s that answer %s at the %s call lose nothing, and the run says so",
  async (service, fault, position) => {
    const result = await faultCase(azurite, baseline, service, fault, position);
    expect(result).toMatchObject({ lost: [], doubledIncidents: [], settled: true });
    expect(result.doubledCards).toBeLessThanOrEqual(1);
    if (!result.passing) expect(result.said).not.toBe("");
  },
);
