// One commit says what was looked at and what must be said for it. What does not fit into one commit is written in parts
// that may each stand alone: a finding with what is said of it, and what was looked at with the last of them.
import type { Hunt } from "../hunts/hunt.ts";
import type { Change, Journal } from "../ports.ts";
import type { Action } from "../response/action.ts";
import { cardOf } from "../response/card.ts";
import type { Plan } from "../response/plan.ts";
import type { PlainTelling } from "../response/telling.ts";
import { DAY, earlier, type Instant, iso } from "../time.ts";
import { deliveryId, type Held, heldFrom, promised } from "./deliveries.ts";
import { knownAs, type Memory, memoryChange, memoryWritten, remember } from "./memory.ts";
import { allot, type CardBudget, type News, newsIn, withNotice } from "./news.ts";
import { CHANNEL, type Channel, COVERAGE, cellOf, groupId, partitionOf, readRecord, records } from "./records.ts";

export interface Promising {
  readonly hunt: Hunt;
  readonly plans: readonly Plan[];
  readonly memory: Memory;
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

const SILENT: Channel = { posted: [], owed: [] };

export async function promise(promising: Promising, journal: Journal): Promise<Promised> {
  const { hunt, memory, closing, now } = promising;
  const partition = partitionOf(hunt);
  const record = await journal.read(partition, CHANNEL);
  const channel = record === null ? SILENT : readRecord(records.channel, record, partition);
  const { together, each, noted } = sayings(promising, channel);
  const ending = [...(noted === null ? [] : [channelChange(noted, record?.version ?? null)]), ...closing];
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
      ...(n === stages.length - 1 ? ending : []),
    ];
    if (changes.length === 0) break;
    const committed = await journal.commit(partition, changes);
    if (committed.kind === "conflict") return { kind: "conflict", held, coverage: committed.ids.includes(COVERAGE) };
    const { versions } = committed;
    memoryWritten(versions, memory);
    held.push(...actions.map((action) => heldFrom(partition, action, versions[deliveryId(action)] ?? "", now)));
    coverageVersion = versions[COVERAGE] ?? coverageVersion;
  }
  return { kind: "promised", held, coverageVersion };
}

/** What is said of one campaign, and what is remembered with it. */
interface Saying {
  readonly news: News;
  readonly actions: readonly Action[];
}

interface Sayings {
  /** Tellings of many campaigns, or of none. */
  readonly together: readonly Action[];
  readonly each: readonly Saying[];
  /** What the channel looks like afterwards; null where no card is posted. */
  readonly noted: Channel | null;
}

function sayings({ plans, memory, hunt, besides, budget, cards, now }: Promising, channel: Channel): Sayings {
  const news = plans.map((plan) => newsIn(plan, memory)).filter((one) => one !== null);
  const { own, gathered } = allot(news, channel, budget, cards, now);
  let { owed } = channel;
  /** The first card of all says what could not be said before. */
  const owing = (action: Action): Action => {
    if (action.kind !== "postCard" || owed.length === 0) return action;
    const card = withNotice(action.card, owed);
    owed = [];
    return { ...action, card };
  };
  const together = [...besides, ...(gathered.length === 0 ? [] : [gatheredCard(hunt, gathered, now)])].map(owing);
  const each = news.map((one) => ({
    news: one,
    actions: [...one.actions, ...(own.has(one) ? one.cards.map(owing) : [])],
  }));
  const count = [...together, ...each.flatMap(({ actions }) => actions)].filter(
    ({ kind }) => kind === "postCard",
  ).length;
  const posted = channel.posted.filter((at) => at > earlier(now, DAY));
  return {
    together,
    each,
    noted: count === 0 ? null : { posted: [...posted, ...Array.from({ length: count }, () => now)], owed },
  };
}

const channelChange = (channel: Channel, version: string | null): Change => ({
  kind: "put",
  id: CHANNEL,
  value: cellOf(channel),
  basedOn: version,
});

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

function gatheredCard(hunt: Hunt, news: readonly News[], now: Instant): Action {
  const lines = news.map(({ plan }) => plan.messages.incident.title);
  return plainCard(`gathered-${hunt.slug}-${iso(now)}`, {
    kind: "plain",
    topic: "digest",
    title: `${lines.length} more campaigns`,
    lead: "There were more than have a card each. Every one of them has its incident.",
    sections: [{ title: hunt.name, facts: [], lines }],
    link: null,
  });
}

/** A card that belongs to no single campaign. */
export const plainCard = (id: string, telling: PlainTelling): Action => ({
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
