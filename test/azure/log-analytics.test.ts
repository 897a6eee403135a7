import { inspect } from "node:util";
import { describe, expect, test } from "vitest";
import { clouds } from "../../src/azure/clouds.ts";
import { hours, later, minutes, seconds } from "../../src/time.ts";
import { anAskedWorkspace, one, question, table, workspace } from "./asked-workspace.ts";
import type { Reply } from "./loopback.ts";
import { aCredential, noon, problemOf } from "./test-ports.ts";

const far = anAskedWorkspace();
const { ask, logs } = far;
const refusal = (status: number, error: unknown): Reply => ({ status, body: { error } });
const badArgument = (innererror: unknown) =>
  refusal(400, {
    code: "BadArgumentError",
    message: "The request had some invalid properties",
    correlationId: "c",
    innererror,
  });

describe("asking", () => {
  test("a question goes to the workspace with its window, the service's limit and no use of cached answers", async () => {
    far.loopback.answer({ body: one });
    const credential = aCredential();
    const answer = await ask({ credential });

    expect(answer).toEqual({
      columns: [{ name: "Accounts", type: "long" }],
      rows: [{ Accounts: 31 }],
      whole: true,
      warnings: [],
    });
    const [request] = far.loopback.seen;
    expect(request?.host).toBe("api.loganalytics.io");
    expect(request?.path).toBe(`/v1/workspaces/${workspace}/query`);
    expect(request?.headers).toMatchObject({
      authorization: "Bearer a-token-for-tests",
      "content-type": "application/json",
      "cache-control": "no-cache",
      prefer: "wait=180",
    });
    expect(JSON.parse(request?.body ?? "")).toEqual({
      query: "SigninLogs | take 1",
      timespan: "2026-11-21T12:00:00.000Z/2026-11-21T13:00:00.000Z",
    });
    expect(credential.scopes).toEqual(["https://api.loganalytics.io/.default"]);
  });

  test("in the US Government cloud the question and its token are for that cloud", async () => {
    far.loopback.answer({ body: one });
    const credential = aCredential();
    await ask({ credential, cloud: clouds.usGovernment });
    expect(far.loopback.seen[0]?.host).toBe("api.loganalytics.us");
    expect(credential.scopes).toEqual(["https://api.loganalytics.us/.default"]);
  });

  test("the service is not left working when nobody waits any more", async () => {
    far.loopback.answer({ body: one });
    await ask({}, { deadline: later(noon, seconds(40)) });
    expect(far.loopback.seen[0]?.headers.prefer).toBe("wait=40");
  });

  test("the service's own limit is never asked to be longer than ten minutes", async () => {
    far.loopback.answer({ body: one });
    await ask({ serverTimeout: hours(1), longest: hours(2) });
    expect(far.loopback.seen[0]?.headers.prefer).toBe("wait=600");
  });

  test("three questions are under way at once, and the fourth follows when one is done", async () => {
    const held: (() => void)[] = [];
    const three = Promise.withResolvers<void>();
    far.loopback.answer(async ({ method }) => {
      if (method === "GET") return {};
      await new Promise<void>((resolve) => {
        held.push(resolve);
        if (held.length === 3) three.resolve();
      });
      return { body: one };
    });
    const port = logs();
    const answers = Array.from({ length: 5 }, () => port.query(question));
    await three.promise;
    // A fourth that had been sent with the others would be there before this one is answered.
    await fetch(far.loopback.origin);
    expect(held).toHaveLength(3);
    far.loopback.answer({ body: one });
    held[0]?.();
    await Promise.all([answers[0], answers[3], answers[4]]);
    for (const end of held) end();
    await Promise.all(answers);
    expect(far.loopback.seen).toHaveLength(6);
  });

  test("a question that waits for its turn keeps its own deadline and is never sent", async () => {
    far.loopback.answer({ fault: "stall" });
    const port = logs({ longest: minutes(1) });
    const stop = new AbortController();
    const slow = [1, 2, 3].map(() => problemOf(port.query({ ...question, signal: stop.signal })));
    const problem = await problemOf(port.query({ ...question, deadline: later(noon, seconds(0.05)) }));
    expect(problem).toMatchObject({ code: "TooSlow", retry: true });
    stop.abort();
    await Promise.all(slow);
    expect(far.loopback.seen.length).toBeLessThanOrEqual(3);
  });
});

