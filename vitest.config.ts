import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The KQL parser builds its grammar once per worker, which takes a second: files share workers, and keep no state.
    pool: "threads",
    isolate: false,
    // As many as the machine has cores: one more made every worker slower than what it added (263 s against 212 s on two).
    maxWorkers: "100%",
    // Tests that say they may run side by side, as many at once.
    maxConcurrency: 3,
  },
});
