// More is usual than one question asks about: what nobody has looked up is neither familiar nor strange.
import { describe, expect, test } from "vitest";
import { attribute } from "../../src/findings/attribution.ts";
import { campaignFromEvidence } from "../../src/findings/campaign-from-evidence.ts";
import { type Fact, noEvidence } from "../../src/findings/evidence.ts";
import { habitsRequest } from "../../src/findings/evidence-request.ts";
import type { Finding } from "../../src/findings/finding.ts";
import type { Graded } from "../../src/findings/grading.ts";
import { type Habits, MOST_HABITS, noHabits, readHabits } from "../../src/findings/habits.ts";
import { traceOf } from "../../src/findings/trace.ts";
import { notesOf } from "../../src/findings/triage-notes.ts";
import type { Row } from "../../src/ports.ts";
import { at } from "../builders.ts";
import { aCampaign } from "../response/examples.ts";
import { each } from "../sign-in-rows.ts";
import { aFact } from "./fact.ts";

const BEGAN = at("2026-11-20T10:00:00Z");
const MORE = MOST_HABITS + 10;
const graded = (some: Partial<Fact>, grade: Graded["grade"] = "right"): Graded => ({
  fact: aFact({ network: "", ...some }),
  grade,
  outcome: grade === "right" ? "entered" : "failed",
  because: "the step Password succeeded",
});
const finding: Finding = {
  key: "k",
  hunt: { id: "h", name: "A spray", slug: "a-spray" },
  group: { kind: "code", value: "50126", label: "50126" },
  window: { from: BEGAN, to: at("2026-11-20T11:00:00Z") },
  measured: [],
  accounts: [],
  addresses: [],
  cut: ["addresses"],
  rows: [],
};
const row = (some: Row): Row => ({ Value: "", Successes: 1, SingleFactor: 0, AccountCount: 1, Names: [], ...some });
/** Two weeks of a tenant of 400 accounts, and whatever the test says of what was asked for. */
function habitsOf(facts: readonly Graded[], rows: readonly Row[] = []): Habits {
  const tenant = row({
    Kind: "tenant",
    Subject: "",
    Successes: 9_000,
    AccountCount: 400,
    First: "2026-11-06T00:00:00Z",
  });
  const answer = { columns: [], rows: [tenant, ...rows], whole: true, warnings: [] };
  return readHabits(answer, habitsRequest(facts, [finding], [], new Map()));
}
const attributed = (facts: readonly Graded[], habits = habitsOf(facts)) =>
  attribute(facts, traceOf(finding, facts, habits, new Map()), habits);

