import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { checkApp } from "../scripts/doctor/check-app.ts";
import { checkServices, type Examination, type Patient } from "../scripts/doctor/check-services.ts";
import { closeIncident } from "../scripts/doctor/close-incident.ts";
import { type Line, shown } from "../scripts/doctor/finding-out.ts";
import { clouds } from "../src/azure/clouds.ts";
import { graph } from "../src/azure/graph.ts";
import { logAnalytics } from "../src/azure/log-analytics.ts";
import { resourceManager } from "../src/azure/resource-manager.ts";
import { sentinel } from "../src/azure/sentinel.ts";
import { teams } from "../src/azure/teams.ts";
import { memoryJournal } from "../src/local/memory-journal.ts";
import {
  fetchThroughLoopback,
  type Loopback,
  type Reply,
  type Seen,
  startLoopback,
  throughLoopback,
} from "./azure/loopback.ts";
import { type SentinelServer, sentinelServer } from "./azure/sentinel-server.ts";
import { aClock, aCredential } from "./azure/test-ports.ts";
import { ownHunt } from "./builders.ts";

const workspace = {
  id: "6d9d3c1e-0000-4000-8000-000000000001",
  subscriptionId: "11111111-2222-4333-8444-555555555555",
  resourceGroup: "rg-soc",
  name: "law-soc",
};
const account = "6d9d3c1e-0000-4000-8000-00000000000a";

let loopback: Loopback;
let server: SentinelServer;
/** Replies that come instead of those of services in good health. */
let instead: (request: Seen) => Reply | undefined;

const rows = (count: number): Reply => ({
  body: { tables: [{ name: "PrimaryResult", columns: [{ name: "Count", type: "long" }], rows: [[count]] }] },
});

function inGoodHealth(request: Seen): Reply | Promise<Reply> {
  if (request.host === "api.loganalytics.io") return rows(1234);
  if (request.host === "management.azure.com") return server.answer(request);
  if (request.host === "graph.microsoft.com") {
    if (request.path.includes("checkMemberGroups") || request.path.includes("getMemberGroups")) {
      return { body: { value: [] } };
    }
    if (/roleManagement|privilegedAccess/.test(request.path)) return { body: { value: [] } };
    return { status: 404, body: { error: { code: "Request_ResourceNotFound", message: "…" } } };
  }
  return { status: 202, body: "" };
}

beforeEach(async () => {
  loopback = await startLoopback();
  server = sentinelServer();
  instead = () => undefined;
  loopback.answer((request) => instead(request) ?? inGoodHealth(request));
});
afterEach(() => loopback.close());

const credential = aCredential();
const clock = aClock();
const impatient = { patience: { tries: 1 } };

function aPatient(over: Partial<Patient> = {}): Patient {
  const policies = [throughLoopback(loopback)];
  const fetch = fetchThroughLoopback(loopback);
  const cloud = clouds.public;
  const far = { service: "Microsoft Sentinel", host: "management.azure.com" };
  const resource = { credential, resourceManager: cloud.resourceManager, far, apiVersion: "2025-09-01", policies };
  const place = {
    subscription: workspace.subscriptionId,
    resourceGroup: workspace.resourceGroup,
    workspaceName: workspace.name,
  };
  return {
    ports: {
      clock,
      logs: logAnalytics({ credential, cloud, workspace: workspace.id, clock, policies, ...impatient }),
      incidents: sentinel({ credential, cloud, ...place, clock, policies, ...impatient }),
      cards: teams({ webhookUrl: "https://x.logic.azure.com/?sig=secret", clock, fetch, ...impatient }),
      directory: graph({ credential, cloud, allow: ["readDirectory"], clock, fetch, ...impatient }).directory,
      journal: memoryJournal(),
    },
    hunts: [ownHunt("failed-portal-sign-in"), ownHunt("single-factor-spray")],
    close: (id) => closeIncident(resourceManager(resource), workspace, id),
    opensIncidents: true,
    postsCards: true,
    acts: true,
    ...over,
  };
}

