import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { eventNames } from "../../src/event-names.ts";
import { type Engine, openEngine } from "../../src/kql/engine.ts";
import type { Look } from "../../src/look.ts";
import type { TelemetryEvent } from "../../src/ports.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import type { HuntRun } from "../../src/respond.ts";
import { eventOf } from "../../src/run-events.ts";
import { earlier, hours, iso, minutes, parseInstant, seconds } from "../../src/time.ts";
import { ownHunt } from "../builders.ts";

// The queries are asked by the embedded engine, of the events as the app makes them.
const queries = fileURLToPath(new URL("../../infra/queries/", import.meta.url));
const now = parseInstant("2026-11-21T12:00:00Z")!;
const component = "/subscriptions/s/resourcegroups/rg/providers/microsoft.insights/components/appi-responder";
const hunt = ownHunt("single-factor-spray");
const window = { from: earlier(now, minutes(10)), to: now };
const order = { hunt, window, exclusions: [], overrides: {} };
const about = {
  run: "r-1",
  ask: "live",
  by: "timer",
  startedAt: earlier(now, seconds(9)),
  endedAt: now,
  lag: minutes(4),
} as const;

const look = { hunt, window, whole: true, rows: [{}, {}], findings: [], setAside: [], warnings: [] } as unknown as Look;
const looked: HuntRun = { kind: "looked", order, look, told: [], ledgerVersion: null };
const failed = (problem: Problem): HuntRun => ({ kind: "failed", order, problem });
const throttled = new Problem(problemTexts.throttled("Log Analytics", undefined));

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ threads: 1 });
});

interface Told {
  readonly event: TelemetryEvent;
  readonly component?: string;
}

/** The rows of a query over the events, which are there as AppEvents keeps them. */
async function asked(file: string, told: readonly Told[]): Promise<readonly (readonly unknown[])[]> {
  const rows = told.map(({ event, component: from = component }) =>
    // Application Insights keeps a property's value as a text, whatever it was.
    [
      `datetime(${iso(earlier(now, minutes(1)))})`,
      JSON.stringify(event.name),
      `dynamic(${JSON.stringify(Object.fromEntries(Object.entries(event.properties).map(([key, value]) => [key, String(value)])))})`,
      "dynamic({})",
      JSON.stringify(from),
    ].join(", "),
  );
  const columns =
    "TimeGenerated: datetime, Name: string, Properties: dynamic, Measurements: dynamic, _ResourceId: string";
  const requests = "TimeGenerated: datetime, OperationName: string, Success: bool, _ResourceId: string";
  const kql = `let AppEvents = datatable(${columns}) [${rows.join(",\n")}];
let AppRequests = datatable(${requests}) [];
${readFileSync(`${queries}${file}`, "utf8").replaceAll("{component}", component)}`;
  return (await engine.query(kql, { window: { from: earlier(now, hours(24)), to: now }, now })).rows;
}
const count = async (file: string, ...events: readonly TelemetryEvent[]) =>
  (
    await asked(
      file,
      events.map((event) => ({ event })),
    )
  ).length;

const event = (name: keyof typeof eventNames, properties: TelemetryEvent["properties"] = {}): TelemetryEvent => ({
  name: eventNames[name],
  properties,
});

describe("an alarm counts", () => {
  test("a completed run as a sign of life, and a failed one or another app's as none", async () => {
    expect(await count("no-completed-run.kql", eventOf(looked, about))).toBe(1);
    expect(await count("no-completed-run.kql", eventOf(failed(throttled), about))).toBe(0);
    const elsewhere = [{ event: eventOf(looked, about), component: `${component}-2` }];
    expect(await asked("no-completed-run.kql", elsewhere)).toEqual([]);
  });

  test("a run that could not look, but not one that a person asked for", async () => {
    const run = failed(new Problem(problemTexts.missingTable("SigninLogs", "the workspace")));
    expect(await count("failed-runs.kql", eventOf(run, about), eventOf(looked, about))).toBe(1);
    expect(await count("failed-runs.kql", eventOf(run, { ...about, by: "http" }))).toBe(0);
  });

  test("what could not be delivered", async () => {
    expect(await count("dead-letters.kql", event("deadLetter", { channel: "card", code: "X", tries: 9 }))).toBe(1);
  });

  test("a silent table and an overdue hunt, each by its name", async () => {
    const rows = await asked("stale-tables.kql", [
      { event: event("tableSilent", { table: "SigninLogs", silentForMs: 1 }) },
      { event: event("huntOverdue", { hunt: "single-factor-spray", overdueMs: 1 }) },
    ]);
    expect(rows.map((row) => row.at(-1)).sort()).toEqual(["SigninLogs", "single-factor-spray"]);
  });

  test("throttling, said by itself or as why a run failed", async () => {
    const said = event("throttled", { service: "Log Analytics", waitMs: 1 });
    expect(await count("throttling.kql", said, eventOf(failed(throttled), about), eventOf(looked, about))).toBe(2);
  });
});

describe("a saved query shows", () => {
  test("of each run when, over what, how much and how long", async () => {
    const [row] = await asked("runs.kql", [{ event: eventOf(looked, about) }]);
    expect(row).toContain("by the timer");
    expect(row).toContain("single-factor-spray");
    expect(row).toContain(2);
    expect(row).toContain("00:00:09");
    expect(row).toContain("00:04:00");
    expect(row).toContain(true);
    expect(row).not.toContain(null);
  });

  test("what was asked and done about accounts, and whether it was enough", async () => {
    const rows = await asked("response.kql", [
      { event: event("approvalAsked", { campaign: "amber-otter", accounts: 2, parts: 1, reminder: true }) },
      { event: event("approvalDecided", { campaign: "amber-otter", decision: "expired", accounts: 2, waitedMs: 14_400_000 }) },
      { event: event("approvalRefused", { why: "forbidden" }) },
      { event: event("orderCompleted", { campaign: "amber-otter", by: "person", accounts: 2, done: 3, failed: 1, heldBack: 0, tookMs: 9_000 }) },
      { event: event("stopThrown", { on: true }) },
      { event: event("containment", { campaign: "amber-otter", containment: "so far", accounts: 2 }) },
      { event: eventOf(looked, about) },
    ]); // biome-ignore format: an event is read in one line
    expect(rows.map((row) => row[2]).sort()).toEqual([
      "a decision was not taken: forbidden",
      "a person was reminded",
      "carried out, person",
      "contained: so far",
      "expired",
      "the stop switch was thrown",
    ]);
    expect(rows.find((row) => row[2] === "expired")?.at(-1)).toBe("04:00:00");
    expect(rows.find((row) => row[2] === "carried out, person")?.slice(3, 7)).toEqual([2, 3, 1, 0]);
  });

  test("everything that went wrong", async () => {
    expect(
      await count("trouble.kql", eventOf(looked, about), eventOf(failed(throttled), about), event("deadLetter")),
    ).toBe(2);
  });
});
