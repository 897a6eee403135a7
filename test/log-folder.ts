// A folder of sign-in logs for a test, asked through the same path as a run.
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Thresholds } from "../src/findings/thresholds.ts";
import type { Exclusion } from "../src/hunts/exclusion.ts";
import type { Hunt } from "../src/hunts/hunt.ts";
import { openLogStore } from "../src/local/log-store.ts";
import { type Look, look } from "../src/look.ts";
import { readQuestions } from "../src/rulebook.ts";
import type { TimeWindow } from "../src/time.ts";

export type LogRow = Readonly<Record<string, unknown>>;
export type Tables = Readonly<Record<string, readonly LogRow[]>>;

/** Opens the tables as a log store, gives them to `use`, and leaves nothing behind. */
export async function withLogs<T>(
  tables: Tables,
  use: (store: Awaited<ReturnType<typeof openLogStore>>) => Promise<T>,
): Promise<T> {
  const folder = await mkdtemp(join(tmpdir(), "logs-of-a-test-"));
  try {
    for (const [name, rows] of Object.entries(tables)) {
      await writeFile(join(folder, `${name}.ndjson`), rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    }
    const store = await openLogStore({ folder, threads: 1 });
    try {
      return await use(store);
    } finally {
      await store.close();
    }
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface LookOptions {
  readonly window: TimeWindow;
  readonly exclusions?: readonly Exclusion[];
  readonly overrides?: Thresholds;
  readonly size?: "small" | "large" | "auto";
}

export async function lookAt(hunt: Hunt, tables: Tables, options: LookOptions): Promise<Look> {
  const questions = await readQuestions();
  return withLogs(tables, (store) =>
    look({ hunt, questions, exclusions: [], overrides: {}, size: "small", now: options.window.to, ...options }, store),
  );
}
