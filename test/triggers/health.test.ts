import { expect, test } from "vitest";
import { Problem, problemTexts } from "../../src/problems.ts";
import { hours, later, minutes } from "../../src/time.ts";
import { at, ownHunt } from "../builders.ts";
import { jsonOf, serve } from "../served.ts";
import { aTestApp, type TestApp } from "../test-app.ts";

const now = at("2026-11-21T12:00:00Z");

async function askHealth(app: TestApp) {
  const reply = await (await serve(app)).http("health", {});
  return { status: reply.status, body: jsonOf(reply) };
}

test("the app is well when the tables are fresh and the hunts have succeeded", async () => {
  const app = aTestApp(now);
  const worker = await serve(app);
  await worker.timer("watch");
  const { status, body } = await askHealth(app);
  expect(body).toMatchObject({
    well: true,
    reasons: [],
    tables: [
      {
        table: "AADNonInteractiveUserSignInLogs",
        newestRow: "2026-11-21T11:50:00.000Z",
        newestIngestion: "2026-11-21T11:55:00.000Z",
        rowsLastDay: 144,
      },
    ],
    hunts: [{ name: "single-factor-spray", lastSuccess: "2026-11-21T12:00:00.000Z", lastOutcome: "done" }],
  });
  expect(status).toBe(200);
});

test("a table that is not in the workspace is a reason, and the other tables are still asked about", async () => {
  const app = aTestApp(now, { hunts: [ownHunt("single-factor-spray"), ownHunt("failed-portal-sign-in")] });
  const { status, body } = await askHealth(app);
  expect(status).toBe(503);
  expect(body.reasons).toMatchObject([{ code: "MissingTable", message: expect.stringContaining("SigninLogs") }]);
  expect(body.tables).toMatchObject([{ rowsLastDay: 144 }, { table: "SigninLogs", rowsLastDay: 0, newestRow: null }]);
});

test("a table that has gone silent is a reason", async () => {
  const app = aTestApp(now);
  app.tenant.signIns.splice(
    0,
    app.tenant.signIns.length,
    ...app.tenant.signIns.filter(({ arrives }) => arrives < now - minutes(65)),
  );
  const { status, body } = await askHealth(app);
  expect([status, body.reasons]).toMatchObject([
    503,
    [{ code: "SilentTable", message: expect.stringContaining("2026-11-21T10:40") }],
  ]);
});

test("a workspace that cannot be reached is said once, with what to do", async () => {
  const app = aTestApp(now);
  app.tenant.before = () => {
    throw new Problem(problemTexts.unreachable("Log Analytics", "api.loganalytics.io", "ECONNREFUSED", true));
  };
  const { status, body } = await askHealth(app);
  expect([status, body.reasons]).toMatchObject([
    503,
    [{ code: "Unreachable", advice: expect.stringContaining("firewalls") }],
  ]);
});

test("a hunt that has not succeeded for three of its periods is a reason", async () => {
  const app = aTestApp(now);
  const worker = await serve(app);
  await worker.timer("watch");
  app.clock.set(later(now, hours(1)));
  const { status, body } = await askHealth(app);
  expect([status, body.reasons]).toMatchObject([
    503,
    [{ code: "HuntLate", message: expect.stringContaining("since 2026-11-21T12:00") }],
  ]);
});

test("a timer that has never fired is noticed although nothing was ever recorded", async () => {
  const app = aTestApp(now);
  app.clock.set(later(now, hours(1)));
  const { status, body } = await askHealth(app);
  expect([status, body.reasons]).toMatchObject([
    503,
    [{ code: "HuntLate", message: expect.stringContaining("not succeeded yet") }],
  ]);
});

test("incidents of Microsoft XDR mean that ours are seen in the Azure portal only, which is said and is no fault", async () => {
  const app = aTestApp(now);
  app.tenant.before = ({ kql }) => (kql.startsWith("SecurityIncident") ? { rows: [{ Incidents: 12 }] } : undefined);
  const { status, body } = await askHealth(app);
  expect(status).toBe(200);
  expect(body.notices).toEqual([expect.stringContaining("seen in the Azure portal only")]);
});
