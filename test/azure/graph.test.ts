import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { clouds } from "../../src/azure/clouds.ts";
import { type GraphOptions, graph } from "../../src/azure/graph.ts";
import { permissions } from "../../src/azure/graph-permissions.ts";
import { duration, hours, later, parseInstant, seconds } from "../../src/time.ts";
import { fetchThroughLoopback, type Loopback, type Reply, startLoopback } from "./loopback.ts";
import { aClock, aCredential, noon, problemOf, type TestClock } from "./test-ports.ts";

const alice = "5a0b1c2d-0000-4000-8000-00000000a11c";
const group = (n: number): string => `9c0e0000-0000-4000-8000-${String(n).padStart(12, "0")}`;

let loopback: Loopback;
let clock: TestClock;
beforeEach(async () => {
  loopback = await startLoopback();
  clock = aClock();
});
afterEach(() => loopback.close());

function open(over: Partial<GraphOptions> = {}) {
  return graph({
    credential: aCredential(),
    cloud: clouds.public,
    allow: ["readDirectory", "revokeSessions", "disableAccount"],
    clock,
    chance: () => 1,
    fetch: fetchThroughLoopback(loopback),
    ...over,
  });
}

/** A credential whose token names the app roles that were granted, as Entra's do. */
const granted = (...roles: readonly string[]) => {
  const part = (value: unknown): string => Buffer.from(JSON.stringify(value)).toString("base64url");
  const token = `${part({ alg: "none" })}.${part({ roles })}.`;
  return { getToken: async () => ({ token, expiresOnTimestamp: Date.now() + 3_600_000 }) };
};
const refused = (status: number, code: string, headers = {}): Reply => ({
  status,
  headers,
  body: { error: { code, message: "No.", innerError: { date: "2026-11-21T10:00:00", "request-id": "r" } } },
});
const revoked: Reply = {
  body: { "@odata.context": "https://graph.microsoft.com/v1.0/$metadata#Edm.Boolean", value: true },
};
const paths = (): string[] => loopback.seen.map(({ method, path }) => `${method} ${decodeURIComponent(path)}`);

