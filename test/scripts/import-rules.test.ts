// A linter that looked at nothing would be content with everything.
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";

const imports = (what: string): string => `import { x } from "${what}";\nexport const y = x;\n`;
const IMPORT = "lint/style/noRestrictedImports";
const DATE = "lint/style/noRestrictedGlobals";
const ENVIRONMENT = "lint/style/noProcessEnv";
const dates = "export const y = new Date();\n";
const environment = "export const y = process.env.X;\n";

/** Room, text, the rule in question, and whether the room breaks it. */
const cases = [
  ["src/findings", imports("@azure/identity"), IMPORT, true],
  ["src/findings", imports("node:fs/promises"), IMPORT, true],
  ["src/findings", imports("node:crypto"), IMPORT, false],
  ["src/findings", imports("../hunts/hunt.ts"), IMPORT, false],
  ["src/hunts", imports("../azure/graph.ts"), IMPORT, true],
  ["src/response", imports("../kql/engine.ts"), IMPORT, true],
  ["src/azure", imports("../local/outbox.ts"), IMPORT, true],
  ["src/local", imports("../azure/graph.ts"), IMPORT, true],
  ["src/local", imports("../kql/engine.ts"), IMPORT, false],
  ["src/triggers", imports("../azure/graph.ts"), IMPORT, true],
  ["src/kql", imports("../ports.ts"), IMPORT, true],
  ["src/kql", imports("@duckdb/node-api"), IMPORT, false],
  ["src/findings", dates, DATE, true],
  ["src/azure", environment, ENVIRONMENT, true],
] as const;
const fileOf = (at: number): string => `${cases[at]?.[0]}/case-${at}.ts`;

let folder: string;
let seen: string;
beforeAll(() => {
  const root = join(import.meta.dirname, "..", "..");
  folder = mkdtempSync(join(tmpdir(), "import-rules-"));
  const rules = JSON.parse(readFileSync(join(root, "biome.json"), "utf8"));
  writeFileSync(join(folder, "biome.json"), JSON.stringify({ ...rules, vcs: { enabled: false } }));
  for (const [at, [, text]] of cases.entries()) {
    mkdirSync(dirname(join(folder, fileOf(at))), { recursive: true });
    writeFileSync(join(folder, fileOf(at)), text);
  }
  writeFileSync(join(folder, "src/time.ts"), dates);
  writeFileSync(join(folder, "src/settings.ts"), environment);
  const biome = join(createRequire(import.meta.url).resolve("@biomejs/biome/package.json"), "..", "bin", "biome");
  const run = spawnSync(process.execPath, [biome, "lint", "--colors=off", "--max-diagnostics=200", "src"], {
    cwd: folder,
    encoding: "utf8",
  });
  seen = `${run.stdout}${run.stderr}`;
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const breaks = (file: string, rule: string): boolean =>
  seen.split("\n").some((line) => line.startsWith(`${file}:`) && line.includes(rule));

test.each(cases.map((one, at) => [...one, at] as const))("in %s, %j and the rule %s: %s", (_, __, rule, broken, at) => {
  expect(breaks(fileOf(at), rule)).toBe(broken);
});

test("time.ts alone builds dates, settings.ts alone reads the environment", () => {
  expect(breaks("src/time.ts", DATE)).toBe(false);
  expect(breaks("src/settings.ts", ENVIRONMENT)).toBe(false);
});
