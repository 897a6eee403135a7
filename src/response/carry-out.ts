// Actions -> outcomes. The only place that changes anything outside; one failure never hides the others.
import { batchesOf } from "../batches.ts";
import { incidentId } from "../findings/campaign.ts";
import { noteIncident } from "../ledger/campaigns.ts";
import type { CallLimits, Card, Incident, IncidentReceipt, Ports } from "../ports.ts";
import { Problem } from "../problems.ts";
import type { Action, Following, Outcome } from "./action.ts";
import { withIncidentUrl } from "./card.ts";
import { openResponseCase } from "./cases.ts";

export type Mode = "act" | "rehearse";

export interface Done {
  readonly action: Action;
  readonly outcome: Outcome;
}

/** Generations of one campaign; nobody closes an incident so often. */
const MOST_GENERATIONS = 30;
/** Incidents have ids that stop a second one, so they may be written at the same time. Whatever else is done one by one. */
const INCIDENTS_AT_ONCE = 40;

/** Where incidents that were just written can be opened, by campaign. */
type Opened = Map<string, string>;

async function perform(action: Action, opened: Opened, ports: Ports, limits: CallLimits): Promise<string> {
  switch (action.kind) {
    case "openIncident": {
      const receipt = await openOrFollow(action, ports, limits);
      opened.set(action.campaign, receipt.url);
      const muted = receipt.state === "closed" ? "; its campaign is muted by that" : "";
      return `${receipt.state}: ${receipt.url}${muted}`;
    }
    case "postCard":
      await ports.cards.post(action.id, linkedTo(action.card, opened.get(action.campaign)), limits);
      return `posted: ${action.id}`;
    case "addComment":
      await ports.incidents.comment(action.incident, action.id, action.text, limits);
      return `commented: ${action.incident}`;
    case "answerCase":
      await openResponseCase(action.answer, ports.journal);
      return `to be answered: ${action.campaign}`;
    case "disableAccount":
      await ports.sessions.disable(action.account, limits);
      return `account disabled: ${action.account}`;
    case "revokeSessions":
      await ports.sessions.revoke(action.account, limits);
      return `sessions revoked: ${action.account}`;
  }
}

/** The service knows best where its incident is opened, and one that follows a closed one has an address of its own. */
const linkedTo = (card: Card, url: string | undefined): Card =>
  url?.startsWith("https://") ? withIncidentUrl(card, url) : card;

/**
 * An incident that an analyst has closed stays closed and mutes its campaign; what is worth telling all the same is told
 * in a new one, which names the old. Which of both it was is kept with the campaign.
 */
async function openOrFollow(
  { campaign, incident, following }: Extract<Action, { kind: "openIncident" }>,
  { incidents, journal }: Ports,
  limits: CallLimits,
): Promise<IncidentReceipt> {
  let receipt = await incidents.openOrUpdate(incident, limits);
  let generation = following?.generation ?? 1;
  let follows: string | undefined;
  const known = generation;
  while (receipt.state === "closed" && generation < known + MOST_GENERATIONS) {
    const because = worthTelling(incident, receipt, following);
    if (because === "") break;
    generation += 1;
    follows = `This goes on from an incident that was closed${receipt.classification === undefined ? "" : ` as ${receipt.classification}`}: ${receipt.url}\nIt was opened for ${because}.\n\n`;
    const id = incidentId({ id: campaign, generation });
    receipt = await incidents.openOrUpdate({ ...incident, id, description: follows + incident.description }, limits);
  }
  const owed = (following?.because ?? "") !== "";
  if (receipt.state === "closed" || generation !== known || following?.wasClosed || owed) {
    const closed = receipt.state === "closed" ? closingOf(receipt, incident) : null;
    await noteIncident(campaign, { generation, closed, ...(follows === undefined ? {} : { follows }) }, journal);
  }
  return receipt;
}

/** Why a closed incident is followed by another; "" where it is not. */
function worthTelling(
  { lastActivity }: Incident,
  { closedAt }: IncidentReceipt,
  following: Following | undefined,
): string {
  // Of what the evidence does not speak of nothing is remembered that new activity could be measured by.
  if (following === undefined) return closedAt === undefined || lastActivity > closedAt ? "new activity" : "";
  if (following.because !== "") return following.because;
  const { provenTo } = following;
  return closedAt !== undefined && provenTo !== null && provenTo > closedAt ? "new proof" : "";
}

const closingOf = ({ closedAt, classification, owner }: IncidentReceipt, { lastActivity }: Incident) => ({
  at: closedAt ?? lastActivity,
  classification: classification ?? ("Undetermined" as const),
  owner: owner ?? "",
});

const wouldBe: Readonly<Record<Action["kind"], string>> = {
  openIncident: "would open or update the incident",
  postCard: "would post the card",
  addComment: "would comment on the incident",
  answerCase: "would ask a person or act",
  disableAccount: "would disable the account",
  revokeSessions: "would revoke the sessions",
};

async function attempt(action: Action, opened: Opened, ports: Ports, limits: CallLimits): Promise<Done> {
  try {
    return { action, outcome: { kind: "done", detail: await perform(action, opened, ports, limits) } };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const { code, message, advice, retry } = error;
    return { action, outcome: { kind: "failed", code, detail: message, advice, retry } };
  }
}

/** A few at a time: incidents together, everything else alone and in its order, so that each result is kept at once. */
function inTurn(actions: readonly Action[]): readonly (readonly Action[])[] {
  const incidents = actions.filter((action) => action.kind === "openIncident");
  const others = actions.filter((action) => action.kind !== "openIncident");
  return [...batchesOf(incidents, INCIDENTS_AT_ONCE), ...others.map((action) => [action])];
}

export interface Keeping {
  /** Called before an action; what is no longer in this process's hands is left to whoever has it. */
  readonly mayStill: (action: Action) => boolean;
  /** Called after each few, before the next are begun. */
  readonly keep: (done: readonly Done[]) => Promise<void>;
}

/**
 * Incidents come first, so that what a card links to is there. The caller has recorded the intent before and is given the
 * results to record after. A rehearsal does nothing. A bug is thrown, a Problem is an outcome.
 */
export async function carryOut(
  actions: readonly Action[],
  mode: Mode,
  ports: Ports,
  keeping: Keeping,
  limits: CallLimits = {},
): Promise<readonly Done[]> {
  if (mode === "rehearse")
    return actions.map((action) => ({ action, outcome: { kind: "rehearsed", detail: wouldBe[action.kind] } }));
  const done: Done[] = [];
  const opened: Opened = new Map();
  for (const batch of inTurn(actions)) {
    const results = await Promise.all(
      batch.filter(keeping.mayStill).map((action) => attempt(action, opened, ports, limits)),
    );
    if (results.length > 0) await keeping.keep(results);
    done.push(...results);
  }
  return done;
}
