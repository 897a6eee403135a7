// npm start -- --workspace, as a developer does it: the real SDK and its sign-in through the Azure CLI, the workspace
// answered on loopback by the embedded engine.
import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { chmod, mkdir, mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type LogStore, openLogStore } from "../src/local/log-store.ts";
import { alignDown, iso, later, minutes, systemClock } from "../src/time.ts";
import { workspaceOver } from "./azure/log-analytics-server.ts";
import { type Loopback, startLoopback } from "./azure/loopback.ts";
import { aSpray } from "./tenant.ts";
import { untilPrinted } from "./until-printed.ts";

const root = join(import.meta.dirname, "..");
const WORKSPACE = "11111111-1111-4111-8111-111111111111";

let folder = "";
let store: LogStore;
let loopback: Loopback;
let host: ChildProcess;
let printed = "";
let url = "";
let key = "";

const prints = (pattern: RegExp): Promise<RegExpExecArray> => untilPrinted(host, () => printed, pattern);

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
  const rows = aSpray(later(alignDown(systemClock(), minutes(10)), minutes(-18))).map(
    ({ at, account, code, address }, n) => ({
      TimeGenerated: iso(at),
      Id: `sign-in-${n}`,
      UserId: `user-${n}`,
      UserPrincipalName: account,
      ResultType: code,
      IPAddress: address,
      AuthenticationRequirement: "singleFactorAuthentication",
      AutonomousSystemNumber: "64511",
      IsInteractive: false,
    }),
  );
  await mkdir(join(folder, "logs"));
  await writeFile(
    join(folder, "logs", "AADNonInteractiveUserSignInLogs.ndjson"),
    rows.map((row) => JSON.stringify(row)).join("\n"),
  );
  await writeCli(join(folder, "bin"));
  store = await openLogStore({ folder: join(folder, "logs") });
  loopback = await startLoopback();
  loopback.answer(workspaceOver(store.engine));
  host = spawn(
    process.execPath,
    ["scripts/run.mjs", "src/host.ts", "--workspace", WORKSPACE, "--port", "0", "--out", join(folder, "outbox")],
    {
      cwd: root,
      env: {
        PATH: `${join(folder, "bin")}${delimiter}${process.env.PATH}`,
        LOG_ANALYTICS_ENDPOINT: loopback.origin,
        AZURE_TOKEN_CREDENTIALS: "AzureCliCredential",
        DISABLED_HUNTS: "failed-portal-sign-in",
        FIRST_LOOK_BACK: "1h",
      },
    },
  );
  for (const stream of [host.stdout, host.stderr])
    stream?.setEncoding("utf8").on("data", (text: string) => {
      printed += text;
    });
  url = (await prints(/GET\s+(http:\/\/127\.0\.0\.1:\d+)\/api\/hunts/))[1] ?? "";
  key = (await prints(/x-functions-key: (\S+)\s+for \/api/))[1] ?? "";
}, 60_000);

afterAll(async () => {
  if (host.exitCode === null) {
    host.kill("SIGINT");
    await once(host, "exit");
  }
  await loopback.close();
  await store.close();
  await rm(folder, { recursive: true, force: true });
});

const act = (body: object) =>
  fetch(`${url}/api/hunts/single-factor-spray/runs`, {
    method: "POST",
    headers: { "x-functions-key": key },
    body: JSON.stringify(body),
  });

test("the developer's own sign-in asks the workspace, and the attack in it is reported", async () => {
  await prints(/Hunting in the workspace 11111111-1111-4111-8111-111111111111.*nothing is ever done/);
  const { reports } = (await (await act({ period: "1h" })).json()) as { reports: { campaigns: unknown[] }[] };
  expect(JSON.stringify(reports)).toContain("40 attempted");
  expect(loopback.seen.every(({ path }) => path === `/v1/workspaces/${WORKSPACE}/query`)).toBe(true);
  expect(new Set(loopback.seen.map(({ headers }) => headers.authorization))).toEqual(
    new Set(["Bearer a-developers-token"]),
  );
});

test("nothing is done for it, whatever is asked for: neither the timer nor a run that should act opens or ends anything", async () => {
  await prints(/watch: (?:done|failed)/);
  expect((await act({ period: "1h", act: true })).status).toBeGreaterThanOrEqual(400);
  // The one thing to be said is what the first look back found; it is laid into the folder on this machine.
  expect(await readdir(join(folder, "outbox"))).toEqual([".entra-hunt-responder-outbox", "cards"]);
  expect(await readdir(join(folder, "outbox", "cards"))).toEqual([expect.stringMatching(/^first-/)]);
});

test("what is no workspace's id is refused at once, with where to find it", async () => {
  const wrong = spawn(process.execPath, ["scripts/run.mjs", "src/host.ts", "--workspace", "law-logs"], { cwd: root });
  let said = "";
  wrong.stderr.setEncoding("utf8").on("data", (text: string) => {
    said += text;
  });
  expect(await once(wrong, "exit")).toEqual([2, null]);
  expect(said).toContain("Workspace ID");
});
