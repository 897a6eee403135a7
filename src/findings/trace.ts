// What an attack left in the facts: its addresses, its accounts, and the client that is its mark.
import { type Instant, instant, type TimeWindow } from "../time.ts";
import type { Fact } from "./evidence.ts";
import type { Finding } from "./finding.ts";
import type { Graded } from "./grading.ts";
import { addressNotLookedUp, familiarity, type Habits, isRare, isWayOut } from "./habits.ts";
import { isMicrosofts } from "./networks.ts";

export interface Trace {
  readonly window: TimeWindow;
  /** Object ids, else names, of the accounts that were attempted. */
  readonly accounts: ReadonlySet<string>;
  /** The attacker's own. */
  readonly sources: ReadonlySet<string>;
  /** Those of them in Microsoft's network, where half of the world signs in from: sharing one joins nothing. */
  readonly everybodys: ReadonlySet<string>;
  /** Those of them of which nobody has looked up whether they are a way out of the company. */
  readonly notLookedUp: ReadonlySet<string>;
  /** Ways out of the company: not hostile by themselves. */
  readonly waysOut: ReadonlySet<string>;
  /** Fingerprints that are rare enough to be a mark. */
  readonly clients: ReadonlySet<string>;
  /** The attempts that the hunt counted, wherever they came from. */
  readonly attempts: ReadonlySet<Fact>;
}

export const isAttempt = ({ grade, outcome }: Graded): boolean =>
  grade === "wrong" || grade === "noUser" || (grade === "ambiguous" && outcome === "failed") || outcome === "stopped";

/** The sign-in tables that each hunt reads, by its id: what is in another it has not counted. */
export type TablesOfHunts = ReadonlyMap<string, readonly string[]>;

const overlaps = ({ first, last }: Fact, { from, to }: TimeWindow): boolean => first < to && last >= from;

/** Whether a fact is of the group that a finding is about. */
export function isOfGroup(fact: Fact, finding: Finding, tables: TablesOfHunts): boolean {
  const { group, window, addresses, accounts, cut } = finding;
  const read = tables.get(finding.hunt.id) ?? [];
  if (!overlaps(fact, window) || (read.length > 0 && !read.includes(fact.table))) return false;
  switch (group.kind) {
    case "account":
    case "account-networks":
      return fact.account === group.value || fact.name === group.value;
    case "source":
      return fact.source === group.value || fact.address === group.value;
    case "code":
      return fact.code === group.value && (cut.includes("addresses") || addresses.includes(fact.address));
    default:
      return addresses.includes(fact.address) || addresses.includes(fact.source) || accounts.includes(fact.name);
  }
}

/** Somebody at home who mistyped while others were attacked: one account, and an address that is its own. */
function innocents(attempts: readonly Graded[], habits: Habits): ReadonlySet<string> {
  const bySource = Map.groupBy(attempts, ({ fact }) => fact.source);
  return new Set(
    [...bySource]
      .filter(([, own]) =>
        own.every(({ fact }) => fact.account === own[0]?.fact.account && familiarity(fact, habits) !== ""),
      )
      .map(([source]) => source),
  );
}

export function traceOf(finding: Finding, graded: readonly Graded[], habits: Habits, tables: TablesOfHunts): Trace {
  const attempts = graded.filter((each) => isAttempt(each) && isOfGroup(each.fact, finding, tables));
  const own = innocents(attempts, habits);
  const foreign = attempts.filter(({ fact }) => !own.has(fact.source)).map(({ fact }) => fact);
  const waysOut = new Set(foreign.filter((fact) => isWayOut(fact, habits)).map(({ source }) => source));
  return {
    window: finding.window,
    accounts: new Set(attempts.map(({ fact }) => fact.account)),
    sources: new Set(foreign.map(({ source }) => source).filter((source) => source !== "" && !waysOut.has(source))),
    everybodys: new Set(foreign.filter(({ network }) => isMicrosofts(network)).map(({ source }) => source)),
    notLookedUp: notLookedUp(foreign, habits),
    waysOut,
    clients: rareClients(foreign, habits, finding.window.from),
    attempts: new Set(attempts.map(({ fact }) => fact)),
  };
}

/** Where nobody has answered at all, addresses tell what they told before anybody asked: one attack is one incident. */
const notLookedUp = (facts: readonly Fact[], habits: Habits): ReadonlySet<string> =>
  new Set(
    habits.lookedUp.sources.size === 0
      ? []
      : facts.filter((fact) => addressNotLookedUp(fact, habits) !== "").map(({ source }) => source),
  );

export const rareClients = (facts: readonly Fact[], habits: Habits, before: Instant): ReadonlySet<string> =>
  new Set(facts.map(({ fingerprint }) => fingerprint).filter((client) => isRare(client, habits, before)));

export function mergeTraces(one: Trace, other: Trace): Trace {
  const both = <T>(a: ReadonlySet<T>, b: ReadonlySet<T>): ReadonlySet<T> => new Set([...a, ...b]);
  const known = (source: string): boolean =>
    [one, other].some((trace) => trace.sources.has(source) && !trace.notLookedUp.has(source));
  return {
    window: {
      from: instant(Math.min(one.window.from, other.window.from)),
      to: instant(Math.max(one.window.to, other.window.to)),
    },
    accounts: both(one.accounts, other.accounts),
    sources: both(one.sources, other.sources),
    everybodys: both(one.everybodys, other.everybodys),
    notLookedUp: new Set([...both(one.notLookedUp, other.notLookedUp)].filter((source) => !known(source))),
    waysOut: both(one.waysOut, other.waysOut),
    clients: both(one.clients, other.clients),
    attempts: both(one.attempts, other.attempts),
  };
}
