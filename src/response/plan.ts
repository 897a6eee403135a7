// An assessed campaign -> what is done and what is held back, each with its reason. Pure.
import type { Campaign } from "../findings/campaign.ts";
import type { Hunt } from "../hunts/hunt.ts";
import type { Action, HeldBack } from "./action.ts";
import { type Messages, messagesOf } from "./messages.ts";
import type { TellingContext } from "./telling.ts";
import { unprovenAccounts } from "./unproven.ts";

export interface Plan {
  readonly campaign: Campaign;
  readonly messages: Messages;
  readonly actions: readonly Action[];
  readonly heldBack: readonly HeldBack[];
}

/** Somebody else's rule: it looks and reports. */
const looksOnly = (campaign: Campaign): readonly HeldBack[] => [
  {
    kind: "openIncident",
    target: campaign.findings.map((finding) => finding.hunt.slug).join(", "),
    reason: "The rule has no key `responder`: it looks and reports, and never acts.",
  },
];

/** `context` is everything around the campaign but what is held back, which is decided here. */
export function plan(campaign: Campaign, hunts: readonly Hunt[], context: Omit<TellingContext, "heldBack">): Plan {
  const acting = hunts.some((hunt) => hunt.responder !== null);
  const heldBack = acting ? unprovenAccounts(campaign) : looksOnly(campaign);
  const messages = messagesOf(campaign, { ...context, heldBack });
  const reason = `${campaign.assessment.level}: ${campaign.assessment.because}`;
  const card = `${campaign.shortName}-${campaign.id.slice(0, 8)}.opened`;
  return {
    campaign,
    messages,
    actions: acting
      ? [
          { kind: "openIncident", reason, campaign: campaign.id, incident: messages.incident },
          { kind: "postCard", reason, campaign: campaign.id, id: card, card: messages.card },
        ]
      : [],
    heldBack,
  };
}
