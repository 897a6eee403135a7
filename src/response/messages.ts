// What a campaign says to people, ready to be sent.
import type { Campaign, ProvenAccount } from "../findings/campaign.ts";
import type { Card, Incident } from "../ports.ts";
import { cardOf } from "./card.ts";
import { incidentOf } from "./incident.ts";
import type { TellingContext } from "./telling.ts";

export interface Messages {
  readonly incident: Incident;
  readonly card: Card;
}

/** `newly` are the accounts that were proven since the campaign was told last; null where it is told for the first time. */
export const messagesOf = (
  campaign: Campaign,
  context: TellingContext,
  newly: readonly ProvenAccount[] | null = null,
): Messages => ({
  incident: incidentOf(campaign, context),
  card: cardOf(newly === null ? { kind: "opened", campaign } : { kind: "proven", campaign, newly }, context),
});
