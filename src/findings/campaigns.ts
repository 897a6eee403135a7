// Findings of all hunts -> campaigns: which findings are one attack. Campaigns never merge; a finding that fits two joins
// the older.
import { days, hours, type Instant } from "../time.ts";
import { campaignId } from "./campaign.ts";
import type { Finding } from "./finding.ts";
import { mergeTraces, type Trace } from "./trace.ts";

/** Attempts further apart than this are two attacks, unless something else says otherwise. */
const TOGETHER = hours(24);
/** A campaign that was quiet for less goes on where its own marks are seen again; after this it is closed. */
export const RESUMES_WITHIN = days(7);

/** An attack as it grows: what is known of it before this run, and the findings of this run that belong to it. */
export interface Attack {
  /** Of a campaign that is known already. */
  readonly id: string | null;
  readonly findings: readonly Finding[];
  readonly trace: Trace;
  /** By what its findings were joined, in words. */
  readonly joinedBy: readonly string[];
  /** Ids or first findings' keys of younger attacks that the same finding would have fitted. */
  readonly alsoFits: readonly string[];
  /** An analyst has closed its incident: what bears its marks is its own, however long it was quiet. */
  readonly muted?: boolean;
  /** Of a new one that bears the marks of another, and came too long after it to be the same. */
  readonly goesOnFrom?: GoesOnFrom;
}

export interface GoesOnFrom {
  /** Of its campaign. */
  readonly id: string;
  readonly quietSince: Instant;
  /** By what, in words. */
  readonly by: string;
}

const MOST_NAMED = 3;
const list = (texts: readonly string[]): string =>
  texts.length > MOST_NAMED
    ? `${texts.slice(0, MOST_NAMED).join(", ")} and ${texts.length - MOST_NAMED} more`
    : texts.join(", ");
const common = (one: ReadonlySet<string>, other: ReadonlySet<string>): readonly string[] =>
  [...one].filter((value) => other.has(value));
/** The words of a fingerprint that a person recognises: its user agent, else its client. */
export function clientName(fingerprint: string): string {
  const [application = "", , protocol = "", client = "", ...agent] = fingerprint.split("|");
  const userAgent = agent.join("|");
  return [userAgent === "" ? client : userAgent, protocol === "none" ? "" : protocol, application]
    .filter((part) => part !== "")
    .join(" ");
}

const gap = (one: Trace, other: Trace): number =>
  Math.max(0, one.window.from - other.window.to, other.window.from - one.window.to);

/** What both bear that is the attacker's own, in words; "" where there is nothing. */
function marksInCommon(one: Trace, other: Trace): string {
  const everybodys = (source: string): boolean => one.everybodys.has(source) || other.everybodys.has(source);
  // It may be the company's way out: through that two attacks go that have nothing to do with each other.
  const perhaps = (source: string): boolean => one.notLookedUp.has(source) && other.notLookedUp.has(source);
  const addresses = common(one.sources, other.sources).filter((source) => !everybodys(source) && !perhaps(source));
  if (addresses.length > 0) return `the same address: ${list(addresses)}`;
  const clients = common(one.clients, other.clients);
  return clients.length > 0 ? `the same rare client: ${list(clients.map(clientName))}` : "";
}

/** By what two traces are one attack, in words; "" where they are not. */
export function bond(one: Trace, other: Trace): string {
  if (gap(one, other) > TOGETHER) return "";
  const marks = marksInCommon(one, other);
  if (marks !== "") return marks;
  const accounts = common(one.accounts, other.accounts);
  if (accounts.length > 0.5 * Math.max(one.accounts.size, other.accounts.size)) {
    return `${accounts.length === 1 ? "the same account" : `${accounts.length} of the same accounts`}`;
  }
  return "";
}

export interface Traced {
  readonly finding: Finding;
  readonly trace: Trace;
}

/** `known` are the open campaigns, the oldest first. */
export function joinFindings(traced: readonly Traced[], known: readonly Attack[]): readonly Attack[] {
  const attacks: Attack[] = [...known];
  const inOrder = traced.toSorted(
    (a, b) => a.finding.window.from - b.finding.window.from || a.finding.key.localeCompare(b.finding.key),
  );
  for (const { finding, trace } of inOrder) {
    const bonds = attacks.map((attack) =>
      hasFinding(attack, finding) ? "the same finding" : bond(attack.trace, trace),
    );
    // What has been told with one campaign is not told again with an older that has grown towards it.
    const told = attacks.findIndex((attack) => hasFinding(attack, finding));
    const near = told >= 0 ? told : bonds.findIndex((words) => words !== "");
    const marks = near >= 0 ? [] : attacks.map((attack) => marksInCommon(attack.trace, trace));
    const at = near >= 0 ? near : attacks.findIndex((attack, n) => marks[n] !== "" && resumes(attack, trace));
    const attack = attacks[at];
    if (!attack) {
      attacks.push({ id: null, findings: [finding], trace, joinedBy: [], alsoFits: [], ...goingOn(attacks, marks) });
      continue;
    }
    const others = attacks.filter((_, index) => index > at && bonds[index] !== "");
    attacks[at] = withFinding(attack, finding, trace, bonds[at] || marks[at] || "", others);
  }
  return attacks;
}

/** Only what is remembered has been told, and can be told further. */
const resumes = ({ id, trace, muted }: Attack, other: Trace): boolean =>
  id !== null && (muted === true || gap(trace, other) < RESUMES_WITHIN);

/** The latest of those whose marks it bears. */
function goingOn(attacks: readonly Attack[], marks: readonly string[]): Pick<Attack, "goesOnFrom"> {
  const at = marks.findLastIndex((words) => words !== "");
  const before = attacks[at];
  const [first] = before?.findings ?? [];
  if (before === undefined || first === undefined) return {};
  const quietSince = before.trace.window.to;
  return { goesOnFrom: { id: before.id ?? campaignId(first), quietSince, by: marks[at] ?? "" } };
}

const hasFinding = ({ findings }: Attack, { key }: Finding): boolean => findings.some((finding) => finding.key === key);
export const nameOfAttack = ({ id, findings }: Attack): string => id ?? findings[0]?.key ?? "";

function withFinding(attack: Attack, finding: Finding, trace: Trace, words: string, others: readonly Attack[]): Attack {
  const again = hasFinding(attack, finding);
  return {
    ...attack,
    findings: again
      ? attack.findings.map((own) => (own.key === finding.key ? finding : own))
      : [...attack.findings, finding],
    trace: mergeTraces(attack.trace, trace),
    joinedBy: again ? attack.joinedBy : [...new Set([...attack.joinedBy, words])],
    alsoFits: [...new Set([...attack.alsoFits, ...others.map(nameOfAttack)])],
  };
}
