// The channel for cards, as all hunts share it: what was posted lately, what waits to be gathered into one card, and what
// the next card owes to say. Responders read one channel, so its budget is one.
import type { Change, Journal, Ports } from "../ports.ts";
import type { PlainTelling } from "../response/telling.ts";
import { DAY, earlier, type Instant, iso } from "../time.ts";
import { promised } from "./deliveries.ts";
import { withNotice } from "./news.ts";
import { plainCard } from "./plain-card.ts";
import { CHANNEL, type Channel, cellOf, HOUSE, readRecord, records } from "./records.ts";

export interface StandingChannel {
  readonly channel: Channel;
  /** Null where nothing was ever posted. */
  readonly version: string | null;
}

const SILENT: Channel = { posted: [], waiting: [], owed: [] };
const MOST_TRIES = 10;

export async function readChannel(journal: Journal): Promise<StandingChannel> {
  const record = await journal.read(HOUSE, CHANNEL);
  return record === null
    ? { channel: SILENT, version: null }
    : { channel: readRecord(records.channel, record, HOUSE), version: record.version };
}

const put = (channel: Channel, version: string | null): Change => ({
  kind: "put",
  id: CHANNEL,
  value: cellOf(channel),
  basedOn: version,
});

interface Deciding {
  /** What the channel looks like afterwards; null where that is as before. */
  readonly channel: Channel | null;
  /** What has to be committed with it. */
  readonly besides: readonly Change[];
}

/**
 * Decides with the channel as it stands and writes down what follows, again where somebody was quicker.
 */
export async function throughChannel<T extends Deciding>(
  decide: (channel: Channel) => T,
  journal: Journal,
): Promise<T> {
  for (let tried = 1; ; tried++) {
    const { channel, version } = await readChannel(journal);
    const decided = decide(channel);
    if (decided.channel === null) return decided;
    const committed = await journal.commit(HOUSE, [put(decided.channel, version), ...decided.besides]);
    // Where others are quicker each time, a card too many is the lesser evil.
    if (committed.kind === "committed" || tried >= MOST_TRIES) return decided;
  }
}

/** With these cards in it, and without what is too old to count. A card that was counted before is counted once. */
export function withPosted({ posted, ...channel }: Channel, cards: readonly string[], now: Instant): Channel {
  const others = posted.filter(({ at, card }) => at > earlier(now, DAY) && !cards.includes(card));
  return { ...channel, posted: [...others, ...cards.map((card) => ({ at: now, card }))] };
}

/** What was owed and is said now; what has been added meanwhile stays. */
export async function forgive(said: readonly string[], journal: Journal): Promise<void> {
  if (said.length === 0) return;
  await throughChannel(
    (channel) => ({ channel: { ...channel, owed: channel.owed.slice(said.length) }, besides: [] }),
    journal,
  );
}

/** Promises the one card for all campaigns that wait for it, whichever hunt they are from; false where none waits. */
export async function tellGathered({ journal, clock }: Pick<Ports, "journal" | "clock">): Promise<boolean> {
  const now = clock.now();
  const { besides } = await throughChannel<Deciding>((channel) => {
    if (channel.waiting.length === 0) return { channel: null, besides: [] };
    const action = plainCard(`gathered-${iso(now)}`, gathered(channel.waiting));
    const card = withNotice(action.card, channel.owed);
    return {
      channel: withPosted({ ...channel, waiting: [], owed: [] }, [action.id], now),
      besides: [promised({ ...action, card }, now, now)],
    };
  }, journal);
  return besides.length > 0;
}

function gathered(waiting: Channel["waiting"]): PlainTelling {
  const byHunt = Map.groupBy(waiting, ({ hunt }) => hunt);
  return {
    kind: "plain",
    topic: "digest",
    title: `${waiting.length} more ${waiting.length === 1 ? "campaign" : "campaigns"}`,
    lead: "There were more than have a card each. Each has an incident of its own, or gets it from the next run if this one broke off.",
    sections: [...byHunt].map(([title, some]) => ({ title, facts: [], lines: some.map((each) => each.title) })),
    link: null,
  };
}
