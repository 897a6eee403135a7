import { execFile } from "node:child_process";
import { access, mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Built, build } from "../scripts/build.ts";
import { triggers } from "../src/triggers/triggers.ts";

const root = join(import.meta.dirname, "..");
const run = promisify(execFile);
let folder = "";
let built: Built;

beforeAll(async () => {
  // Outside of the repository, so that nothing in it can be found by looking upwards.
  folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-build-"));
  built = await build(join(folder, "app"));
}, 60_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const environment = {
  WORKSPACE_ID: "11111111-1111-4111-8111-111111111111",
  WORKSPACE_SUBSCRIPTION_ID: "22222222-2222-4222-8222-222222222222",
  WORKSPACE_RESOURCE_GROUP: "rg-logs",
  WORKSPACE_NAME: "law-logs",
  STATE_TABLE_URI: "https://state.table.core.windows.net",
};

test("the deployed folder holds everything that the app needs and nothing to be installed", async () => {
  const names = Object.keys(built.files);
  expect(names).toEqual(
    expect.arrayContaining([
      "main.js",
      "host.json",
      "package.json",
      "hunts/single-factor-spray.yaml",
      "hunts/failed-portal-sign-in.yaml",
    ]),
  );
  expect(names.filter((name) => name.includes("node_modules"))).toEqual([]);
  const { main, dependencies } = JSON.parse(await readFile(join(built.folder, "package.json"), "utf8"));
  await access(join(built.folder, main));
  expect([main, dependencies]).toEqual(["main.js", undefined]);
});

test("the deployed folder loads in the worker by itself and registers every function", async () => {
  const child = join(root, "test", "worker-child.ts");
  const { stdout } = await run(process.execPath, [child, join(built.folder, "main.js")], {
    env: environment,
    cwd: folder,
  });
  const { functions } = JSON.parse(stdout);
  expect(functions.map(({ name }: { name: string }) => name)).toEqual(triggers.map(({ name }) => name));
});

test("every question that a hunt needs is beside the hunts", async () => {
  const sources = (await readdir(join(root, "src", "hunts"))).filter((name) => /\.(yaml|kql)$/.test(name));
  expect((await readdir(join(built.folder, "hunts"))).toSorted()).toEqual(sources.toSorted());
});

test("the embedded engine and DuckDB are not deployed", () => {
  const engine = built.modules.filter((path) =>
    /@duckdb|@kusto|[\\/]src[\\/]kql[\\/]|[\\/]src[\\/]local[\\/]/.test(path),
  );
  expect(engine).toEqual([]);
  // What says "not there" above must be able to see: this is there.
  expect(built.modules.some((path) => /@azure[\\/]identity/.test(path))).toBe(true);
});

test("telemetry lies in a part of its own that nothing loads at the start, and that loads when it is asked for", async () => {
  const names = Object.keys(built.files).filter((name) => name.endsWith(".js"));
  const [large = "", ...others] = names.filter((name) => (built.files[name] ?? 0) > 2_000_000);
  expect([large, others]).toEqual([expect.stringMatching(/\.js$/), []]);
  const start = await readFile(join(built.folder, "app.js"), "utf8");
  expect(start).not.toContain(`from"./${large}"`);
  const use = `
    const { startWorker } = await import(${JSON.stringify(join(root, "test", "worker.ts"))});
    startWorker();
    await import(${JSON.stringify(join(built.folder, "main.js"))});
    const part = await import(${JSON.stringify(join(built.folder, large))});
    const open = (each) => { try { return each(); } catch { return null; } };
    const found = Object.values(part).flatMap((each) => [each, typeof each === "function" ? open(each) : null]);
    console.log(found.some((each) => typeof each?.TelemetryClient === "function"));
    process.exit(0);`;
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", use], { cwd: folder, env: environment });
  expect(stdout.trim()).toBe("true");
});
