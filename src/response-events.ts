// What is asked and done about accounts -> the events that telemetry is sent: numbers and our own names. A campaign is named
// by its two words; accounts, approvers and reasons stay in the incident and in the journal.
import { eventNames } from "./event-names.ts";
import type { AccountOrder, Approval } from "./ledger/response-records.ts";
import type { TelemetryEvent } from "./ports.ts";
import { between, type Instant } from "./time.ts";

const accountsIn = (parts: Approval["parts"]): number => parts.reduce((sum, { accounts }) => sum + accounts.length, 0);
const openIn = ({ parts }: Approval): Approval["parts"] => parts.filter(({ decision }) => decision === null);

export const askedEvent = (approval: Approval, reminder: boolean): TelemetryEvent => ({
  name: eventNames.approvalAsked,
  properties: {
    campaign: approval.campaign.shortName,
    accounts: accountsIn(openIn(approval)),
    parts: openIn(approval).length,
    reminder,
  },
});

export const decidedEvent = (
  { campaign, madeAt, parts }: Approval,
  part: number,
  decision: "approved" | "declined",
  at: Instant,
): TelemetryEvent => ({
  name: eventNames.approvalDecided,
  properties: {
    campaign: campaign.shortName,
    decision,
    accounts: parts[part]?.accounts.length ?? 0,
    waitedMs: between(madeAt, at),
  },
});

/** Nobody has decided about what is still open. */
export const expiredEvent = (approval: Approval, at: Instant): TelemetryEvent => ({
  name: eventNames.approvalDecided,
  properties: {
    campaign: approval.campaign.shortName,
    decision: "expired",
    accounts: accountsIn(openIn(approval)),
    waitedMs: between(approval.madeAt, at),
  },
});

export const refusedEvent = (why: string): TelemetryEvent => ({
  name: eventNames.approvalRefused,
  properties: { why },
});

export function orderEvent({ campaign, approver, accounts, madeAt }: AccountOrder, at: Instant): TelemetryEvent {
  const steps = accounts.flatMap((account) => account.steps);
  const count = (state: (typeof steps)[number]["state"]): number => steps.filter((step) => step.state === state).length;
  return {
    name: eventNames.orderCompleted,
    properties: {
      campaign: campaign.shortName,
      by: approver === null ? "automatic" : "person",
      accounts: accounts.length,
      done: count("done"),
      failed: count("failed"),
      heldBack: count("heldBack"),
      tookMs: between(madeAt, at),
    },
  };
}

export const stopEvent = (on: boolean): TelemetryEvent => ({ name: eventNames.stopThrown, properties: { on } });

export const containmentEvent = (campaign: string, containment: string, accounts: number): TelemetryEvent => ({
  name: eventNames.containment,
  properties: { campaign, containment, accounts },
});