describe("a question that the service refuses", () => {
  const sem = (message: string) => ({ code: "SEM0100", message });
  const unresolved =
    "'where' operator: Failed to resolve table or column expression named 'AADNonInteractiveUserSignInLogs'";
  const missing = {
    code: "MissingTable",
    retry: false,
    message: expect.stringContaining("AADNonInteractiveUserSignInLogs"),
  };

  test.each([
    [
      "a missing table, as the service says it now",
      badArgument({ code: "SemanticError", message: "A semantic error occurred.", innererror: sem(unresolved) }),
      missing,
    ],
    [
      "a missing table, as older replies say it",
      badArgument({
        code: "SyntaxError",
        message: "Syntax Error",
        information: { details: JSON.stringify({ error: { code: "BadArgumentError", innererror: sem(unresolved) } }) },
      }),
      missing,
    ],
    [
      "a missing table in a plain text",
      badArgument({
        code: "SyntaxError",
        message: "Syntax Error",
        information: { details: `Request is invalid: SEM0100: ${unresolved}` },
      }),
      missing,
    ],
    [
      "a table on the Basic plan",
      badArgument({
        code: "UnsupportedApiQueryValidationError",
        message: "Query of Basic Logs table is not supported with the API '…/query'.\nYou can use '…/search' instead.",
      }),
      { code: "TableOnPlan", retry: false, advice: expect.stringContaining("Analytics plan") },
    ],
    [
      "a union over tables of several plans",
      badArgument({
        code: "SemanticError",
        message: "The query should contain a single Basic or Auxiliary Logs table.",
      }),
      { code: "TableOnPlan" },
    ],
    [
      "a slip in the query, with its place",
      badArgument({
        code: "SyntaxError",
        message: "A recognition error occurred in the query.",
        innererror: {
          code: "SYN0002",
          message: "Query could not be parsed at '|' on line [2,20]",
          line: 2,
          pos: 20,
          token: "|",
        },
      }),
      { code: "SYN0002", message: expect.stringContaining("(line 2, column 20)"), retry: false },
    ],
    [
      "a slip whose place is only in the words",
      badArgument({
        code: "SyntaxError",
        message: "…",
        innererror: { code: "SYN0002", message: "Query could not be parsed at '|' on line [2,20]" },
      }),
      { message: expect.stringContaining("(line 2, column 20)") },
    ],
    [
      "a column that is not there",
      badArgument({
        code: "SemanticError",
        message: "…",
        innererror: sem("'where' operator: Failed to resolve column or scalar expression named 'UserNme'"),
      }),
      { code: "SEM0100", message: expect.stringContaining("UserNme"), retry: false },
    ],
    [
      "a syntax error without details",
      badArgument({ code: "SyntaxError", message: "Syntax Error" }),
      { code: "SyntaxError", retry: false },
    ],
    [
      "a missing role",
      refusal(403, { code: "InsufficientAccessError", message: "The provided credentials have insufficient access" }),
      { code: "NoPermission", retry: false, advice: expect.stringContaining("Log Analytics Data Reader") },
    ],
    [
      "a workspace that does not exist",
      refusal(404, { code: "PathNotFoundError", message: "The requested path does not exist" }),
      { code: "WrongWorkspace", message: expect.stringContaining(workspace) },
    ],
    [
      "a workspace that cannot be resolved",
      refusal(400, { code: "FailedToResolveResource", message: "Resource not found" }),
      { code: "WrongWorkspace" },
    ],
    [
      "a token that is not accepted",
      refusal(401, { code: "AuthenticationFailed", message: "Authentication failed." }),
      { code: "TokenRefused", retry: false },
    ],
    [
      "a token for somebody else",
      refusal(403, { code: "InvalidAuthenticationTokenAudience", message: "wrong audience" }),
      { code: "TokenRefused" },
    ],
    [
      "a broken token",
      refusal(403, { code: "InvalidAuthenticationToken", message: "The access token is invalid." }),
      { code: "TokenRefused" },
    ],
    [
      "a page of HTML from a firewall",
      { status: 403, body: "<html><body>Blocked for finance@contoso.example</body></html>" },
      { code: "NoPermission", message: expect.not.stringContaining("finance") },
    ],
    [
      "a redirect elsewhere",
      { status: 302, headers: { location: "https://192.0.2.1/" } },
      { code: "RequestRefused", retry: false },
    ],
    ["an empty body with status 200", { status: 200, body: "" }, { code: "UnreadableAnswer", retry: false }],
    ["status 204", { status: 204 }, { code: "UnreadableAnswer", message: expect.stringContaining("no data at all") }],
    [
      "a body that is no JSON",
      { headers: { "content-type": "application/json" }, body: '{"tables":[' },
      { code: "UnreadableAnswer" },
    ],
    [
      "a page of HTML with status 200",
      { body: "<html>Sign in to the hotel's network</html>" },
      { code: "UnreadableAnswer", message: expect.stringContaining("HTML") },
    ],
    [
      "JSON that is no answer",
      { body: { value: true } },
      { code: "UnreadableAnswer", message: expect.stringContaining("no table") },
    ],
    [
      "a table without columns",
      { body: { tables: [{ name: "PrimaryResult", rows: [] }] } },
      { code: "UnreadableAnswer" },
    ],
    [
      "a row that does not fit its columns",
      { body: { tables: [table([["x", "long"]], [1, 2])] } },
      { code: "UnreadableAnswer", message: expect.stringContaining("2 cells under 1 columns") },
    ],
    [
      "an error with status 200 and no table",
      { body: { error: { code: "BadArgumentError", message: "…", innererror: sem(unresolved) } } },
      missing,
    ],
  ] satisfies readonly [string, Reply, object][])(
    "%s is told as what it is, and asked once",
    async (_title, reply, expected) => {
      far.loopback.answer(reply);
      const problem = await problemOf(ask());
      expect(problem).toMatchObject({ name: "Problem", ...expected });
      expect(problem).toHaveProperty("advice");
      expect(far.loopback.seen).toHaveLength(1);
    },
  );

  test.each([
    [
      "a broken answer",
      { headers: { "content-type": "application/json" }, body: '{"tables":[{"rows":[["finance@contoso.example"' },
    ],
    ["a refusal", { status: 403, body: "Not for finance@contoso.example" }],
    ["a connection that broke", { fault: "reset" }],
  ] satisfies readonly [string, Reply][])(
    "neither the token nor what came is anywhere in the Problem of %s",
    async (_title, reply) => {
      far.loopback.answer(reply);
      const all = inspect(await problemOf(ask()), { depth: 20, showHidden: true });
      expect(all).not.toContain("finance@contoso.example");
      expect(all).not.toContain("a-token-for-tests");
      expect(all).not.toContain("SigninLogs");
    },
  );
});

