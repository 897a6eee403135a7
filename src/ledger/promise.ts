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
import { knownAs, type Memory, memoryChange, remember } from "./memory.ts";
import { allot, type CardBudget, type News, newsIn, withNotice } from "./news.ts";
import { CHANNEL, type Channel, COVERAGE, cellOf, partitionOf, readRecord, records } from "./records.ts";

export interface Promising {
  readonly hunt: Hunt;
  readonly plans: readonly Plan[];
  readonly memory: Memory;
  /** "each": a card for each new campaign, within the budget. "later": none, because one will tell them all. */
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

/** Changes that must be made together, and what they promise. */
interface Atom {
  readonly changes: readonly Change[];
  readonly actions: readonly Action[];
}

export async function promise(promising: Promising, journal: Journal): Promise<Promised> {
  const partition = partitionOf(promising.hunt);
  const record = await journal.read(partition, CHANNEL);
  const channel = record === null ? SILENT : readRecord(records.channel, record, partition);
  const atoms = atomsOf(promising, channel, record?.version ?? null);
  const held: Held[] = [];
  let coverageVersion: string | null = null;
  for (const stage of stagesOf(atoms)) {
    const changes = stage.flatMap((atom) => atom.changes);
    const committed = await journal.commit(partition, changes);
    if (committed.kind === "conflict") return { kind: "conflict", held, coverage: committed.ids.includes(COVERAGE) };
    const { versions } = committed;
    for (const action of stage.flatMap((atom) => atom.actions)) {
      held.push(heldFrom(partition, action, versions[deliveryId(action)] ?? "", promising.now));
    }
    coverageVersion = versions[COVERAGE] ?? coverageVersion;
  }
  return { kind: "promised", held, coverageVersion };
}

const SILENT: Channel = { posted: [], owed: [] };

function atomsOf(promising: Promising, channel: Channel, version: string | null): readonly Atom[] {
  const { plans, memory, hunt, besides, closing, now } = promising;
  const news = plans.map((plan) => newsIn(plan, memory)).filter((each) => each !== null);
  const { own, gathered } =
    promising.cards === "later" ? { own: new Set<News>(), gathered: [] } : allot(news, channel, promising.budget, now);
  const together = [...besides, ...(gathered.length === 0 ? [] : [gatheredCard(hunt, gathered, now)])];
  let { owed } = channel;
  /** The first card of all says what could not be said before. */
  const owing = (action: Action): Action => {
    if (action.kind !== "postCard" || owed.length === 0) return action;
    const card = withNotice(action.card, owed);
    owed = [];
    return { ...action, card };
  };
  const first = together.map(owing);
  const rest = news.map((each) => atomOf(each, own.has(each) ? each.cards.map(owing) : [], memory, now));
  const cards = [...first, ...rest.flatMap((atom) => atom.actions)].filter(({ kind }) => kind === "postCard").length;
  const posted = [
    ...channel.posted.filter((at) => at > earlier(now, DAY)),
    ...Array.from({ length: cards }, () => now),
  ];
  const noted: readonly Change[] =
    cards === 0 ? [] : [{ kind: "put", id: CHANNEL, value: cellOf({ posted, owed }), basedOn: version }];
  return [
    // What is told of many at once goes first: those many are remembered as told with the parts that follow.
    { changes: first.map((action) => promised(action, now)), actions: first },
    ...rest,
    { changes: [...noted, ...closing], actions: [] },
  ];
}

function atomOf(
  { plan, digest, actions, cards, absorbed }: News,
  posted: readonly Action[],
  memory: Memory,
  now: Instant,
): Atom {
  const { campaign } = plan;
  for (const finding of campaign.findings) {
    const before = knownAs(finding, memory);
    const told = [...new Set([...(before?.cards ?? []), ...cards.map(({ id }) => id)])];
    remember({ finding, campaign: campaign.id, news: digest, cards: told, joined: before?.joined ?? "" }, memory);
  }
  for (const each of absorbed) remember({ ...each, joined: campaign.id }, memory);
  const all = [...actions, ...posted];
  const memories = new Map(
    campaign.findings.map((finding) => memoryChange(finding, memory)).map((change) => [change.id, change]),
  );
  return { changes: [...memories.values(), ...all.map((action) => promised(action, now))], actions: all };
}

/** A commit takes 100 changes and 4 MiB (https://learn.microsoft.com/rest/api/storageservices/performing-entity-group-transactions). */
const MOST_CHANGES = 95;
const MOST_CHARACTERS = 1_200_000;

/** As few commits as possible, in order. Two parts that change the same record end up in one, as the later of the two. */
function stagesOf(atoms: readonly Atom[]): readonly (readonly Atom[])[] {
  const stages: Atom[][] = [];
  let changes = 0;
  let characters = 0;
  for (const atom of merged(atoms).filter((each) => each.changes.length > 0)) {
    const size = JSON.stringify(atom.changes).length;
    const fits = changes + atom.changes.length <= MOST_CHANGES && characters + size <= MOST_CHARACTERS;
    if (!fits || stages.length === 0) {
      stages.push([]);
      changes = 0;
      characters = 0;
    }
    stages.at(-1)?.push(atom);
    changes += atom.changes.length;
    characters += size;
  }
  return stages;
}

/** Findings of one group share a record: the part that holds its first change takes the others in. */
function merged(atoms: readonly Atom[]): readonly Atom[] {
  const result: Atom[] = [];
  for (const atom of atoms) {
    const ids = new Set(atom.changes.map(({ id }) => id));
    const at = result.findIndex((other) => other.changes.some(({ id }) => ids.has(id)));
    const other = result[at];
    if (other === undefined) {
      result.push(atom);
      continue;
    }
    const kept = other.changes.filter(({ id }) => !ids.has(id));
    result[at] = { changes: [...kept, ...atom.changes], actions: [...other.actions, ...atom.actions] };
  }
  return result;
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
