// The sign-ins behind a campaign, as a query that runs as it is, in the portal and on a laptop.
import type { Campaign } from "../findings/campaign.ts";
import { kqlDatetime, kqlString } from "../hunts/kql-text.ts";
import type { TimeWindow } from "../time.ts";
import { addressesOf } from "./campaign-facts.ts";

const COLUMNS = [
  "TimeGenerated",
  "UserPrincipalName",
  "UserId",
  "IPAddress",
  "ResultType",
  "ResultDescription",
  "AppDisplayName",
  "ClientAppUsed",
  "AuthenticationProtocol",
  "AuthenticationRequirement",
  "AuthenticationDetails",
  "AuthenticationProcessingDetails",
  "UserAgent",
  "Location",
  "AutonomousSystemNumber",
  "CorrelationId",
].join(", ");

// What could be markup where the query is shown, or could not be seen there.
const ESCAPED = /[<>[\]*`|&{}~\p{C}\p{Default_Ignorable_Code_Point}]/gu;

/**
 * KQL literals of texts that an attacker may have written. What is markup to whoever shows the query is escaped, which KQL
 * reads as the very same text.
 */
export const literals = (texts: readonly string[]): string =>
  // KQL has no empty list.
  (texts.length === 0 ? [""] : texts).map(literal).join(", ");

function literal(text: string): string {
  const units = (characters: string) =>
    Array.from(
      { length: characters.length },
      (_, at) => `\\u${characters.charCodeAt(at).toString(16).padStart(4, "0")}`,
    );
  return kqlString(text).replace(ESCAPED, (character) => units(character).join(""));
}

/** Both sign-in tables in one shape, without the columns whose type differs between them, restricted to the period. */
export function signIns(window: TimeWindow): string {
  return [
    "union isfuzzy=true",
    `  (SigninLogs | project ${COLUMNS}),`,
    `  (AADNonInteractiveUserSignInLogs | project ${COLUMNS})`,
    `| where TimeGenerated >= ${kqlDatetime(window.from)} and TimeGenerated < ${kqlDatetime(window.to)}`,
  ].join("\n");
}

/** IPv6 sources are known by their /64, as the hunts group them. */
export function fromAddresses(addresses: readonly string[]): string {
  const plain = `IPAddress in (${literals(addresses)})`;
  if (!addresses.some((address) => address.includes("/"))) return `| where ${plain}`;
  return `| extend Source = iff(IPAddress contains ":", strcat(parse_ipv6_mask(IPAddress, 64), "/64"), IPAddress)\n| where Source in (${literals(addresses)}) or ${plain}`;
}

export const byAccounts = (accounts: readonly string[]): string =>
  `| where UserPrincipalName in~ (${literals(accounts)})`;

/** At most `limit` addresses (else accounts) are named; the busiest are first. */
export function campaignQuery(campaign: Campaign, window: TimeWindow, limit: number): string {
  const addresses = addressesOf(campaign).slice(0, limit);
  const accounts = campaign.accountNames.slice(0, limit);
  const narrowed =
    addresses.length > 0 ? [fromAddresses(addresses)] : accounts.length > 0 ? [byAccounts(accounts)] : [];
  return [signIns(window), ...narrowed, "| sort by TimeGenerated asc"].join("\n");
}
