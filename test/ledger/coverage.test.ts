import { describe, expect, test } from "vitest";
import { answered, asksOf, begun, concerns, gridOf, isDue, unanswered } from "../../src/ledger/coverage.ts";
import type { Coverage } from "../../src/ledger/records.ts";
import { days, duration, hours, iso, later, lengthOf, minutes, type TimeWindow } from "../../src/time.ts";
import { at, ownHunt } from "../builders.ts";

const now = at("2026-11-21T12:03:00Z");
const grid = gridOf(ownHunt("single-factor-spray"));
const limits = {
  firstLookBack: days(14),
  settle: hours(1),
  backfillStep: hours(6),
  backfillStepsPerRun: 4,
  backfillLimit: days(14),
};
const shown = ({ from, to }: TimeWindow): string => `${iso(from).slice(5, 16)} ${iso(to).slice(5, 16)}`;

const aCoverage = (changes: Partial<Coverage> = {}): Coverage => ({
  since: at("2026-11-01T00:00:00Z"),
  settledTo: at("2026-11-21T10:50:00Z"),
  open: [],
  arrivalsTo: null,
  farArrivalsTo: null,
  lastRun: { at: at("2026-11-21T11:53:00Z"), outcome: "done", code: "" },
  lastSuccess: at("2026-11-21T11:53:00Z"),
  ...changes,
});

describe("the running question", () => {
  test("goes from one period before what has settled to the end of the window that is running", () => {
    const [live] = asksOf(aCoverage(), grid, limits, now);
    expect(live && [shown(live.core), shown(live.window)]).toEqual([
      "11-21T10:50 11-21T11:00",
      "11-21T09:50 11-21T12:10",
    ]);
  });

  test("is asked again for the same windows until they have settled", () => {
    const [first] = asksOf(aCoverage(), grid, limits, now);
    const after = answered(aCoverage(), first!, [], now).coverage;
    expect(iso(after.settledTo)).toBe("2026-11-21T11:00:00.000Z");
    const [next] = asksOf(after, grid, limits, later(now, minutes(10)));
    expect(next && shown(next.window)).toBe("11-21T10:00 11-21T12:20");
  });

  test("reads 25 hours at most where its hunt's windows are a day long, also after one run that was skipped", () => {
    const day = gridOf(ownHunt("failed-portal-sign-in"));
    const preset = { ...limits, settle: minutes(30) };
    for (let late = 0; late < 10; late++) {
      const present = later(at("2026-11-21T12:00:02Z"), minutes(late));
      // As the run before left it, and the one before that.
      for (const settledTo of [at("2026-11-21T11:20:00Z"), at("2026-11-21T11:10:00Z")]) {
        const ledger = begun(aCoverage({ settledTo }), null, day, preset, present);
        const [live] = asksOf(ledger, day, preset, present);
        expect([ledger.open, lengthOf(live!.window) <= hours(25)]).toEqual([[], true]);
      }
    }
  });

  test("reads more only where something is looked at again, at most its windows on both sides of a step", () => {
    const day = gridOf(ownHunt("failed-portal-sign-in"));
    const rows = { from: at("2026-11-20T05:00:00Z"), to: at("2026-11-20T05:10:00Z") };
    const late = { at: now, farBackTo: now, late: [rows] };
    const missed = begun(aCoverage({ settledTo: at("2026-11-19T10:00:00Z") }), null, day, limits, now);
    const hoursOf = (ledger: Coverage): readonly number[] =>
      asksOf(ledger, day, limits, now)
        .filter(({ kind }) => kind !== "live")
        .map(({ window }) => Math.round((lengthOf(window) / hours(1)) * 10) / 10);
    expect(hoursOf(missed)[0]).toBe(31);
    expect(hoursOf(begun(aCoverage(), late, day, limits, now))).toEqual([48.2]);
    expect(hoursOf(begun(null, { at: now, farBackTo: now, late: [] }, day, limits, now))[0]).toBe(49);
  });

  test("leaves a window to settle for as long as the hunt asks, where that is longer than the setting", () => {
    const [live] = asksOf(aCoverage(), { ...grid, settle: hours(2) }, limits, now);
    expect(live && shown(live.core)).toBe("11-21T10:50 11-21T10:50");
  });

  test("is due once in each slot of the frequency, whether the timer comes late or early", () => {
    expect(isDue(aCoverage(), grid, at("2026-11-21T11:59:59Z"))).toBe(false);
    expect(isDue(aCoverage(), grid, at("2026-11-21T12:00:00Z"))).toBe(true);
    expect(isDue(null, grid, now)).toBe(true);
  });
});

