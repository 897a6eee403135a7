import { expect, test } from "vitest";
import { arrivalsQuery, askArrivals, lagOf, lateStretches, readArrivals, tablesOf } from "../../src/ledger/arrivals.ts";
import type { Row } from "../../src/ports.ts";
import { iso, minutes } from "../../src/time.ts";
import { at, huntOf, ownHunt } from "../builders.ts";

const now = at("2026-11-21T12:00:00Z");
const bin = (text: string, lately: number, table = "SigninLogs"): Row => ({
  Table: table,
  Bin: `2026-11-21T${text}:00.000Z`,
  Rows: 10,
  Lately: lately,
  Newest: "2026-11-21T11:52:00.000Z",
  NewestArrival: "2026-11-21T11:58:00.000Z",
  Delay: 360,
});
const read = (...rows: readonly Row[]) => readArrivals(rows, now);
const shown = (windows: readonly { from: number; to: number }[]) =>
  windows.map(({ from, to }) => `${iso(from as never).slice(11, 16)}-${iso(to as never).slice(11, 16)}`);

test("windows with rows that came late are asked again, neighbours together", () => {
  const arrivals = read(bin("05:00", 3), bin("05:10", 1), bin("07:00", 2), bin("08:00", 0), bin("11:30", 9));
  expect(shown(lateStretches(arrivals, ["SigninLogs"], at("2026-11-21T11:00:00Z")))).toEqual([
    "05:00-05:20",
    "07:00-07:10",
  ]);
});

test("rows of a table that the hunt does not read are nothing to it", () => {
  expect(lateStretches(read(bin("05:00", 3, "AuditLogs")), ["SigninLogs"], now)).toEqual([]);
});

test("the lag is the age of the newest row of the table that lags most", () => {
  expect(lagOf(read(bin("05:00", 0)), ["SigninLogs"])).toBe(minutes(8));
  expect(lagOf(read(), ["SigninLogs"])).toBeNull();
});

test("the question counts by the time of the event and names every table once", () => {
  const kql = arrivalsQuery(["SigninLogs", "AuditLogs"], now);
  expect(kql).toContain('(SigninLogs | project Table = "SigninLogs", TimeGenerated, Arrived = ingestion_time())');
  expect(kql).toContain("union isfuzzy=true");
  expect(kql).toContain("Arrived >= datetime(2026-11-21T12:00:00.000Z)");
});

test("a partial answer is none: the rows that are missing in it may be the late ones", async () => {
  const logs = { query: async () => ({ columns: [], rows: [], whole: false, missing: "a limit", warnings: [] }) };
  await expect(
    askArrivals(["SigninLogs"], { lately: now, farBack: now, settledTo: now }, now, logs, now),
  ).rejects.toMatchObject({
    code: "PartialAnswer",
    retry: true,
  });
});

test("a hunt's tables are those that its query reads, or those that its connectors name", () => {
  expect(tablesOf(ownHunt("failed-portal-sign-in"))).toEqual(["SigninLogs"]);
  const foreign = huntOf(
    "id: one\nname: A rule\nquery: SecurityAlert | take 1\nrequiredDataConnectors:\n  - connectorId: X\n    dataTypes: [SecurityAlert, 'SecurityAlert (MDATP)']\n",
  );
  expect(tablesOf(foreign)).toEqual(["SecurityAlert"]);
});