describe("revoking sessions", () => {
  test("it is one POST without a body to the account, with a token for Graph", async () => {
    loopback.answer(revoked);
    const credential = aCredential();
    await open({ credential }).sessions.revoke(alice);
    expect(paths()).toEqual([`POST /v1.0/users/${alice}/revokeSignInSessions`]);
    expect(loopback.seen[0]).toMatchObject({
      host: "graph.microsoft.com",
      body: "",
      headers: { authorization: "Bearer a-token-for-tests" },
    });
    expect(credential.scopes).toEqual(["https://graph.microsoft.com/.default"]);
  });

  test("in the US Government cloud the host and the token are that cloud's", async () => {
    loopback.answer({ status: 204 });
    const credential = aCredential();
    await open({ credential, cloud: clouds.usGovernment }).sessions.revoke(alice);
    expect(loopback.seen[0]?.host).toBe("graph.microsoft.us");
    expect(loopback.seen[0]?.headers.authorization).toBe("Bearer a-token-for-tests");
    expect(credential.scopes).toEqual(["https://graph.microsoft.us/.default"]);
  });

  test("a test server on loopback gets the token, any other host over http is refused before a token is asked for", async () => {
    loopback.answer(revoked);
    const at = (endpoint: string) => ({
      ...clouds.public,
      graph: { endpoint, audience: "https://graph.microsoft.com" },
    });
    await open({ cloud: at(loopback.origin), fetch }).sessions.revoke(alice);
    expect(loopback.seen[0]?.headers.authorization).toBe("Bearer a-token-for-tests");
    expect(() => open({ cloud: at("http://graph.contoso.example") })).toThrow(/https/);
  });

  test("what the settings do not allow is refused before anything is sent", async () => {
    const { sessions, directory } = open({ allow: [] });
    for (const call of [
      sessions.revoke(alice),
      sessions.disable(alice),
      directory.user(alice),
      directory.roles(alice),
    ]) {
      expect(await problemOf(call)).toMatchObject({ code: "ActionNotAllowed", retry: false });
    }
    expect(loopback.seen).toEqual([]);
  });

  test.each(["", "alice@contoso.example", "00000000-0000-0000-0000-000000000000", `${alice}/../me`])(
    "nothing is sent for %j, which is no account's id",
    async (userId) => {
      expect(await problemOf(open().sessions.revoke(userId))).toMatchObject({ code: "NotAnAccount", retry: false });
      expect(await problemOf(open().directory.user(userId))).toMatchObject({ code: "NotAnAccount", retry: false });
      expect(loopback.seen).toEqual([]);
    },
  );

  test("disabling an account changes that one property", async () => {
    loopback.answer({ status: 204 });
    await open().sessions.disable(alice);
    expect(paths()).toEqual([`PATCH /v1.0/users/${alice}`]);
    expect(JSON.parse(loopback.seen[0]?.body ?? "")).toEqual({ accountEnabled: false });
    expect(loopback.seen[0]?.headers["content-type"]).toMatch(/^application\/json/);
  });

  test.each<[string, Reply]>([
    ["throttled", refused(429, "TooManyRequests", { "retry-after": "7" })],
    ["turned away", refused(503, "ServiceUnavailable", { "retry-after": "7" })],
  ])("a request that was %s is made again after the wait that was asked for", async (_, reply) => {
    loopback.answer(reply, revoked);
    await open().sessions.revoke(alice);
    expect(clock.pauses).toEqual([seconds(7)]);
    expect(loopback.seen).toHaveLength(2);
  });

  test.each<[string, Reply]>([
    ["500", refused(500, "InternalServerError")],
    ["a 502 with a page of HTML", { status: 502, body: "<html>Bad gateway</html>" }],
    ["503 without a wait", refused(503, "ServiceUnavailable")],
    ["504", refused(504, "GatewayTimeout")],
    ["a broken connection", { fault: "reset" }],
    ["a proxy's page for signing in, with 200", { body: "<html>Sign in to the guest network</html>" }],
    ["a 200 that says nothing", { body: "" }],
    ["a 200 that says no", { body: { value: false } }],
  ])("after %s it is not sent a second time, and its outcome is called unknown", async (_, reply) => {
    loopback.answer(reply, revoked);
    const { sessions } = open();
    for (const act of [sessions.revoke, sessions.disable]) {
      const before = loopback.seen.length;
      loopback.answer(reply);
      expect(await problemOf(act(alice))).toMatchObject({ code: "ActionOutcomeUnknown", retry: true });
      expect(loopback.seen).toHaveLength(before + 1);
    }
  });

  test("a server that never answers is given up in time, with the outcome unknown", async () => {
    loopback.answer({ fault: "stall" });
    const { sessions } = open({ patience: { longestTry: duration(80) } });
    expect(await problemOf(sessions.revoke(alice))).toMatchObject({ code: "ActionOutcomeUnknown", retry: true });
    expect(loopback.seen).toHaveLength(1);
  });

  test("a run that is stopped in the middle does not claim to know the outcome; one stopped before did nothing", async () => {
    const stop = new AbortController();
    loopback.answer(() => {
      stop.abort();
      return { fault: "stall" };
    });
    const limits = { signal: stop.signal };
    expect(await problemOf(open().sessions.revoke(alice, limits))).toMatchObject({ code: "ActionOutcomeUnknown" });
    expect(await problemOf(open().sessions.revoke(alice, limits))).toMatchObject({ code: "Cancelled" });
    expect(loopback.seen).toHaveLength(1);
  });

  test("a host that cannot be found was not asked: the call is tried again and the problem says unreachable", async () => {
    let tries = 0;
    const lost = async () => {
      tries += 1;
      throw new TypeError("fetch failed", { cause: Object.assign(new Error("lookup"), { code: "ENOTFOUND" }) });
    };
    const problem = await problemOf(open({ fetch: lost }).sessions.revoke(alice));
    expect(problem).toMatchObject({ code: "Unreachable", retry: true, message: expect.stringContaining("ENOTFOUND") });
    expect(tries).toBe(4);
  });

  test("an hour's wait is not waited for, nor one beyond the run's deadline", async () => {
    loopback.answer(refused(429, "TooManyRequests", { "retry-after": "3600" }));
    expect(await problemOf(open({ longest: hours(2) }).sessions.revoke(alice))).toMatchObject({
      code: "Throttled",
      after: seconds(3600),
    });
    loopback.answer(refused(429, "TooManyRequests", { "retry-after": "20" }));
    const limits = { deadline: later(noon, seconds(10)) };
    expect(await problemOf(open().sessions.revoke(alice, limits))).toMatchObject({ code: "Throttled" });
    expect(clock.pauses).toEqual([]);
  });

  test("a missing permission is told from an account that a role protects", async () => {
    loopback.answer(refused(403, "Authorization_RequestDenied"));
    const refuse = (...roles: readonly string[]) =>
      problemOf(open({ credential: granted(...roles) }).sessions.revoke(alice));
    expect(await refuse("User.Read.All")).toMatchObject({
      code: "MissingGraphPermission",
      retry: false,
      message: expect.stringContaining("User.RevokeSessions.All"),
      advice: expect.stringContaining("77f3a031-c388-4f99-b373-dc68676a979e"),
    });
    expect(await refuse("User.Read.All", "User.RevokeSessions.All")).toMatchObject({
      code: "ProtectedAccount",
      retry: false,
      advice: expect.stringContaining("by hand"),
    });
    expect(await problemOf(open().sessions.revoke(alice))).toMatchObject({ code: "GraphRefused", retry: false });
  });

  test.each<[string, Reply, string, boolean]>([
    ["an unknown account", refused(404, "Request_ResourceNotFound"), "UnknownAccount", false],
    ["a 404 of something else", { status: 404, body: "<html></html>" }, "RequestRefused", false],
    ["a token that is not accepted", refused(401, "InvalidAuthenticationToken"), "TokenRefused", false],
    ["a bad request", refused(400, "BadRequest"), "RequestRefused", false],
    ["a redirect", { status: 302, headers: { location: "https://192.0.2.1/" } }, "RequestRefused", false],
  ])("%s is a problem of its own and not tried again", async (_, reply, code, retry) => {
    loopback.answer(reply);
    expect(await problemOf(open().sessions.revoke(alice))).toMatchObject({ code, retry });
    expect(loopback.seen).toHaveLength(1);
  });

  test("without a token nothing is sent", async () => {
    const broken = {
      getToken: async () =>
        Promise.reject(Object.assign(new Error("no identity"), { name: "CredentialUnavailableError" })),
    };
    const none = { getToken: async () => null };
    for (const credential of [broken, none]) {
      expect(await problemOf(open({ credential }).sessions.revoke(alice))).toMatchObject({
        code: "NoToken",
        retry: false,
      });
    }
    expect(loopback.seen).toEqual([]);
  });
});

