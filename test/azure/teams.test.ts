import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type TeamsOptions, teams } from "../../src/azure/teams.ts";
import type { Cards } from "../../src/ports.ts";
import { duration, later, seconds } from "../../src/time.ts";
import { aCard, cardsContract } from "../contracts/cards.ts";
import { fetchThroughLoopback, type Loopback, type Reply, startLoopback } from "./loopback.ts";
import { aClock, noon, problemOf, type TestClock } from "./test-ports.ts";

const secret = "c2lnbmF0dXJl-of-the-workflow";
const path = `/powerautomate/automations/direct/workflows/0a1b2c3d4e5f/triggers/manual/paths/invoke?api-version=1&sp=%2Ftriggers%2Fmanual%2Frun&sv=1.0&sig=${secret}`;
const host = "default0a1b2c3d4e5f60718293.4a.environment.api.powerplatform.com";
const webhookUrl = `https://${host}:443${path}`;

let loopback: Loopback;
let clock: TestClock;
beforeEach(async () => {
  loopback = await startLoopback();
  clock = aClock();
});
afterEach(() => loopback.close());

const open = (over: Partial<TeamsOptions> = {}): Cards =>
  teams({ webhookUrl, clock, chance: () => 1, fetch: fetchThroughLoopback(loopback), ...over });
const post = (over: Partial<TeamsOptions> = {}): Promise<void> => open(over).post("amber-otter.1", aCard("one"));
const refused = (status: number, code: string, headers = {}): Reply => ({
  status,
  headers,
  // A workflow's own words repeat its id.
  body: { error: { code, message: `The trigger of workflow '0a1b2c3d4e5f' failed for sig=${secret}.` } },
});

cardsContract("a Teams workflow", async () => {
  loopback.answer({ status: 202 });
  const posted = async () => loopback.seen.map(({ body }) => JSON.parse(body).attachments[0].content);
  return { cards: open(), posted };
});

test("a card goes out as a message with one attachment, to the URL as it stands", async () => {
  loopback.answer({ status: 202 });
  await post();
  expect(loopback.seen).toHaveLength(1);
  expect(loopback.seen[0]).toMatchObject({ method: "POST", path, host });
  expect(loopback.seen[0]?.headers["content-type"]).toBe("application/json; charset=utf-8");
  expect(JSON.parse(loopback.seen[0]?.body ?? "")).toEqual({
    type: "message",
    attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: aCard("one") }],
  });
});

test("a workflow that answers 200 took the card too", async () => {
  loopback.answer({ status: 200, body: "" });
  await expect(post()).resolves.toBeUndefined();
});

describe("where a card may go", () => {
  test.each([
    ["http", webhookUrl.replace("https", "http")],
    ["a host that only ends alike", "https://evil-environment.api.powerplatform.com/x?sig=1"],
    ["a host below another", "https://environment.api.powerplatform.com.contoso.example/x?sig=1"],
    ["the host as a user name", "https://logic.azure.com@203.0.113.9/x?sig=1"],
    ["an address", "https://203.0.113.9/x?sig=1"],
    ["no URL", "prod-01.logic.azure.com/x?sig=1"],
    ["nothing", ""],
  ])("%s is refused at once, without repeating it", (_, url) => {
    const attempt = () => teams({ webhookUrl: url, clock });
    expect(attempt).toThrow(/webhook/);
    if (url !== "") expect(attempt).not.toThrow(url);
  });

  test("other hosts are a setting", async () => {
    loopback.answer({ status: 202 });
    const url = "https://prod.workflows.contoso.example/x?sig=1";
    expect(() => teams({ webhookUrl: url, clock })).toThrow(/allowed hosts/);
    await post({ webhookUrl: url, hosts: ["workflows.contoso.example"] });
    expect(loopback.seen[0]?.host).toBe("prod.workflows.contoso.example");
  });

  test("a redirect is not followed", async () => {
    loopback.answer({ status: 307, headers: { location: `${loopback.origin}/elsewhere` } });
    expect(await problemOf(post())).toMatchObject({ code: "WebhookElsewhere", retry: false });
    expect(loopback.seen).toHaveLength(1);
  });
});

describe("the size of a card", () => {
  const empty = Buffer.byteLength(
    JSON.stringify({
      type: "message",
      attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: aCard("") }],
    }),
  );

  test("20 KB with the envelope are sent, one byte more is not", async () => {
    loopback.answer({ status: 202 });
    await open().post("a", aCard("x".repeat(20_480 - empty)));
    expect(await problemOf(open().post("a", aCard("x".repeat(20_481 - empty))))).toMatchObject({
      code: "CardTooLarge",
      retry: false,
      message: expect.stringContaining("20481"),
    });
    expect(loopback.seen).toHaveLength(1);
  });

  test("bytes count, not letters", async () => {
    loopback.answer({ status: 202 });
    const text = "é".repeat(300);
    await open({ budget: empty + 600 }).post("a", aCard(text));
    expect(await problemOf(open({ budget: empty + 599 }).post("a", aCard(text)))).toMatchObject({
      code: "CardTooLarge",
    });
  });
});