describe("more right passwords than habits are looked up for", () => {
  const attempt = graded({ account: "u0" }, "wrong");

  test("prove an account whose habit was looked up, and leave the others ambiguous with the reason", () => {
    const told = attributed([attempt, ...each(MORE, (n) => graded({ account: `u${n}`, code: "0" }))]);
    const right = told.filter(({ graded: { grade } }) => grade === "right");
    const doubted = right.filter(({ meaning }) => meaning === "ambiguous");
    expect(right.filter(({ meaning }) => meaning === "proof")).toHaveLength(MOST_HABITS);
    expect(doubted).toHaveLength(10);
    for (const { because } of doubted) expect(because).toContain("the account's habit was not looked up");
  });

  test("prove nothing from an address that may be a way out of the company, since nobody has looked", () => {
    const from = (n: number) => ({ address: `198.51.100.${n}`, source: `198.51.100.${n}` });
    const attempts = each(MORE, (n) => graded({ ...from(n), account: "u0" }, "wrong"));
    const told = attributed([...attempts, ...each(MORE, (n) => graded({ ...from(n), account: "u0", code: "0" }))]);
    const doubted = told.filter(({ meaning }) => meaning === "ambiguous");
    expect(told.filter(({ meaning }) => meaning === "proof")).toHaveLength(MOST_HABITS);
    expect(doubted).toHaveLength(10);
    for (const { because } of doubted) expect(because).toContain("the address's habit was not looked up");
  });

  test("do not tie a sign-in by a client of which nobody knows whether it is rare, and do not pass it over", () => {
    const attempts = each(MORE, (n) => graded({ fingerprint: `f${n}`, account: "u0" }, "wrong"));
    const elsewhere = { address: "203.0.113.9", source: "203.0.113.9", code: "0", account: "u1" };
    const told = attributed([...attempts, ...each(MORE, (n) => graded({ ...elsewhere, fingerprint: `f${n}` }))]);
    const right = told.filter(({ graded: { grade } }) => grade === "right");
    expect(right.filter(({ meaning }) => meaning === "proof")).toHaveLength(MOST_HABITS);
    const doubted = right.filter(({ meaning }) => meaning === "ambiguous");
    expect(doubted).toHaveLength(10);
    for (const { because } of doubted) expect(because).toContain("whether its client is rare was not looked up");
  });

  test("join nothing by an address that nobody has looked up, unless nobody has answered at all", () => {
    const attempts = each(MORE, (n) =>
      graded({ address: `198.51.100.${n}`, source: `198.51.100.${n}`, account: `u${n}` }, "wrong"),
    );
    const trace = traceOf(finding, attempts, habitsOf(attempts), new Map());
    expect([trace.sources.size, trace.notLookedUp.size]).toEqual([MORE, 10]);
    expect(traceOf(finding, attempts, noHabits, new Map()).notLookedUp.size).toBe(0);
    // The registry of networks knows that this one is nobody's office.
    const rented = attempts.map((own) => ({ ...own, fact: { ...own.fact, network: "24940" } }));
    expect(traceOf(finding, rented, habitsOf(rented), new Map()).notLookedUp.size).toBe(0);
  });

  test("make the campaign a lower bound, and not one where everything that decides was looked up", () => {
    const many = [attempt, ...each(MORE, (n) => graded({ account: `u${n}`, code: "0" }))];
    const few = [attempt, ...each(3, (n) => graded({ account: `u${n}`, code: "0" }))];
    expect(assessmentOf(many)).toMatchObject({ level: "entered", whole: false });
    expect(assessmentOf(many)?.because).toContain("what is usual for 10 accounts with a right password");
    expect(assessmentOf(few)).toMatchObject({ level: "entered", whole: true });
  });
});

describe("a question for habits that nobody has answered", () => {
  test("proves no password", () => {
    const facts = [graded({ account: "u0" }, "wrong"), graded({ account: "u1", code: "0" })];
    const told = attributed(facts, { ...noHabits, whole: false });
    expect(told.map(({ meaning }) => meaning)).toEqual(["attempt", "ambiguous"]);
  });
});

describe("an address that is remembered as the attacker's and turns out to be a way out of the company", () => {
  test("ties nobody's right password to the attack", () => {
    const office = { address: "203.0.113.8", source: "203.0.113.8", account: "u1", code: "0" };
    const facts = [graded(office), graded({ ...office, address: "203.0.113.9", source: "203.0.113.9" })];
    const habits = habitsOf(facts, [
      row({ Kind: "source", Subject: "203.0.113.8", Successes: 900, AccountCount: 300 }),
    ]);
    const trace = { ...traceOf(finding, [], habits, new Map()), sources: new Set(["203.0.113.8", "203.0.113.9"]) };
    const told = attribute(facts, trace, habits);
    expect(told.map(({ graded: own, meaning }) => [own.fact.source, meaning])).toEqual([["203.0.113.9", "proof"]]);
  });
});

describe("the networks of a campaign", () => {
  test("are called unexpected only where somebody has looked", () => {
    const habits = habitsOf(each(MORE, (n) => graded({ network: String(64_496 + n) })));
    const campaign = aCampaign("attempted", {
      sources: ["64496", String(64_496 + MORE - 1)].map((network) => ({
        address: "192.0.2.1",
        network,
        networkName: "",
        country: "",
        accounts: 1,
        attempts: 1,
      })),
    });
    const [text] = notesOf(campaign, habits)
      .filter(({ note }) => note === "network")
      .map(({ text: own }) => own);
    expect(text).toContain("Unexpected, without any success of this tenant in the 14 days before: AS64496.");
    expect(text).toContain(`Not looked up: AS${64_496 + MORE - 1}.`);
  });
});

function assessmentOf(facts: readonly Graded[]) {
  const habits = habitsOf(facts);
  const trace = traceOf(finding, facts, habits, new Map());
  const evidence = { ...noEvidence, facts: facts.map(({ fact }) => fact) };
  return campaignFromEvidence(
    { id: null, findings: [finding], trace, joinedBy: [], alsoFits: [] },
    { evidence, graded: facts, habits, privileged: new Set(), whole: true, now: at("2026-11-21") },
  ).assessment;
}
