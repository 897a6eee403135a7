import { describe, expect, test } from "vitest";
import type { RememberedHabit } from "../../src/findings/remembered-habits.ts";
import { forgetHabits, habitMemory } from "../../src/ledger/habit-memory.ts";
import { HABITS } from "../../src/ledger/records.ts";
import { memoryJournal } from "../../src/local/memory-journal.ts";
import { days, hours, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { evident } from "../evident.ts";
import { each } from "../sign-in-rows.ts";
import { aSpray, aTrickle } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");
const habitsAsked = ({ tenant }: TestApp): readonly string[] =>
  tenant.asked.filter(({ kql }) => kql.includes("let Sessions = ")).map(({ kql }) => kql);

const aHabit = (value: string, some: Partial<RememberedHabit> = {}): RememberedHabit => ({
  kind: "account",
  value,
  before: start,
  askedAt: start,
  rows: [],
  ...some,
});

describe("what is usual", () => {
  test("is asked once a day for an attack that goes on, and for what is new in it alone", async () => {
    const app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } }));
    app.tenant.signIns.push(...aTrickle(later(start, hours(72)), later(start, hours(80))));
    await runUntil(app, later(start, minutes(20)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(app, later(start, hours(3)));
    expect(habitsAsked(app)).toHaveLength(1);

    app.tenant.signIns.push(...aSpray(at("2026-11-21T15:12:00Z"), { address: "198.51.100.9" }));
    await runUntil(app, later(start, hours(5)));
    const [, ...more] = habitsAsked(app);
    // Once as a finding's, and once as the older campaign's that it turned out to belong to: that began earlier.
    expect(more).toHaveLength(2);
    for (const kql of more) {
      expect(kql).toContain("198.51.100.9");
      expect(kql).not.toContain("203.0.113.7");
    }

    app.clock.set(later(start, hours(29)));
    await runUntil(app, later(start, hours(30)));
    // For the tenant by what happens now, and for the attack by the gap in which it went on.
    expect(habitsAsked(app)).toHaveLength(5);
  });

  test("is read by a run that writes nothing, and kept by none", async () => {
    const journal = memoryJournal();
    await habitMemory(journal, false).keep([aHabit("a")]);
    expect(await journal.list(HABITS, "", 10)).toEqual([]);
    await habitMemory(journal, true).keep([aHabit("a")]);
    expect(await habitMemory(journal, false).recall()).toEqual([aHabit("a")]);
  });

  test("is kept by kind, the newest answer of each, and no more than fits into a record", async () => {
    const memory = habitMemory(memoryJournal(), true);
    await memory.keep([
      aHabit("a"),
      aHabit("a", { kind: "source" }),
      aHabit("old", { askedAt: later(start, days(-1)) }),
    ]);
    const newer = aHabit("a", { askedAt: later(start, hours(1)), rows: [{ Kind: "account" }] });
    await memory.keep([newer]);
    expect(await memory.recall()).toEqual([newer, aHabit("a", { kind: "source" })]);
    await memory.keep(each(3_000, (n) => aHabit(`user ${n}`, { rows: [{ Value: "x".repeat(1_000) }] })));
    const kept = await memory.recall();
    expect(kept.length).toBeGreaterThan(300);
    expect(JSON.stringify(kept).length).toBeLessThan(700_000);
  });

  test("is forgotten after a day, names and addresses with it", async () => {
    const journal = memoryJournal();
    await habitMemory(journal, true).keep([aHabit("a"), aHabit("b", { askedAt: later(start, hours(3)) })]);
    await forgetHabits(later(start, hours(25)), journal);
    expect((await habitMemory(journal, true).recall()).map(({ value }) => value)).toEqual(["b"]);
    await forgetHabits(later(start, hours(28)), journal);
    expect(await journal.list(HABITS, "", 10)).toEqual([]);
  });
});
