// Which of a run's plans have something new to say, and how much of that may be said on cards of its own. Pure.
import { incidentId } from "../findings/campaign.ts";
import type { Card } from "../ports.ts";
import type { Action } from "../response/action.ts";
import type { Plan } from "../response/plan.ts";
import { DAY, type Duration, earlier, HOUR, type Instant } from "../time.ts";
import { knownAs, type Memory, newsOf, recognise } from "./memory.ts";
import type { Channel, KnownFinding } from "./records.ts";

export type CardAction = Extract<Action, { kind: "postCard" }>;

/** What a campaign has to say that has not been promised yet. */
export interface News {
  readonly plan: Plan;
  readonly digest: string;
  /** The incident and whatever else is no card. */
  readonly actions: readonly Action[];
  readonly cards: readonly CardAction[];
  /** Remembered findings that turned out to belong to this campaign. */
  readonly absorbed: readonly KnownFinding[];
}

/** `generations` are those of the newest incidents of remembered campaigns. */
export function newsIn(plan: Plan, memory: Memory, generations: ReadonlyMap<string, number>): News | null {
  const { campaign } = plan;
  const known = campaign.findings.map((finding) => knownAs(finding, memory));
  const digest = newsOf(campaign);
  const unchanged = known.length > 0 && known.every((each) => each?.news === digest);
  const said = new Set(known.flatMap((each) => each?.cards ?? []));
  const absorbed = campaign.findings
    .flatMap((finding) => recognise(finding, memory).absorbed)
    .filter(({ joined }) => joined === "");
  const cards = plan.actions.filter((action) => action.kind === "postCard").filter(({ id }) => !said.has(id));
  const others = unchanged ? [] : plan.actions.filter((action) => action.kind !== "postCard");
  // A hunt that only looks plans nothing, and there is nothing to remember of it.
  if (plan.actions.length === 0 || (others.length === 0 && cards.length === 0 && absorbed.length === 0)) return null;
  const comments = absorbed.map(
    (each): Action => ({
      kind: "addComment",
      reason: "Rows that came late show that it belongs to an older campaign.",
      campaign: each.campaign,
      incident: incidentId({ id: each.campaign, generation: generations.get(each.campaign) ?? 1 }),
      id: `joined-${campaign.id}`,
      text: `This belongs to the older campaign ${campaign.shortName}, where it is told from now on.`,
    }),
  );
  return { plan, digest, actions: [...others, ...comments], cards, absorbed };
}

export interface CardBudget {
  readonly perHour: number;
  readonly perDay: number;
}

export interface Allotted {
  /** Campaigns whose cards are posted. */
  readonly own: ReadonlySet<News>;
  /** Campaigns that are told together on one card. */
  readonly gathered: readonly News[];
}

/**
 * Proof is never held back: it has its own card even where the budget is spent, and even where the rest is told later. The
 * budget's last place is left for the card that gathers the rest, of all hunts; that one is posted even where it is spent.
 */
export function allot(
  news: readonly News[],
  { posted, waiting }: Pick<Channel, "posted" | "waiting">,
  budget: CardBudget,
  rest: "each" | "later",
  now: Instant,
): Allotted {
  const wanted = news.filter(({ cards }) => cards.length > 0);
  const proven = wanted.filter(isProven);
  if (rest === "later") return { own: new Set(proven), gathered: [] };
  const others = wanted.filter((each) => !isProven(each));
  // What a run has counted that ended before it could promise these same cards is not counted against them.
  const mine = new Set(wanted.flatMap(({ cards }) => cards.map(({ id }) => id)));
  const since = (length: Duration): number =>
    posted.filter(({ at, card }) => at > earlier(now, length) && !mine.has(card)).length;
  const gathering = waiting.length > 0;
  const left = Math.min(budget.perHour - since(HOUR), budget.perDay - since(DAY)) - proven.length - (gathering ? 1 : 0);
  const room = Math.max(0, left);
  const places = others.length > room && !gathering ? Math.max(0, room - 1) : room;
  // A surer campaign is worth a card of its own more than an earlier one.
  const ranked = others.toSorted((a, b) => weightOf(b) - weightOf(a));
  const own = new Set([...proven, ...ranked.slice(0, places)]);
  return { own, gathered: wanted.filter((each) => !own.has(each)) };
}

const isProven = ({ plan: { campaign } }: News): boolean =>
  campaign.accounts.entered.length + campaign.accounts.known.length > 0;
const WEIGHT = { entered: 4, known: 3, possible: 2, attempted: 1, noise: 0 } as const;
const weightOf = ({ plan }: News): number => WEIGHT[plan.campaign.assessment.level];

/** The card with a line ahead of everything else about what could not be said before. */
export function withNotice(card: Card, owed: readonly string[]): Card {
  if (owed.length === 0) return card;
  const codes = [...new Set(owed)].slice(0, 3).join(", ");
  const many = owed.length === 1 ? "An earlier message" : `${owed.length} earlier messages`;
  const text = `${many} could not be delivered (${codes}); the incidents have what they said.`;
  return {
    ...card,
    body: [{ type: "TextBlock", text, wrap: true, weight: "Bolder", color: "Attention" }, ...card.body],
  };
}