const examination = (over: Partial<Examination> = {}): Examination => {
  let n = 0;
  const newId = () => `6d9d3c1e-0000-4000-8000-${String(++n).padStart(12, "1")}`;
  return { write: false, newId, ...over };
};

async function linesOf(lines: AsyncIterable<Line>): Promise<readonly Line[]> {
  const all: Line[] = [];
  for await (const line of lines) all.push(line);
  return all;
}
const said = async (lines: AsyncIterable<Line>) => (await linesOf(lines)).map(shown);
const methods = () => [...new Set(loopback.seen.map(({ method, host }) => `${method} ${host}`))].sort();

describe("without being asked to write", () => {
  test("each thing that can be read is read, and each write is said to be left out", async () => {
    expect(await said(checkServices(aPatient(), examination()))).toEqual([
      "ok        read AADNonInteractiveUserSignInLogs: 1,234 rows in the last hour",
      "ok        read SigninLogs: 1,234 rows in the last hour",
      "ok        read incidents: they can be looked up",
      "left out  write an incident: not tried without --write",
      "left out  post a card: not tried without --write",
      "ok        look up an account: accounts can be looked up",
      "left out  look up groups and roles: name an account with --account OBJECT_ID",
      "ok        read state: the table can be read",
      "left out  write state: not tried without --write",
    ]);
  });

  test("nothing is changed anywhere", async () => {
    await linesOf(checkServices(aPatient(), examination()));
    // Log Analytics is asked by POST.
    expect(methods()).toEqual(["GET graph.microsoft.com", "GET management.azure.com", "POST api.loganalytics.io"]);
    expect(server.writes()).toBe(0);
  });

  test("what is switched off is not asked for", async () => {
    const off = { opensIncidents: false, postsCards: false, acts: false };
    const lines = await linesOf(checkServices(aPatient(off), examination({ write: true })));
    expect(lines.filter(({ state }) => state === "left out").map(({ what }) => what)).toEqual([
      "incidents",
      "post a card",
      "read the directory",
    ]);
    expect(methods()).toEqual(["POST api.loganalytics.io"]);
  });
});

describe("when asked to write", () => {
  test("the test incident is closed again, and the record of state is gone", async () => {
    const patient = aPatient();
    const lines = await linesOf(checkServices(patient, examination({ write: true })));
    expect(lines.filter(({ state }) => state === "fault")).toEqual([]);
    const kept = [...server.incidents.values()];
    expect(kept.map(({ properties }) => [properties.status, properties.severity])).toEqual([
      ["Closed", "Informational"],
    ]);
    expect(await patient.ports.journal.list("doctor", "", 10)).toEqual([]);
    expect(
      loopback.seen.filter(({ host }) => host === "x.logic.azure.com:443" || host === "x.logic.azure.com"),
    ).toHaveLength(1);
  });

  test("an incident that cannot be closed is said to be there, with where to close it", async () => {
    const patient = aPatient({ close: () => Promise.reject(new Error("no")) });
    const line = (await linesOf(checkServices(patient, examination({ write: true })))).find(({ what }) =>
      /close/.test(what),
    );
    expect(line?.state).toBe("fault");
    expect(line?.advice).toMatch(/^Close it by hand: https:\/\/portal\.azure\.com/);
  });

  test("an account's groups and roles are looked up where one is named", async () => {
    instead = ({ path, host }) =>
      host === "graph.microsoft.com" && new RegExp(`/users/${account}\\?`).test(path)
        ? { body: { id: account, userPrincipalName: "ada@contoso.example", accountEnabled: true, userType: "Member" } }
        : undefined;
    const lines = await said(checkServices(aPatient(), examination({ account })));
    expect(lines).toContain("ok        look up an account: ada@contoso.example is there");
    expect(lines).toContain("ok        look up groups: membership can be asked for");
    expect(lines).toContain("ok        look up roles: it holds 0 roles");
  });
});

