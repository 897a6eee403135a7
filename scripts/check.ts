// npm test: types, lint with the import rules, unused code, tests, build. Everything runs, then all failures are told.
import { spawnSync } from "node:child_process";

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

const tool = (path: string): string => `node_modules/${path}`;
const steps: readonly Step[] = [
  { name: "types", args: [tool("typescript/bin/tsc"), "--noEmit", "--project", "."] },
  { name: "lint", args: [tool("@biomejs/biome/bin/biome"), "ci", "--error-on-warnings", "."] },
  { name: "unused code", args: [tool("knip/bin/knip.js"), "--no-progress"] },
  {
    name: "tests",
    args: [
      tool("vitest/vitest.mjs"),
      "run",
      "--reporter=default",
      "--reporter=json",
      "--outputFile.json=.local/test-report.json",
    ],
  },
  { name: "build", args: ["scripts/build.ts"] },
];

const failed: string[] = [];
for (const { name, args } of steps) {
  const begin = performance.now();
  const { status, error } = spawnSync(process.execPath, [...args], { stdio: ["ignore", "inherit", "inherit"] });
  if (error) console.error(error.message);
  if (status !== 0) failed.push(name);
  console.log(`${status === 0 ? "ok    " : "FAILED"} ${name} (${((performance.now() - begin) / 1000).toFixed(1)} s)`);
}
if (failed.length > 0) {
  console.error(`Failed: ${failed.join(", ")}`);
  process.exit(1);
}
