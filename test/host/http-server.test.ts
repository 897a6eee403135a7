import { afterEach, expect, test } from "vitest";
import { type HttpServer, serveHttp } from "../../src/host/http-server.ts";
import { newKeys, opens } from "../../src/host/keys.ts";
import { triggers } from "../../src/triggers/triggers.ts";
import { at } from "../builders.ts";
import { anInvocation, aTestApp } from "../test-app.ts";

const keys = newKeys();
let server: HttpServer;
afterEach(() => server.close());

async function serve() {
  const app = aTestApp(at("2026-11-21T12:00:00Z"));
  server = await serveHttp({
    triggers,
    app,
    keys,
    port: 0,
    newInvocation: () => anInvocation(),
    runTimer: async () => undefined,
  });
  const ask = (path: string, init: RequestInit = {}, key = keys.function) =>
    fetch(`${server.url}${path}`, { ...init, headers: { "x-functions-key": key } });
  return { app, ask };
}

test("routes are those of Azure: the method counts, parts in braces are handed on", async () => {
  const { ask } = await serve();
  expect((await ask("/api/hunts")).status).toBe(200);
  expect((await ask("/api/hunts", { method: "DELETE" })).status).toBe(404);
  expect((await ask("/hunts")).status).toBe(404);
  const reply = await ask("/api/hunts/no%20such/runs", { method: "POST", body: "{}" });
  expect(await reply.json()).toMatchObject({ code: "UnknownHunt", detail: expect.stringContaining('"no such"') });
});

test("a body beyond the limit is refused and the server goes on", async () => {
  const { ask } = await serve();
  const reply = await ask("/api/hunts/single-factor-spray/runs", { method: "POST", body: "x".repeat(100_000) });
  expect([reply.status, reply.headers.get("content-type")]).toEqual([413, "application/problem+json"]);
  expect((await ask("/api/hunts")).status).toBe(200);
});

test("it listens on this machine alone", async () => {
  await serve();
  expect(server.url).toMatch(/^http:\/\/127\.0\.0\.1:\d+$/);
});

test("each key opens what it is for", () => {
  expect([opens(keys.function, "function", keys), opens(keys.master, "function", keys)]).toEqual([true, true]);
  expect([opens(keys.function, "admin", keys), opens(keys.master, "admin", keys)]).toEqual([false, true]);
  expect([opens(null, "function", keys), opens("", "function", keys), opens(null, "anonymous", keys)]).toEqual([
    false,
    false,
    true,
  ]);
});
