// npm start -- --workspace, as a developer does it: the real SDK and its sign-in through the Azure CLI, the workspace
// answered on loopback by the embedded engine.
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LogStore, openLogStore } from "../src/local/log-store.ts";
import { alignDown, later, minutes, systemClock } from "../src/time.ts";
import { workspaceOver } from "./azure/log-analytics-server.ts";
import { type Loopback, startLoopback } from "./azure/loopback.ts";
import { type ServingHost, serveHost, startHost, writeSignIns } from "./host-process.ts";
import { aSpray } from "./tenant.ts";

const WORKSPACE = "11111111-1111-4111-8111-111111111111";

let folder = "";
let store: LogStore;
let loopback: Loopback;
let host: ServingHost;

/** What the Azure CLI prints for somebody who has signed in. */
async function writeCli(to: string): Promise<void> {
  const token = {
    accessToken: "a-developers-token",
    expires_on: 4_102_444_800,
    expiresOn: "2100-01-01 00:00:00.000000",
  };
  await mkdir(to, { recursive: true });
  await writeFile(join(to, "az"), `#!/bin/sh\necho '${JSON.stringify({ ...token, tokenType: "Bearer" })}'\n`);
  await chmod(join(to, "az"), 0o755);
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-workspace-"));
  await mkdir(join(folder, "logs"));
  await writeSignIns(join(folder, "logs"), aSpray(later(alignDown(systemClock(), minutes(10)), minutes(-18))));
  await writeCli(join(folder, "bin"));
  store = await openLogStore({ folder: join(folder, "logs") });
  loopback = await startLoopback();
  loopback.answer(workspaceOver(store.engine));
  host = await serveHost(["--workspace", WORKSPACE, "--out", join(folder, "outbox")], {
    PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
    LOG_ANALYTICS_ENDPOINT: loopback.origin,
    AZURE_TOKEN_CREDENTIALS: "AzureCliCredential",
    DISABLED_HUNTS: "failed-portal-sign-in",
    FIRST_LOOK_BACK: "1h",
  });
}, 60_000);

afterAll(async () => {
  if (host.child.exitCode === null) {
    host.child.kill("SIGINT");
    await once(host.child, "exit");
  }
  await loopback.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const act = (body: object) =>
  fetch(`${host.url}/api/hunts/single-factor-spray/runs`, {
    method: "POST",
    headers: { "x-functions-key": host.keys[0] ?? "" },
    body: JSON.stringify(body),
  });

test("the developer's own sign-in asks the workspace, and the attack in it is reported", async () => {
  await host.prints(/Hunting in the workspace 11111111-1111-4111-8111-111111111111.*nothing is ever done/);
  const { reports } = (await (await act({ period: "1h" })).json()) as { reports: { campaigns: unknown[] }[] };
  expect(JSON.stringify(reports)).toContain("40 attempted");
  expect(loopback.seen.every(({ path }) => path === `/v1/workspaces/${WORKSPACE}/query`)).toBe(true);
  expect(new Set(loopback.seen.map(({ headers }) => headers.authorization))).toEqual(
    new Set(["Bearer a-developers-token"]),
  );
});

test("nothing is done for it, whatever is asked for: neither the timer nor a run that should act opens or ends anything", async () => {
  await host.prints(/watch: (?:done|failed)/);
  expect((await act({ period: "1h", act: true })).status).toBeGreaterThanOrEqual(400);
  // The one thing to be said is what the first look back found; it is laid into the folder on this machine.
  expect(await readdir(join(folder, "outbox"))).toEqual([".entra-hunt-responder-outbox", "cards"]);
  expect(await readdir(join(folder, "outbox", "cards"))).toEqual([expect.stringMatching(/^first-/)]);
});

test("what is no workspace's id is refused at once, with where to find it", async () => {
  const wrong = startHost(["--workspace", "law-logs"], { PATH: process.env.PATH });
  expect(await once(wrong.child, "close")).toEqual([2, null]);
  expect(wrong.printed()).toContain("Workspace ID");
});
