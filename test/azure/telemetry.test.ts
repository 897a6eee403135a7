import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import { createServer as createSecureServer, type Server as SecureServer } from "node:https";
import { createRequire } from "node:module";
import type { AddressInfo } from "node:net";
import { gunzipSync } from "node:zlib";
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import { afterAll, afterEach, beforeAll, expect, test } from "vitest";
import { type TelemetryOptions, telemetry } from "../../src/azure/telemetry.ts";
import type { Events, TelemetryEvent } from "../../src/ports.ts";
import { duration, seconds } from "../../src/time.ts";
import { throughLoopback } from "./loopback.ts";
import { selfSigned } from "./self-signed.ts";
import { aCredential } from "./test-ports.ts";

// The SDK reports its own use to Microsoft unless the process says otherwise when it is loaded.
process.env.APPLICATION_INSIGHTS_NO_STATSBEAT = "true";
process.env.WEBSITE_SITE_NAME = "hunt-responder";

const connectionString =
  "InstrumentationKey=0a1b2c3d-0000-4000-8000-000000000001;IngestionEndpoint=https://westeurope-5.in.applicationinsights.azure.com/";

interface Arrived {
  readonly name: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly data: { readonly baseType: string; readonly baseData: Record<string, unknown> };
}

/** What the ingestion service was sent, and how it answers. */
let server: Server;
let origin = "";
let arrived: Arrived[] = [];
let requests: { host: string; path: string; authorization: string }[] = [];
let status = 200;
let stall = false;

/** The same service over TLS, with a certificate that nobody else vouches for. */
let secured: SecureServer;
const identity = selfSigned();

async function take(incoming: IncomingMessage, answer: ServerResponse): Promise<void> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const body = Buffer.concat(parts);
  const text = (incoming.headers["content-encoding"] === "gzip" ? gunzipSync(body) : body).toString("utf8");
  const items = text.split("\n").flatMap((line) => [JSON.parse(line)].flat() as Arrived[]);
  requests.push({
    host: String(incoming.headers["x-meant-for"]),
    path: incoming.url ?? "",
    authorization: incoming.headers.authorization ?? "",
  });
  if (stall) return;
  if (status === 200) arrived.push(...items);
  answer.writeHead(status, { "content-type": "application/json" });
  answer.end(JSON.stringify({ itemsReceived: items.length, itemsAccepted: items.length, errors: [] }));
}

const portOf = (of: Server | SecureServer): number => (of.address() as AddressInfo).port;

beforeAll(async () => {
  server = createServer(take);
  secured = createSecureServer(identity, take);
  await Promise.all([server, secured].map((each) => new Promise<void>((done) => each.listen(0, "127.0.0.1", done))));
  origin = `http://127.0.0.1:${portOf(server)}`;
});
afterAll(() => {
  for (const each of [server, secured]) {
    each.closeAllConnections();
    each.close();
  }
});
afterEach(() => {
  arrived = [];
  requests = [];
  status = 200;
  stall = false;
  notes = [];
  credential = aCredential();
  way = () => wayTo(origin);
});

// Only the origin of a loopback server is needed to be led there.
const wayTo = (to: string) => throughLoopback({ origin: to } as Parameters<typeof throughLoopback>[0]);

let notes: string[] = [];
let credential = aCredential();
let way: () => Pick<PipelinePolicy, "sendRequest"> = () => wayTo(origin);

/** To the service over TLS, trusting whom this test trusts. */
const overTls = (ca: string | undefined): Pick<PipelinePolicy, "sendRequest"> => ({
  sendRequest(request, next) {
    const { pathname, search } = new URL(request.url);
    request.url = `https://127.0.0.1:${portOf(secured)}${pathname}${search}`;
    if (ca !== undefined) request.tlsSettings = { ca };
    return next(request);
  },
});
const changing: Pick<TelemetryOptions, "credential" | "policies" | "note"> = {
  credential: { getToken: (scopes, options) => credential.getToken(scopes, options) },
  policies: [{ name: "way", sendRequest: (request, next) => way().sendRequest(request, next) }],
  note: (what) => void notes.push(what),
};
/** One for the whole process, as in the app; long enough a limit to load the SDK on a busy machine. */
const events: Events = telemetry({ connectionString, longest: seconds(25), ...changing });

const done: TelemetryEvent = {
  name: "RunCompleted",
  properties: { hunt: "single-factor-spray", rows: 31, findings: 2, whole: true, level: "attempted" },
};

