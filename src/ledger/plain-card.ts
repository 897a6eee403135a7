// A card that belongs to no single campaign.
import type { Action } from "../response/action.ts";
import { cardOf } from "../response/card.ts";
import type { PlainTelling } from "../response/telling.ts";

export const plainCard = (id: string, telling: PlainTelling): Extract<Action, { kind: "postCard" }> => ({
  kind: "postCard",
  reason: telling.title,
  campaign: "",
  id,
  card: cardOf(telling, {
    hunts: [],
    setAside: [],
    heldBack: [],
    links: null,
    incidentUrl: null,
    rehearsal: false,
    stopped: false,
  }),
});
