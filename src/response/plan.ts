// An assessed campaign -> what is done and what is held back, each with its reason. Pure.
import { type Campaign, nameBasedId } from "../findings/campaign.ts";
import type { CardNow } from "../findings/telling-rules.ts";
import type { Hunt } from "../hunts/hunt.ts";
import { DAY, duration, later } from "../time.ts";
import type { Action, HeldBack } from "./action.ts";
import { type Messages, messagesOf } from "./messages.ts";
import type { AccountPlan } from "./plan-accounts.ts";
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

/** What is planned for the accounts of a campaign, and by which run. */
export interface Answering {
  readonly accounts: AccountPlan;
  readonly run: string;
  /** False where a person asked for the run: then nothing is done without asking. */
  readonly automatic: boolean;
}

/**
 * `context` is everything around the campaign but what is held back, which is decided here. Without `answering` nothing
 * is done about its accounts.
 */
export function plan(
  campaign: Campaign,
  hunts: readonly Hunt[],
  context: Omit<TellingContext, "heldBack">,
  answering: Answering | null = null,
  news: CardNow = { kind: "opened", because: "" },
): Plan {
  const acting = hunts.some((hunt) => hunt.responder !== null);
  const noCard: readonly HeldBack[] =
    news.kind === "digest" || news.kind === "silent"
      ? [{ kind: "postCard", target: campaign.shortName, reason: news.because }]
      : [];
  const heldBack = acting
    ? [...(answering?.accounts.heldBack ?? unprovenAccounts(campaign)), ...noCard]
    : looksOnly(campaign);
  const messages = messagesOf(campaign, { ...context, heldBack }, news.kind === "proven" ? news.newly : null);
  const reason = `${campaign.assessment.level}: ${campaign.assessment.because}`;
  const card = `${campaign.shortName}-${campaign.id.slice(0, 8)}.${cardName(news)}`;
  return {
    campaign,
    messages,
    actions: acting
      ? [
          { kind: "openIncident", reason, campaign: campaign.id, incident: messages.incident },
          ...(noCard.length > 0
            ? []
            : [{ kind: "postCard" as const, reason, campaign: campaign.id, id: card, card: messages.card }]),
          ...(answering === null ? [] : actionsOn(answering, hunts, context.rehearsal)),
        ]
      : [],
    heldBack,
  };
}

/** The same accounts give the same card, however often their proof is seen. */
function cardName(news: CardNow): string {
  if (news.kind !== "proven") return "opened";
  return `proven-${nameBasedId("card", ...news.newly.map(({ id, name }) => id || name).toSorted()).slice(0, 8)}`;
}

/** How long after its last attempt a campaign's accounts are still decided about, where they could not be at once. */
const OPEN_FOR = duration(3 * DAY);

/** In a rehearsal what would be done without asking, one by one; otherwise the campaign is handed over to be answered. */
function actionsOn(
  { accounts, run, automatic }: Answering,
  hunts: readonly Hunt[],
  rehearsal: boolean,
): readonly Action[] {
  const { campaign, proposed, unsettled, because, seenAt } = accounts;
  if (rehearsal) {
    return accounts.automatic.flatMap(({ account, measures }) =>
      measures.map((kind): Action => ({ kind, reason: account.because, campaign: campaign.id, account: account.id })),
    );
  }
  if (accounts.automatic.length + proposed.length + unsettled.length === 0) return [];
  const slugs = hunts.map(({ slug }) => slug);
  const answer = { campaign, hunts: slugs, automatic, run, seenAt, until: later(campaign.last, OPEN_FOR) };
  const reason = because || "Passwords are proven to be known.";
  return [{ kind: "answerCase", reason, campaign: campaign.id, answer }];
}
