// A card that belongs to no single campaign.
import type { Journal } from "../ports.ts";
import type { Action } from "../response/action.ts";
import { CARD_BUDGET, cardOf } from "../response/card.ts";
import { container, text } from "../response/card-elements.ts";
import { signs } from "../response/card-words.ts";
import type { ResponseRules } from "../response/rules.ts";
import { isStopped } from "../response/stop-switch.ts";
import type { PlainTelling } from "../response/telling.ts";
import { words } from "../response/words.ts";

/** Bytes left for lines that a card is given when it goes out. */
const ROOM_FOR_NOTES = 1024;

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
    cardBudget: CARD_BUDGET - ROOM_FOR_NOTES,
  }),
});

/**
 * What is to be said, as things are when it goes out: a plain card may have been promised long before, and with the stop
 * switch on each card says so. Throws where the journal cannot be read.
 */
export async function asThingsAre(
  actions: readonly Action[],
  rules: Pick<ResponseRules, "stopped">,
  journal: Journal,
): Promise<readonly Action[]> {
  const stopped = actions.some(isPlain) && (await isStopped(rules, journal));
  return stopped ? actions.map((action) => (isPlain(action) ? withStopNote(action) : action)) : actions;
}

type PlainCard = Extract<Action, { kind: "postCard" }>;

const isPlain = (action: Action): action is PlainCard => action.kind === "postCard" && action.campaign === "";

function withStopNote(action: PlainCard): PlainCard {
  const [title, ...rest] = action.card.body;
  const note = container([text(`${signs.note} ${words.stopped}`)], { style: "emphasis" });
  return { ...action, card: { ...action.card, body: [...(title ? [title] : []), note, ...rest] } };
}
