import { afterAll, beforeAll, expect, onTestFinished, test } from "vitest";
import { clouds } from "../../src/azure/clouds.ts";
import { logAnalytics } from "../../src/azure/log-analytics.ts";
import { type Engine, openEngine } from "../../src/kql/engine.ts";
import { openLogStore } from "../../src/local/log-store.ts";
import type { Logs } from "../../src/ports.ts";
import { hours, later } from "../../src/time.ts";
import { logsContract } from "../contracts/logs.ts";
import { aFolder, lines } from "../kql/load/a-folder.ts";
import { workspaceOver } from "./log-analytics-server.ts";
import { type Loopback, startLoopback, throughLoopback } from "./loopback.ts";
import { aClock, aCredential, noon } from "./test-ports.ts";

const over = (loopback: Loopback): Logs =>
  logAnalytics({
    credential: aCredential(),
    cloud: clouds.public,
    workspace: "w",
    clock: aClock(),
    policies: [throughLoopback(loopback)],
  });

logsContract("Log Analytics", async (tables) => {
  const files = Object.entries(tables).map(([name, rows]) => [`${name}.ndjson`, lines(...rows)] as const);
  const store = await openLogStore({ folder: await aFolder(Object.fromEntries(files)) });
  const loopback = await startLoopback();
  loopback.answer(workspaceOver(store.engine));
  onTestFinished(async () => {
    await loopback.close();
    await store.close();
  });
  return over(loopback);
});

let engine: Engine;
let loopback: Loopback;
let logs: Logs;
const window = { from: noon, to: later(noon, hours(1)) };

beforeAll(async () => {
  engine = await openEngine();
  loopback = await startLoopback();
  loopback.answer(workspaceOver(engine));
  logs = over(loopback);
});
afterAll(async () => {
  await loopback.close();
  engine.close();
});

test.each([
  "print b = true, i = int(7), l = 7, r = 0.5, s = 'text', none = ''",
  "print d = datetime(2026-11-21T10:00:00.1234560Z), t = time(1.02:03:04), g = guid(6ad7a1ac-0b1e-4a6b-9d1b-0d3c5a0f4c11)",
  "print big = 9007199254740993, small = -9007199254740993, real(nan)",
  "print d = datetime(null), t = timespan(null), l = long(null), b = bool(null), g = guid(null), s = tostring(dynamic(null))",
  "print d = dynamic(50126), text = dynamic('50126'), o = dynamic({'a': [1, 'b', null]}), l = dynamic(['192.0.2.1']), n = dynamic(null)",
  "print m = make_datetime(1970, 1, 1)",
  "range x from 1 to 5 step 1 | summarize make_list(x), n = count()",
  "print x = 1 | where x == 2",
])("a question has the same answer here and over the wire: %s", async (kql) => {
  const here = await engine.query(kql, { window });
  const there = await logs.query({ kql, window });
  expect(there.columns).toEqual(here.columns.map(({ name, type }) => ({ name, type })));
  expect(there.rows.map((row) => Object.values(row))).toEqual(here.rows);
  expect(there.whole).toBe(true);
});
