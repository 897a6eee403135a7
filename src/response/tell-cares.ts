// What is told of the accounts of one campaign that are watched: all of them in one comment and one card of each kind.
import { type Campaign, incidentId } from "../findings/campaign.ts";
import { short } from "../ledger/records.ts";
import { type Instant, instant } from "../time.ts";
import type { Action } from "./action.ts";
import { careWords } from "./after-care.ts";
import { nameOf } from "./campaign-facts.ts";
import { cardOf } from "./card.ts";
import type { CareTurn } from "./care-turn.ts";
import type { OrderChannels } from "./carry-out-orders.ts";
import { incidentOf } from "./incident.ts";
import { safeText } from "./safe-text.ts";
import type { Containment, Telling, TellingContext } from "./telling.ts";
import { firstOf } from "./words.ts";

const MOST_NAMES = 40;

export interface Around {
  readonly channels: OrderChannels;
  readonly stopped: boolean;
  /** What could not be asked, in words. */
  readonly notLookedAt: readonly string[];
  /** Up to where the logs speak. */
  readonly seenTo: Instant | null;
}

/** `turns` are those of one campaign. */
export function tellCares(turns: readonly CareTurn[], around: Around): readonly Action[] {
  const [first] = turns;
  if (first === undefined) return [];
  const { campaign } = first.care;
  return [
    ...notContained(campaign, turns, around),
    ...newsOf(campaign, turns, around),
    ...(["so far", "to the end", "not known"] as const).flatMap((kind) => contained(kind, campaign, turns, around)),
  ];
}

const safeName = ({ care }: CareTurn): string => safeText.incident(nameOf(care.account), 113);
/** The same accounts with the same words have the same id. */
const idOf = (turns: readonly CareTurn[], ...what: readonly string[]): string =>
  short(...turns.map(({ care }) => `${care.order} ${care.account.id}`), ...what);

function notContained(campaign: Campaign, turns: readonly CareTurn[], around: Around): readonly Action[] {
  const those = turns.filter(({ aftermath }) => aftermath.length > 0);
  if (those.length === 0) return [];
  const aftermath = those.flatMap((turn) => turn.aftermath);
  const id = idOf(those, ...aftermath.flatMap(({ keys }) => keys));
  const lines = those.flatMap((turn) =>
    turn.aftermath.map(({ what }) => `${safeName(turn)}: ${safeText.incident(what, 300)}`),
  );
  const text = careWords.notContained(lines);
  const latest = instant(Math.max(campaign.last, ...aftermath.map(({ at }) => at)));
  return [
    ...ifIncidents(around, raise(campaign, text, latest, around), comment(campaign, `care-${id}`, text)),
    ...ifCards(
      around,
      card(
        `${id.slice(0, 8)}.not-contained`,
        {
          kind: "notContained",
          campaign,
          aftermath,
          seenUpTo: around.seenTo ?? those[0]!.care.from,
          notLookedAt: around.notLookedAt,
        },
        around,
      ),
    ),
  ];
}

/** The incident wakes people as well; what the campaign has become since stays in it. */
function raise(campaign: Campaign, text: string, latest: Instant, around: Around): Action {
  const incident = incidentOf(campaign, contextOf(campaign, around));
  return {
    kind: "openIncident",
    reason: "An account is not contained.",
    campaign: campaign.id,
    incident: {
      ...incident,
      // Read only where an analyst has closed the last one and this opens another.
      description: `${text}\n\n${incident.description}`,
      severity: "High",
      raises: careWords.label,
      lastActivity: latest,
    },
  };
}

function newsOf(campaign: Campaign, turns: readonly CareTurn[], around: Around): readonly Action[] {
  const those = turns.filter(({ news }) => news.length > 0);
  if (those.length === 0) return [];
  const lines = those.flatMap((turn) =>
    turn.news.map(({ text }) => `${safeName(turn)}: ${safeText.incident(text, 300)}`),
  );
  const id = idOf(those, ...those.flatMap(({ news }) => news.map(({ keys }) => keys.join())));
  return ifIncidents(around, comment(campaign, `care-${id}`, careWords.news(lines)));
}

function contained(
  kind: Containment,
  campaign: Campaign,
  turns: readonly CareTurn[],
  around: Around,
): readonly Action[] {
  const all = turns.filter(({ containment }) => containment?.kind === kind);
  // Who was acted on at another time is watched up to another moment.
  const together = [...Map.groupBy(all, ({ care, containment }) => `${care.until} ${containment?.upTo}`).values()];
  return together.flatMap((those) => {
    const { care, containment } = those[0]!;
    const upTo = containment?.upTo ?? null;
    const id = idOf(those, kind);
    const names = firstOf(those.map(safeName), MOST_NAMES);
    const text =
      kind === "not known" || upTo === null
        ? careWords.unknown(names, care.until, upTo, around.notLookedAt)
        : careWords.contained(names, upTo, around.notLookedAt);
    return [
      ...ifIncidents(around, comment(campaign, `care-${id}`, text)),
      ...ifCards(
        around,
        card(
          `${id.slice(0, 8)}.${kind.replaceAll(" ", "-")}`,
          {
            kind: "contained",
            campaign,
            containment: kind,
            accounts: those.map((turn) => nameOf(turn.care.account)),
            measures: those.map((turn) => turn.care.measures),
            seenUpTo: upTo,
            watchedUntil: care.until,
            notLookedAt: around.notLookedAt,
          },
          around,
        ),
      ),
    ];
  });
}

const ifIncidents = ({ channels }: Around, ...actions: readonly Action[]): readonly Action[] =>
  channels.incidents ? actions : [];
const ifCards = ({ channels }: Around, ...actions: readonly Action[]): readonly Action[] =>
  channels.cards ? actions : [];

const comment = (campaign: Campaign, id: string, text: string): Action => ({
  kind: "addComment",
  reason: "How it goes on after something was done.",
  campaign: campaign.id,
  incident: incidentId(campaign),
  id,
  text,
});

function contextOf(campaign: Campaign, { channels, stopped }: Around): TellingContext {
  const context = channels.context(stopped);
  return { ...context, heldBack: [], incidentUrl: context.links?.incident(incidentId(campaign)) ?? null };
}

const card = (id: string, telling: Extract<Telling, { campaign: Campaign }>, around: Around): Action => ({
  kind: "postCard",
  reason: "How it goes on after something was done.",
  campaign: telling.campaign.id,
  id: `${telling.campaign.shortName}-${id}`,
  card: cardOf(telling, contextOf(telling.campaign, around)),
});
