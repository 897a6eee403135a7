import { describe, expect, test } from "vitest";
import { readOverrides } from "../../src/commands/overrides.ts";
import { askedPeriod, windowOver } from "../../src/commands/period.ts";
import { DAY } from "../../src/time.ts";
import { at, ownHunt } from "../builders.ts";

const hunts = [ownHunt("single-factor-spray"), ownHunt("failed-portal-sign-in")];

describe("--set", () => {
  test("gives one hunt other thresholds for a run", () => {
    expect(readOverrides(["single-factor-spray.users=20", "failed-portal-sign-in.failures=3"], hunts)).toEqual({
      "single-factor-spray": { users: 20 },
      "failed-portal-sign-in": { failures: 3 },
    });
  });

  test.each([
    ["users=20", "not of the form"],
    ["spray.users=20", 'no hunt "spray"'],
    ["single-factor-spray.people=20", 'no threshold "people"'],
    ["single-factor-spray.users=many", "not a number"],
    ["single-factor-spray.users=-1", "not a number"],
    ["failed-portal-sign-in.failures=1", "returns nothing below 2"],
    ["single-factor-spray.users=", "not of the form"],
  ])("%s is refused with what there is to set", (setting, expected) => {
    expect(() => readOverrides([setting], hunts)).toThrow(expected);
  });
});

describe("--from and --to", () => {
  const span = { from: at("2026-11-01"), to: at("2026-11-15") };
  const now = at("2026-11-21");

  test("without them the window is the span of the logs, and that is said", () => {
    expect(windowOver(askedPeriod(undefined, undefined), span, now)).toEqual({
      window: span,
      note: expect.stringContaining("span of the logs"),
    });
  });

  test("with one of them the other end comes from the logs", () => {
    expect(windowOver(askedPeriod("2026-11-10", undefined), span, now).window).toEqual({
      from: at("2026-11-10"),
      to: span.to,
    });
    expect(windowOver(askedPeriod(undefined, "2026-11-10"), span, now).window).toEqual({
      from: span.from,
      to: at("2026-11-10"),
    });
  });

  test("with both nothing needs to be said", () => {
    expect(windowOver(askedPeriod("2026-11-10", "2026-11-11"), span, now).note).toBe("");
  });

  test("logs without a row give a window all the same", () => {
    expect(windowOver(askedPeriod(undefined, undefined), null, now).window).toEqual({
      from: at("2026-11-20"),
      to: now,
    });
    expect(windowOver(askedPeriod(undefined, "2026-11-10"), null, now).window.to - at("2026-11-09")).toBe(DAY);
  });

  test.each([
    ["yesterday", undefined, "not a point in time"],
    ["2026-02-30", undefined, "not a point in time"],
    ["2026-11-11", "2026-11-10", "not before"],
    ["2026-11-10", "2026-11-10", "not before"],
  ])("from %s to %s is refused", (from, to, expected) => {
    expect(() => askedPeriod(from, to)).toThrow(expected);
  });

  test("a period after the logs' end is refused, not searched in vain", () => {
    expect(() => windowOver(askedPeriod("2026-11-20", undefined), span, now)).toThrow("is empty");
  });
});
