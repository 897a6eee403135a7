// An attack with the sign-ins that came from it -> the campaign that is told. All numbers come from the evidence.
import type { Row } from "../ports.ts";
import { type Instant, instant, iso, minutes } from "../time.ts";
import { assess } from "./assess.ts";
import { type Attributed, attribute } from "./attribution.ts";
import { type Campaign, campaignId, type ProvenAccount, type Source } from "./campaign.ts";
import { campaignOf } from "./campaign-of.ts";
import type { Attack } from "./campaigns.ts";
import { distinct } from "./cells.ts";
import type { Evidence, Fact } from "./evidence.ts";
import type { Graded } from "./grading.ts";
import type { Habits } from "./habits.ts";
import { measuredText } from "./measured-text.ts";
import { networkName } from "./networks.ts";
import { shortNameOf } from "./short-name.ts";
import { worstHalfHour } from "./telling-rules.ts";

export interface Judgement {
  readonly evidence: Evidence;
  readonly graded: readonly Graded[];
  readonly habits: Habits;
  /** Object ids or names of accounts whose loss would be the worst. */
  readonly privileged: ReadonlySet<string>;
  /** Whether the answers of the hunts behind the findings were complete. */
  readonly whole: boolean;
  /** The end of the window: grades of sign-ins shortly before it may still change. */
  readonly now: Instant;
}

/** The details of a sign-in can be wrong at first. */
export const PROVISIONAL = minutes(60);
const ROWS_OF_AN_ACCOUNT = 5;
const STEPS = 24;
const LOCKED = "50053";

interface OfAccount {
  readonly account: string;
  readonly name: string;
  readonly own: readonly Attributed[];
}

const RANK: Readonly<Record<Attributed["meaning"], number>> = {
  proof: 0,
  ambiguous: 1,
  attempt: 2,
  noUser: 3,
  token: 4,
  ordinary: 5,
};
const byRank = (a: Attributed, b: Attributed): number =>
  RANK[a.meaning] - RANK[b.meaning] ||
  Number(b.graded.outcome === "entered") - Number(a.graded.outcome === "entered") ||
  a.graded.fact.first - b.graded.fact.first;

function accountsOf(attributed: readonly Attributed[]): readonly OfAccount[] {
  const groups = Map.groupBy(attributed, ({ graded }) => graded.fact.account);
  return [...groups].map(([account, own]) => ({
    account,
    name: own.find(({ graded }) => graded.fact.name !== "")?.graded.fact.name ?? "",
    own: own.toSorted(byRank),
  }));
}

const bestOf = ({ own }: OfAccount): Attributed["meaning"] => own[0]?.meaning ?? "ordinary";
/** An account with nothing but tokens or ordinary sign-ins was not attempted. */
const wasAttempted = (account: OfAccount): boolean => !["token", "ordinary"].includes(bestOf(account));

/** Nothing proves that the password is known, for want of a look at what is usual. */
const isOpen = (account: OfAccount): boolean =>
  bestOf(account) !== "proof" && account.own.some(({ notLookedUp }) => notLookedUp !== "");
const notLookedUp = (open: number): string =>
  `what is usual for ${open === 1 ? "1 account" : `${open} accounts`} with a right password was not looked up`;

/** A fact as a person reads it in a table of sign-ins, with what it was graded. */
function rowOf({ graded: { fact, grade }, because }: Attributed): Row {
  return {
    FirstTime: iso(fact.first),
    LastTime: iso(fact.last),
    SignIns: fact.count,
    Table: fact.table,
    UserPrincipalName: fact.name,
    IPAddress: fact.address,
    AutonomousSystemNumber: fact.network,
    Location: fact.country,
    ResultType: fact.code,
    ResultDescription: fact.text,
    AppDisplayName: fact.application,
    ResourceDisplayName: fact.resource,
    ClientAppUsed: fact.client,
    AuthenticationProtocol: fact.protocol,
    IncomingTokenType: fact.token,
    AuthenticationDetails: fact.steps.map(({ method, succeeded, result }) => ({ method, succeeded, result })),
    UserAgent: fact.userAgent,
    Ids: [...fact.ids],
    Grade: grade,
    Because: because,
  };
}