describe("a right that is missing is one line with its advice, and the others are tried all the same", () => {
  const refusal = (status: number, code: string): Reply => ({ status, body: { error: { code, message: "…" } } });

  test.each<[string, string, Reply, RegExp, RegExp]>([
    [
      "the tables",
      "api.loganalytics.io",
      refusal(403, "InsufficientAccessError"),
      /^read /,
      /Log Analytics Data Reader/,
    ],
    [
      "incidents",
      "management.azure.com",
      refusal(403, "AuthorizationFailed"),
      /^(read|write) (an )?incident/,
      /Sentinel Responder/,
    ],
    [
      "the directory",
      "graph.microsoft.com",
      refusal(403, "Authorization_RequestDenied"),
      /^look up/,
      /User\.Read\.All/,
    ],
  ])("%s", async (_what, host, reply, tried, advice) => {
    instead = (request) => (request.host === host ? reply : undefined);
    const lines = await linesOf(checkServices(aPatient(), examination({ write: true })));
    const faults = lines.filter(({ state }) => state === "fault");
    expect(faults.length).toBeGreaterThan(0);
    for (const fault of faults) {
      expect(fault.what).toMatch(tried);
      expect(shown(fault)).toMatch(advice);
    }
    expect(lines.at(-1)).toMatchObject({ what: "write state", state: "ok" });
  });

  test("a workflow that is gone is said without its URL", async () => {
    instead = ({ host }) => (host.startsWith("x.logic") ? { status: 404 } : undefined);
    const lines = await said(checkServices(aPatient(), examination({ write: true })));
    const card = lines.find((line) => line.includes("post a card"));
    expect(card).toMatch(/^FAULT/);
    expect(lines.join("\n")).not.toContain("sig=");
  });
});

describe("the deployed app", () => {
  const app = (key = "a-key") => ({ url: loopback.origin, key, fetch });
  const well = {
    well: true,
    reasons: [],
    notices: ["Incidents are seen in the Azure portal only."],
    tables: [{ table: "SigninLogs", newestRow: "2026-11-21T11:58:00.000Z", newestIngestion: null, rowsLastDay: 42 }],
    hunts: [
      { name: "single-factor-spray", lastSuccess: "2026-11-21T11:50:00.000Z", lastOutcome: "completed", open: 0 },
    ],
  };

  test("that is well says of each table and hunt how it is", async () => {
    loopback.answer({ body: well });
    expect(await said(checkApp(app()))).toEqual([
      "ok        reach the app: it answers with 200",
      "ok        its SigninLogs: 42 rows in the last day, the newest of 2026-11-21T11:58:00.000Z",
      "ok        its hunt single-factor-spray: succeeded at 2026-11-21T11:50:00.000Z",
      "ok        it remarks: Incidents are seen in the Azure portal only.",
    ]);
    expect(loopback.seen[0]).toMatchObject({ method: "GET", path: "/api/health" });
    expect(loopback.seen[0]?.headers["x-functions-key"]).toBe("a-key");
  });

  test("that is not well says why, with its own advice", async () => {
    const reasons = [{ code: "SilentTable", message: "SigninLogs has had no row.", advice: "Look at the export." }];
    loopback.answer({ status: 503, body: { ...well, well: false, reasons, tables: [], hunts: [] } });
    expect(await said(checkApp(app()))).toContain(
      "FAULT     it says SilentTable: SigninLogs has had no row. -> Look at the export.",
    );
  });

  test.each<[string, Reply, RegExp]>([
    ["a wrong key", { status: 401, body: "" }, /RESPONDER_KEY/],
    ["no code yet", { status: 404, body: "" }, /azd deploy/],
    ["settings at fault", { status: 500, body: "" }, /log stream/],
    ["something else that answers", { status: 200, body: "<html>" }, /log stream/],
  ])("with %s says what to do", async (_what, reply, advice) => {
    loopback.answer(reply);
    const [line, ...others] = await linesOf(checkApp(app()));
    expect(others).toEqual([]);
    expect(line?.state).toBe("fault");
    expect(line?.advice).toMatch(advice);
    expect(shown(line!)).not.toContain("a-key");
  });

  test("that is not there at all says so", async () => {
    const [line] = await linesOf(checkApp({ ...app(), url: "http://127.0.0.1:9" }));
    expect(line).toMatchObject({ state: "fault", what: "reach the app" });
  });
});
