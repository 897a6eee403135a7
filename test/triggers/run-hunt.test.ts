import { describe, expect, test } from "vitest";
import { Problem, problemTexts } from "../../src/problems.ts";
import { reportsSchema } from "../../src/report.ts";
import { hours, minutes, seconds } from "../../src/time.ts";
import { at } from "../builders.ts";
import { jsonOf, serve } from "../served.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp, type TestAppOptions } from "../test-app.ts";

const now = at("2026-11-21T12:00:00Z");
const name = "single-factor-spray";

async function anApp(options: TestAppOptions = {}) {
  const app = aTestApp(now, options);
  app.tenant.signIns.push(...aSpray(at("2026-11-21T11:02:00Z")));
  return app;
}

async function post(
  app: Awaited<ReturnType<typeof anApp>>,
  body: unknown,
  more: { name?: string; headers?: Record<string, string> } = {},
) {
  const worker = await serve(app);
  return worker.http("runHunt", {
    params: { name: more.name ?? name },
    body: typeof body === "string" ? body : JSON.stringify(body),
    ...(more.headers === undefined ? {} : { headers: more.headers }),
  });
}

describe("a run over HTTP", () => {
  test("answers the report and, unless it is told to act, writes nothing", async () => {
    const app = await anApp();
    const reply = await post(app, { period: "2h" });
    expect(reply.status).toBe(200);
    const [report] = reportsSchema.parse(JSON.parse(reply.text)).reports;
    expect(report?.findings).toHaveLength(1);
    expect(report?.campaigns[0]?.actions.map(({ outcome }) => outcome)).toEqual(["rehearsed", "rehearsed"]);
    expect([app.said.incidents, app.said.cards]).toEqual([[], []]);
    expect(await app.ports.journal.list("timers", "", 10)).toEqual([]);
  });

  test("opens the incident and posts the card when it is told to act", async () => {
    const app = await anApp();
    const reply = await post(app, { period: "2h", act: true });
    const [report] = reportsSchema.parse(JSON.parse(reply.text)).reports;
    expect(report?.campaigns[0]?.actions.map(({ kind, outcome }) => [kind, outcome])).toEqual([
      ["openIncident", "done"],
      ["postCard", "done"],
    ]);
    expect([app.said.incidents.length, app.said.cards.length, app.said.revoked.length]).toEqual([1, 1, 0]);
  });

  test("says the same twice and opens one incident", async () => {
    const app = await anApp();
    await post(app, { period: "2h", act: true });
    await post(app, { period: "2h", act: true });
    expect(app.queue.size).toBe(1);
  });

  test("looks over the hunt's own period when it is asked for none", async () => {
    const app = await anApp();
    await post(app, "");
    const [question] = app.tenant.asked;
    expect(question?.window).toEqual({ from: now - hours(14 * 24), to: now });
  });

  test("takes thresholds for this run alone", async () => {
    const app = await anApp();
    const [report] = reportsSchema.parse(
      JSON.parse((await post(app, { period: "2h", set: { users: 42 } })).text),
    ).reports;
    expect(report?.findings).toEqual([]);
  });

  test("gives up before the platform does, and says so", async () => {
    const app = await anApp({
      ports: {
        clock: { now: () => now, pause: async () => undefined },
        logs: { query: () => new Promise(() => undefined) },
      },
    });
    const reply = await post(app, { period: "2h" });
    expect(reply.status).toBe(504);
    expect(jsonOf(reply)).toMatchObject({ code: "RunTooSlow", detail: expect.stringContaining("210s") });
  });

  test("gives the logs no longer than it has itself", async () => {
    const app = await anApp();
    await post(app, { period: "2h" });
    expect(app.tenant.asked.map(({ deadline }) => deadline)).toContain(now + seconds(210));
  });

  test("sends one event with numbers and no names", async () => {
    const app = await anApp();
    await post(app, { period: "2h" });
    expect(app.said.events).toMatchObject([
      { name: "OnDemandRun", properties: { hunt: name, findings: 1, campaigns: 1 } },
    ]);
    expect(JSON.stringify(app.said.events)).not.toMatch(/contoso|203\.0\.113/);
  });
});

describe("a run over HTTP is refused", () => {
  const refusals: readonly [string, unknown, number, string][] = [
    [
      "when it is to act on thresholds of its own",
      { act: true, period: "2h", set: { users: 3 } },
      422,
      "Contradiction",
    ],
    ["when it is to act on more than 24 hours", { act: true, period: "25h" }, 422, "Contradiction"],
    ["when its period is empty", { from: "2026-11-21T11:00:00Z", to: "2026-11-21T11:00:00Z" }, 422, "Contradiction"],
    ["when it begins in the future", { from: "2026-11-22T11:00:00Z" }, 422, "Contradiction"],
    ["when two keys say where it begins", { from: "2026-11-20T00:00:00Z", period: "1h" }, 422, "Contradiction"],
    ["when a key is unknown", { perod: "2h" }, 400, "BadRequest"],
    ["when a threshold is unknown", { set: { user: 3 } }, 400, "BadRequest"],
    ["when a time is none", { from: "yesterday" }, 400, "BadRequest"],
    ["when the body is not JSON", "{", 400, "BadRequest"],
    ["when the body is a list", "[]", 400, "BadRequest"],
    ["when the body is too large", `{"period":"2h"}${" ".repeat(20_000)}`, 413, "TooLarge"],
  ];
  test.each(refusals)("%s", async (_, body, status, code) => {
    const app = await anApp();
    const reply = await post(app, body);
    expect(reply.status).toBe(status);
    expect(reply.headers["content-type"]).toBe("application/problem+json");
    expect(jsonOf(reply)).toMatchObject({ status, code, advice: expect.stringMatching(/\w/) });
    expect([app.said.incidents, app.tenant.asked]).toEqual([[], []]);
  });

  test("when there is no such hunt, with the names of those that there are", async () => {
    const reply = await post(await anApp(), {}, { name: "no-such-hunt" });
    expect(reply.status).toBe(404);
    expect(jsonOf(reply)).toMatchObject({ code: "UnknownHunt", advice: expect.stringContaining(name) });
  });

  test("when the app was started to never act", async () => {
    const reply = await post(await anApp({ neverActs: true }), { act: true, period: "1h" });
    expect([reply.status, jsonOf(reply).code]).toEqual([422, "Contradiction"]);
  });
});

describe("a run over HTTP that fails", () => {
  const failures: readonly [Problem, number][] = [
    [new Problem(problemTexts.throttled("Log Analytics", seconds(7))), 503],
    [new Problem(problemTexts.queryTimedOut(minutes(3))), 504],
    [new Problem(problemTexts.missingTable("SigninLogs", "the workspace")), 502],
  ];
  test.each(failures)("says what the service said: $code", async (problem, status) => {
    const app = await anApp();
    app.tenant.before = () => {
      throw problem;
    };
    const reply = await post(app, {});
    expect(reply.status).toBe(status);
    expect(reply.headers["retry-after"]).toBe(problem.after === undefined ? undefined : "7");
    expect(jsonOf(reply)).toMatchObject({ code: problem.code, detail: problem.message, advice: problem.advice });
  });

  test("shows no stack and no words of a bug", async () => {
    const app = await anApp();
    app.tenant.before = () => {
      throw new TypeError("token abc123 of undefined");
    };
    const reply = await post(app, {});
    expect([reply.status, jsonOf(reply).code]).toEqual([500, "Bug"]);
    expect(reply.text).not.toMatch(/abc123|\.ts|TypeError/);
  });
});