/** The strongest, and the latest of all: whatever was done to the account before that one did not answer it. */
function shownOf(proofs: readonly Attributed[]): readonly Attributed[] {
  const latest = proofs.toSorted((a, b) => b.graded.fact.last - a.graded.fact.last)[0];
  const strongest = proofs.slice(0, ROWS_OF_AN_ACCOUNT);
  if (latest === undefined || strongest.includes(latest)) return strongest;
  return [...strongest.slice(0, -1), latest];
}

function provenOf({ account, name, own }: OfAccount, privileged: ReadonlySet<string>): ProvenAccount {
  const proofs = own.filter(({ meaning }) => meaning === "proof");
  const isId = account !== name;
  return {
    id: isId ? account : "",
    name,
    privileged: privileged.has(account) || privileged.has(name),
    because: distinct(proofs.map(({ because }) => because))
      .slice(0, 3)
      .join(". "),
    rows: shownOf(proofs).map(rowOf),
  };
}

const otherOf = ({ account, name }: OfAccount, because: string) => ({ name: name || account, because });

const entered = ({ own }: OfAccount): boolean =>
  own.some(({ meaning, graded }) => meaning === "proof" && graded.outcome === "entered");

/** 500121 after the password was known: somebody was asked for the second factor, and did not give it. */
function pressed({ own }: OfAccount): boolean {
  const known = Math.min(...own.filter(({ meaning }) => meaning === "proof").map(({ graded }) => graded.fact.first));
  return own.some(({ graded }) => graded.fact.code === "500121" && graded.fact.last >= known);
}

function sourcesOf(attributed: readonly Attributed[]): readonly Source[] {
  const groups = Map.groupBy(attributed, ({ graded }) => graded.fact.address);
  const sources = [...groups]
    .filter(([address]) => address !== "")
    .map(([address, own]): Source => {
      const facts = own.map(({ graded }) => graded.fact);
      const network = facts.find((fact) => fact.network !== "")?.network ?? "";
      return {
        address,
        network,
        networkName: networkName(network),
        country: facts.find((fact) => fact.country !== "")?.country ?? "",
        accounts: new Set(facts.map((fact) => fact.account)).size,
        attempts: sum(facts),
      };
    });
  return sources.toSorted((a, b) => b.attempts - a.attempts || a.address.localeCompare(b.address));
}

const sum = (facts: readonly Fact[]): number => facts.reduce((total, fact) => total + fact.count, 0);

/** Attempts per equal step: a group's are spread evenly from its first to its last. */
function timelineOf(facts: readonly Fact[], from: Instant, to: Instant): readonly number[] {
  const length = Math.max(1, to - from + 1);
  const steps = new Array<number>(STEPS).fill(0);
  for (const { first, last, count } of facts) {
    for (let n = 0; n < count; n++) {
      const at = count === 1 ? first : first + ((last - first) * n) / (count - 1);
      const step = Math.min(STEPS - 1, Math.max(0, Math.floor(((at - from) * STEPS) / length)));
      steps[step] = (steps[step] ?? 0) + 1;
    }
  }
  return steps;
}

function codesOf(facts: readonly Fact[]): Readonly<Record<string, number>> {
  const codes: Record<string, number> = {};
  for (const { code, count } of facts) codes[code] = (codes[code] ?? 0) + count;
  return codes;
}

/** Values by how many sign-ins carry them, the most first. */
function mostOf(facts: readonly Fact[], value: (fact: Fact) => string): readonly string[] {
  const counts = new Map<string, number>();
  for (const fact of facts) counts.set(value(fact), (counts.get(value(fact)) ?? 0) + fact.count);
  counts.delete("");
  return [...counts].toSorted((a, b) => b[1] - a[1] || a[0].localeCompare(b[0])).map(([text]) => text);
}

