// Who is told what, and when: a card at once, a line in the daily digest, or nothing. Pure.
import { days, type Instant, iso, later, minutes } from "../time.ts";
import { type Campaign, incidentId, type ProvenAccount } from "./campaign.ts";
import {
  type CampaignMemory,
  CLOSED_AFTER,
  type ClosedIncident,
  type Closure,
  type Mute,
  type ToldOf,
  toldBefore,
  toldOf,
} from "./campaign-memory.ts";
import type { GoesOnFrom } from "./campaigns.ts";
import { distinct } from "./cells.ts";
import { shortNameOf } from "./short-name.ts";
import { LARGE_TENANT, type TenantSize } from "./thresholds.ts";

export type CardNow =
  /** For the first time. */
  | { readonly kind: "opened"; readonly because: string }
  /** Of accounts whose proof is new since the last card. */
  | { readonly kind: "proven"; readonly newly: readonly ProvenAccount[]; readonly because: string }
  /** A line in the digest. */
  | { readonly kind: "digest"; readonly because: string }
  /** Neither. */
  | { readonly kind: "silent"; readonly because: string };

/** Lock-outs alone that are worth a card: so many accounts in half an hour. */
export const LOCKOUT_WAVE: Readonly<Record<TenantSize, number>> = { small: 15, large: 25 };
export const LOCKOUT_LENGTH = minutes(30);
/** A mute lasts no longer than this. */
export const LONGEST_MUTE = days(30);
const MANY_TIMES = 10;

const keyOf = ({ id, name }: ProvenAccount): string => id || name;
const provenOf = ({ accounts }: Campaign): readonly ProvenAccount[] => [...accounts.entered, ...accounts.known];

/** Accounts that were proven since people were told last. */
export function newlyProven(campaign: Campaign, told: ToldOf | null): readonly ProvenAccount[] {
  const before = new Set(told?.proven);
  return provenOf(campaign).filter((account) => !before.has(keyOf(account)));
}

/** What has grown since people were told: never merely more attempts. Empty where nothing has. */
export function growthOf(campaign: Campaign, told: ToldOf): readonly string[] {
  const proven = newlyProven(campaign, told);
  const privileged = provenOf(campaign).filter(
    (account) => account.privileged && !told.privileged.includes(keyOf(account)),
  );
  const answers = Object.keys(campaign.codes).filter((code) => !told.codes.includes(code));
  const { attempted } = campaign.accounts;
  return [
    ...(proven.length > 0 ? [`a further proven account: ${proven.map(({ name, id }) => name || id).join(", ")}`] : []),
    ...(privileged.length > 0 ? ["a privileged target"] : []),
    ...(answers.length > 0 ? [`a new kind of answer: ${answers.join(", ")}`] : []),
    ...(attempted >= MANY_TIMES * Math.max(1, told.attempted) ? [`${MANY_TIMES} times the accounts`] : []),
  ];
}

export const isMuted = (mute: Mute | null, now: Instant): mute is Mute => mute !== null && now < mute.until;

/** What nothing is proven of is noise while it is muted, and says by whom; proof is what it is. */
export function asMuted(campaign: Campaign, mute: Mute | null, now: Instant): Campaign {
  if (!isMuted(mute, now) || provenOf(campaign).length > 0) return campaign;
  const { assessment } = campaign;
  const because = `muted by ${mute.by} until ${iso(mute.until).slice(0, 10)}: ${mute.because}. ${assessment.because}`;
  return { ...campaign, assessment: { ...assessment, level: "noise", severity: "Low", because } };
}

/** Null where it may be; otherwise why a mute is refused. */
export function muteFault({ by, because, until }: Mute, now: Instant): string | null {
  if (by.trim() === "") return "A mute has a named person.";
  if (because.trim() === "") return "A mute has a reason.";
  if (until > later(now, LONGEST_MUTE)) return "A mute lasts 30 days at most.";
  return until <= now ? "A mute ends in the future." : null;
}

/**
 * `activeAccounts` is how many accounts of the tenant got in of late. New proof is never held back, by a mute least of all;
 * and what no evidence speaks for or against is told as before there was any.
 */
