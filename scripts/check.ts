// npm test: types, lint with the import rules, unused code, build, tests. Everything runs, then all failures are told.
import { spawn } from "node:child_process";

interface Step {
  readonly name: string;
  readonly args: readonly string[];
}

const tool = (path: string): string => `node_modules/${path}`;

/** Side by side, as each of them leaves a core idle now and then; what they say is told one after the other. */
const first: readonly Step[] = [
  { name: "types", args: [tool("typescript/bin/tsc"), "--noEmit", "--project", "."] },
  { name: "lint", args: [tool("@biomejs/biome/bin/biome"), "ci", "--error-on-warnings", "."] },
  { name: "unused code", args: [tool("knip/bin/knip.js"), "--no-progress"] },
  { name: "build", args: ["scripts/build.ts"] },
];
const tests: Step = {
  name: "tests",
  args: [
    tool("vitest/vitest.mjs"),
    "run",
    "--reporter=default",
    "--reporter=json",
    "--outputFile.json=.local/test-report.json",
  ],
};

const failed = new Set<string>();

function run({ name, args }: Step, output: "shown" | "kept"): Promise<() => void> {
  const begin = performance.now();
  const child = spawn(process.execPath, [...args], {
    stdio: output === "shown" ? ["ignore", "inherit", "inherit"] : ["ignore", "pipe", "pipe"],
  });
  const said: Buffer[] = [];
  for (const stream of [child.stdout, child.stderr]) stream?.on("data", (chunk: Buffer) => said.push(chunk));
  return new Promise((resolve) => {
    const ended = (passed: boolean): void => {
      if (!passed) failed.add(name);
      const took = ((performance.now() - begin) / 1000).toFixed(1);
      resolve(() => {
        process.stdout.write(Buffer.concat(said));
        console.log(`${passed ? "ok    " : "FAILED"} ${name} (${took} s)`);
      });
    };
    child.on("error", (error) => {
      said.push(Buffer.from(`${error.message}\n`));
      ended(false);
    });
    child.on("close", (status) => ended(status === 0));
  });
}

for (const tell of await Promise.all(first.map((step) => run(step, "kept")))) tell();
(await run(tests, "shown"))();
if (failed.size > 0) {
  console.error(`Failed: ${[...failed].join(", ")}`);
  process.exitCode = 1;
}
