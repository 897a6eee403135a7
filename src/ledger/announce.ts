// What was given up is said elsewhere: on the incident where a card failed, on a card where an incident failed, and on
// the next card in any case. Telemetry was told already.
import { incidentId } from "../findings/campaign.ts";
import type { Journal } from "../ports.ts";
import type { Action } from "../response/action.ts";
import type { Instant } from "../time.ts";
import { generationOf } from "./campaigns.ts";
import { throughChannel } from "./channel.ts";
import { type GivenUp, promised } from "./deliveries.ts";
import { plainCard } from "./plain-card.ts";
import { short } from "./records.ts";

const ANNOUNCEMENT = "given-up-";

/** Records the announcements, as far as there is a channel for them; they are delivered like everything else. */
export async function announce(
  givenUp: readonly GivenUp[],
  channels: { readonly incidents: boolean; readonly cards: boolean },
  now: Instant,
  journal: Journal,
): Promise<void> {
  for (const one of givenUp) {
    const said = announcementOf(one, await generationOf(one.held.action.campaign, journal));
    const open = said?.kind === "postCard" ? channels.cards : channels.incidents;
    const elsewhere = open ? said : null;
    await throughChannel(
      (channel) => ({
        channel: { ...channel, owed: [...channel.owed, one.code] },
        besides: elsewhere === null ? [] : [promised(elsewhere, now, now)],
      }),
      journal,
    );
  }
}

function announcementOf({ held: { action, id }, code }: GivenUp, generation: number): Action | null {
  switch (action.kind) {
    case "postCard":
      if (action.campaign === "") return null;
      return {
        kind: "addComment",
        reason: `The card could not be posted: ${code}.`,
        campaign: action.campaign,
        incident: incidentId({ id: action.campaign, generation }),
        id: `${ANNOUNCEMENT}${short(id)}`,
        text: `A card about this incident could not be posted to Teams and was given up (${code}). Whoever reads only the channel does not know of it.`,
      };
    case "openIncident":
    case "answerCase":
    case "disableAccount":
    case "revokeSessions":
    case "addComment": {
      const what = {
        openIncident: "An incident",
        answerCase: "What is to be done about proven accounts",
        disableAccount: "The disabling of an account",
        revokeSessions: "A revocation of sessions",
        addComment: "A comment",
      }[action.kind];
      const title = action.kind === "openIncident" ? action.incident.title : action.reason;
      return plainCard(`${ANNOUNCEMENT}${short(id)}`, {
        kind: "plain",
        topic: "health",
        title: `${what} could not be written`,
        lead: `It was tried for two days and given up (${code}).`,
        sections: [{ title: "What it was about", facts: [], lines: [title] }],
        link: null,
      });
    }
  }
}
