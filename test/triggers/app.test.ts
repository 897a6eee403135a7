// What a team sets is what its runs judge by.
import { describe, expect, test } from "vitest";
import { adjustGrading, gradingTable } from "../../src/findings/grading-table.ts";
import { reportsSchema } from "../../src/report.ts";
import { hours, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { evident } from "../evident.ts";
import { runUntil } from "../ledger/engine.ts";
import { jsonOf, serve } from "../served.ts";
import { aSpray, aTrickle } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";

const start = at("2026-11-21T12:00:00Z");
const lockedOutIsRight = adjustGrading(gradingTable, {
  codes: { "50126": { verdict: "right", meaning: "as this team sees it", source: "a test" } },
});

const evidenceAsked = ({ tenant }: TestApp): number =>
  tenant.asked.filter(({ kql }) => kql.includes("let BurstsOfCodes")).length;

describe("a team's table of grades", () => {
  test("judges a run over HTTP, whose report says that the table was adjusted", async () => {
    const app = { ...evident(aTestApp(start)), grading: lockedOutIsRight };
    app.tenant.signIns.push(...aSpray(at("2026-11-21T11:02:00Z")));
    const worker = await serve(app);
    const reply = await worker.http("runHunt", {
      params: { name: "single-factor-spray" },
      body: JSON.stringify({ period: "2h" }),
    });
    const [report] = reportsSchema.parse(jsonOf(reply)).reports;
    expect(report?.warnings).toContain("Sign-ins were graded by an adjusted table: 50126 is right (ours: wrong).");
    expect(report?.campaigns[0]?.assessment.level).toBe("possible");
  });

  test("judges a scheduled run", async () => {
    const app = { ...evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } })), grading: lockedOutIsRight };
    await runUntil(app, later(start, minutes(20)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(app, later(start, hours(1)));
    expect([...app.queue.values()].map(({ title }) => title)).toEqual([expect.stringContaining("possible")]);
  });
});

describe("how long a campaign is asked about", () => {
  /** Questions for evidence in the six hours that begin two hours after the last attempt. */
  async function askedLater(environment: Record<string, string>): Promise<number> {
    const app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h", ...environment } }));
    app.tenant.signIns.push(...aTrickle(start, later(start, hours(10))));
    await runUntil(app, later(start, minutes(20)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(app, later(start, hours(3)));
    const before = evidenceAsked(app);
    await runUntil(app, later(start, hours(9)));
    return evidenceAsked(app) - before;
  }

  test("is 72 hours with every run, and what the team sets where it sets it", async () => {
    expect(await askedLater({})).toBeGreaterThanOrEqual(6);
    expect(await askedLater({ EVIDENCE_OPEN_FOR: "1h" })).toBe(0);
  });
});
