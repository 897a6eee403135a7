// What is asked of the logs about attacks -> the questions with their parameters laid ahead.
import type { Instant, TimeWindow } from "../time.ts";
import type { Exclusion } from "./exclusion.ts";
import { kqlDatetime, kqlString, kqlStrings } from "./kql-text.ts";
import { exclusionCondition } from "./prepare-query.ts";

/** Attempts of one result code in one period, from addresses that nobody has listed in full. */
export interface BurstOfCode {
  readonly code: string;
  /** The one sign-in table that the hunt reads, "" for both. */
  readonly table: string;
  readonly window: TimeWindow;
}

export interface BurstOfAccount {
  readonly account: string;
  readonly window: TimeWindow;
}

export interface EvidenceRequest {
  /** Complete lists only. IPv6 addresses as /64 networks. */
  readonly sources: readonly string[];
  readonly fingerprints: readonly string[];
  /** Result codes of an attempt that failed. */
  readonly attemptCodes: readonly string[];
  readonly codes: readonly BurstOfCode[];
  readonly accounts: readonly BurstOfAccount[];
}

const list = (name: string, texts: readonly string[]): string => `let ${name} = dynamic([${kqlStrings(texts)}]);`;
const table = (name: string, columns: string, rows: readonly string[]): string =>
  `let ${name} = datatable(${columns})[${rows.join(", ")}];`;
const period = ({ from, to }: TimeWindow): string => `${kqlDatetime(from)}, ${kqlDatetime(to)}`;

export function evidenceQuery(question: string, request: EvidenceRequest): string {
  return [
    list("Sources", request.sources),
    list("Fingerprints", request.fingerprints),
    list("AttemptCodes", request.attemptCodes),
    table(
      "BurstsOfCodes",
      "Code: string, Table: string, From: datetime, To: datetime",
      request.codes.map((burst) => `${kqlString(burst.code)}, ${kqlString(burst.table)}, ${period(burst.window)}`),
    ),
    table(
      "BurstsOfAccounts",
      "Account: string, From: datetime, To: datetime",
      request.accounts.map((burst) => `${kqlString(burst.account)}, ${period(burst.window)}`),
    ),
    question,
  ].join("\n");
}

/** Something whose habit is asked for, and the moment before which it counts. */
export interface Habitual {
  readonly value: string;
  readonly before: Instant;
}

export interface HabitsRequest {
  readonly accounts: readonly Habitual[];
  readonly addresses: readonly Habitual[];
  readonly networks: readonly Habitual[];
  readonly clients: readonly Habitual[];
  readonly sessions: readonly string[];
}

export function habitsQuery(question: string, request: HabitsRequest): string {
  const asked = (name: string, column: string, habituals: readonly Habitual[]): string =>
    table(
      name,
      `${column}: string, Before: datetime`,
      habituals.map(({ value, before }) => `${kqlString(value)}, ${kqlDatetime(before)}`),
    );
  return [
    asked("Accounts", "Account", request.accounts),
    asked("Addresses", "Source", request.addresses),
    asked("Networks", "Network", request.networks),
    asked("Clients", "Fingerprint", request.clients),
    list("Sessions", request.sessions),
    question,
  ].join("\n");
}

/** From this many accounts on a source that an exclusion hides is looked at all the same. */
export const HIDDEN_SOURCE_ACCOUNTS = 5;

/**
 * The sources that exclusions hide from a hunt and that failed against enough accounts to be an attack. `attempts` are the
 * hunt's failed sign-ins, not narrowed. Rows: Exclusion (the first that matches), Source, Accounts, First, Last.
 */
export function hiddenSourcesQuery(attempts: string, exclusions: readonly Exclusion[]): string {
  const cases = exclusions
    .filter((exclusion) => exclusion.enabled)
    .map((exclusion) => `iff(${exclusionCondition(exclusion)}, true, false), ${kqlString(exclusion.name)}`);
  return [
    `let NoUser = "00000000-0000-0000-0000-000000000000";`,
    attempts.trimEnd(),
    `| extend Exclusion = case(${cases.join(", ")}, "")`,
    `| where isnotempty(Exclusion) and isnotempty(IPAddress)`,
    `| extend Account = iff(isempty(UserId) or UserId == NoUser, tolower(UserPrincipalName), UserId)`,
    `| extend Source = iff(IPAddress contains ":", strcat(parse_ipv6_mask(IPAddress, 64), "/64"), IPAddress)`,
    `| summarize Accounts = count_distinct(Account), First = min(TimeGenerated), Last = max(TimeGenerated) by Exclusion, Source`,
    `| where Accounts >= ${HIDDEN_SOURCE_ACCOUNTS}`,
  ].join("\n");
}
