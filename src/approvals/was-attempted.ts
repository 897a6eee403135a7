// Whoever approves must not be one of those whom the campaign attempted: the attacker may be sitting in that account.
import type { Campaign } from "../findings/campaign.ts";
import { numberOf } from "../findings/cells.ts";
import { kqlString } from "../hunts/kql-text.ts";
import type { Person } from "../ledger/response-records.ts";
import type { Ports } from "../ports.ts";
import { Problem } from "../problems.ts";
import { periodOf } from "../response/campaign-facts.ts";
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
  const listed = new Set([...names, ...proven.map((each) => each.name.toLowerCase())]);
  // A list that was cut, or is shorter than the number beside it, does not rule anybody out; the logs do.
  if (!verified || (campaign.cut.length === 0 && listed.size >= campaign.accounts.attempted)) return false;
  return failedMeanwhile({ id, name }, campaign, logs);
}

const same = (a: string, b: string): boolean => a !== "" && a.toLowerCase() === b.toLowerCase();

/** Whether the account failed to sign in during the campaign, from wherever: that is more than is needed. */
async function failedMeanwhile(
  { id, name }: Pick<Person, "id" | "name">,
  campaign: Campaign,
  logs: Ports["logs"],
): Promise<boolean> {
  const kql = [
    "union isfuzzy=true",
    "    (SigninLogs | project UserId = tostring(UserId), UserPrincipalName = tostring(UserPrincipalName), ResultType = tostring(ResultType)),",
    "    (AADNonInteractiveUserSignInLogs | project UserId = tostring(UserId), UserPrincipalName = tostring(UserPrincipalName), ResultType = tostring(ResultType))",
    `| where UserId =~ ${kqlString(id)} or UserPrincipalName =~ ${kqlString(name === "" ? id : name)}`,
    '| where ResultType != "0"',
    "| summarize Failures = count()",
  ].join("\n");
  try {
    const answer = await logs.query({ kql, window: periodOf(campaign) });
    return !answer.whole || numberOf(answer.rows[0]?.Failures) > 0;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return true;
  }
}