describe("trouble that passes", () => {
  test("throttling waits as long as the service asks, then asks again", async () => {
    far.loopback.answer(
      { ...refusal(429, { code: "ThrottledError", message: "Too many requests" }), headers: { "retry-after": "17" } },
      { body: one },
    );
    expect((await ask()).rows).toHaveLength(1);
    expect(far.clock.pauses).toEqual([seconds(17)]);
  });

  test("throttling without a word on how long waits a second, then two", async () => {
    far.loopback.answer({ status: 429 }, { status: 429 }, { body: one });
    await ask();
    expect(far.clock.pauses).toEqual([seconds(1), seconds(2)]);
  });

  test("an hour's wait is not waited for, and the Problem says how long it would be", async () => {
    far.loopback.answer({ status: 429, headers: { "retry-after": "3600" } });
    expect(await problemOf(ask())).toMatchObject({ code: "Throttled", retry: true, after: hours(1) });
    expect(far.clock.pauses).toEqual([]);
    expect(far.loopback.seen).toHaveLength(1);
  });

  test("a wait that would outlast the run is not begun", async () => {
    far.loopback.answer({ status: 429, headers: { "retry-after": "30" } });
    expect(await problemOf(ask({}, { deadline: later(noon, seconds(20)) }))).toMatchObject({ code: "Throttled" });
    expect(far.clock.pauses).toEqual([]);
  });

  test("a service that is down is asked four times and then told as failed", async () => {
    far.loopback.answer({ status: 503, body: "<html>Service Unavailable</html>" });
    expect(await problemOf(ask())).toMatchObject({
      code: "ServiceFailed",
      retry: true,
      message: "Log Analytics failed: status 503 with a page of HTML.",
    });
    expect(far.loopback.seen).toHaveLength(4);
  });

  test("a query that the service gives up on once gets a second chance", async () => {
    far.loopback.answer(refusal(504, { code: "GatewayTimeout", message: "Timeout" }), { body: one });
    expect((await ask()).rows).toHaveLength(1);
  });

  test("a query that the service gives up on twice is told as too long", async () => {
    far.loopback.answer({ status: 504 });
    expect(await problemOf(ask())).toMatchObject({
      code: "QueryTimedOut",
      retry: true,
      message: expect.stringContaining("3m"),
    });
    expect(far.loopback.seen).toHaveLength(2);
  });

  test.each(["reset", "cut"] as const)("a connection that breaks (%s) is made again", async (fault) => {
    far.loopback.answer({ fault }, { body: one });
    expect((await ask()).rows).toHaveLength(1);
    expect(far.loopback.seen).toHaveLength(2);
  });

  test("a connection that breaks every time is told with the host", async () => {
    far.loopback.answer({ fault: "reset" });
    expect(await problemOf(ask())).toMatchObject({
      code: "Unreachable",
      retry: true,
      message: expect.stringContaining("api.loganalytics.io"),
    });
  });

  test.each([
    { fault: "stall" },
    { fault: "half" },
    // The SDK never notices that a compressed body broke off.
    { fault: "half", gzip: true },
    { fault: "cut", gzip: true },
  ] as const)("an answer that does not come to an end (%o) is given up at the deadline", async (fault) => {
    far.loopback.answer(fault);
    const before = performance.now();
    const problem = await problemOf(ask({}, { deadline: later(noon, seconds(0.15)) }));
    expect(problem).toMatchObject({ code: "TooSlow", retry: true });
    expect(performance.now() - before).toBeLessThan(2000);
  });

  test("one try that hangs is given up early, and the next one answers", async () => {
    far.loopback.answer({ fault: "stall" }, { body: one });
    expect((await ask({ patience: { longestTry: seconds(0.1) } })).rows).toHaveLength(1);
  });

  test("a deadline that has passed sends nothing", async () => {
    expect(await problemOf(ask({}, { deadline: noon }))).toMatchObject({ code: "TooSlow" });
    expect(far.loopback.seen).toHaveLength(0);
  });

  test("a run that is stopped ends the question, and says that it was stopped", async () => {
    const stop = new AbortController();
    far.loopback.answer(() => {
      stop.abort();
      return { fault: "stall" };
    });
    expect(await problemOf(ask({}, { signal: stop.signal }))).toMatchObject({ code: "Cancelled" });
    expect(await problemOf(ask({}, { signal: stop.signal }))).toMatchObject({ code: "Cancelled" });
    expect(far.loopback.seen).toHaveLength(1);
  });
});

