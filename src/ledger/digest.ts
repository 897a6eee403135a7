// Once a day, one card with everything that was not worth waking people for.
import type { CampaignMemory } from "../findings/campaign-memory.ts";
import { stateAt } from "../findings/campaign-memory.ts";
import { shortNameOf } from "../findings/short-name.ts";
import { exclusionOffer, isMuted } from "../findings/telling-rules.ts";
import type { Change, Ports } from "../ports.ts";
import type { PlainTelling } from "../response/telling.ts";
import { alignDown, DAY, earlier, hours, type Instant, iso, later } from "../time.ts";
import { recallCampaigns } from "./campaigns.ts";
import { promised } from "./deliveries.ts";
import { plainCard } from "./plain-card.ts";
import { cellOf, DIGEST, HOUSE, readRecord, records } from "./records.ts";

/** UTC: before the working day of most who read it in Europe, and in the night of nobody whom it wakes. */
const DIGEST_AT = hours(6);
const MOST_LINES = 20;
const MOST_OFFERS = 3;

const count = (n: number, one: string, many: string): string => `${n.toLocaleString("en-GB")} ${n === 1 ? one : many}`;

function lineOf(memory: CampaignMemory, now: Instant): string {
  const { attempted, sources, lastAttempt, level, closed, mute } = memory;
  const quiet = isMuted(mute, now) ? ", muted" : closed === null ? "" : `, closed as ${closed.classification}`;
  return `${shortNameOf(memory.id)}: ${level}, ${stateAt(memory, now)}${quiet}, ${count(attempted.length, "account", "accounts")} from ${count(sources.length, "address", "addresses")}, last at ${iso(lastAttempt).slice(0, 16).replace("T", " ")} UTC`;
}

/** Null where there was nothing: silence about silence is no news. */
export function digestOf(memories: readonly CampaignMemory[], now: Instant): PlainTelling | null {
  const since = earlier(now, DAY);
  const active = memories
    .filter(({ lastAttempt }) => lastAttempt >= since)
    .toSorted((a, b) => b.attempted.length - a.attempted.length || a.id.localeCompare(b.id));
  if (active.length === 0) return null;
  const proven = active.filter(({ proofs }) => proofs.length > 0);
  const quiet = active.filter(({ proofs }) => proofs.length === 0);
  const section = (title: string, some: readonly CampaignMemory[]): PlainTelling["sections"] =>
    some.length === 0
      ? []
      : [
          {
            title,
            facts: [],
            lines: [
              ...some.slice(0, MOST_LINES).map((memory) => lineOf(memory, now)),
              ...(some.length > MOST_LINES ? [`and ${some.length - MOST_LINES} more`] : []),
            ],
          },
        ];
  return {
    kind: "plain",
    topic: "digest",
    title: `${count(active.length, "campaign", "campaigns")} in a day`,
    lead:
      proven.length === 0
        ? "None of them has proven a password. Each has its incident."
        : `${count(proven.length, "campaign has", "campaigns have")} proven passwords and had a card of their own.`,
    sections: [...section("With proof", proven), ...section("Attempted", quiet), ...offersOf(active, now)],
    link: null,
  };
}

/** Exclusions for what an analyst has judged to be harmless and that goes on, to be pasted and signed for by a person. */
function offersOf(active: readonly CampaignMemory[], now: Instant): PlainTelling["sections"] {
  const code = active.flatMap((memory) => {
    // What may be everybody's, or the company's own way out, is nobody's to leave out.
    const shared = new Set([...memory.everybodys, ...memory.notLookedUp]);
    const addresses = memory.sources.filter((source) => !shared.has(source));
    const of = { shortName: shortNameOf(memory.id), addresses, accounts: memory.attempted };
    const offer = memory.closed === null ? "" : exclusionOffer(of, memory.closed, now);
    return offer === "" ? [] : [offer];
  });
  if (code.length === 0) return [];
  const lines = ["Their incidents were closed as harmless. Read before you add them to the team's exclusions."];
  return [{ title: "Exclusions to paste", facts: [], lines, code: code.slice(0, MOST_OFFERS) }];
}

/** Promises the digest of the day once, in one commit with the record that says so. */
export async function tellDigest(
  channels: { readonly cards: boolean },
  { journal, clock }: Pick<Ports, "journal" | "clock">,
): Promise<boolean> {
  const now = clock.now();
  const due = later(alignDown(now, DAY), DIGEST_AT);
  if (now < due || !channels.cards) return false;
  const record = await journal.read(HOUSE, DIGEST);
  if (record !== null && readRecord(records.digest, record, HOUSE).toldAt >= due) return false;
  const telling = digestOf(
    (await recallCampaigns(journal, now)).map(({ memory }) => memory),
    now,
  );
  const day = iso(now).slice(0, 10);
  const changes: readonly Change[] = [
    { kind: "put", id: DIGEST, value: cellOf({ toldAt: now }), basedOn: record?.version ?? null },
    ...(telling === null ? [] : [promised(plainCard(`digest-${day}`, telling), now, now)]),
  ];
  return (await journal.commit(HOUSE, changes)).kind === "committed" && telling !== null;
}
