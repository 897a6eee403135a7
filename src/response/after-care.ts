// What the logs say about accounts after something was done to them. Pure. Silence of the logs is no good news: "contained
// so far" is said only up to where they speak.
import { instantOf, numberOf, textOf, textsOf } from "../findings/cells.ts";
import type { Care } from "../ledger/response-records.ts";
import type { Row } from "../ports.ts";
import { earlier, type Instant, instant, minutes } from "../time.ts";
import { nameOf } from "./campaign-facts.ts";
import { lastProofOf } from "./guards.ts";
import type { Aftermath } from "./telling.ts";
import { firstOf, plural, time } from "./words.ts";

/** Rows of one table do not arrive in order: the last few minutes are not complete. */
const SETTLE = minutes(10);
const TABLES = ["SigninLogs", "AADNonInteractiveUserSignInLogs"] as const;

export interface CareAnswers {
  /** Of after-care.kql. */
  readonly signIns: readonly Row[];
  /** Of account-changes.kql; null where AuditLogs could not be asked. */
  readonly changes: readonly Row[] | null;
  /** Of newest-rows.kql. */
  readonly newest: readonly Row[];
  /** What could not be asked, in words. */
  readonly notLookedAt: readonly string[];
}

export interface CareVerdict {
  /** What should not have happened, each with a key under which it is told once. */
  readonly aftermath: readonly (Aftermath & { readonly key: string })[];
  /** What is worth knowing and proves nothing. */
  readonly news: readonly { readonly key: string; readonly text: string }[];
  /** Up to where both tables of sign-ins speak; null where one of them says nothing at all. */
  readonly seenTo: Instant | null;
  readonly notLookedAt: readonly string[];
}

export function judgeCare(care: Care, answers: CareAnswers): CareVerdict {
  const { account } = care;
  const mine = (row: Row): boolean => textOf(row.Account).toLowerCase() === account.id.toLowerCase();
  const signIns = answers.signIns.filter(mine).map((row) => aftermathOf(care, row));
  const changes = (answers.changes ?? []).filter(mine).map((row) => changeOf(care, row));
  const seen = TABLES.map((table) => instantOf(answers.newest.find((row) => textOf(row.Table) === table)?.Newest));
  const speaks = seen.every((at) => at !== null);
  return {
    aftermath: [...signIns, ...changes.filter(({ alarming }) => alarming)],
    news: changes
      .filter(({ alarming }) => !alarming)
      .map(({ key, what, at }) => ({ key, text: `${time(at)}: ${what}` })),
    seenTo: speaks ? earlier(instant(Math.min(...seen.map(Number))), SETTLE) : null,
    notLookedAt: [
      ...TABLES.filter((_, n) => seen[n] === null).map((table) => `${table} has no rows in the workspace`),
      ...answers.notLookedAt,
    ],
  };
}

type Told = Aftermath & { readonly key: string };

function aftermathOf({ account }: Care, row: Row): Told {
  const kind = textOf(row.Kind);
  const addresses = firstOf(textsOf(row.Addresses), 3);
  const applications = firstOf(textsOf(row.Applications), 3);
  const count = numberOf(row.Count);
  const again = count > 1 ? `, ${plural(count, "time")} so far` : "";
  const base = { account: nameOf(account), at: instantOf(row.First) ?? instant(0), key: `${kind} ${addresses}` };
  if (kind === "campaign")
    return { ...base, sure: true, what: `got in from the campaign's ${addresses} (${applications})${again}` };
  if (kind === "password") {
    const codes = firstOf(textsOf(row.Codes), 3);
    return { ...base, sure: true, what: `the password still works: ${codes} from the campaign's ${addresses}${again}` };
  }
  const unknown = numberOf(row.Habits) === 0 ? "; there is no earlier sign-in to compare with" : "";
  return {
    ...base,
    sure: false,
    what: `got in from ${addresses}, a network and a device that it never used before${again}${unknown}`,
  };
}

function changeOf(care: Care, row: Row): Told & { readonly alarming: boolean } {
  const kind = textOf(row.Kind);
  const at = instantOf(row.First) ?? instant(0);
  const byItself = numberOf(row.ByItself) === 1;
  const operation = textOf(row.Operation);
  const address = textOf(row.Address);
  const who = byItself ? "by the account itself" : `by ${textOf(row.By) || "somebody unnamed"}`;
  // After the measure a new password is what was asked for; whether it was the employee, the task in the incident asks.
  const expected = kind === "password" && at >= care.from;
  return {
    account: nameOf(care.account),
    at,
    what: `${operation} ${who}${address === "" ? "" : ` from ${address}`}`,
    key: `change ${operation} ${byItself ? "self" : textOf(row.By)} ${address}`,
    sure: false,
    alarming: byItself && !expected,
  };
}

/** When the account was first proven; the earliest that its facts say. */
export function firstProofOf(care: Care): Instant {
  const firsts = care.account.rows.map((row) => instantOf(row.FirstTime) ?? instantOf(row.TimeGenerated));
  const times = firsts.filter((at) => at !== null);
  return times.length > 0 ? instant(Math.min(...times)) : (lastProofOf(care.account) ?? care.campaign.first);
}

export const careWords = {
  /** Of the incident that is raised. */
  label: "not-contained",
  notContained: (lines: readonly string[]): string =>
    `Not contained. Seen since the measure:\n${lines.map((line) => `- ${line}`).join("\n")}\nSet a new password under MFA, or disable the account, now.`,
  contained: (names: string, upTo: Instant, notLookedAt: readonly string[]): string =>
    `${names}: contained so far. Up to ${time(upTo)} the logs show no sign-in from the campaign, none from an unfamiliar network and device, and no right password from the campaign's addresses.${also(notLookedAt)}`,
  unknown: (names: string, until: Instant, seenTo: Instant | null, notLookedAt: readonly string[]): string =>
    `${names}: whether it is contained is not known. It was to be watched until ${time(until)}, and the logs speak ${seenTo === null ? "of none of that time" : `only up to ${time(seenTo)}`}.${also(notLookedAt)}`,
  news: (lines: readonly string[]): string =>
    `Seen since the first proof:\n${lines.map((line) => `- ${line}`).join("\n")}`,
} as const;

const also = (notLookedAt: readonly string[]): string =>
  notLookedAt.length === 0 ? "" : ` Not looked at: ${notLookedAt.join("; ")}.`;
