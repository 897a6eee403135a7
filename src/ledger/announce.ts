// What was given up is said elsewhere: on the incident where a card failed, on a card where an incident failed, and on
// the next card in any case. Telemetry was told already.
import { incidentId } from "../findings/campaign.ts";
import type { Change, Journal } from "../ports.ts";
import type { Action } from "../response/action.ts";
import type { Instant } from "../time.ts";
import { type GivenUp, promised } from "./deliveries.ts";
import { plainCard } from "./promise.ts";
import { CHANNEL, cellOf, readRecord, records, short } from "./records.ts";

const MOST_TRIES = 4;
const ANNOUNCEMENT = "given-up-";

/** Records the announcements; they are delivered like everything else. */
export async function announce(givenUp: readonly GivenUp[], now: Instant, journal: Journal): Promise<void> {
  for (const one of givenUp) {
    const { partition } = one.held;
    const elsewhere = announcementOf(one);
    for (let tried = 1; tried <= MOST_TRIES; tried++) {
      const record = await journal.read(partition, CHANNEL);
      const channel = record === null ? { posted: [], owed: [] } : readRecord(records.channel, record, partition);
      const owed = [...channel.owed, one.code];
      const changes: Change[] = [
        { kind: "put", id: CHANNEL, value: cellOf({ ...channel, owed }), basedOn: record?.version ?? null },
        ...(elsewhere === null ? [] : [promised(elsewhere, now, now)]),
      ];
      if ((await journal.commit(partition, changes)).kind === "committed") break;
    }
  }
}

function announcementOf({ held: { action, id }, code }: GivenUp): Action | null {
  switch (action.kind) {
    case "postCard":
      if (action.campaign === "") return null;
      return {
        kind: "addComment",
        reason: `The card could not be posted: ${code}.`,
        campaign: action.campaign,
        incident: incidentId({ id: action.campaign, generation: 1 }),
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
