// What a run of the hunt command says on a terminal.
import type { HuntRun, Told } from "../respond.ts";
import type { Action } from "../response/action.ts";
import type { Done } from "../response/carry-out.ts";
import { type RunToShow, terminalSummary } from "../response/terminal.ts";

export interface ToSummarise {
  readonly runs: readonly HuntRun[];
  /** What holds for the logs as a whole. */
  readonly notes: readonly string[];
  /** What the logs are, in words. */
  readonly logs: string;
  /** Where the outbox is. */
  readonly folder: string;
  readonly terminal: { readonly columns?: number; readonly isTTY?: boolean };
}

const NARROWEST = 60;
const WIDEST = 80;

function targetOf(action: Action): string {
  switch (action.kind) {
    case "openIncident":
      return action.incident.id;
    case "postCard":
      return action.id;
    case "addComment":
      return action.incident;
    case "answerCase":
      return action.campaign;
    case "disableAccount":
    case "revokeSessions":
      return action.account;
  }
}

const reasonOf = ({ action, outcome }: Done): string =>
  outcome.kind === "failed" ? `failed: ${outcome.detail} ${outcome.advice}` : action.reason;

const campaignOf = ({ plan, done }: Told): RunToShow["campaigns"][number] => ({
  campaign: plan.campaign,
  actions: done.map((each) => ({ kind: each.action.kind, reason: reasonOf(each), target: targetOf(each.action) })),
  heldBack: plan.heldBack,
});

function runOf(run: HuntRun): RunToShow {
  const head = { hunt: run.order.hunt, window: run.order.window };
  if (run.kind === "failed") {
    return { ...head, whole: false, rows: 0, failed: run.problem, campaigns: [], setAside: [], warnings: [] };
  }
  const { whole, rows, setAside, warnings } = run.look;
  return { ...head, whole, rows: rows.length, failed: null, campaigns: run.told.map(campaignOf), setAside, warnings };
}

export function summaryOf({ runs, notes, logs, folder, terminal }: ToSummarise): string {
  const width = Math.min(WIDEST, Math.max(NARROWEST, terminal.columns ?? WIDEST));
  const colour = terminal.isTTY === true;
  const told = runs.some((run) => run.kind === "looked" && run.told.length > 0);
  const foot = [`Logs: ${logs}.`, ...notes, ...(told ? [`Incidents, cards and full lists: ${folder}`] : [])];
  return `${terminalSummary(runs.map(runOf), { width, colour })}\n\n${foot.join("\n")}`;
}
