import { once } from "node:events";
import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { alignDown, later, minutes, systemClock } from "../src/time.ts";
import { type ServingHost, serveHost, writeSignIns } from "./host-process.ts";
import { aSpray, type TestSignIn } from "./tenant.ts";

let folder = "";
let host: ServingHost;

/** Twenty minutes ago; it got into its last account. */
function theSpray(): readonly TestSignIn[] {
  const attempts = aSpray(later(alignDown(systemClock(), minutes(10)), minutes(-18)));
  const inside = attempts.slice(-1).map((last) => ({ ...last, at: later(last.at, minutes(1)), code: "0" }));
  return [...attempts, ...inside];
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-host-"));
  await writeSignIns(folder, theSpray());
  const environment = { DISABLED_HUNTS: "failed-portal-sign-in", FIRST_LOOK_BACK: "1h", PATH: process.env.PATH };
  host = await serveHost(["--logs", folder, "--out", join(folder, "outbox")], environment);
}, 60_000);

afterAll(async () => {
  if (host.child.exitCode === null) host.child.kill("SIGKILL");
  await rm(folder, { recursive: true, force: true });
});

const get = (path: string, key?: string) =>
  fetch(`${host.url}${path}`, key === undefined ? {} : { headers: { "x-functions-key": key } });

test("the local host opens nothing without a key, and its functions with one", async () => {
  expect((await get("/api/hunts")).status).toBe(401);
  expect((await get("/api/hunts", "guessed")).status).toBe(401);
  expect((await get(`/api/hunts?code=${host.keys[0]}`)).status).toBe(200);
  expect((await get("/api/nothing", host.keys[0])).status).toBe(404);
  const { hunts } = (await (await get("/api/hunts", host.keys[0])).json()) as { hunts: { name: string }[] };
  expect(hunts.map(({ name }) => name)).toEqual(["failed-portal-sign-in", "single-factor-spray"]);
});

test("a timer can be fired by hand with the other key only", async () => {
  const fire = (key: string | undefined) =>
    fetch(`${host.url}/admin/functions/tend`, { method: "POST", headers: { "x-functions-key": key ?? "" } });
  expect((await fire(host.keys[0])).status).toBe(401);
  expect((await fire(host.keys[1])).status).toBe(202);
  await host.prints(/tend: done/);
});

test("a run over HTTP finds what the folder of logs holds", async () => {
  const reply = await fetch(`${host.url}/api/hunts/single-factor-spray/runs`, {
    method: "POST",
    headers: { "x-functions-key": host.keys[0] ?? "" },
    body: JSON.stringify({ period: "1h" }),
  });
  const { reports } = (await reply.json()) as { reports: { findings: { measured: { value: number }[] }[] }[] };
  expect(reports[0]?.findings.flatMap(({ measured }) => measured.map(({ value }) => value))).toEqual(
    expect.arrayContaining([expect.any(Number)]),
  );
});

test("the first run happens at once and lays what it says into the outbox", async () => {
  await host.prints(/watch: done/);
  const [incident = ""] = await readdir(join(folder, "outbox", "incidents"));
  const { properties } = JSON.parse(await readFile(join(folder, "outbox", "incidents", incident), "utf8"));
  expect(properties.title).toContain("single-factor spray");
  expect(host.printed()).toMatch(/Incident opened: .*single-factor spray.*incidents/);
});

test("cards lie in the outbox too, without a webhook, and the terminal says so", async () => {
  await host.prints(/watch: done/);
  const cards = await readdir(join(folder, "outbox", "cards"));
  expect(cards).toEqual(expect.arrayContaining([expect.stringMatching(/\.opened\.json$/)]));
  expect(host.printed()).toMatch(/Card: .*1 got in.*single-factor spray/);
});

test("Ctrl-C ends the host and every process that it started", async () => {
  const children = (await readFile(`/proc/${host.child.pid}/task/${host.child.pid}/children`, "utf8").catch(() => ""))
    .trim()
    .split(/\s+/)
    .filter(Boolean);
  const ended = once(host.child, "exit");
  host.child.kill("SIGINT");
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
