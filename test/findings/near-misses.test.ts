import { expect, test } from "vitest";
import { nearMisses } from "../../src/findings/near-misses.ts";
import type { Row } from "../../src/ports.ts";
import { ownHunt } from "../builders.ts";

const spray = ownHunt("single-factor-spray");
const names = (from: number, count: number): string[] =>
  Array.from({ length: count }, (_, n) => `user${from + n}@contoso.example`);
const row = (start: string, accounts: string[], code = "50126"): Row => ({
  Window: `2026-11-20T${start}:00Z`,
  ResultType: code,
  Users: accounts.length,
  Accounts: accounts,
});
const told = (...rows: Row[]) => nearMisses(spray, rows, { users: 30 });

test("a burst that the clock cuts in two is told, though the hunt does not count it", () => {
  expect(told(row("13:00", names(0, 20)), row("13:10", names(20, 15)))).toEqual([
    expect.stringMatching(
      /^35 accounts failed within two windows side by side from 2026-11-20T13:00:00\.000Z \(codes 50126\)/,
    ),
  ]);
});

test("a burst that the result codes cut in two is told", () => {
  expect(told(row("13:00", names(0, 20)), row("13:00", names(20, 15), "50053"))[0]).toContain("(codes 50126, 50053)");
});

test("the same accounts twice are not more accounts", () => {
  expect(told(row("13:00", names(0, 20)), row("13:10", names(0, 20)))).toEqual([]);
});

test("windows that do not touch are not added up", () => {
  expect(told(row("13:00", names(0, 20)), row("13:20", names(20, 20)))).toEqual([]);
});

test("what the hunt finds anyway is not told again", () => {
  expect(told(row("13:00", names(0, 30)), row("13:10", names(30, 5)))).toEqual([]);
});
