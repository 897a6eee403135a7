// What is remembered of a campaign between runs, and its life: observed, active, escalated, quiet, closed. Pure.
import {
  DAY,
  type Duration,
  days,
  earlier,
  hours,
  type Instant,
  instant,
  later,
  parseInstant,
  type TimeWindow,
} from "../time.ts";
import { higher, moreSevere, severityOfProven } from "./assess.ts";
import type { Campaign, Level, ProvenAccount } from "./campaign.ts";
import { type Attack, RESUMES_WITHIN } from "./campaigns.ts";
import { distinct } from "./cells.ts";
import type { Finding } from "./finding.ts";
import type { Trace } from "./trace.ts";

export interface RememberedProof {
  readonly account: ProvenAccount;
  readonly level: "entered" | "known";
  /** The latest of the sign-ins that prove it. */
  readonly at: Instant;
}

/** What people have been told of a campaign last. */
export interface ToldOf {
  readonly at: Instant;
  readonly level: Level;
  readonly attempted: number;
  /** Object ids, else names. */
  readonly proven: readonly string[];
  readonly privileged: readonly string[];
  readonly codes: readonly string[];
}

export interface Mute {
  readonly by: string;
  readonly because: string;
  readonly until: Instant;
}

/** Of an incident that an analyst has closed. */
export interface ClosedIncident {
  readonly at: Instant;
  readonly classification: "TruePositive" | "BenignPositive" | "FalsePositive" | "Undetermined";
}

/** With what the incident had told by then: what is new is told from there on. */
export interface Closure extends ClosedIncident {
  /** To whom the incident was assigned, "" where to nobody. */
  readonly owner: string;
  readonly told: ToldOf;
  /** Of the accounts that the team has named, those that had been attempted. */
  readonly named: readonly string[];
}

/** Holds personal data. */
export interface CampaignMemory {
  readonly id: string;
  readonly generation: number;
  /** Without their rows; the first gave the campaign its id. */
  readonly findings: readonly Finding[];
  readonly joinedBy: readonly string[];
  readonly window: TimeWindow;
  readonly sources: readonly string[];
  /** Sources that join nothing. */
  readonly everybodys: readonly string[];
  /** Sources of which nobody has looked up whether they are a way out of the company. */
  readonly notLookedUp: readonly string[];
  readonly clients: readonly string[];
  readonly attempted: readonly string[];
  readonly lastAttempt: Instant;
  readonly level: Level;
  readonly proofs: readonly RememberedProof[];
  readonly askedAt: Instant | null;
  readonly told: ToldOf | null;
  /** As it was when its incident last said that it had grown; as it began where it never has. */
  readonly noted: ToldOf | null;
  readonly mute: Mute | null;
  readonly closed: Closure | null;
  /** Of the accounts that the team has named, those that have been attempted. */
  readonly named: readonly string[];
  /** What the incident says of the one that it goes on from, "" for the first. */
  readonly follows: string;
  /** Why a new incident follows if this one is closed, until Sentinel has answered; "" where there is no reason. */
  readonly reopens: string;
}

const MOST_FINDINGS = 40;
const MOST_SOURCES = 1_000;
const MOST_CLIENTS = 50;
const MOST_ACCOUNTS = 5_000;

export const QUIET_AFTER = DAY;
export const CLOSED_AFTER = RESUMES_WITHIN;
/** How long an open campaign is asked about with every run, and how long once a day. Settings. */
export interface Asking {
  readonly often: Duration;
  readonly daily: Duration;
}
export const asking: Asking = { often: hours(72), daily: days(14) };

export function stateAt({ lastAttempt, proofs }: CampaignMemory, now: Instant): Campaign["state"] {
  if (later(lastAttempt, CLOSED_AFTER) <= now) return "closed";
  if (later(lastAttempt, QUIET_AFTER) <= now) return "quiet";
  return proofs.length > 0 ? "escalated" : "active";
}