describe("without a token", () => {
  class CredentialUnavailableError extends Error {
    override readonly name = "CredentialUnavailableError";
  }
  class AuthenticationError extends Error {
    override readonly name = "AuthenticationError";
    readonly statusCode: number;
    constructor(statusCode: number) {
      super("AADSTS7000215: Invalid client secret provided. Trace ID: 0000");
      this.statusCode = statusCode;
    }
  }

  test("a machine without an identity is told so at once", async () => {
    const credential = { getToken: () => Promise.reject(new CredentialUnavailableError("IMDS did not answer")) };
    const problem = await problemOf(ask({ credential }));
    expect(problem).toMatchObject({
      code: "NoToken",
      retry: false,
      message: "There is no token for Log Analytics: CredentialUnavailableError.",
    });
    expect(far.loopback.seen).toHaveLength(0);
  });

  test("a sign-in service that fails is asked again", async () => {
    let asked = 0;
    const credential = {
      getToken: () => {
        asked++;
        return asked === 1 ? Promise.reject(new AuthenticationError(503)) : aCredential().getToken("");
      },
    };
    far.loopback.answer({ body: one });
    expect((await ask({ credential })).rows).toHaveLength(1);
  });

  test("a wrong secret is told by the code that can be looked up", async () => {
    const credential = { getToken: () => Promise.reject(new AuthenticationError(401)) };
    expect(await problemOf(ask({ credential }))).toMatchObject({
      retry: false,
      message: expect.stringContaining("AADSTS7000215"),
    });
  });

  test("a token that was revoked meanwhile is replaced when the service asks for it, within the same try", async () => {
    const claims = Buffer.from('{"access_token":{"nbf":{"essential":true}}}').toString("base64");
    const challenge = `Bearer realm="", error="insufficient_claims", claims="${claims}"`;
    far.loopback.answer({ status: 401, headers: { "www-authenticate": challenge } }, { body: one });
    expect((await ask()).rows).toEqual([{ Accounts: 31 }]);
    expect(far.loopback.seen).toHaveLength(2);
    expect(far.clock.pauses).toEqual([]);
  });
});
