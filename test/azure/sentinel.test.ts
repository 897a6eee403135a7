import { inspect } from "node:util";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clouds } from "../../src/azure/clouds.ts";
import { permissions, type SentinelOptions, sentinel } from "../../src/azure/sentinel.ts";
import { hours, later, minutes, seconds } from "../../src/time.ts";
import { anIncident, incidentsContract } from "../contracts/incidents.ts";
import { type Loopback, type Reply, startLoopback, throughLoopback } from "./loopback.ts";
import { type SentinelServer, sentinelServer } from "./sentinel-server.ts";
import { aClock, aCredential, noon, problemOf, type TestClock } from "./test-ports.ts";

let loopback: Loopback;
let clock: TestClock;
let server: SentinelServer;

beforeEach(async () => {
  loopback = await startLoopback();
  clock = aClock();
  server = sentinelServer();
  loopback.answer(server.answer);
});
afterEach(() => loopback.close());

const incidents = (over: Partial<SentinelOptions> = {}) =>
  sentinel({
    credential: aCredential(),
    cloud: clouds.public,
    subscription: "11111111-2222-4333-8444-555555555555",
    resourceGroup: "rg-soc",
    workspaceName: "law-soc",
    clock,
    chance: () => 1,
    policies: [throughLoopback(loopback)],
    ...over,
  });

/** The server answers, but for the requests that `instead` has another reply to. */
const except = (instead: (method: string, path: string, n: number) => Reply | undefined): void => {
  let n = 0;
  loopback.answer((request) => instead(request.method, request.path, ++n) ?? server.answer(request));
};
const sent = (method: string) => loopback.seen.filter((request) => request.method === method);
const refusal = (status: number, code: string, message = "…"): Reply => ({
  status,
  body: { error: { code, message } },
});

incidentsContract(
  "Sentinel",
  async () => ({
    incidents: incidents(),
    writes: server.writes,
    analyst: server.analyst,
    seen: async (id) => {
      const kept = server.incidents.get(id);
      if (kept === undefined) return undefined;
      const { title, description, severity, labels } = kept.properties as Record<string, string> & {
        labels: { labelName: string }[];
      };
      return {
        title: title ?? "",
        description: description ?? "",
        severity: severity ?? "",
        labels: labels.map((label) => label.labelName),
        comments: [...kept.comments.values()],
      };
    },
  }),
  true,
);

