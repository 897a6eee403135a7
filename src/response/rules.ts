// What the team allows. None of it can switch off a guard: settings choose how little is done, never how little is proven.
import type { Duration } from "../time.ts";

/** "off": it reports. "propose": a person is asked. "automatic": done within the budget, and asked about beyond it. */
export type ResponseMode = "off" | "propose" | "automatic";

/** What can be done to an account, in the order in which it is done: the password must become useless first. */
export const MEASURES = ["disableAccount", "revokeSessions"] as const;
export type Measure = (typeof MEASURES)[number];

/** Accounts acted on without asking, at most. */
export interface BudgetLimits {
  readonly perRun: number;
  readonly perHour: number;
  readonly perDay: number;
}

export interface ResponseRules {
  /** By the name of the hunt; one that is not named is off. */
  readonly modes: Readonly<Partial<Record<string, ResponseMode>>>;
  /** The measures that are allowed at all. */
  readonly measures: readonly Measure[];
  readonly budget: BudgetLimits;
  /** Object ids and user principal names. */
  readonly protectedAccounts: readonly string[];
  /** Object ids of groups. */
  readonly protectedGroups: readonly string[];
  /** Object ids. */
  readonly breakGlass: readonly string[];
  /** The stop switch as the deployment sets it; the other one lies in the journal. */
  readonly stopped: boolean;
  /** Null where nobody can be asked, because approvals are off. */
  readonly approvals: { readonly appUrl: string; readonly expiry: Duration } | null;
  /** How long an account is watched after something was done to it. */
  readonly afterCare: Duration;
}

/** A version that acts on nobody: for runs that only look. */
export const noResponse: ResponseRules = {
  modes: {},
  measures: [],
  budget: { perRun: 0, perHour: 0, perDay: 0 },
  protectedAccounts: [],
  protectedGroups: [],
  breakGlass: [],
  stopped: false,
  approvals: null,
  afterCare: 0 as Duration, // nothing is done that could be watched
};
