import { describe, expect, test } from "vitest";
import { habitsRequest } from "../../src/findings/evidence-request.ts";
import type { Graded } from "../../src/findings/grading.ts";
import { MOST_HABITS, readHabits } from "../../src/findings/habits.ts";
import { habitsToRemember, rememberedAt } from "../../src/findings/remembered-habits.ts";
import type { Answer, Row } from "../../src/ports.ts";
import { hours, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { aFinding } from "../response/examples.ts";
import { each } from "../sign-in-rows.ts";
import { aFact } from "./fact.ts";

const BEGAN = at("2026-11-20T10:00:00Z");
const NOW = later(BEGAN, hours(2));
const finding = aFinding({ window: { from: BEGAN, to: later(BEGAN, hours(1)) } });
const right = (account: string): Graded => ({
  fact: aFact({ account, code: "0", network: "", sessions: ["s1"] }),
  grade: "right",
  outcome: "entered",
  because: "",
});
const accounts = (count: number): readonly Graded[] => each(count, (n) => right(`u${n}`));
const answer = (...rows: readonly Row[]): Answer => ({ columns: [], rows, whole: true, warnings: [] });

/** The request of a run, and what is remembered after its answer. */
function asked(graded: readonly Graded[], ...rows: readonly Row[]) {
  const request = habitsRequest(graded, [finding], [], new Map(), undefined, NOW);
  return { request, remembered: habitsToRemember(answer(...rows), request, NOW, NOW) };
}
const again = (graded: readonly Graded[], remembered: ReturnType<typeof asked>["remembered"], now = NOW) =>
  habitsRequest(graded, [finding], [], new Map(), rememberedAt(remembered, now), now);

const office = { Kind: "account-source", Subject: "u0", Value: "203.0.113.8", Successes: 40 };
const crowd = { Kind: "tenant", Subject: "", Successes: 9_000, AccountCount: 400, First: "2026-11-06T00:00:00Z" };
const session = { Kind: "session", Subject: "u0", Value: "s1", Successes: 2, Names: ["Portal → Graph"] };
const table = { Kind: "table", Subject: "SigninLogs" };

describe("what was usual, once it was asked for", () => {
  test("is not asked again the same day, and answers as it did", () => {
    const account = { Kind: "account", Subject: "u0", Successes: 40, SingleFactor: 40 };
    const { request, remembered } = asked(accounts(1), account, office, crowd, session, table);
    const next = again(accounts(1), remembered, later(NOW, hours(23)));
    expect(next).toMatchObject({ open: false, accounts: [], addresses: [], clients: [], sessions: [] });
    const first = readHabits(answer(account, office, crowd, session, table), request);
    expect(readHabits(answer(), next)).toEqual(first);
    expect(first.accounts.get("u0")?.sources).toEqual(new Set(["203.0.113.8"]));
  });

  test("is asked again the next day", () => {
    const { remembered } = asked(accounts(1), crowd);
    const next = again(accounts(1), remembered, later(NOW, hours(24)));
    expect(next).toMatchObject({ open: true, recalled: [], accounts: [{ value: "u0" }] });
  });

  test("that nobody ever got in with is remembered as that", () => {
    const { remembered } = asked(accounts(1), crowd);
    const habits = readHabits(answer(), again(accounts(1), remembered));
    expect([habits.lookedUp.accounts.has("u0"), habits.accounts.has("u0")]).toEqual([true, false]);
  });

  test("makes room for what comes after the fifty most important", () => {
    const { request, remembered } = asked(accounts(MOST_HABITS + 10), crowd);
    expect(request.accounts).toHaveLength(MOST_HABITS);
    const next = again(accounts(MOST_HABITS + 10), remembered);
    expect(next.accounts.map(({ value }) => value)).toEqual(each(10, (n) => `u${MOST_HABITS + n}`));
    expect(readHabits(answer(), next).lookedUp.accounts.size).toBe(MOST_HABITS + 10);
  });

  test("is not taken for what was usual before an earlier attack: that might be the attacker's own", () => {
    const { remembered } = asked(accounts(1), crowd);
    const usual = rememberedAt(remembered, NOW);
    expect(usual("account", "u0", BEGAN)).toBeDefined();
    expect(usual("account", "u0", later(BEGAN, hours(20)))).toBeDefined();
    expect(usual("account", "u0", later(BEGAN, minutes(-1)))).toBeUndefined();
    expect(usual("account", "u0", later(BEGAN, hours(25)))).toBeUndefined();
  });

  test("is not remembered of half an answer, nor of an account with more places than can be kept", () => {
    const request = habitsRequest(accounts(1), [finding], [], new Map(), undefined, NOW);
    expect(habitsToRemember({ ...answer(office), whole: false }, request, NOW, NOW)).toEqual([]);
    const places = each(301, (n) => ({ ...office, Value: `2001:db8:${n}::/64` }));
    const kept = habitsToRemember(answer(...places), request, NOW, NOW);
    expect(kept.map(({ kind }) => kind)).not.toContain("account");
  });
});
