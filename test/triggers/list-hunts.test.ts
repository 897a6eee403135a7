import { expect, test } from "vitest";
import { Problem, problemTexts } from "../../src/problems.ts";
import { later, minutes } from "../../src/time.ts";
import { at, ownHunt } from "../builders.ts";
import { jsonOf, serve } from "../served.ts";
import { aTestApp, type TestApp } from "../test-app.ts";

const now = at("2026-11-21T12:00:00Z");
const list = async (app: TestApp) => jsonOf(await (await serve(app)).http("listHunts", {})).hunts;

test("a hunt that never ran is due with the timer's next wake-up", async () => {
  const app = aTestApp(later(now, minutes(3)));
  expect(await list(app)).toMatchObject([
    { name: "single-factor-spray", enabled: true, due: "2026-11-21T12:10:00.000Z", lastRun: null, lastSuccess: null },
  ]);
});

test("after a run the list says what became of it and when the next is due", async () => {
  const app = aTestApp(now);
  await (await serve(app)).timer("watch");
  app.clock.set(later(now, minutes(1)));
  expect(await list(app)).toMatchObject([
    {
      due: "2026-11-21T12:10:00.000Z",
      lastRun: { at: "2026-11-21T12:00:00.000Z", outcome: "done" },
      settledTo: "2026-11-21T11:30:00.000Z",
    },
  ]);
});

test("a failed run is listed with its code", async () => {
  const app = aTestApp(now);
  app.tenant.before = () => {
    throw new Problem(problemTexts.queryTimedOut(minutes(3)));
  };
  await expect((await serve(app)).timer("watch")).rejects.toThrow("gave up on the query");
  expect(await list(app)).toMatchObject([{ lastRun: { outcome: "failed", code: "QueryTimedOut" }, lastSuccess: null }]);
});

test("a disabled hunt is listed and never due", async () => {
  const app = aTestApp(now, {
    hunts: [ownHunt("single-factor-spray")],
    environment: { DISABLED_HUNTS: "single-factor-spray" },
  });
  expect(await list(app)).toMatchObject([{ enabled: false, due: null }]);
});