/** Whether an open campaign is asked about now, whether or not a hunt has found anything. */
export function isDueForEvidence(
  { lastAttempt, askedAt }: CampaignMemory,
  now: Instant,
  { often, daily }: Asking = asking,
): boolean {
  if (now < later(lastAttempt, often)) return true;
  if (now >= later(lastAttempt, daily)) return false;
  return askedAt === null || later(askedAt, DAY) <= now;
}

/** Rows may arrive a day late. */
const LATE = DAY;

/**
 * From where on an open campaign has still to be asked about. As long as it is asked about with every run, that is the
 * last day; then from the last time on, and a day more for what had not arrived by then.
 */
export function openFrom({ lastAttempt, askedAt }: CampaignMemory, now: Instant, { often }: Asking = asking): Instant {
  const last = Math.max(askedAt ?? 0, later(lastAttempt, often));
  return earlier(instant(Math.min(now, last)), LATE);
}

/** A remembered campaign as new findings can join it and new evidence belong to it. */
export function attackOf(memory: CampaignMemory): Attack {
  const trace: Trace = {
    window: { from: memory.window.from, to: instant(Math.max(memory.window.to, memory.lastAttempt)) },
    accounts: new Set(memory.attempted),
    sources: new Set(memory.sources),
    everybodys: new Set(memory.everybodys),
    notLookedUp: new Set(memory.notLookedUp),
    waysOut: new Set(),
    clients: new Set(memory.clients),
    attempts: new Set(),
  };
  return {
    id: memory.id,
    findings: memory.findings,
    trace,
    joinedBy: memory.joinedBy,
    alsoFits: [],
    muted: memory.closed !== null,
  };
}

const keyOf = ({ id, name }: ProvenAccount): string => id || name;
const levelOf = ({ entered }: Campaign["accounts"], account: ProvenAccount): "entered" | "known" =>
  entered.includes(account) ? "entered" : "known";
const latest = ({ rows }: ProvenAccount, otherwise: Instant): Instant =>
  instant(
    Math.max(
      ...rows.map(({ LastTime }) => parseInstant(String(LastTime)) ?? Number.NaN).filter((at) => !Number.isNaN(at)),
      otherwise,
    ),
  );

/**
 * The campaign with what was proven of it before and lies outside of what was looked at now. A proof inside that the
 * evidence no longer bears out was provisional: it is taken back, which `takenBack` says. An incomplete answer takes
 * nothing back and lowers nothing.
 */
export function withMemory(
  campaign: Campaign,
  memory: CampaignMemory | null,
  looked: TimeWindow,
): { readonly campaign: Campaign; readonly takenBack: readonly string[] } {
  if (memory === null) return { campaign, takenBack: [] };
  const now = new Set([...campaign.accounts.entered, ...campaign.accounts.known].map(keyOf));
  const gone = memory.proofs.filter(({ account }) => !now.has(keyOf(account)));
  const kept = gone.filter(({ at }) => at < looked.from || at >= looked.to || !campaign.assessment.whole);
  const of = (level: RememberedProof["level"]): readonly ProvenAccount[] =>
    kept.filter((proof) => proof.level === level).map(({ account }) => account);
  const entered = [...campaign.accounts.entered, ...of("entered")];
  const known = [...campaign.accounts.known, ...of("known")];
  const attempted = Math.max(campaign.accounts.attempted, memory.attempted.length);
  const fresh = campaign.assessment.level;
  const remembered: Level =
    entered.length > 0 ? "entered" : known.length > 0 ? "known" : campaign.assessment.whole ? fresh : memory.level;
  const level = higher(fresh, remembered);
  const assessment = {
    ...campaign.assessment,
    level,
    severity: moreSevere(campaign.assessment.severity, severityOfProven(level, known)),
    because:
      level === fresh
        ? campaign.assessment.because
        : `proven before: ${[...of("entered"), ...of("known")].map(({ name, id }) => name || id).join(", ")}. Now: ${campaign.assessment.because}`,
  };
  const backs = gone.filter((proof) => !kept.includes(proof)).map(({ account }) => account.name || account.id);
  return {
    campaign: {
      ...campaign,
      generation: memory.generation,
      state: entered.length + known.length > 0 ? "escalated" : campaign.state,
      accounts: { ...campaign.accounts, attempted, entered, known },
      assessment:
        backs.length === 0
          ? assessment
          : {
              ...assessment,
              because: `${assessment.because} Taken back, because the details of the sign-in have changed: ${backs.join(", ")}.`,
            },
    },
    takenBack: backs,
  };
}

