import { expect, test } from "vitest";
import { type Evidence, noEvidence } from "../../src/findings/evidence.ts";
import { mergeEvidence } from "../../src/findings/merge-evidence.ts";
import { aFact } from "./fact.ts";

const answer = (some: Partial<Evidence>): Evidence => ({ ...noEvidence, ...some });
const one = aFact({ count: 3, ids: ["1", "2", "3"] });
const other = aFact({ account: "b", address: "192.0.2.2" });

test("a group that two answers hold counts once, whichever of its ids each of them shows", () => {
  const again = { ...one, ids: ["3", "2", "1"] };
  const merged = mergeEvidence([answer({ facts: [one] }), answer({ facts: [again, other] })]);
  expect(merged.facts.map(({ account, count }) => [account, count])).toEqual([
    [one.account, 3],
    ["b", 1],
  ]);
  expect(merged).toMatchObject({ whole: true, missing: "", accounts: { covered: 2, selected: 2 } });
});

test("what one answer lacks, all lack, and accounts that were cut are counted", () => {
  const cut = answer({ facts: [one], whole: false, missing: "a limit", accounts: { covered: 1, selected: 5 } });
  expect(mergeEvidence([cut, answer({ facts: [other], absent: ["SigninLogs"] })])).toMatchObject({
    whole: false,
    missing: "a limit",
    absent: ["SigninLogs"],
    accounts: { covered: 2, selected: 6 },
  });
});

test("what was not asked about is said, and is not whole", () => {
  const merged = mergeEvidence([answer({ facts: [one] })], "4 of 9 addresses were not asked about");
  expect(merged).toMatchObject({ whole: false, missing: "4 of 9 addresses were not asked about" });
});
