import { describe, expect, test } from "vitest";
import { readArrivals, silencesOf } from "../../src/ledger/arrivals.ts";
import type { Row } from "../../src/ports.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import { days, earlier, hours, iso, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { aTrickle } from "../tenant.ts";
import { aTestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

const now = at("2026-11-21T12:00:00Z");
const TABLE = "AADNonInteractiveUserSignInLogs";

/** What has arrived, from the ages of a table's rows in minutes, each that long after its event. */
function arrived(agesInMinutes: readonly number[], delay = minutes(5)) {
  const rows = agesInMinutes.map((age): Row => {
    const row = earlier(now, minutes(age));
    const arrival = iso(later(row, delay));
    return {
      Table: "SigninLogs",
      Bin: iso(row),
      Rows: 1,
      Lately: 0,
      Newest: iso(row),
      NewestArrival: arrival,
      Delay: delay / 1000,
    };
  });
  return readArrivals(rows, now);
}
const silent = (...ages: readonly number[]) => silencesOf(arrived(ages), minutes(60)).map(({ table }) => table);

describe("a table is silent", () => {
  test("when nothing arrived for an hour and there were rows the day before", () => {
    expect(silent(70, 24 * 60)).toEqual(["SigninLogs"]);
  });
  test("but not while rows arrive", () => {
    expect(silent(20, 24 * 60)).toEqual([]);
  });
  test("and not for its usual delay, however long that is", () => {
    expect(silencesOf(arrived([130, 24 * 60], hours(2)), minutes(60))).toEqual([]);
  });
  test("when its newest row is older than three times its usual delay", () => {
    expect(silencesOf(arrived([1600, 2000], hours(2)), minutes(60))).toMatchObject([
      { because: expect.stringContaining("three times") },
    ]);
  });
});

describe("a table that goes silent", () => {
  test("is told once by an incident and a card, and by an event with every run until rows come again", async () => {
    const app = aTestApp(now, { environment: { FIRST_LOOK_BACK: "2h" } });
    app.tenant.signIns.splice(
      0,
      app.tenant.signIns.length,
      ...aTrickle(earlier(now, days(3)), later(now, minutes(30))),
    );
    await runUntil(app, later(now, hours(6)));
    const about = [...app.queue.values()].filter(({ title }) => title.includes("silent"));
    expect(about.map(({ title }) => title)).toEqual([`${TABLE} has gone silent`]);
    expect(app.said.cards.filter(({ id }) => id.startsWith("silent-"))).toHaveLength(1);
    expect(app.said.events.filter(({ name }) => name === "TableSilent").length).toBeGreaterThan(10);
  });

  test("is told again when it goes silent another time", async () => {
    const app = aTestApp(now, { environment: { FIRST_LOOK_BACK: "2h" } });
    app.tenant.signIns.splice(
      0,
      app.tenant.signIns.length,
      ...aTrickle(earlier(now, days(3)), now),
      ...aTrickle(later(now, hours(3)), later(now, hours(4))),
    );
    await runUntil(app, later(now, hours(8)));
    expect([...app.queue.values()].filter(({ title }) => title.includes("silent"))).toHaveLength(2);
  });
});

describe("a hunt that does not succeed", () => {
  test("for three of its periods is told once, with what stands in its way", async () => {
    const app = aTestApp(now, { environment: { FIRST_LOOK_BACK: "2h" } });
    await runUntil(app, later(now, minutes(20)));
    app.tenant.before = () => {
      throw new Problem(
        problemTexts.noPermission("Log Analytics", "status 403", "Log Analytics Data Reader", "the workspace"),
      );
    };
    await runUntil(app, later(now, hours(3)));
    const about = [...app.queue.values()].filter(({ title }) => title.includes("not succeeded"));
    expect(about).toHaveLength(1);
    expect(about[0]?.description).toContain("NoPermission");
    expect(app.said.events.some(({ name }) => name === "HuntOverdue")).toBe(true);
  });

  test("and then does is not told again", async () => {
    const app = aTestApp(now, { environment: { FIRST_LOOK_BACK: "2h" } });
    await runUntil(app, later(now, hours(3)));
    expect([...app.queue.values()]).toEqual([]);
  });
});