describe("on the wire", () => {
  test("a new incident is read once and written once, under its own id, with the fields that the service needs", async () => {
    const credential = aCredential();
    const receipt = await incidents({ credential }).openOrUpdate(anIncident());

    expect(loopback.seen.map(({ method, host }) => `${method} ${host}`)).toEqual([
      "GET management.azure.com",
      "PUT management.azure.com",
    ]);
    const [, put] = loopback.seen;
    expect(put?.path).toMatch(new RegExp(`/incidents/${anIncident().id}\\?api-version=2025-09-01$`));
    expect(put?.headers).toMatchObject({
      authorization: "Bearer a-token-for-tests",
      "content-type": "application/json",
    });
    expect(JSON.parse(put?.body ?? "")).toEqual({
      properties: {
        title: anIncident().title,
        description: expect.stringMatching(/^Thirty-one accounts.*Last written by Entra Hunt Responder/s),
        severity: "Medium",
        status: "New",
        labels: [{ labelName: "hunt:single-factor-spray" }, { labelName: "level:attempted" }],
        firstActivityTimeUtc: "2026-11-21T10:00:00.000Z",
        lastActivityTimeUtc: "2026-11-21T10:10:00.000Z",
      },
    });
    expect(receipt.url).toContain(
      "https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident/subscriptions/",
    );
    expect(credential.scopes).toEqual(["https://management.azure.com/.default"]);
  });

  test("a change says the etag that was read, and again what a PUT would reset", async () => {
    await incidents().openOrUpdate(anIncident());
    server.analyst.takes(anIncident().id, "sam@contoso.example");
    await incidents().openOrUpdate(anIncident({ description: "It grew." }));
    const body = JSON.parse(sent("PUT").at(-1)?.body ?? "");
    expect(body.etag).toBe('"2"');
    expect(body.properties).toMatchObject({ status: "Active", owner: { userPrincipalName: "sam@contoso.example" } });
  });

  test("activity widens to both sides and never narrows", async () => {
    const { firstActivity, lastActivity } = anIncident();
    await incidents().openOrUpdate(anIncident());
    const shorter = { firstActivity: later(firstActivity, minutes(2)), lastActivity: later(lastActivity, minutes(5)) };
    await incidents().openOrUpdate(anIncident(shorter));
    expect(server.incidents.get(anIncident().id)?.properties).toMatchObject({
      firstActivityTimeUtc: "2026-11-21T10:00:00.000Z",
      lastActivityTimeUtc: "2026-11-21T10:15:00.000Z",
    });
  });

  test("in the US Government cloud everything stays there, the link too", async () => {
    const credential = aCredential();
    except((method) =>
      method === "PUT"
        ? { status: 201, body: { properties: { title: "t", severity: "High", status: "New" } } }
        : undefined,
    );
    const { url } = await incidents({ credential, cloud: clouds.usGovernment }).openOrUpdate(anIncident());
    expect(loopback.seen[0]?.host).toBe("management.usgovcloudapi.net");
    expect(credential.scopes).toEqual(["https://management.usgovcloudapi.net/.default"]);
    expect(url).toMatch(/^https:\/\/portal\.azure\.us\/#asset/);
  });

  test("another version of the API can be asked for", async () => {
    except((method) =>
      method === "GET"
        ? refusal(404, "NotFound")
        : { status: 201, body: { properties: { title: "t", severity: "High", status: "New" } } },
    );
    await incidents({ apiVersion: "2025-10-01-preview" }).openOrUpdate(anIncident());
    expect(loopback.seen.map(({ path }) => path.split("?")[1])).toEqual(
      Array(2).fill("api-version=2025-10-01-preview"),
    );
  });

  test("a comment longer than the service takes is cut and says so", async () => {
    const { id } = await incidents().openOrUpdate(anIncident());
    await incidents().comment(id, "long", `${"word ".repeat(8000)}END`);
    const [comment = ""] = server.incidents.get(id)?.comments.values() ?? [];
    expect(comment.length).toBeLessThanOrEqual(30_000);
    expect(comment).toMatch(/word\n\n\[The rest was cut/);
  });

  test("the first comment on an incident costs one look and one write", async () => {
    const { id } = await incidents().openOrUpdate(anIncident());
    const before = loopback.seen.length;
    await incidents().comment(id, "first", "It grew.");
    expect(loopback.seen.slice(before).map(({ method }) => method)).toEqual(["GET", "PUT"]);
    expect(loopback.seen.at(-1)?.path).toMatch(/\/comments\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}\?/);
  });

  test("the role that it takes is the one that can write incidents and nothing else", () => {
    expect(permissions).toEqual([
      expect.objectContaining({
        role: "Microsoft Sentinel Responder",
        id: "3e150937-b8fe-4cfb-8069-0eaf05ecd056",
        scope: "workspace",
      }),
    ]);
  });
});

describe("when somebody else is writing too", () => {
  test.each([409, 412])("a conflict (%i) is read again and done again with what they wrote", async (status) => {
    await incidents().openOrUpdate(anIncident());
    let collided = false;
    except((method) => {
      if (method !== "PUT" || collided) return undefined;
      collided = true;
      server.analyst.takes(anIncident().id, "sam@contoso.example");
      return refusal(status, "Conflict", "Newer version of resource exists");
    });
    expect(await incidents().openOrUpdate(anIncident({ description: "It grew." }))).toMatchObject({ state: "updated" });
    expect(server.analyst.seesOwnerAndStatus(anIncident().id)).toEqual(["sam@contoso.example", "Active"]);
    expect(clock.pauses).toEqual([seconds(1)]);
  });

  test("a conflict that stays is given up after four tries, for the next run to mend", async () => {
    except((method) => (method === "PUT" ? refusal(409, "Conflict") : undefined));
    expect(await problemOf(incidents().openOrUpdate(anIncident()))).toMatchObject({
      code: "IncidentConflict",
      retry: true,
    });
    expect(sent("PUT")).toHaveLength(4);
  });

  test("an incident that somebody opened a moment before us is taken as theirs", async () => {
    except((method, _path, n) => {
      if (method !== "PUT" || n !== 2) return undefined;
      // Another instance of us, with the very same words.
      server.answer(loopback.seen[1] ?? { method: "PUT", path: "", headers: {}, body: "", host: "" });
      return refusal(409, "Conflict");
    });
    expect(await incidents().openOrUpdate(anIncident())).toMatchObject({ state: "unchanged" });
    expect(server.writes()).toBe(1);
  });

  test("an incident that was closed while we were writing stays closed", async () => {
    await incidents().openOrUpdate(anIncident());
    except((method) => {
      if (method !== "PUT") return undefined;
      server.analyst.closes(anIncident().id, "FalsePositive");
      return refusal(409, "Conflict");
    });
    const receipt = await incidents().openOrUpdate(anIncident({ description: "It grew." }));
    expect(receipt).toMatchObject({ state: "closed", classification: "FalsePositive" });
    expect(server.incidents.get(anIncident().id)?.properties.status).toBe("Closed");
  });
});

describe("trouble that passes", () => {
  test("an incident whose opening was not confirmed is found opened, not opened twice", async () => {
    except((method, _path, n) => {
      if (method !== "PUT" || n !== 2) return undefined;
      server.answer(loopback.seen[1] ?? { method: "PUT", path: "", headers: {}, body: "", host: "" });
      return { fault: "reset" };
    });
    expect(await incidents().openOrUpdate(anIncident())).toMatchObject({ state: "opened" });
    expect(server.writes()).toBe(1);
  });

  test("a comment that was not confirmed is there once", async () => {
    const { id } = await incidents().openOrUpdate(anIncident());
    let broken = false;
    loopback.answer((request) => {
      const reply = server.answer(request);
      if (request.method !== "PUT" || broken) return reply;
      broken = true;
      return { fault: "reset" };
    });
    await incidents().comment(id, "a", "It grew.");
    expect([...(server.incidents.get(id)?.comments.values() ?? [])]).toEqual(["It grew."]);
    expect(sent("PUT").filter(({ path }) => path.includes("/comments/"))).toHaveLength(1);
  });

  test("throttling waits as long as the service asks, then goes on", async () => {
    except((_method, _path, n) =>
      n === 1
        ? { status: 429, headers: { "retry-after": "17" }, body: { error: { code: "TooManyRequests", message: "…" } } }
        : undefined,
    );
    expect(await incidents().openOrUpdate(anIncident())).toMatchObject({ state: "opened" });
    expect(clock.pauses).toEqual([seconds(17)]);
  });

  test("a wait until a date is understood", async () => {
    except((_method, _path, n) =>
      n === 1 ? { status: 503, headers: { "retry-after": "Sat, 21 Nov 2026 12:00:09 GMT" } } : undefined,
    );
    await incidents().openOrUpdate(anIncident());
    expect(clock.pauses).toEqual([seconds(9)]);
  });

  test("an hour's wait is told, not waited for", async () => {
    loopback.answer({ status: 429, headers: { "retry-after": "3600" } });
    expect(await problemOf(incidents().openOrUpdate(anIncident()))).toMatchObject({
      code: "Throttled",
      retry: true,
      after: hours(1),
    });
    expect(loopback.seen).toHaveLength(1);
  });

  test("a wait that would outlast the run is not begun", async () => {
    loopback.answer({ status: 429, headers: { "retry-after": "30" } });
    const limits = { deadline: later(noon, seconds(10)) };
    expect(await problemOf(incidents().openOrUpdate(anIncident(), limits))).toMatchObject({ code: "Throttled" });
    expect(clock.pauses).toEqual([]);
  });

  test.each([{ fault: "stall" }, { fault: "half" }, { fault: "half", gzip: true }] as const)(
    "an answer that does not come to an end (%o) is given up at the deadline",
    async (fault) => {
      loopback.answer(fault);
      const limits = { deadline: later(noon, seconds(0.15)) };
      expect(await problemOf(incidents().openOrUpdate(anIncident(), limits))).toMatchObject({
        code: "TooSlow",
        retry: true,
      });
      expect(await problemOf(incidents().comment("a", "b", "c", limits))).toMatchObject({ code: "TooSlow" });
    },
  );

  test("a run that is stopped stops here too", async () => {
    const stop = new AbortController();
    loopback.answer(() => {
      stop.abort();
      return { fault: "stall" };
    });
    expect(await problemOf(incidents().openOrUpdate(anIncident(), { signal: stop.signal }))).toMatchObject({
      code: "Cancelled",
    });
  });
});

describe("what does not pass by itself", () => {
  test.each([
    [
      "a missing role",
      refusal(403, "AuthorizationFailed", "The client does not have authorization"),
      { code: "NoPermission", advice: expect.stringContaining("Microsoft Sentinel Responder") },
    ],
    ["a token that is not accepted", refusal(401, "ExpiredAuthenticationToken"), { code: "TokenRefused" }],
    [
      "a resource group that is not there",
      refusal(404, "ResourceGroupNotFound", "Resource group 'rg-soc' could not be found."),
      { code: "WrongWorkspace", message: expect.stringContaining("law-soc") },
    ],
    ["a subscription that is not there", refusal(404, "SubscriptionNotFound"), { code: "WrongWorkspace" }],
    [
      "a request that the service objects to",
      refusal(400, "BadRequest", "The workspace is not onboarded to Microsoft Sentinel."),
      { code: "RequestRefused", message: expect.stringContaining("not onboarded") },
    ],
    ["an answer without a body", { status: 200 }, { code: "UnreadableAnswer" }],
    ["a page of HTML", { status: 200, body: "<html></html>" }, { code: "UnreadableAnswer" }],
    [
      "an answer without a title",
      { status: 200, body: { properties: { severity: "High", status: "New" } } },
      { code: "UnreadableAnswer", message: expect.stringContaining("properties.title") },
    ],
  ] satisfies readonly [string, Reply, object][])(
    "%s is told as what it is, and asked once",
    async (_title, reply, expected) => {
      loopback.answer(reply);
      expect(await problemOf(incidents().openOrUpdate(anIncident()))).toMatchObject({
        name: "Problem",
        retry: false,
        ...expected,
      });
      expect(loopback.seen).toHaveLength(1);
    },
  );

  test.each([
    ["a page of HTML", { status: 200, body: "<html>Sign in to the guest network</html>" }],
    ["no body", { status: 200, body: "" }],
    ["half a body", { status: 200, body: '{"properties":{"mess' }],
  ] satisfies readonly [string, Reply][])(
    "a comment that was answered with %s is not taken for written",
    async (_, reply) => {
      const { id } = await incidents().openOrUpdate(anIncident());
      except((method, path) => (method === "PUT" && path.includes("/comments/") ? reply : undefined));
      expect(await problemOf(incidents().comment(id, "result", "What was done."))).toMatchObject({
        code: "UnreadableAnswer",
      });
    },
  );

  test("the token is nowhere in the Problem of a connection that broke", async () => {
    loopback.answer({ fault: "reset" });
    const all = inspect(await problemOf(incidents().openOrUpdate(anIncident())), { depth: 20, showHidden: true });
    expect(all).toContain("Unreachable");
    expect(all).not.toContain("a-token-for-tests");
  });

  test("a workspace that is not there shows when the incident is written", async () => {
    loopback.answer(
      refusal(
        404,
        "ResourceNotFound",
        "The Resource 'Microsoft.OperationalInsights/workspaces/law-soc' was not found.",
      ),
    );
    expect(await problemOf(incidents().openOrUpdate(anIncident()))).toMatchObject({
      code: "WrongWorkspace",
      retry: false,
    });
    expect(server.writes()).toBe(0);
  });
});
