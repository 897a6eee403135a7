// A hunt's query -> the text that is sent: exclusions narrow the tables ahead of it, placeholders get the window.
// Nothing else in the app turns an exclusion into KQL.
import { iso, type TimeWindow } from "../time.ts";
import type { Exclusion } from "./exclusion.ts";
import type { LeftOut } from "./hunt.ts";
import { bareKql, kqlDatetime, kqlString, kqlStrings } from "./kql-text.ts";

/** The tables that have all the columns an exclusion can speak of. */
export const SIGN_IN_TABLES = ["SigninLogs", "AADNonInteractiveUserSignInLogs"] as const;

export interface PreparedQuery {
  readonly kql: string;
  /** How many lines stand before the hunt's own first line; for the positions in error messages. */
  readonly linesBefore: number;
  /** Whether the exclusions were laid ahead of every sign-in table the query reads. */
  readonly narrowed: boolean;
  /** Why they were not, in words; empty where they were or there are none. */
  readonly notNarrowed: string;
}

function addressConditions(ranges: readonly string[]): readonly string[] {
  const v4 = ranges
    .filter((range) => !range.includes(":"))
    .map((range) => (range.includes("/") ? range : `${range}/32`));
  const v6 = ranges
    .filter((range) => range.includes(":"))
    .map((range) => (range.includes("/") ? range : `${range}/128`));
  return [
    ...(v4.length > 0 ? [`ipv4_is_in_any_range(IPAddress, ${kqlStrings(v4)})`] : []),
    // Only texts with a colon: ipv6 functions also take IPv4 texts, as mapped addresses.
    ...(v6.length > 0 ? [`(IPAddress contains ":" and ipv6_is_in_any_range(IPAddress, ${kqlStrings(v6)}))`] : []),
  ];
}

/** True for the rows that the exclusion hides, false or null for all others. */
export function exclusionCondition(exclusion: Exclusion): string {
  const anyOf = (conditions: readonly string[]): string =>
    conditions.length > 1 ? `(${conditions.join(" or ")})` : (conditions[0] ?? "");
  const accounts = kqlStrings(exclusion.accounts);
  // What is cheap and leaves few rows comes first: reading an address costs more than comparing a name.
  const all = [
    exclusion.accounts.length > 0 && `(UserPrincipalName in~ (${accounts}) or UserId in~ (${accounts}))`,
    exclusion.appIds.length > 0 && `AppId in~ (${kqlStrings(exclusion.appIds)})`,
    exclusion.networks.length > 0 && `AutonomousSystemNumber in (${kqlStrings(exclusion.networks)})`,
    exclusion.addresses.length > 0 && anyOf(addressConditions(exclusion.addresses)),
    exclusion.userAgentHas.length > 0 && `UserAgent has_any (${kqlStrings(exclusion.userAgentHas)})`,
    exclusion.until !== null && `TimeGenerated < ${kqlDatetime(exclusion.until)}`,
  ];
  return all.filter((condition) => condition !== false).join(" and ");
}

const readsTable = (bare: string, table: string): boolean => new RegExp(`(?<![\\w.\\]])${table}(?![\\w(])`).test(bare);

/** The sign-in tables that a query names. */
export function signInTablesOf(kql: string): readonly string[] {
  const bare = bareKql(kql);
  return SIGN_IN_TABLES.filter((table) => readsTable(bare, table));
}

const BRACKETED = new RegExp(`\\[\\s*["'](?:${SIGN_IN_TABLES.join("|")})["']\\s*\\]`);

/** A star among the parts of a union, outside of their own brackets: `union (A | take 1), Signin*`. */
function unitesByWildcard(bare: string): boolean {
  for (const { index } of bare.matchAll(/\bunion\b/g)) {
    let depth = 0;
    for (const character of bare.slice(index)) {
      if (character === "(") depth += 1;
      if (character === ")") depth -= 1;
      if (depth < 0 || (depth === 0 && (character === "|" || character === ";"))) break;
      if (depth === 0 && character === "*") return true;
    }
  }
  return false;
}

