import { existsSync } from "node:fs";
import { defineConfig } from "vitest/config";
import { BaseSequencer, type TestSpecification } from "vitest/node";
import { keptParser } from "./scripts/kept-parser.mjs";

const kept = keptParser(import.meta.dirname);

/** What takes longest, and what mostly waits: begun last it would run alone. */
const LONG = [
  "ledger/faults",
  "judging",
  "approvals/page-browser",
  "sample-tenant-story",
  "cli",
  "hunts/failed-portal-sign-in",
  "local/sample-tenant",
  "host-workspace",
  "build",
  "response/after-care",
  "scripts/kept-parser",
  "ledger/killing",
  "local/azurite",
  "ledger/two-engines",
  "ledger/arrival-order",
  "hunts/single-factor-spray",
  "kql/load/broken-lines",
  "host",
];

class LongestFirst extends BaseSequencer {
  override async sort(files: TestSpecification[]): Promise<TestSpecification[]> {
    const sorted = await super.sort(files);
    const rank = ({ moduleId }: TestSpecification): number => {
      const at = LONG.findIndex((name) => moduleId.endsWith(`/test/${name}.test.ts`));
      return at < 0 ? LONG.length : at;
    };
    return sorted.toSorted((a, b) => rank(a) - rank(b));
  }
}

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    sequence: { sequencer: LongestFirst },
    // The KQL parser builds its grammar once per worker, which takes a second or two, or starts with it in place: files
    // share workers, and keep no state.
    pool: "forks",
    isolate: false,
    execArgv: kept && existsSync(kept) ? ["--snapshot-blob", kept] : [],
    // A process that starts from a snapshot has no constructor of consoles.
    disableConsoleIntercept: true,
    // As many as the machine has cores: one more made every worker slower than what it added (263 s against 212 s on two).
    maxWorkers: "100%",
    // Tests that say they may run side by side, as many at once.
    maxConcurrency: 3,
  },
});
