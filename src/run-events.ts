// A run -> the events that telemetry is sent: numbers and our own names, never accounts, addresses or contents of rows.
import type { Level } from "./findings/campaign.ts";
import type { TelemetryEvent } from "./ports.ts";
import type { HuntRun } from "./respond.ts";
import { between, type Duration, type Instant, iso } from "./time.ts";

export interface Circumstances {
  /** What asked for the run. */
  readonly by: "timer" | "http";
  readonly run: string;
  readonly mode: string;
  readonly startedAt: Instant;
  readonly endedAt: Instant;
  /** How far the newest row of the hunt's tables lags behind, where it is known. */
  readonly lag: Duration | null;
}

const HEAVIEST: readonly Level[] = ["entered", "known", "possible", "attempted", "noise"];

/** The alarms of the deployment count "HuntCompleted"; "HuntFailed" says why there was none. */
export function eventOf(run: HuntRun, about: Circumstances): TelemetryEvent {
  const { hunt, window } = run.order;
  const common = {
    hunt: hunt.slug,
    by: about.by,
    run: about.run,
    mode: about.mode,
    from: iso(window.from),
    to: iso(window.to),
    durationMs: between(about.startedAt, about.endedAt),
    ...(about.lag === null ? {} : { ingestionLagMs: about.lag }),
  };
  if (run.kind === "failed") {
    return { name: "HuntFailed", properties: { ...common, code: run.problem.code, retry: run.problem.retry } };
  }
  const done = run.told.flatMap((told) => told.done);
  const levels = run.told.map((told) => told.plan.campaign.assessment.level);
  return {
    name: "HuntCompleted",
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

/** One for each action that failed, so that an alarm can tell them apart. */
export const failuresOf = (run: HuntRun, about: Pick<Circumstances, "run">): readonly TelemetryEvent[] =>
  run.kind === "failed"
    ? []
    : run.told.flatMap(({ done }) =>
        done.flatMap(({ action, outcome }) =>
          outcome.kind === "failed"
            ? [
                {
                  name: "ActionFailed",
                  properties: { run: about.run, hunt: run.order.hunt.slug, kind: action.kind, code: outcome.code },
                },
              ]
            : [],
        ),
      );
