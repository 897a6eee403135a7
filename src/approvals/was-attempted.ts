// Whoever approves must not be one of those whom the campaign attempted: the attacker may be sitting in that account.
import type { Campaign } from "../findings/campaign.ts";
import { numberOf, textOf } from "../findings/cells.ts";
import { sourceOf } from "../findings/source-of.ts";
import { kqlString } from "../hunts/kql-text.ts";
import type { Person } from "../ledger/response-records.ts";
import type { Ports, Row } from "../ports.ts";
import { Problem } from "../problems.ts";
import { addressesOf, periodOf } from "../response/campaign-facts.ts";
import { provenOf } from "../response/plan-accounts.ts";

/** True also where it cannot be ruled out. */
export async function wasAttempted(
  { id, name, verified }: Person,
  campaign: Campaign,
  { logs }: Pick<Ports, "logs">,
): Promise<boolean> {
  const names = new Set(
    [...campaign.accountNames, ...campaign.findings.flatMap(({ accounts }) => accounts)].map((each) =>
      each.toLowerCase(),
    ),
  );
  const proven = provenOf(campaign).map(({ account }) => account);
  if (names.has(name.toLowerCase()) || names.has(id.toLowerCase())) return true;
  if (proven.some((each) => [each.id, each.name].some((one) => [id, name].some((mine) => same(one, mine)))))
    return true;
  // Names change and lists are cut; the logs know the object id. On a laptop nobody has one.
  return verified && failedThere({ id, name }, campaign, logs);
}

const same = (a: string, b: string): boolean => a !== "" && a.toLowerCase() === b.toLowerCase();

/** Whether the account failed to sign in during the campaign: from its addresses, or from anywhere where a list was cut. */
async function failedThere(
  { id, name }: Pick<Person, "id" | "name">,
  campaign: Campaign,
  logs: Ports["logs"],
): Promise<boolean> {
  const sources = new Set(addressesOf(campaign).map(sourceOf));
  const complete = campaign.cut.length === 0 && sources.size > 0;
  const columns =
    "UserId = tostring(UserId), UserPrincipalName = tostring(UserPrincipalName), ResultType = tostring(ResultType), IPAddress = tostring(IPAddress)";
  const kql = [
    "union isfuzzy=true",
    `    (SigninLogs | project ${columns}),`,
    `    (AADNonInteractiveUserSignInLogs | project ${columns})`,
    `| where UserId =~ ${kqlString(id)} or UserPrincipalName =~ ${kqlString(name === "" ? id : name)}`,
    '| where ResultType != "0"',
    "| summarize Failures = count() by IPAddress",
  ].join("\n");
  const isOfAttack = (row: Row): boolean =>
    numberOf(row.Failures) > 0 && (!complete || sources.has(sourceOf(textOf(row.IPAddress))));
  try {
    const answer = await logs.query({ kql, window: periodOf(campaign) });
    return !answer.whole || answer.rows.some(isOfAttack);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return true;
  }
}