describe("when the workflow does not take a card", () => {
  test.each<[number, string, string]>([
    [400, "CardRefused", "the workflow starts with"],
    [401, "WebhookRefused", "Copy the URL"],
    [403, "WebhookRefused", "Copy the URL"],
    [404, "WebhookGone", "deleted or switched off"],
    [410, "WebhookGone", "deleted or switched off"],
    [413, "CardTooLarge", "Shorten"],
    [418, "RequestRefused", ""],
  ])("%i is final, with advice", async (status, code, advice) => {
    loopback.answer(refused(status, "TriggerFailed"));
    expect(await problemOf(post())).toMatchObject({ code, retry: false, advice: expect.stringContaining(advice) });
    expect(loopback.seen).toHaveLength(1);
  });

  test("a page of HTML with 200 is no workflow", async () => {
    loopback.answer({ status: 200, body: "<!doctype html><title>Sign in</title>" });
    expect(await problemOf(post())).toMatchObject({ code: "UnreadableAnswer", retry: false });
  });

  test.each<[string, Reply]>([
    ["throttled", refused(429, "TooManyRequests", { "retry-after": "5" })],
    ["turned away", refused(503, "ServiceUnavailable", { "retry-after": "5" })],
  ])("a card that was %s is sent again after the wait", async (_, reply) => {
    loopback.answer(reply, { status: 202 });
    await post();
    expect(clock.pauses).toEqual([seconds(5)]);
  });

  test.each<[string, Reply, string]>([
    ["500", refused(500, "InternalServerError"), "ServiceFailed"],
    ["504", { status: 504, body: "<html></html>" }, "ServiceFailed"],
    ["a broken connection", { fault: "reset" }, "Unreachable"],
    ["a broken answer", { fault: "cut" }, "Unreachable"],
  ])("after %s the card may be in Teams: it is not sent twice here, and can be later", async (_, reply, code) => {
    loopback.answer(reply, { status: 202 });
    expect(await problemOf(post())).toMatchObject({ code, retry: true });
    expect(loopback.seen).toHaveLength(1);
  });

  test("a workflow that does not answer is given up in time", async () => {
    loopback.answer({ fault: "stall" });
    expect(await problemOf(post({ patience: { longestTry: duration(80) } }))).toMatchObject({
      code: "TooSlow",
      retry: true,
    });
    expect(loopback.seen).toHaveLength(1);
  });

  test("a wait beyond the run's deadline is told and not waited for", async () => {
    loopback.answer(refused(429, "TooManyRequests", { "retry-after": "20" }));
    const limits = { deadline: later(noon, seconds(10)) };
    expect(await problemOf(open().post("a", aCard("one"), limits))).toMatchObject({
      code: "Throttled",
      after: seconds(20),
    });
    expect(clock.pauses).toEqual([]);
  });
});

describe("the webhook's URL", () => {
  /** Everything that a careless logger could print of an error, its causes and their hidden properties included. */
  function everythingIn(error: unknown): string {
    const texts: string[] = [];
    for (let at: unknown = error, depth = 0; at !== undefined && depth < 10; at = Object(at).cause, depth += 1) {
      texts.push(inspect(at, { depth: 20, showHidden: true, getters: true }), JSON.stringify(at) ?? "", String(at));
      texts.push(
        String(Object(at).stack),
        ...Object.values(Object.getOwnPropertyDescriptors(Object(at))).map((d) => String(d.value)),
      );
    }
    return texts.join("\n");
  }

  const parts = [secret, "sig=", "0a1b2c3d4e5f", "powerautomate/automations"];

  test.each<[string, Partial<TeamsOptions>, Reply]>([
    ["a refusal that repeats it", {}, refused(403, `sig=${secret}`)],
    ["a gone workflow", {}, refused(404, "WorkflowNotFound")],
    ["a failure that repeats it", {}, { status: 500, body: `no such url: ${webhookUrl}` }],
    ["a redirect to itself", {}, { status: 302, headers: { location: webhookUrl } }],
    ["a broken connection", {}, { fault: "reset" }],
    ["a stalled one", { patience: { longestTry: duration(50) } }, { fault: "stall" }],
    [
      "a host that is not there",
      { fetch, webhookUrl: webhookUrl.replace(`${host}:443`, "localhost:65535"), hosts: ["localhost"] },
      {},
    ],
    [
      "an error of fetch that names it",
      {
        fetch: async (url) => {
          throw Object.assign(new TypeError(`Failed to parse URL from ${url}`), {
            cause: Object.assign(new Error(`Invalid URL ${url}`), { code: "ERR_INVALID_URL", input: String(url) }),
          });
        },
      },
      {},
    ],
    [
      "an error of fetch whose code names it",
      {
        fetch: async (url) => {
          throw Object.assign(new TypeError("fetch failed"), { cause: { code: `at ${url}` } });
        },
      },
      {},
    ],
  ])("is in nothing that %s leaves behind", async (_, over, reply) => {
    loopback.answer(reply);
    const problem = await problemOf(post(over));
    expect(problem).toMatchObject({ name: "Problem" });
    const all = everythingIn(problem);
    for (const part of parts) expect(all).not.toContain(part);
  });

  test("is not in the adapter either, where somebody prints it", () => {
    const all = inspect(open(), { depth: 20, showHidden: true }) + JSON.stringify(open());
    for (const part of parts) expect(all).not.toContain(part);
  });
});
