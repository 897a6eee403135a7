// A workspace of Log Analytics at the far end of the real SDK, on loopback.
import { afterEach, beforeEach } from "vitest";
import { clouds } from "../../src/azure/clouds.ts";
import { type LogAnalyticsOptions, logAnalytics } from "../../src/azure/log-analytics.ts";
import type { Answer, Logs, Question } from "../../src/ports.ts";
import { hours, later } from "../../src/time.ts";
import { type Loopback, startLoopback, throughLoopback } from "./loopback.ts";
import { aClock, aCredential, noon, type TestClock } from "./test-ports.ts";

export const workspace = "6ad7a1ac-0b1e-4a6b-9d1b-0d3c5a0f4c11";

export const question: Question = { kql: "SigninLogs | take 1", window: { from: noon, to: later(noon, hours(1)) } };

type ColumnOf = readonly [name: string, type: string];
export const table = (columns: readonly ColumnOf[], ...rows: readonly (readonly unknown[])[]) => ({
  name: "PrimaryResult",
  columns: columns.map(([name, type]) => ({ name, type })),
  rows,
});
export const one = { tables: [table([["Accounts", "long"]], [31])] };

export interface AskedWorkspace {
  readonly loopback: Loopback;
  readonly clock: TestClock;
  logs(over?: Partial<LogAnalyticsOptions>): Logs;
  ask(over?: Partial<LogAnalyticsOptions>, asked?: Partial<Question>): Promise<Answer>;
}

/** New for each test of the file that calls this. */
export function anAskedWorkspace(): AskedWorkspace {
  let loopback: Loopback;
  let clock: TestClock;
  beforeEach(async () => {
    loopback = await startLoopback();
    clock = aClock();
  });
  afterEach(() => loopback.close());
  const logs = (over: Partial<LogAnalyticsOptions> = {}): Logs =>
    logAnalytics({
      credential: aCredential(),
      cloud: clouds.public,
      workspace,
      clock,
      policies: [throughLoopback(loopback)],
      chance: () => 1,
      ...over,
    });
  return {
    get loopback() {
      return loopback;
    },
    get clock() {
      return clock;
    },
    logs,
    ask: (over = {}, asked = {}) => logs(over).query({ ...question, ...asked }),
  };
}