describe("what was missed", () => {
  const late = (...windows: TimeWindow[]) => ({ at: now, farBackTo: now, late: windows });

  test("is a gap up to where the running question begins", () => {
    const ledger = begun(aCoverage({ settledTo: at("2026-11-21T02:00:00Z") }), null, grid, limits, now);
    expect(ledger.open.map((gap) => [gap.kind, shown(gap)])).toEqual([["outage", "11-21T02:00 11-21T10:20"]]);
    expect(iso(ledger.settledTo)).toBe("2026-11-21T10:20:00.000Z");
  });

  test("says that the logs could not be asked where that is why", () => {
    const failed = unanswered(aCoverage({ settledTo: at("2026-11-21T02:00:00Z") }), "failed", "Throttled", now);
    expect(begun(failed, null, grid, limits, now).open[0]?.because).toContain("Throttled");
  });

  test("is asked in bounded steps, oldest first, after the present", () => {
    const ledger = begun(aCoverage({ settledTo: at("2026-11-19T10:00:00Z") }), null, grid, limits, now);
    const asks = asksOf(ledger, grid, limits, now);
    expect(asks.map(({ kind, core }) => [kind, shown(core)])).toEqual([
      ["live", "11-21T10:20 11-21T11:00"],
      ["outage", "11-19T10:00 11-19T16:00"],
      ["outage", "11-19T16:00 11-19T22:00"],
      ["outage", "11-19T22:00 11-20T04:00"],
      ["outage", "11-20T04:00 11-20T10:00"],
    ]);
  });

  test("is history once its last step was answered", () => {
    let ledger = begun(aCoverage({ settledTo: at("2026-11-21T02:00:00Z") }), null, grid, limits, now);
    const filled = asksOf(ledger, grid, limits, now)
      .slice(1)
      .map((ask) => {
        const after = answered(ledger, ask, [`found in ${shown(ask.core)}`], now);
        ledger = after.coverage;
        return after.filled;
      });
    expect(filled.map((gap) => gap?.found)).toEqual([
      undefined,
      ["found in 11-21T02:00 11-21T08:00", "found in 11-21T08:00 11-21T10:20"],
    ]);
    expect(ledger.open).toEqual([]);
  });

  test("of rows that came late is asked with everything that shares a window with them", () => {
    const rows = { from: at("2026-11-21T05:00:00Z"), to: at("2026-11-21T05:10:00Z") };
    const ledger = begun(aCoverage(), late(rows), grid, limits, now);
    const [, ask] = asksOf(ledger, grid, limits, now);
    expect(ask && [ask.kind, shown(ask.window)]).toEqual(["late", "11-21T04:00 11-21T06:10"]);
  });

  test("of late rows is not asked twice where a gap will ask for it anyway", () => {
    const rows = { from: at("2026-11-21T05:00:00Z"), to: at("2026-11-21T05:10:00Z") };
    const stored = aCoverage({ settledTo: at("2026-11-21T02:00:00Z") });
    const waiting = begun(stored, null, grid, limits, now);
    expect(begun(waiting, late(rows), grid, limits, later(now, minutes(10))).open.map(({ kind }) => kind)).toEqual([
      "outage",
    ]);
  });

  test("of late rows before the ledger began stays what it was", () => {
    const rows = { from: at("2026-10-01T00:00:00Z"), to: at("2026-10-01T00:10:00Z") };
    expect(begun(aCoverage(), late(rows), grid, limits, now).open).toEqual([]);
  });
});

describe("the first run", () => {
  test("looks back fourteen days in long steps, apart from what is going on", () => {
    const ledger = begun(null, { at: now, farBackTo: now, late: [] }, grid, limits, now);
    expect(ledger.open.map((gap) => [gap.kind, shown(gap)])).toEqual([["first", "11-07T12:00 11-21T11:00"]]);
    const asks = asksOf(ledger, grid, limits, now);
    expect(asks.map(({ kind, core }) => [kind, (core.to - core.from) / hours(1)])).toEqual([
      ["live", 0],
      ["first", 24],
      ["first", 24],
      ["first", 24],
      ["first", 24],
    ]);
  });
});

test("an answer in part or none leaves everything as it was, but for what became of the run", () => {
  const before = aCoverage();
  expect(unanswered(before, "partly", "PartialAnswer", now)).toEqual({
    ...before,
    lastRun: { at: now, outcome: "partly", code: "PartialAnswer" },
  });
});

test("a finding that lies before the core of a running question is another's to tell", () => {
  const [live] = asksOf(aCoverage(), grid, limits, now);
  const tenMinutes = (from: number): TimeWindow => ({
    from: later(live!.core.from, duration(from)),
    to: later(live!.core.from, duration(from + minutes(10))),
  });
  expect(concerns(live!, tenMinutes(-minutes(10)))).toBe(false);
  expect(concerns(live!, tenMinutes(0))).toBe(true);
  expect(concerns({ ...live!, kind: "outage" }, tenMinutes(live!.core.to - live!.core.from))).toBe(false);
});