describe("reading the directory", () => {
  const account = {
    id: alice,
    userPrincipalName: "alice@contoso.example",
    accountEnabled: true,
    userType: "Member",
    onPremisesSyncEnabled: true,
    signInSessionsValidFromDateTime: "2026-11-20T08:00:00Z",
    lastPasswordChangeDateTime: "2026-10-01T09:00:00Z",
  };

  test("an account is read with what decides about it", async () => {
    loopback.answer({ body: account });
    expect(await open().directory.user(alice)).toEqual({
      id: alice,
      userPrincipalName: "alice@contoso.example",
      enabled: true,
      kind: "member",
      synchronised: true,
      sessionsValidFrom: parseInstant("2026-11-20T08:00:00Z"),
      passwordChangedAt: parseInstant("2026-10-01T09:00:00Z"),
    });
    expect(paths()[0]).toContain("$select=id,userPrincipalName,accountEnabled,userType,onPremisesSyncEnabled");
  });

  test("an old guest without a type is a guest, and a cloud account without a sync flag is not synchronised", async () => {
    const old = { ...account, userPrincipalName: "a_x.example#EXT#@contoso.example", userType: null };
    loopback.answer({ body: { ...old, onPremisesSyncEnabled: null, signInSessionsValidFromDateTime: null } });
    const found = await open().directory.user(alice);
    expect(found).toMatchObject({ kind: "guest", synchronised: false, sessionsValidFrom: null });
  });

  test("only Graph's own word makes an account missing", async () => {
    loopback.answer(refused(404, "Request_ResourceNotFound"));
    expect(await open().directory.user(alice)).toBeNull();
    loopback.answer({ status: 404, body: "<html>not here</html>" });
    expect(await problemOf(open().directory.user(alice))).toMatchObject({ code: "RequestRefused" });
  });

  test.each<[string, Reply]>([
    ["nothing", { body: "" }],
    ["a page of HTML", { body: "<html>Sign in</html>" }],
    ["an account without the word whether it is enabled", { body: { ...account, accountEnabled: null } }],
    ["another account", { body: { ...account, id: group(1) } }],
  ])("an answer of %s is no answer", async (_, reply) => {
    loopback.answer(reply);
    expect(await problemOf(open().directory.user(alice))).toMatchObject({ code: "UnreadableAnswer" });
  });

  test.each<[string, Reply]>([
    ["a failure", refused(500, "InternalServerError")],
    ["a broken connection", { fault: "reset" }],
    ["half an answer", { fault: "cut" }],
  ])("reading is tried again after %s", async (_, reply) => {
    loopback.answer(reply, { body: account });
    expect(await open().directory.user(alice)).toMatchObject({ id: alice });
  });

  test("forty-five groups are asked about twenty at a time", async () => {
    const asked = Array.from({ length: 45 }, (_, n) => group(n));
    loopback.answer(({ body }) => ({ body: { value: JSON.parse(body).groupIds.slice(0, 1) } }));
    expect(await open().directory.groupsAmong(alice, asked)).toEqual([group(0), group(20), group(40)]);
    expect(paths()).toEqual(Array(3).fill(`POST /v1.0/users/${alice}/checkMemberGroups`));
    expect(loopback.seen.map(({ body }) => JSON.parse(body).groupIds.length)).toEqual([20, 20, 5]);
    expect(await open().directory.groupsAmong(alice, [])).toEqual([]);
  });

  test("one failing part of the groups fails the whole", async () => {
    loopback.answer({ body: { value: [] } }, refused(404, "Request_ResourceNotFound"));
    const asked = Array.from({ length: 21 }, (_, n) => group(n));
    expect(await problemOf(open().directory.groupsAmong(alice, asked))).toMatchObject({ code: "UnknownAccount" });
  });

  const role = (principalId: string, roleDefinitionId: string, displayName?: string) => ({
    principalId,
    roleDefinitionId,
    directoryScopeId: "/",
    ...(displayName === undefined ? {} : { roleDefinition: { displayName } }),
  });
  const helpdesk = role(group(1), "r-helpdesk", "Helpdesk Administrator");

  /** A tenant's roles as Graph serves them, the active ones over two pages. */
  function tenant(over: { active?: Reply; eligible?: Reply; groups?: Reply; within?: Reply } = {}): void {
    loopback.answer(({ path }) => {
      if (path.includes("getMemberGroups")) return over.groups ?? { body: { value: [group(1), group(2)] } };
      if (path.includes("eligibilityScheduleInstances")) return over.within ?? { body: { value: [] } };
      if (path.includes("roleEligibilitySchedules")) {
        return over.eligible ?? { body: { value: [role(alice.toUpperCase(), "r-global", "Global Administrator")] } };
      }
      if (path.includes("skiptoken")) return { body: { value: [helpdesk, role(group(9), "r-other", "Other")] } };
      const next = "https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments?$skiptoken=x%2By";
      return over.active ?? { body: { value: [role(alice, "r-custom")], "@odata.nextLink": next } };
    });
  }

  test("roles are those held, held through a group, and open to be activated, over all pages", async () => {
    tenant();
    expect(await open().directory.roles(alice)).toEqual(["Global Administrator", "Helpdesk Administrator", "r-custom"]);
    expect(JSON.parse(loopback.seen.find(({ path }) => path.includes("getMemberGroups"))?.body ?? "")).toEqual({
      securityEnabledOnly: true,
    });
    expect(paths()).toContain("GET /v1.0/roleManagement/directory/roleAssignments?$skiptoken=x+y");
  });

  test("roles of a group that the account can make itself a member of count as its own", async () => {
    tenant({ within: { body: { value: [{ groupId: group(9).toUpperCase() }] } } });
    expect(await open().directory.roles(alice)).toContain("Other");
    const asked = paths().find((path) => path.includes("eligibilityScheduleInstances"));
    expect(decodeURIComponent(asked ?? "")).toContain(`$filter=principalId eq '${alice}'`);
  });

  test("the tenant's assignments are read once for many accounts, and again a minute later", async () => {
    tenant();
    const { directory } = open();
    const reads = (): number => paths().filter((path) => path.includes("roleEligibilitySchedules")).length;
    await directory.roles(alice);
    await directory.roles(group(7));
    expect(reads()).toBe(1);
    await clock.pause(seconds(61));
    await directory.roles(alice);
    expect(reads()).toBe(2);
  });

  test.each<[string, Parameters<typeof tenant>[0]]>([
    ["active roles", { active: refused(403, "Authorization_RequestDenied") }],
    ["eligible roles", { eligible: refused(403, "Authorization_RequestDenied") }],
    ["groups", { groups: refused(403, "Authorization_RequestDenied") }],
    ["groups to be activated", { within: refused(403, "Authorization_RequestDenied") }],
    ["list of active roles", { active: { body: {} } }],
  ])("an account whose %s cannot be read has no known roles: that is a problem, not an empty list", async (_, over) => {
    tenant(over);
    const problem = await problemOf(open({ credential: granted() }).directory.roles(alice));
    expect(problem).toMatchObject({
      code: expect.stringMatching(/MissingGraphPermission|UnreadableAnswer/),
      retry: false,
    });
  });

  test("a tenant without a licence for Privileged Identity Management has no roles to be activated", async () => {
    const unlicensed = refused(400, "AadPremiumLicenseRequired");
    tenant({ eligible: unlicensed, within: unlicensed });
    expect(await open().directory.roles(alice)).toEqual(["Helpdesk Administrator", "r-custom"]);
  });

  test("pages that go in a circle end as a problem", async () => {
    const next = "https://graph.microsoft.com/v1.0/roleManagement/directory/roleAssignments?$skiptoken=same";
    loopback.answer(() => ({ body: { value: [], "@odata.nextLink": next } }));
    expect(await problemOf(open().directory.roles(alice))).toMatchObject({ code: "UnreadableAnswer" });
  });

  test("a next page at another host is not followed, and gets no token", async () => {
    tenant({ active: { body: { value: [], "@odata.nextLink": "https://192.0.2.1/v1.0/more" } } });
    expect(await problemOf(open().directory.roles(alice))).toMatchObject({ code: "UnreadableAnswer" });
    expect(paths().some((path) => path.includes("more"))).toBe(false);
  });
});

test("every use has its permissions as data, each with the id that a deployment grants", () => {
  for (const use of ["readDirectory", "revokeSessions", "disableAccount"] as const) {
    expect(permissions.filter(({ uses }) => uses.includes(use))).not.toEqual([]);
  }
  expect(new Set(permissions.map(({ id }) => id)).size).toBe(permissions.length);
});
