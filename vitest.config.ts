import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    testTimeout: 60_000,
    hookTimeout: 60_000,
    // The KQL parser builds its grammar once per worker, which takes a second: files share workers, and keep no state.
    pool: "threads",
    isolate: false,
    // Many tests wait for a server or a child process: one worker more than cores keeps two cores busy.
    maxWorkers: 3,
  },
});
