// What is told: one or more findings with one id, one incident, its cards and its actions.
import { createHash } from "node:crypto";
import type { Row, Severity } from "../ports.ts";
import type { Instant } from "../time.ts";
import type { Finding } from "./finding.ts";

export type Level = "entered" | "known" | "possible" | "attempted" | "noise";

export interface Assessment {
  readonly level: Level;
  readonly severity: Severity;
  /** A sentence that names the evidence. */
  readonly because: string;
  /** False where an answer behind it was incomplete: the level may be too low, never too high. */
  readonly whole: boolean;
}

/** An account of the campaign with what proves its level. */
export interface ProvenAccount {
  /** Object id, or "" where the logs gave none. */
  readonly id: string;
  readonly name: string;
  readonly privileged: boolean;
  /** One sentence per kind of proof. */
  readonly because: string;
  /** The facts that prove it, as the logs have them. */
  readonly rows: readonly Row[];
}

export interface Source {
  readonly address: string;
  /** Autonomous system number, "" where unknown. */
  readonly network: string;
  /** Its name and kind where the table of networks knows it. */
  readonly networkName: string;
  readonly country: string;
  readonly accounts: number;
  readonly attempts: number;
}

/** Something that the logs cannot answer and a person has to do, in plain words. */
export interface Task {
  readonly title: string;
  readonly text: string;
  /** A query that is ready to run, "" where none helps. */
  readonly kql: string;
}

export interface CampaignAccounts {
  /** How many distinct accounts were attempted, whatever the outcome. */
  readonly attempted: number;
  /** Names that no account of the tenant has. */
  readonly unknown: number;
  /** Wrong password only. */
  readonly wrong: number;
  readonly ambiguous: number;
  /** The password was right and something else stopped the sign-in. */
  readonly known: readonly ProvenAccount[];
  readonly entered: readonly ProvenAccount[];
}

export interface Campaign {
  readonly id: string;
  /** Rises when an analyst has closed the last incident and there is something new to tell. */
  readonly generation: number;
  /** Two words that a person can say over the telephone. */
  readonly shortName: string;
  readonly state: "observed" | "active" | "escalated" | "quiet" | "closed";
  readonly findings: readonly Finding[];
  /** By what the findings were joined, in words; empty for a single one. */
  readonly joinedBy: readonly string[];
  readonly first: Instant;
  readonly last: Instant;
  readonly attempts: number;
  /** Attempts per equal step from `first` to `last`, oldest first, for a small picture. */
  readonly timeline: readonly number[];
  /** Sign-ins by result code. */
  readonly codes: Readonly<Record<string, number>>;
  readonly accounts: CampaignAccounts;
  readonly accountNames: readonly string[];
  readonly sources: readonly Source[];
  readonly countries: readonly string[];
  readonly applications: readonly string[];
  readonly userAgents: readonly string[];
  /** Which of the lists above are incomplete. */
  readonly cut: readonly string[];
  readonly tasks: readonly Task[];
  /** Accounts that are neither known nor entered, with what the evidence says of each: few sentences for many accounts. */
  readonly others?: readonly { readonly name: string; readonly because: string }[];
  /** How many accounts were locked out in the worst half hour. */
  readonly lockedOut?: number;
  /** What the evidence answers of the notes on triage, a sentence each. */
  readonly notes?: readonly { readonly note: string; readonly text: string }[];
  readonly assessment: Assessment;
}

/** A UUID (version 8, RFC 9562) made from texts: the same texts give the same id for ever. */
export function nameBasedId(...texts: readonly string[]): string {
  const hash = createHash("sha256").update(JSON.stringify(texts)).digest();
  hash[6] = (hash[6]! & 0x0f) | 0x80;
  hash[8] = (hash[8]! & 0x3f) | 0x80;
  const hex = hash.toString("hex");
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20, 32)}`;
}

export const campaignId = (first: Finding): string => nameBasedId("campaign", first.key);
export const incidentId = (campaign: Pick<Campaign, "id" | "generation">): string =>
  nameBasedId("incident", campaign.id, String(campaign.generation));
