// A run -> the event that telemetry is sent: numbers and our own names, never accounts, addresses or contents of rows.
import { eventNames } from "./event-names.ts";
import type { Level } from "./findings/campaign.ts";
import type { TelemetryEvent } from "./ports.ts";
import type { HuntRun } from "./respond.ts";
import { between, type Duration, type Instant, iso } from "./time.ts";

export interface Circumstances {
  /** What asked for the run. */
  readonly by: "timer" | "http";
  readonly run: string;
  /** Why this window: "live", "outage"; "asked" where a person named it. */
  readonly ask: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** How far the newest row of the hunt's tables lags behind, where it is known. */
  readonly lag: Duration | null;
}

const HEAVIEST: readonly Level[] = ["entered", "known", "possible", "attempted", "noise"];

export function eventOf(run: HuntRun, about: Circumstances): TelemetryEvent {
  const { hunt, window } = run.order;
  const scheduled = about.by === "timer";
  const common = {
    hunt: hunt.slug,
    run: about.run,
    ask: about.ask,
    from: iso(window.from),
    to: iso(window.to),
    durationMs: between(about.startedAt, about.endedAt),
    ...(about.lag === null ? {} : { lagMs: about.lag }),
  };
  if (run.kind === "failed") {
    const name = scheduled ? eventNames.runFailed : eventNames.onDemandRun;
    return { name, properties: { ...common, code: run.problem.code, retry: run.problem.retry } };
  }
  const done = run.told.flatMap((told) => told.done);
  const levels = run.told.map((told) => told.plan.campaign.assessment.level);
  return {
    name: scheduled ? eventNames.runCompleted : eventNames.onDemandRun,
    properties: {
      ...common,
      whole: run.look.whole,
      rows: run.look.rows.length,
      findings: run.look.findings.length,
      campaigns: run.told.length,
      level: HEAVIEST.find((level) => levels.includes(level)) ?? "none",
      actions: done.length,
      failedActions: done.filter(({ outcome }) => outcome.kind === "failed").length,
      heldBack: run.told.reduce((sum, told) => sum + told.plan.heldBack.length, 0),
    },
  };
}