/** Throws a RangeError for an attack without a finding. */
export function campaignFromEvidence(attack: Attack, judgement: Judgement): Campaign {
  const { evidence, graded, habits, privileged, now } = judgement;
  const [finding] = attack.findings;
  if (!finding) throw new RangeError("A campaign begins with a finding.");
  const attributed = attribute(graded, attack.trace, habits);
  const accounts = accountsOf(attributed).filter(wasAttempted);
  const open = accounts.filter(isOpen).length;
  const whole = judgement.whole && evidence.whole && habits.whole && open === 0;
  // A remembered finding has no rows of its own any more.
  const told = campaignOf(attack.findings.find(({ rows }) => rows.length > 0) ?? finding, whole);
  const id = attack.id ?? campaignId(finding);
  const base: Campaign = {
    ...told,
    id,
    shortName: shortNameOf(id),
    findings: attack.findings,
    joinedBy: attack.joinedBy,
    cut: distinct(attack.findings.flatMap(({ cut }) => cut)),
  };
  // A rule over other tables: the evidence does not know its rows.
  if (accounts.length === 0) return base;

  const proven = accounts.filter((account) => bestOf(account) === "proof");
  const inside = proven.filter(entered);
  const stopped = proven.filter((account) => !entered(account));
  const ambiguous = accounts.filter((account) => bestOf(account) === "ambiguous");
  const unknown = accounts.filter((account) => bestOf(account) === "noUser");
  const wrong = accounts.filter((account) => bestOf(account) === "attempt");
  const numbers = {
    attempted: accounts.length,
    ambiguous: ambiguous.length,
    known: stopped.map((account) => provenOf(account, privileged)),
    entered: inside.map((account) => provenOf(account, privileged)),
  };
  const relevant = attributed.filter(({ meaning }) => meaning !== "ordinary");
  const attempts = relevant.filter(({ meaning }) => meaning !== "token").map(({ graded: { fact } }) => fact);
  const first = Math.min(...attempts.map((fact) => fact.first));
  const last = Math.max(...attempts.map((fact) => fact.last));
  const doubts = mostOf(
    ambiguous
      .flatMap(({ own }) => own.slice(0, 1))
      .map(({ graded: { fact }, because }) => ({ ...fact, text: because })),
    ({ text }) => text,
  );
  const assessment = assess({
    ...numbers,
    pressed: proven.filter(pressed).map(({ name, account }) => name || account),
    doubts,
    whole,
    missing: [evidence.missing, habits.whole ? "" : "the question for habits", open === 0 ? "" : notLookedUp(open)]
      .filter((text) => text !== "")
      .join("; "),
    measured: measuredText(attack.findings.flatMap(({ measured }) => measured)),
  });
  const fresh = proven.some(({ own }) =>
    own.some(({ meaning, graded: { fact } }) => meaning === "proof" && fact.last > now - PROVISIONAL),
  );
  return {
    ...base,
    lockedOut: worstHalfHour(
      attempts.filter(({ code }) => code === LOCKED).map(({ account, first: at }) => ({ account, at })),
    ),
    state: proven.length > 0 ? "escalated" : "active",
    first: instant(first),
    last: instant(last),
    attempts: sum(attempts),
    timeline: timelineOf(attempts, instant(first), instant(last)),
    codes: codesOf(attempts),
    accounts: { ...numbers, unknown: unknown.length, wrong: wrong.length },
    others: [
      ...ambiguous.map((account) => otherOf(account, "Nothing proves that its password is known, though it may be")),
      ...wrong.map((account) => otherOf(account, "Only wrong passwords were tried on it")),
      ...unknown.map((account) => otherOf(account, "No account of this tenant has this name")),
    ],
    accountNames: [...proven, ...ambiguous, ...wrong, ...unknown].map(({ name, account }) => name || account),
    sources: sourcesOf(relevant),
    countries: mostOf(attempts, ({ country }) => country),
    applications: mostOf(attempts, ({ application }) => application),
    userAgents: mostOf(attempts, ({ userAgent }) => userAgent),
    cut: evidence.whole ? [] : ["accounts", "addresses"],
    assessment: fresh ? { ...assessment, because: `${assessment.because} ${STILL_FRESH}` } : assessment,
  };
}

const STILL_FRESH = "Part of the proof is less than an hour old and provisional: it is looked at again.";
