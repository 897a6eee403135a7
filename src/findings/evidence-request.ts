// What to ask the logs about the findings of a run and the campaigns that are still open.
import type { EvidenceRequest, HabitsRequest, Habitual } from "../hunts/evidence-query.ts";
import { MOST_READ } from "../pieces.ts";
import { earlier, HOUR, hours, type Instant, instant, type TimeWindow } from "../time.ts";
import type { Attack } from "./campaigns.ts";
import { distinct } from "./cells.ts";
import type { Finding } from "./finding.ts";
import type { Graded } from "./grading.ts";
import type { GradingTable } from "./grading-table.ts";
import { MOST_HABITS } from "./habits.ts";
import { type HabitKind, nothingRemembered, type Remembered, type RememberedHabit } from "./remembered-habits.ts";
import { isAttempt, isOfGroup, type TablesOfHunts } from "./trace.ts";

/** Codes of sign-ins that failed at the first factor, or may have. */
export const attemptCodes = ({ codes }: GradingTable): readonly string[] =>
  Object.entries(codes)
    .filter(([, { verdict }]) => ["wrong", "noUser", "likely", "ambiguous"].includes(verdict))
    .map(([code]) => code);

const isCut = (finding: Finding): boolean => finding.cut.includes("addresses");

function sourcesOf(finding: Finding): readonly string[] {
  if (finding.group.kind === "source") return [finding.group.value];
  return isCut(finding) ? [] : finding.addresses;
}

/** The one sign-in table that a finding's hunt reads, "" where it reads both. */
function onlyTable({ hunt }: Finding, tables: TablesOfHunts): string {
  const read = tables.get(hunt.id) ?? [];
  return read.length === 1 ? (read[0] ?? "") : "";
}

export function evidenceRequest(
  findings: readonly Finding[],
  known: readonly Attack[],
  hiddenSources: readonly string[],
  tables: TablesOfHunts,
  table: GradingTable,
): EvidenceRequest {
  const cut = findings.filter((finding) => isCut(finding) && finding.group.kind !== "source");
  return {
    sources: distinct([
      ...findings.flatMap(sourcesOf),
      ...known.flatMap(({ trace }) => [...trace.sources]),
      ...hiddenSources,
    ]),
    fingerprints: distinct(known.flatMap(({ trace }) => [...trace.clients])),
    attemptCodes: attemptCodes(table),
    codes: cut
      .filter(({ group }) => group.kind === "code")
      .map((finding) => ({ code: finding.group.value, table: onlyTable(finding, tables), window: finding.window })),
    accounts: cut
      .filter(({ group }) => group.kind !== "code")
      .map(({ group, window }) => ({ account: group.value, window })),
  };
}

/**
 * From before the first finding to `to`, and a day at least: an attacker's success can come before the failures that gave
 * them away. Runs that look further back than a day read as far as they look.
 */
export function evidenceWindow(findings: readonly Finding[], asked: readonly TimeWindow[], to: Instant): TimeWindow {
  const begin = Math.min(...findings.map(({ window }) => earlier(window.from, HOUR)), earlier(to, hours(24)));
  const reach = Math.max(MOST_READ, ...asked.map((window) => to - window.from));
  return { from: instant(Math.max(begin, to - reach)), to };
}

export interface HabitsToAsk extends HabitsRequest {
  /** What is remembered, and need not be asked for. */
  readonly recalled: readonly RememberedHabit[];
  /** Whether there is anything to ask for. */
  readonly open: boolean;
}

/**
 * The habits that decide something, the most important first: whose password may be known, and from where. What is
 * remembered makes room for what comes after it. `to` is where the evidence ends.
 */
export function habitsRequest(
  graded: readonly Graded[],
  findings: readonly Finding[],
  known: readonly Attack[],
  tables: TablesOfHunts,
  remembered: Remembered = nothingRemembered,
  to: Instant = instant(0),
): HabitsToAsk {
  const rank = ({ grade, outcome }: Graded): number =>
    grade === "right" ? 0 : outcome === "entered" || outcome === "stopped" ? 1 : 2;
  const ranked = graded.toSorted((a, b) => rank(a) - rank(b) || b.fact.count - a.fact.count);
  const telling = ranked.filter((each) => rank(each) < 2);
  // What counts as usual is what was before the attack that the sign-in came from, so each asks from its own beginning.
  const first = Math.min(...findings.map(({ window }) => window.from));
  const beginOf = ({ fact }: Graded): Instant => {
    const of = known.filter(({ trace }) => trace.sources.has(fact.source) || trace.clients.has(fact.fingerprint));
    const begin = of.length > 0 ? Math.min(...of.map(({ trace }) => trace.window.from)) : first;
    return Number.isFinite(begin) ? instant(begin) : fact.first;
  };
  const recalled: RememberedHabit[] = [];
  const recall = (kind: HabitKind, value: string, before: Instant): boolean => {
    const habit = remembered(kind, value, before);
    if (habit !== undefined) recalled.push(habit);
    return habit !== undefined;
  };
  const asked = (
    kind: HabitKind,
    some: readonly Graded[],
    value: (fact: Graded["fact"]) => string,
  ): readonly Habitual[] => {
    const values = new Map<string, Instant>();
    for (const each of some) {
      const key = value(each.fact);
      if (key === "") continue;
      values.set(key, instant(Math.min(values.get(key) ?? Number.POSITIVE_INFINITY, beginOf(each))));
    }
    return [...values]
      .filter(([key, before]) => !recall(kind, key, before))
      .slice(0, MOST_HABITS)
      .map(([key, before]) => ({ value: key, before }));
  };
  const attempts = ranked.filter(isAttempt);
  // A client counts as a mark by the attempts that were made with it.
  const marks = attempts.filter(({ fact }) => findings.some((finding) => isOfGroup(fact, finding, tables)));
  const inside = ranked.filter(({ grade, outcome }) => grade === "right" && outcome === "entered");
  const request: HabitsRequest = {
    accounts: asked("account", [...telling, ...lonely(attempts)], ({ account }) => account),
    addresses: asked(
      "source",
      [...telling, ...inSeveral(attempts, findings, known), ...attempts],
      ({ source }) => source,
    ),
    networks: asked("network", [...telling, ...attempts], ({ network }) => network),
    clients: asked("client", [...marks, ...telling], ({ fingerprint }) => fingerprint),
    sessions: distinct(inside.flatMap(({ fact }) => fact.sessions))
      .filter((session) => !recall("session", session, to))
      .slice(0, MOST_HABITS),
  };
  const tenant = recall("tenant", "", to);
  return { ...request, recalled, open: !tenant || Object.values(request).some((each) => each.length > 0) };
}

/** From addresses that more than one finding has, or one that a campaign has too: whether they join decides. */
function inSeveral(
  attempts: readonly Graded[],
  findings: readonly Finding[],
  known: readonly Attack[],
): readonly Graded[] {
  const seen = new Map<string, number>();
  const lists = [...findings.map(({ addresses }) => addresses), ...known.map(({ trace }) => [...trace.sources])];
  for (const address of lists.flatMap(distinct)) seen.set(address, (seen.get(address) ?? 0) + 1);
  return attempts.filter(({ fact }) => Math.max(seen.get(fact.address) ?? 0, seen.get(fact.source) ?? 0) > 1);
}

/** Attempts from addresses where one account alone failed: perhaps its own. */
function lonely(attempts: readonly Graded[]): readonly Graded[] {
  const bySource = Map.groupBy(attempts, ({ fact }) => fact.source);
  return [...bySource.values()].filter((own) => new Set(own.map(({ fact }) => fact.account)).size === 1).flat();
}
