// npm run test:soak: every test, with whole what npm test runs a share of or leaves out, and the whole table of faults.
// Takes about twenty minutes on two cores that do nothing else.
import { spawnSync } from "node:child_process";

const run = (args: readonly string[], environment: Readonly<Record<string, string>> = {}): number =>
  spawnSync(process.execPath, [...args], { stdio: "inherit", env: { ...process.env, ...environment } }).status ?? 1;

const cases = run(["node_modules/vitest/vitest.mjs", "run"], { SOAK: "1" });
const faults = run(["scripts/faults.ts"]);
process.exit(cases === 0 && faults === 0 ? 0 : 1);