/** Of the accounts that the team has named, by object id or name, those that this attack has attempted. */
export function namedAmong(campaign: Campaign, attack: Attack | null, named: ReadonlySet<string>): readonly string[] {
  const attempted = distinct([...campaign.accountNames, ...(attack?.trace.accounts ?? [])]);
  return attempted.map((account) => account.toLowerCase()).filter((account) => named.has(account));
}

/** What is remembered after a run. `asked` is whether the evidence was asked for; `named` are in lower case. */
export function remembered(
  campaign: Campaign,
  attack: Attack,
  memory: CampaignMemory | null,
  now: Instant,
  asked: boolean,
  named: ReadonlySet<string> = new Set(),
): CampaignMemory {
  const { entered, known } = campaign.accounts;
  const { trace } = attack;
  return {
    id: campaign.id,
    generation: campaign.generation,
    findings: campaign.findings.slice(0, MOST_FINDINGS).map((finding) => ({ ...finding, rows: [] })),
    joinedBy: campaign.joinedBy,
    window: trace.window,
    sources: distinct([...(memory?.sources ?? []), ...trace.sources]).slice(-MOST_SOURCES),
    everybodys: distinct([...(memory?.everybodys ?? []), ...trace.everybodys]).slice(-MOST_SOURCES),
    notLookedUp: [...trace.notLookedUp].slice(-MOST_SOURCES),
    clients: distinct([...(memory?.clients ?? []), ...trace.clients]).slice(-MOST_CLIENTS),
    attempted: distinct([...(memory?.attempted ?? []), ...trace.accounts]).slice(0, MOST_ACCOUNTS),
    lastAttempt: instant(Math.max(memory?.lastAttempt ?? 0, campaign.last)),
    level: campaign.assessment.level,
    proofs: [...entered, ...known].map((account) => ({
      account,
      level: levelOf(campaign.accounts, account),
      at: latest(account, campaign.first),
    })),
    askedAt: asked ? now : (memory?.askedAt ?? null),
    told: memory?.told ?? null,
    noted: memory?.noted ?? null,
    mute: memory?.mute ?? null,
    closed: memory?.closed ?? null,
    named: distinct([...(memory?.named ?? []), ...namedAmong(campaign, attack, named)]),
    follows: memory?.follows ?? "",
    reopens: memory?.reopens ?? "",
  };
}

/** What the incident of a remembered campaign has told. */
export const toldBefore = ({ proofs, attempted, level, lastAttempt, told }: CampaignMemory): ToldOf => ({
  at: lastAttempt,
  level,
  attempted: attempted.length,
  proven: proofs.map(({ account }) => keyOf(account)),
  privileged: proofs.filter(({ account }) => account.privileged).map(({ account }) => keyOf(account)),
  codes: told?.codes ?? [],
});

/** The latest of the sign-ins that prove a password; null where their rows do not say. */
export function latestProof(proven: readonly ProvenAccount[]): Instant | null {
  const times = proven.map((account) => latest(account, instant(0))).filter((at) => at > 0);
  return times.length === 0 ? null : instant(Math.max(...times));
}

export const toldOf = (campaign: Campaign, now: Instant): ToldOf => {
  const proven = [...campaign.accounts.entered, ...campaign.accounts.known];
  return {
    at: now,
    level: campaign.assessment.level,
    attempted: campaign.accounts.attempted,
    proven: proven.map(keyOf),
    privileged: proven.filter(({ privileged }) => privileged).map(keyOf),
    codes: Object.keys(campaign.codes),
  };
};
