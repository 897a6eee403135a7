import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alignDown, iso, later, minutes, systemClock } from "../src/time.ts";
import { aSpray } from "./tenant.ts";
import { untilPrinted } from "./until-printed.ts";

const root = join(import.meta.dirname, "..");
let folder = "";
let host: ChildProcess;
let printed = "";
let url = "";
let keys: readonly string[] = [];

const prints = (pattern: RegExp): Promise<RegExpExecArray> => untilPrinted(host, () => printed, pattern);

/** A folder of logs with a spray twenty minutes ago that got into its last account. */
async function writeLogs(to: string): Promise<void> {
  const attempts = aSpray(later(alignDown(systemClock(), minutes(10)), minutes(-18)));
  const inside = attempts.slice(-1).map((last) => ({ ...last, at: later(last.at, minutes(1)), code: "0" }));
  const rows = [...attempts, ...inside].map(({ at, account, code, address }, n) => ({
    TimeGenerated: iso(at),
    Id: `sign-in-${n}`,
    UserId: `user-${account}`,
    UserPrincipalName: account,
    ResultType: code,
    IPAddress: address,
    AuthenticationRequirement: "singleFactorAuthentication",
    AutonomousSystemNumber: "64511",
    IsInteractive: false,
    AuthenticationProtocol: code === "0" ? "ropc" : "none",
  }));
  await writeFile(
    join(to, "AADNonInteractiveUserSignInLogs.ndjson"),
    rows.map((row) => JSON.stringify(row)).join("\n"),
  );
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-host-"));
  await writeLogs(folder);
  const args = ["scripts/run.mjs", "src/host.ts", "--port", "0", "--logs", folder, "--out", join(folder, "outbox")];
  const environment = { DISABLED_HUNTS: "failed-portal-sign-in", FIRST_LOOK_BACK: "1h", PATH: process.env.PATH };
  host = spawn(process.execPath, args, { cwd: root, env: environment });
  host.stdout?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  host.stderr?.setEncoding("utf8").on("data", (text: string) => {
    printed += text;
  });
  url = (await prints(/GET\s+(http:\/\/127\.0\.0\.1:\d+)\/api\/hunts/))[1] ?? "";
  await prints(/for \/admin/);
  keys = [...printed.matchAll(/x-functions-key: (\S+)/g)].map((match) => match[1] ?? "");
}, 60_000);

afterAll(async () => {
  if (host.exitCode === null) host.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, key?: string) =>
  fetch(`${url}${path}`, key === undefined ? {} : { headers: { "x-functions-key": key } });

test("the local host opens nothing without a key, and its functions with one", async () => {
  expect((await get("/api/hunts")).status).toBe(401);
  expect((await get("/api/hunts", "guessed")).status).toBe(401);
  expect((await get(`/api/hunts?code=${keys[0]}`)).status).toBe(200);
  expect((await get("/api/nothing", keys[0])).status).toBe(404);
  const { hunts } = (await (await get("/api/hunts", keys[0])).json()) as { hunts: { name: string }[] };
  expect(hunts.map(({ name }) => name)).toEqual(["failed-portal-sign-in", "single-factor-spray"]);
});

test("a timer can be fired by hand with the other key only", async () => {
  const fire = (key: string | undefined) =>
    fetch(`${url}/admin/functions/tend`, { method: "POST", headers: { "x-functions-key": key ?? "" } });
  expect((await fire(keys[0])).status).toBe(401);
  expect((await fire(keys[1])).status).toBe(202);
  await prints(/tend: done/);
});

test("a run over HTTP finds what the folder of logs holds", async () => {
  const reply = await fetch(`${url}/api/hunts/single-factor-spray/runs`, {
    method: "POST",
    headers: { "x-functions-key": keys[0] ?? "" },
    body: JSON.stringify({ period: "1h" }),
  });
  const { reports } = (await reply.json()) as { reports: { findings: { measured: { value: number }[] }[] }[] };
  expect(reports[0]?.findings.flatMap(({ measured }) => measured.map(({ value }) => value))).toEqual(
    expect.arrayContaining([expect.any(Number)]),
  );
});

test("the first run happens at once and lays what it says into the outbox", async () => {
  await prints(/watch: done/);
  const [incident = ""] = await readdir(join(folder, "outbox", "incidents"));
  const { properties } = JSON.parse(await readFile(join(folder, "outbox", "incidents", incident), "utf8"));
  expect(properties.title).toContain("single-factor spray");
  expect(printed).toMatch(/Incident opened: .*single-factor spray.*incidents/);
});

test("cards lie in the outbox too, without a webhook, and the terminal says so", async () => {
  await prints(/watch: done/);
  const cards = await readdir(join(folder, "outbox", "cards"));
  expect(cards).toEqual(expect.arrayContaining([expect.stringMatching(/\.opened\.json$/)]));
  expect(printed).toMatch(/Card: .*1 got in.*single-factor spray/);
});

test("Ctrl-C ends the host and every process that it started", async () => {
  const children = (await readFile(`/proc/${host.pid}/task/${host.pid}/children`, "utf8").catch(() => ""))
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const ended = once(host, "exit");
  host.kill("SIGINT");
  expect(await ended).toEqual([0, null]);
  const alive = children.filter((pid) => {
    try {
      process.kill(Number(pid), 0);
      return true;
    } catch {
      return false;
    }
  });
  expect(alive).toEqual([]);
});