export function cardFor(
  campaign: Campaign,
  memory: Pick<CampaignMemory, "told" | "mute"> | null,
  activeAccounts: number,
  now: Instant,
): CardNow {
  const told = memory?.told ?? null;
  const { level } = campaign.assessment;
  if (campaign.state === "observed") return { kind: "opened", because: "the evidence does not speak of it" };
  const newly = newlyProven(campaign, told);
  if (newly.length > 0) {
    const because = newly.length === 1 ? "an account is proven" : `${newly.length} accounts are proven`;
    return told === null ? { kind: "opened", because } : { kind: "proven", newly, because };
  }
  const mute = memory?.mute ?? null;
  if (isMuted(mute, now)) return { kind: "silent", because: `It is muted by ${mute.by}: ${mute.because}` };
  if (level === "entered" || level === "known") return { kind: "silent", because: "Nothing new is proven." };
  const locked = campaign.lockedOut ?? 0;
  const size: TenantSize = activeAccounts >= LARGE_TENANT ? "large" : "small";
  if (locked >= LOCKOUT_WAVE[size]) {
    if (told !== null) return { kind: "silent", because: "The wave of lock-outs was told." };
    return { kind: "opened", because: `${locked} accounts were locked out within half an hour` };
  }
  return { kind: "digest", because: "Nothing is proven: it is a line in the daily digest." };
}

/** How many accounts were locked out in the worst half hour. `lockOuts` are accounts with the moment of a lock-out. */
export function worstHalfHour(lockOuts: readonly { readonly account: string; readonly at: Instant }[]): number {
  const inOrder = lockOuts.toSorted((a, b) => a.at - b.at);
  const inside = new Map<string, number>();
  let worst = 0;
  let start = 0;
  for (const { account, at } of inOrder) {
    inside.set(account, (inside.get(account) ?? 0) + 1);
    for (let first = inOrder[start]; first && later(first.at, LOCKOUT_LENGTH) < at; first = inOrder[++start]) {
      const left = (inside.get(first.account) ?? 1) - 1;
      if (left === 0) inside.delete(first.account);
      else inside.set(first.account, left);
    }
    worst = Math.max(worst, inside.size);
  }
  return worst;
}

/** What was so when the incident of a campaign was closed. */
export interface AtClosing {
  readonly closed: Pick<ClosedIncident, "at">;
  readonly told: ToldOf;
  /** Of the accounts that the team has named, those that had been attempted by then. */
  readonly named: readonly string[];
  readonly lastAttempt: Instant;
}

/** As far as is remembered; where no closing is known, what was so before this run. */
export const closingOf = (memory: CampaignMemory): AtClosing => ({
  closed: memory.closed ?? { at: memory.window.from },
  told: memory.closed?.told ?? toldBefore(memory),
  named: memory.closed?.named ?? memory.named,
  lastAttempt: memory.lastAttempt,
});

/** Why a campaign is told to nobody: an analyst has closed its incident. "" where that is not so. */
export function mutedByClosing(memory: CampaignMemory | null, reopens: string): string {
  const closed = memory?.closed ?? null;
  if (closed === null || reopens !== "") return "";
  return `Its incident was closed as ${closed.classification} at ${iso(closed.at)}. A new one comes for new proof, an account that the team has named and that is newly attempted, twice the accounts, or activity after seven quiet days.`;
}

/**
 * A closed incident mutes its campaign. Why a new one is opened all the same, linked to the old; "" where none is.
 * `named` are the accounts that the team has named and that are attempted now.
 */
export function reopening(campaign: Campaign, before: AtClosing, named: readonly string[]): string {
  const proven = newlyProven(campaign, before.told);
  if (proven.length > 0) return `new proof: ${proven.map(({ name, id }) => name || id).join(", ")}`;
  const mighty = named.filter((account) => !before.named.includes(account));
  if (mighty.length > 0) return `a privileged account newly attempted: ${mighty.join(", ")}`;
  if (campaign.accounts.attempted >= 2 * Math.max(1, before.told.attempted)) return "twice the accounts";
  const again = campaign.last > before.closed.at && campaign.last - before.lastAttempt >= CLOSED_AFTER;
  return again ? "activity after seven quiet days" : "";
}