/** Why an exclusion laid ahead of the query would not reach all of its rows; empty where it would. */
export function exclusionObstacle(kql: string): string {
  const bare = bareKql(kql);
  if (/\btable\s*\(/.test(bare)) return "it reaches a table through table()";
  if (/(?:^|[|;(\n])\s*search\b/.test(bare)) return "it uses search";
  if (/(?:^|[|;(\n])\s*find\b/.test(bare)) return "it uses find";
  if (unitesByWildcard(bare)) return "it unites tables by a wildcard";
  if (BRACKETED.test(kql)) return "it names a table in brackets";
  if (/\b(?:workspace|app|database|cluster|resource)\s*\(/.test(bare)) return "it reads another workspace or resource";
  const redefined = SIGN_IN_TABLES.find((table) => new RegExp(`\\blet\\s+${table}\\b`).test(bare));
  if (redefined) return `it gives the name ${redefined} a meaning of its own`;
  if (signInTablesOf(kql).length === 0) return "it reads neither of the sign-in tables";
  return "";
}

/** Whether the query itself speaks of the present, so that only a window that ends now can be asked for on the service. */
export const readsClock = (kql: string): boolean => /\b(?:ago|now)\s*\(/.test(bareKql(kql));

/** The portal's hunting page fills these in with its time range; so do we. */
const withPlaceholders = (kql: string, window: TimeWindow): string =>
  kql.replaceAll("{{StartTimeISO}}", iso(window.from)).replaceAll("{{EndTimeISO}}", iso(window.to));

export function prepareQuery(query: string, exclusions: readonly Exclusion[], window: TimeWindow): PreparedQuery {
  const kql = withPlaceholders(query, window);
  const active = exclusions.filter((exclusion) => exclusion.enabled);
  if (active.length === 0) return { kql, linesBefore: 0, narrowed: false, notNarrowed: "" };
  const obstacle = exclusionObstacle(query);
  if (obstacle) return { kql, linesBefore: 0, narrowed: false, notNarrowed: obstacle };
  // A condition on a missing value is null, and `not(null)` would drop the row: only what is true is hidden.
  const narrowing = active.map((exclusion) => `| where iff(${exclusionCondition(exclusion)}, false, true)`).join(" ");
  const ahead = signInTablesOf(query).map((table) => `let ${table} = table("${table}") ${narrowing};`);
  return { kql: `${ahead.join("\n")}\n${kql}`, linesBefore: ahead.length, narrowed: true, notNarrowed: "" };
}

const SIGN_IN = `iff(isempty(Id), strcat(CorrelationId, " ", UserId, UserPrincipalName, " ", IPAddress, " ", ResultType, " ", tostring(TimeGenerated)), Id)`;

/** The failed sign-ins of a hunt that does not say what its attempts are: all that failed in the tables it reads. */
export function failedSignIns(query: string): string {
  const legs = signInTablesOf(query).map(
    (table) =>
      `(${table} | where ResultType != "0" | project TimeGenerated, Id, CorrelationId, UserId, UserPrincipalName, IPAddress, ResultType, AppId, AutonomousSystemNumber, UserAgent)`,
  );
  return legs.length > 1 ? `union ${legs.join(", ")}` : (legs[0] ?? "");
}

/**
 * One question over the unnarrowed tables: how many of the hunt's failed sign-ins each exclusion hides, first match
 * wins, then what the hunt leaves out by itself. Rows: Exclusion ("" for what is left to judge), Attempts.
 */
export function hiddenAttemptsQuery(
  attempts: string,
  exclusions: readonly Exclusion[],
  leftOut: readonly LeftOut[],
): string {
  const cases = [
    ...exclusions
      .filter((exclusion) => exclusion.enabled)
      .map((exclusion) => [exclusionCondition(exclusion), exclusion.name] as const),
    ...leftOut.map((each) => [each.where, each.name] as const),
  ];
  const which = cases.map(([condition, name]) => `iff(${condition}, true, false), ${kqlString(name)}`).join(", ");
  const label = cases.length > 0 ? `case(${which}, "")` : `""`;
  return `${attempts.trimEnd()}\n| extend Exclusion = ${label}\n| summarize Attempts = count_distinct(${SIGN_IN}) by Exclusion`;
}
