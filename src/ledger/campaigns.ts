// Campaigns between runs: read before judging, written after what they say was promised. Written twice is written once.
import { batchesOf } from "../batches.ts";
import {
  type Asking,
  asking,
  type CampaignMemory,
  type Closure,
  type Mute,
  remembered,
  toldBefore,
  toldOf,
} from "../findings/campaign-memory.ts";
import { notedAfter } from "../findings/telling-rules.ts";
import type { Case, JudgedCampaign } from "../judge.ts";
import type { Change, Classification, Journal, JournalRecord } from "../ports.ts";
import type { Plan } from "../response/plan.ts";
import { duration, type Instant, later } from "../time.ts";
import { CAMPAIGNS, campaignRecordId, cellOf, readRecord, records } from "./records.ts";

export interface KnownCampaign {
  readonly memory: CampaignMemory;
  readonly version: string;
}

const PAGE = 200;
const MOST_PAGES = 10;

/** Campaigns about which anything may still be asked, or that what is new may go on from, the oldest first. */
export async function recallCampaigns(
  journal: Journal,
  now: Instant,
  { daily }: Asking = asking,
): Promise<readonly KnownCampaign[]> {
  const reach = duration(Math.max(daily, asking.daily));
  const known: KnownCampaign[] = [];
  let from = campaignRecordId("");
  for (let page = 0; page < MOST_PAGES; page++) {
    const found: readonly JournalRecord[] = await journal.list(CAMPAIGNS, from, PAGE);
    known.push(
      ...found.map((record) => ({
        memory: readRecord(records.campaign, record, CAMPAIGNS),
        version: record.version,
      })),
    );
    const last = found.at(-1);
    if (last === undefined || found.length < PAGE) break;
    from = `${last.id}\u0000`;
  }
  return known
    .filter(({ memory }) => now < later(memory.lastAttempt, reach))
    .toSorted((a, b) => a.memory.window.from - b.memory.window.from || a.memory.id.localeCompare(b.memory.id));
}

/** A commit takes 100 changes. */
const AT_ONCE = 50;

export interface ToKeep {
  readonly judged: readonly JudgedCampaign[];
  readonly plans: readonly Plan[];
  readonly known: readonly KnownCampaign[];
  /** Ids of all campaigns that the run tells, under this hunt or another, which then writes what it has seen of them. */
  readonly told: ReadonlySet<string>;
  /** Accounts that the team has named, in lower case. */
  readonly named: ReadonlySet<string>;
}

/**
 * Remembers what was judged, once what it says is promised. Whoever was quicker has written what they saw of the same
 * campaign, and the next run lays both together: nothing is promised by these records that was not promised before.
 */
export async function keepCampaigns(
  { judged, plans, known, told, named }: ToKeep,
  { asked, now, gathered }: Case,
  journal: Journal,
  { often }: Asking = asking,
): Promise<void> {
  const versions = new Map(known.map(({ memory, version }) => [memory.id, version]));
  const withCard = new Set(
    plans.filter(({ actions }) => actions.some(({ kind }) => kind === "postCard")).map(({ campaign }) => campaign.id),
  );
  const reopens = new Map(plans.map(({ campaign, actions }) => [campaign.id, reopeningIn(actions)]));
  // What the logs did not answer is asked again.
  const isAnswered = gathered?.answered ?? true;
  const seen = judged.flatMap(({ campaign, attack, memory, follows }): readonly CampaignMemory[] => {
    // What the evidence does not speak of has nothing to be joined by.
    if (attack === null || campaign.state === "observed") return [];
    const next: CampaignMemory = {
      ...remembered(campaign, attack, memory, now, isAnswered && asked.has(campaign.id), named),
      noted: notedAfter(campaign, memory, now),
      follows,
      reopens: reopens.get(campaign.id) || (memory?.reopens ?? ""),
    };
    return [withCard.has(campaign.id) ? { ...next, told: toldOf(campaign, now) } : next];
  });
  const others = known
    .map(({ memory }) => memory)
    .filter(
      (memory) => isAnswered && asked.has(memory.id) && !told.has(memory.id) && later(memory.lastAttempt, often) <= now,
    )
    .map((memory) => ({ ...memory, askedAt: now }));
  const changes = [...seen, ...others].map(
    (memory): Change => ({
      kind: "put",
      id: campaignRecordId(memory.id),
      value: cellOf(memory),
      basedOn: versions.get(memory.id) ?? null,
    }),
  );
  for (const some of batchesOf(changes, AT_ONCE)) {
    const committed = await journal.commit(CAMPAIGNS, some);
    if (committed.kind === "committed" || some.length === 1) continue;
    for (const change of some) await journal.commit(CAMPAIGNS, [change]);
  }
}

/** Why a new incident follows where the campaign's own turns out to be closed; "" where none would. */
const reopeningIn = (actions: Plan["actions"]): string =>
  actions.map((action) => (action.kind === "openIncident" ? (action.following?.because ?? "") : "")).join("");

/** The number of the campaign's newest incident: the first where nothing is remembered of it. */
export async function generationOf(campaign: string, journal: Journal): Promise<number> {
  const record = await journal.read(CAMPAIGNS, campaignRecordId(campaign));
  return record === null ? 1 : readRecord(records.campaign, record, CAMPAIGNS).generation;
}

/** What a campaign's incident turned out to be when it was written. */
export interface IncidentStanding {
  readonly generation: number;
  /** Null where it is open. */
  readonly closed: { readonly at: Instant; readonly classification: Classification; readonly owner: string } | null;
  /** What a new one says of the one that it follows. */
  readonly follows?: string;
}

const MOST_TRIES = 4;

/** Keeps with the campaign whether its incident is closed. What the evidence does not speak of has no memory, and keeps nothing. */
export async function noteIncident(campaign: string, standing: IncidentStanding, journal: Journal): Promise<void> {
  await change(campaign, journal, (before) => {
    const { generation, follows = before.follows } = standing;
    const closed = closureOf(before, standing);
    const same =
      before.generation === generation &&
      before.closed?.at === closed?.at &&
      before.follows === follows &&
      before.reopens === "";
    // Sentinel has answered: whether or not a new one was due, it is there by now.
    return same ? before : { ...before, generation, follows, closed, reopens: "" };
  });
}

/** False where others were quicker each time, or the campaign is not remembered any more. */
export const muteCampaign = (campaign: string, mute: Mute, journal: Journal): Promise<boolean> =>
  change(campaign, journal, (before) => ({ ...before, mute }));

/** What is remembered of a campaign, changed on the version that was read; what stays the same is not written. */
async function change(
  campaign: string,
  journal: Journal,
  changed: (before: CampaignMemory) => CampaignMemory,
): Promise<boolean> {
  const id = campaignRecordId(campaign);
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const record = await journal.read(CAMPAIGNS, id);
    if (record === null) return false;
    const before = readRecord(records.campaign, record, CAMPAIGNS);
    const after = changed(before);
    if (after === before) return true;
    const put: Change = { kind: "put", id, value: cellOf(after), basedOn: record.version };
    if ((await journal.commit(CAMPAIGNS, [put])).kind === "committed") return true;
  }
  return false;
}

/** Somebody may touch a closed incident again; what counts is what it had told when it was closed first. */
function closureOf(before: CampaignMemory, { generation, closed }: IncidentStanding): Closure | null {
  if (closed === null) return null;
  const first = before.generation === generation ? before.closed : null;
  return { ...closed, told: first?.told ?? toldBefore(before), named: first?.named ?? before.named };
}
