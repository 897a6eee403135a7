import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
const start = (nodeArguments: readonly string[], ...args: readonly string[]) =>
  spawnSync(process.execPath, [...nodeArguments, "scripts/run.mjs", ...args], { cwd: root, encoding: "utf8" });

/** Makes this Node believe that it is an old one. */
const asNode = (version: string): readonly string[] => [
  "--import",
  `data:text/javascript,Object.defineProperty(process,"versions",{value:{...process.versions,node:"${version}"}})`,
];

test("an old Node says which it is and what to do, instead of a syntax error", () => {
  const { status, stderr, stdout } = start(asNode("18.20.8"), "src/cli.ts", "--help");
  expect(status).toBe(2);
  expect(stdout).toBe("");
  expect(stderr).toContain("needs Node 24 or later. Found Node 18.20.8");
  expect(stderr).toContain("npm ci --include=dev --ignore-scripts=false");
});

test("Node 24 and later run the command with its own arguments", () => {
  const { status, stdout } = start([], "src/cli.ts", "--help");
  expect(status).toBe(0);
  expect(stdout).toContain("npm run hunt");
});
