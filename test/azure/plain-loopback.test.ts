import { afterEach, beforeEach, expect, test } from "vitest";
import { type Cloud, clouds } from "../../src/azure/clouds.ts";
import { logAnalytics } from "../../src/azure/log-analytics.ts";
import { sentinel } from "../../src/azure/sentinel.ts";
import { hours, later } from "../../src/time.ts";
import { anIncident } from "../contracts/incidents.ts";
import { type Loopback, startLoopback } from "./loopback.ts";
import { aClock, aCredential, noon } from "./test-ports.ts";

let loopback: Loopback;
beforeEach(async () => {
  loopback = await startLoopback();
});
afterEach(() => loopback.close());

/** The public cloud with both services somewhere else. */
const at = (endpoint: string): Cloud => ({
  ...clouds.public,
  logAnalytics: { ...clouds.public.logAnalytics, endpoint },
  resourceManager: { ...clouds.public.resourceManager, endpoint },
});
const logsAt = (endpoint: string) =>
  logAnalytics({ credential: aCredential(), cloud: at(endpoint), workspace: "w", clock: aClock() });
const incidentsAt = (endpoint: string) =>
  sentinel({
    credential: aCredential(),
    cloud: at(endpoint),
    subscription: "s",
    resourceGroup: "g",
    workspaceName: "w",
    apiVersion: "2025-09-01",
    clock: aClock(),
  });

test("a stand-in for Log Analytics on this machine is asked over http, with the token of the real one", async () => {
  loopback.answer({
    body: { tables: [{ name: "PrimaryResult", columns: [{ name: "x", type: "long" }], rows: [[1]] }] },
  });
  const { rows } = await logsAt(loopback.origin).query({
    kql: "print x = 1",
    window: { from: noon, to: later(noon, hours(1)) },
  });
  expect(rows).toEqual([{ x: 1 }]);
  expect(loopback.seen[0]).toMatchObject({
    path: "/v1/workspaces/w/query",
    headers: { authorization: "Bearer a-token-for-tests" },
  });
});

test("a stand-in for Sentinel on this machine is written to over http", async () => {
  loopback.answer(
    { status: 404, body: { error: { code: "NotFound", message: "none" } } },
    { status: 201, body: { properties: { title: "t", severity: "Low", status: "New" } } },
  );
  expect(await incidentsAt(loopback.origin).openOrUpdate(anIncident())).toMatchObject({ state: "opened" });
  expect(loopback.seen.map(({ method }) => method)).toEqual(["GET", "PUT"]);
});

test.each(["http://198.51.100.7:8080", "http://127.0.0.1.contoso.example", "http://localhost.contoso.example"])(
  "a token never goes in the clear to %s",
  (endpoint) => {
    expect(() => logsAt(endpoint)).toThrow(/https/);
    expect(() => incidentsAt(endpoint)).toThrow(/https/);
  },
);
