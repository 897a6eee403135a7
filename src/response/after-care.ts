// What the logs say about accounts after something was done to them. Pure. Silence of the logs is no good news: "contained
// so far" is said only up to where they speak.
import { column, distinct, instantOf, numberOf, textOf } from "../findings/cells.ts";
import { sourceOf } from "../findings/source-of.ts";
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
  /** Of after-care.kql, of one stretch or several. */
  readonly signIns: readonly Row[];
  /** Of account-changes.kql, of one stretch or several; null where AuditLogs could not be asked. */
  readonly changes: readonly Row[] | null;
  /** Of newest-rows.kql, the newest stretch first. */
  readonly newest: readonly Row[];
  /** Where the campaign came from (`sourceOf`). */
  readonly sources: ReadonlySet<string>;
  /** What could not be asked, in words. */
  readonly notLookedAt: readonly string[];
  /** Everything before this was asked and answered as a whole; null where it was not. */
  readonly askedTo: Instant | null;
}

/** What should not have happened, with the keys under which it is told once. */
export type Told = Aftermath & { readonly keys: readonly string[] };

export interface CareVerdict {
  readonly aftermath: readonly Told[];
  /** What is worth knowing and proves nothing. */
  readonly news: readonly { readonly keys: readonly string[]; readonly text: string }[];
  /** Up to where both tables of sign-ins speak; null where one of them has said nothing for a day. */
  readonly seenTo: Instant | null;
  readonly askedTo: Instant | null;
  readonly notLookedAt: readonly string[];
}

const isAbout = (row: Row, account: string): boolean => textOf(row.Account).toLowerCase() === account.toLowerCase();

/** As many networks, and devices, as anybody uses in two weeks. */
const MOST_REMEMBERED = 500;

/**
 * What watched-habits.kql says of one account: no row means that it never signed in. What came from the campaign's own
 * `sources` is no habit.
 */
export function habitsOf(
  account: string,
  rows: readonly Row[],
  sources: ReadonlySet<string>,
): NonNullable<Care["habits"]> {
  const own = rows.filter((row) => isAbout(row, account) && !sources.has(sourceOf(textOf(row.Address))));
  return {
    successes: own.reduce((sum, row) => sum + numberOf(row.Successes), 0),
    networks: textsIn(own, "Network"),
    devices: textsIn(own, "Device"),
  };
}

const textsIn = (rows: readonly Row[], name: "Network" | "Device"): string[] =>
  distinct(rows.map((row) => textOf(row[name])).filter((text) => text !== "")).slice(0, MOST_REMEMBERED);

/** The tables of sign-ins that have had no row. */
export const quietTables = (newest: readonly Row[]): readonly string[] =>
  TABLES.filter((table) => !newest.some((row) => textOf(row.Table) === table));

export function judgeCare(care: Care, answers: CareAnswers): CareVerdict {
  const mine = (row: Row): boolean => isAbout(row, care.account.id);
  const signIns = Map.groupBy(answers.signIns.filter(mine), (row) => kindOf(care, row, answers.sources));
  const changes = (answers.changes ?? []).filter(mine).map((row) => changeOf(care, row));
  const once = [...new Map(changes.toReversed().map((change) => [change.keys.join(), change])).values()].toReversed();
  const quiet = quietTables(answers.newest);
  const seen = TABLES.map((table) => instantOf(answers.newest.find((row) => textOf(row.Table) === table)?.Newest));
  return {
    aftermath: [
      ...KINDS.flatMap((kind) => {
        const rows = signIns.get(kind);
        return rows === undefined ? [] : [aftermathOf(care, kind, rows)];
      }),
      ...once.filter(({ alarming }) => alarming),
    ],
    news: once
      .filter(({ alarming }) => !alarming)
      .map(({ keys, what, at }) => ({ keys, text: `${time(at)}: ${what}` })),
    seenTo: quiet.length === 0 ? earlier(instant(Math.min(...seen.map(Number))), SETTLE) : null,
    askedTo: answers.askedTo,
    notLookedAt: [...quiet.map((table) => `${table} has had no row for a day`), ...answers.notLookedAt],
  };
}

const KINDS = ["campaign", "unfamiliar", "password"] as const;
type Kind = (typeof KINDS)[number];

/**
 * What a sign-in after the measure is a sign of, "" where of nothing: from elsewhere an account may sign in on a network or
 * with a device that it has used before.
 */
function kindOf({ habits }: Care, row: Row, sources: ReadonlySet<string>): Kind | "" {
  const fromCampaign = sources.has(sourceOf(textOf(row.Address)));
  if (numberOf(row.Entered) === 0) return fromCampaign ? "password" : "";
  if (fromCampaign) return "campaign";
  const [network, device] = [textOf(row.Network), textOf(row.Device)];
  const known = (habits?.networks.includes(network) ?? false) || (habits?.devices.includes(device) ?? false);
  return known ? "" : "unfamiliar";
}

function aftermathOf({ account, habits }: Care, kind: Kind, rows: readonly Row[]): Told {
  const all = column(rows, "Address");
  const addresses = firstOf(all, 3);
  const applications = firstOf(column(rows, "Applications"), 3);
  const count = rows.reduce((sum, row) => sum + numberOf(row.Count), 0);
  const again = count > 1 ? `, ${plural(count, "time")} so far` : "";
  const firsts = rows.map((row) => instantOf(row.First)).filter((at) => at !== null);
  const at = instant(firsts.length === 0 ? 0 : Math.min(...firsts));
  const base = { account: nameOf(account), at, keys: all.map((address) => `${kind} ${address}`) };
  if (kind === "campaign")
    return { ...base, sure: true, what: `got in from the campaign's ${addresses} (${applications})${again}` };
  if (kind === "password") {
    const codes = firstOf(column(rows, "Codes"), 3);
    return { ...base, sure: true, what: `the password still works: ${codes} from the campaign's ${addresses}${again}` };
  }
  const unknown = (habits?.successes ?? 0) === 0 ? "; there is no earlier sign-in to compare with" : "";
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
    keys: [`change ${operation} ${byItself ? "self" : textOf(row.By)} ${address}`],
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