const require = createRequire(import.meta.url);
const loaded = (): boolean => Object.keys(require.cache).some((path) => path.includes("applicationinsights"));

test("without a connection string nothing is sent, nor the SDK so much as loaded", async () => {
  const none = telemetry({ connectionString: undefined, ...changing });
  none.emit(done);
  await none.flush();
  expect(requests).toEqual([]);
  expect(loaded()).toBe(false);
});

test("with one, the SDK is loaded by the first event; a credential without a token fails no run", async () => {
  const broken = aCredential();
  broken.getToken = async () => Promise.reject(new Error("alice@contoso.example has no token"));
  credential = broken;
  await events.flush();
  expect(loaded()).toBe(false);
  events.emit(done);
  await expect(events.flush()).resolves.toBeUndefined();
  expect(loaded()).toBe(true);
  expect(requests).toEqual([]);
  expect(notes).toHaveLength(1);
  expect(notes.join()).not.toContain("alice");
});

test("an event arrives whole, signed in with the app's identity, under the app's name", async () => {
  events.emit(done);
  await events.flush();
  expect(requests).toEqual([
    {
      host: "westeurope-5.in.applicationinsights.azure.com",
      path: expect.stringMatching(/\/track/),
      authorization: "Bearer a-token-for-tests",
    },
  ]);
  expect(credential.scopes).toEqual(["https://monitor.azure.com/.default"]);
  expect(arrived).toHaveLength(1);
  expect(arrived[0]?.data.baseType).toBe("EventData");
  expect(arrived[0]?.data.baseData).toMatchObject({
    name: "RunCompleted",
    properties: { hunt: "single-factor-spray", rows: "31", findings: "2", whole: "true", level: "attempted" },
  });
  expect(arrived[0]?.tags["ai.cloud.role"]).toBe("hunt-responder");
  expect(notes).toEqual([]);
});

test("an event travels under TLS to whom the certificate names", async () => {
  way = () => overTls(identity.cert);
  events.emit(done);
  await events.flush();
  expect(arrived.map(({ data }) => data.baseData.name)).toEqual(["RunCompleted"]);
  expect(requests.map(({ authorization }) => authorization)).toEqual(["Bearer a-token-for-tests"]);
});

test("nothing is sent to a host whose certificate nobody vouches for, and the run goes on", async () => {
  way = () => overTls(undefined);
  events.emit(done);
  await expect(events.flush()).resolves.toBeUndefined();
  expect(requests).toEqual([]);
  expect(notes).toEqual([expect.stringContaining("CERT")]);
});

test("each event is sent once, in order, none of them sampled away", async () => {
  for (let n = 0; n < 60; n += 1) events.emit({ name: "RunCompleted", properties: { n } });
  await events.flush();
  await events.flush();
  const numbers = arrived.map(({ data }) => Object(data.baseData.properties).n);
  expect(numbers).toEqual(Array.from({ length: 60 }, (_, n) => String(n)));
});

test("an app without the role is told which one, and its run goes on", async () => {
  status = 401;
  events.emit(done);
  await expect(events.flush()).resolves.toBeUndefined();
  expect(notes).toEqual([expect.stringContaining("Monitoring Metrics Publisher")]);
});

test("a service that is not there fails no run", async () => {
  way = () => wayTo("http://127.0.0.1:9");
  events.emit(done);
  await expect(events.flush()).resolves.toBeUndefined();
  expect(notes).toEqual([expect.stringContaining("ECONNREFUSED")]);
});

test("a service that does not answer holds a run up no longer than it may", async () => {
  stall = true;
  const hurried = telemetry({ connectionString, longest: duration(200), ...changing });
  hurried.emit(done);
  const before = performance.now();
  await hurried.flush();
  expect(performance.now() - before).toBeLessThan(1_000);
  expect(notes).toEqual([expect.stringContaining("0.2 s")]);
});

test("a connection string that the SDK does not take fails no run either", async () => {
  const mistaken = telemetry({ connectionString: "InstrumentationKey=not-a-key", ...changing });
  mistaken.emit(done);
  await expect(mistaken.flush()).resolves.toBeUndefined();
  expect(notes).toHaveLength(1);
});

test("the process is left as it was: no handler that swallows what nobody handles", () => {
  expect(loaded()).toBe(true);
  const ours = process.listeners("unhandledRejection").map((listener) => String(listener));
  expect(ours.filter((text) => text.includes("_handleException") || text.includes("bound"))).toEqual([]);
});
