// What a campaign says to people, ready to be sent.
import type { Campaign } from "../findings/campaign.ts";
import type { Card, Incident } from "../ports.ts";
import { cardOf } from "./card.ts";
import { incidentOf } from "./incident.ts";
import type { TellingContext } from "./telling.ts";

export interface Messages {
  readonly incident: Incident;
  readonly card: Card;
}

export const messagesOf = (campaign: Campaign, context: TellingContext): Messages => ({
  incident: incidentOf(campaign, context),
  card: cardOf({ kind: "opened", campaign }, context),
});
