// One commit says what was looked at and what must be said for it. What does not fit into one commit is written in parts
// that may each stand alone: a finding with what is said of it, and what was looked at with the last of them.
import type { Hunt } from "../hunts/hunt.ts";
import type { Change, Journal } from "../ports.ts";
import type { Action } from "../response/action.ts";
import type { Plan } from "../response/plan.ts";
import type { Instant } from "../time.ts";
import { forgive, throughChannel, withPosted } from "./channel.ts";
import { deliveryId, type Held, heldFrom, promised } from "./deliveries.ts";
import { knownAs, type Memory, memoryChange, memoryWritten, remember } from "./memory.ts";
import { allot, type CardBudget, type News, newsIn, withNotice } from "./news.ts";
import { type Channel, COVERAGE, groupId, partitionOf } from "./records.ts";

export interface Promising {
  readonly hunt: Hunt;
  readonly plans: readonly Plan[];
  readonly memory: Memory;
  /** Of the newest incident of each campaign that is remembered. */
  readonly generations: ReadonlyMap<string, number>;
  /** "each": a card for each new campaign, within the budget. "later": one will tell them all, but for proof. */
  readonly cards: "each" | "later";
  readonly budget: CardBudget;
  /** What the ledger has to say in the same commit. */
  readonly closing: readonly Change[];
  /** Tellings that belong to no campaign of this run. */
  readonly besides: readonly Action[];
  readonly now: Instant;
}

export type Promised =
  | { readonly kind: "promised"; readonly held: readonly Held[]; readonly coverageVersion: string | null }
  /** Somebody else wrote meanwhile; `held` is what was promised before that was noticed. */
  | { readonly kind: "conflict"; readonly held: readonly Held[]; readonly coverage: boolean };

export async function promise(promising: Promising, journal: Journal): Promise<Promised> {
  const { hunt, memory, closing, now } = promising;
  const partition = partitionOf(hunt);
  // The channel is that of all hunts and lies elsewhere: its places are taken first, and what waits for a card of many
  // waits there before it counts as told here.
  const { together, each, owed } = await throughChannel((channel) => sayings(promising, channel), journal);
  const held: Held[] = [];
  let coverageVersion: string | null = null;
  const stages = stagesOf(each);
  for (const [n, stage] of stages.entries()) {
    for (const saying of stage) rememberAsTold(saying, memory);
    // What is told of many at once goes first: those many are remembered as told with the stages that follow.
    const actions = [...(n === 0 ? together : []), ...stage.flatMap((saying) => saying.actions)];
    const changes = [
      ...groupsOf(stage).map((id) => memoryChange(id, memory)),
      ...actions.map((action) => promised(action, now)),
      ...(n === stages.length - 1 ? closing : []),
    ];
    if (changes.length === 0) break;
    const committed = await journal.commit(partition, changes);
    if (committed.kind === "conflict") return { kind: "conflict", held, coverage: committed.ids.includes(COVERAGE) };
    const { versions } = committed;
    memoryWritten(versions, memory);
    held.push(...actions.map((action) => heldFrom(partition, action, versions[deliveryId(action)] ?? "", now)));
    coverageVersion = versions[COVERAGE] ?? coverageVersion;
  }
  await forgive(owed, journal);
  return { kind: "promised", held, coverageVersion };
}

/** What is said of one campaign, and what is remembered with it. */
interface Saying {
  readonly news: News;
  readonly actions: readonly Action[];
}

interface Sayings {
  /** Tellings that belong to no campaign. */
  readonly together: readonly Action[];
  readonly each: readonly Saying[];
  /** What the channel looks like afterwards; null where no card is posted and none waits. */
  readonly channel: Channel | null;
  readonly besides: readonly Change[];
  /** What was owed and is said with these. */
  readonly owed: readonly string[];
}

function sayings(
  { plans, memory, generations, hunt, besides, budget, cards, now }: Promising,
  channel: Channel,
): Sayings {
  const news = plans.map((plan) => newsIn(plan, memory, generations)).filter((one) => one !== null);
  const { own, gathered } = allot(news, channel, budget, cards, now);
  let { owed } = channel;
  /** The first card of all says what could not be said before. */
  const owing = (action: Action): Action => {
    if (action.kind !== "postCard" || owed.length === 0) return action;
    const card = withNotice(action.card, owed);
    owed = [];
    return { ...action, card };
  };
  const together = besides.map(owing);
  const each = news.map((one) => ({
    news: one,
    actions: [...one.actions, ...(own.has(one) ? one.cards.map(owing) : [])],
  }));
  const posted = [...together, ...each.flatMap(({ actions }) => actions)].flatMap((action) =>
    action.kind === "postCard" ? [action.id] : [],
  );
  const waiting = withWaiting(channel.waiting, gathered, hunt);
  return {
    together,
    each,
    channel: posted.length + gathered.length === 0 ? null : withPosted({ ...channel, waiting }, posted, now),
    besides: [],
    owed: owed.length === 0 ? channel.owed : [],
  };
}

/** A campaign that waits already says what it says now. */
function withWaiting(waiting: Channel["waiting"], gathered: readonly News[], hunt: Hunt): Channel["waiting"] {
  const added = gathered.map(({ plan: { campaign, messages } }) => ({
    campaign: campaign.id,
    hunt: hunt.name,
    title: messages.incident.title,
  }));
  const ids = new Set(added.map(({ campaign }) => campaign));
  return [...waiting.filter(({ campaign }) => !ids.has(campaign)), ...added];
}

function rememberAsTold({ news: { plan, digest, cards, absorbed } }: Saying, memory: Memory): void {
  const { id, findings } = plan.campaign;
  for (const finding of findings) {
    const before = knownAs(finding, memory);
    const told = [...new Set([...(before?.cards ?? []), ...cards.map((card) => card.id)])];
    remember({ finding, campaign: id, news: digest, cards: told, joined: before?.joined ?? "" }, memory);
  }
  for (const each of absorbed) remember({ ...each, joined: id }, memory);
}

const groupsOf = (stage: readonly Saying[]): readonly string[] => [
  ...new Set(stage.flatMap(({ news }) => news.plan.campaign.findings.map(groupId))),
];

/** A commit takes 100 changes and 4 MiB (https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions); some room is left for what goes with the first and the last. */
const MOST_CHANGES = 80;
const MOST_BYTES = 2_200_000;

/** As few commits as possible, at least one. */
function stagesOf(each: readonly Saying[]): readonly (readonly Saying[])[] {
  const stages: Saying[][] = [[]];
  let changes = 0;
  let bytes = 0;
  for (const saying of each) {
    const more = saying.actions.length + saying.news.plan.campaign.findings.length;
    // A record is JSON in a text of a request that is JSON itself.
    const size = Buffer.byteLength(JSON.stringify(JSON.stringify(saying.actions)));
    if (changes > 0 && (changes + more > MOST_CHANGES || bytes + size > MOST_BYTES)) {
      stages.push([]);
      changes = 0;
      bytes = 0;
    }
    stages.at(-1)?.push(saying);
    changes += more;
    bytes += size;
  }
  return stages;
}