/** What a campaign's incident says of an older one whose marks it bears. `generation` is of that one's newest incident. */
export const goesOnText = ({ id, quietSince, by }: GoesOnFrom, generation: number): string =>
  `This may go on from the campaign ${shortNameOf(id)} (incident ${incidentId({ id, generation })}), which was quiet from ${iso(quietSince).slice(0, 16).replace("T", " ")} UTC: ${by}.\n\n`;

export interface Growth {
  readonly text: string;
  /** When its incident was said to have grown last, or began. */
  readonly since: Instant;
}

/**
 * What a campaign has grown by since its incident said so last; null where by nothing that is worth a word. `named` are the
 * accounts that the team has named and that are attempted now: who holds a role is known of proven accounts alone.
 */
export function growthSince(
  campaign: Campaign,
  memory: CampaignMemory | null,
  now: Instant,
  named: readonly string[] = [],
): Growth | null {
  if (memory === null || memory.noted === null || memory.closed !== null) return null;
  const muted = isMuted(memory.mute, now) && newlyProven(campaign, memory.noted).length === 0;
  const targets = named.filter((account) => !memory.named.includes(account));
  const growth = muted
    ? []
    : [
        ...growthOf(campaign, memory.noted),
        ...(targets.length > 0 ? [`a privileged target: ${targets.join(", ")}`] : []),
      ];
  if (growth.length === 0) return null;
  return { text: `This campaign has grown: ${growth.join("; ")}.`, since: memory.noted.at };
}

/** What its incident has said after this run: growth counts from there. */
export function notedAfter(campaign: Campaign, memory: CampaignMemory | null, now: Instant): ToldOf {
  const noted = memory?.noted ?? null;
  const told = toldOf(campaign, now);
  if (noted === null) return told;
  if (growthSince(campaign, memory, now) === null) return noted;
  return {
    ...told,
    attempted: Math.max(noted.attempted, told.attempted),
    proven: distinct([...noted.proven, ...told.proven]),
    privileged: distinct([...noted.privileged, ...told.privileged]),
    codes: distinct([...noted.codes, ...told.codes]),
  };
}

/** What an exclusion is made of. */
export interface Excludable {
  readonly shortName: string;
  readonly addresses: readonly string[];
  /** Object ids, else names. */
  readonly accounts: readonly string[];
}

const MOST_EXCLUDED = 20;
const OFFERED_FOR = days(90);
// Names come from whoever tries to sign in; what is pasted into a file holds nothing but what names are made of.
const ADDRESS = /^[0-9a-f.:/]+$/i;
const ACCOUNT = /^[\p{L}\p{N}._%+'@-]+$/u;

/** An exclusion to paste, one line of YAML, for a campaign whose incident was closed as harmless; "" where it was not. */
export function exclusionOffer(
  { shortName, addresses, accounts }: Excludable,
  { classification, owner }: Pick<Closure, "classification" | "owner">,
  now: Instant,
): string {
  if (classification !== "FalsePositive" && classification !== "BenignPositive") return "";
  const from = addresses.filter((address) => ADDRESS.test(address)).slice(0, MOST_EXCLUDED);
  const whose = accounts.length > MOST_EXCLUDED ? [] : accounts.filter((account) => ACCOUNT.test(account));
  if (from.length === 0) return "";
  const keys: readonly (readonly [string, string])[] = [
    ["name", shortName],
    ["because", JSON.stringify(`The incident of campaign ${shortName} was closed as ${classification}.`)],
    ["owner", JSON.stringify(ACCOUNT.test(owner) ? owner : "whoever closed the incident")],
    ["until", iso(later(now, OFFERED_FOR)).slice(0, 10)],
    ["addresses", JSON.stringify(from)],
    ...(whose.length === 0 ? [] : [["accounts", JSON.stringify(whose)] as const]),
  ];
  return `- {${keys.map(([key, value]) => `${key}: ${value}`).join(", ")}}`;
}
