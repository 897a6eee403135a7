// Every text that a responder reads, in one place. Nothing here comes from a log.
import type { Level } from "../findings/campaign.ts";
import { type Instant, iso } from "../time.ts";
import type { Outcome } from "./action.ts";

export const count = (n: number): string => n.toLocaleString("en-GB");
/** Of what may not have been counted: zero is nothing known. */
export const counted = (n: number): string => (n === 0 ? "" : count(n));
export const plural = (n: number, one: string, many: string = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;
/** With a capital; a name or an address at its beginning stays as it is. */
export const capital = (text: string): string =>
  text.replace(/^[a-z]+(?= )/, (word) => word.charAt(0).toUpperCase() + word.slice(1));
/** With a capital and a full stop. */
export function sentence(text: string): string {
  const begun = capital(text);
  return /[.!?…]$/.test(begun) || begun === "" ? begun : `${begun}.`;
}
export const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join(", ");

/** "2026-11-21 03:10 UTC" */
export const time = (at: Instant): string => `${iso(at).slice(0, 16).replace("T", " ")} UTC`;
/** "2026-11-21 03:10–03:52 UTC", or with both days where they differ. */
export function period(from: Instant, to: Instant): string {
  const [start, end] = [iso(from).slice(0, 16).replace("T", " "), iso(to).slice(0, 16).replace("T", " ")];
  if (start === end) return `${start} UTC`;
  return start.slice(0, 10) === end.slice(0, 10) ? `${start}–${end.slice(11)} UTC` : `${start} – ${end} UTC`;
}
const UNITS = [
  [86_400_000, "day"],
  [3_600_000, "hour"],
  [60_000, "minute"],
] as const;
/** "42 minutes", "26 hours": the largest unit of which there are at least two. */
export function span(milliseconds: number): string {
  for (const [unit, name] of UNITS) {
    if (milliseconds >= 2 * unit || (name === "minute" && milliseconds >= unit)) {
      return plural(Math.round(milliseconds / unit), name);
    }
  }
  return "less than a minute";
}

/** The first few, and how many more. */
export const firstOf = (items: readonly string[], most: number, between = ", "): string =>
  [...items.slice(0, most), more(items.length - most)].filter((item) => item !== "").join(between);

export const more = (n: number): string => (n > 0 ? `and ${count(n)} more` : "");

/** What a level is called, what it means in one line, and its sign: never a colour alone. */
export const levels: Readonly<
  Record<Level, { readonly name: string; readonly meaning: string; readonly sign: string }>
> = {
  entered: { name: "Entered", meaning: "somebody got in with a right password", sign: "🚨" },
  known: { name: "Password known", meaning: "a right password was stopped by something else", sign: "🔑" },
  possible: { name: "Possible", meaning: "a password may have been right; the logs do not prove it", sign: "❓" },
  attempted: { name: "Attempted", meaning: "nothing in the logs says that a password was right", sign: "🔒" },
  noise: { name: "Noise", meaning: "below the thresholds, or muted", sign: "🔇" },
};

const HUNTS: Readonly<Record<string, string>> = {
  "single-factor-spray": "single-factor spray",
  "failed-portal-sign-in": "failed portal sign-ins",
};
/** What a hunt looks for in two or three words. */
export const huntKind = (slug: string): string => HUNTS[slug] ?? slug.replaceAll("-", " ");

export interface Counts {
  readonly attempted: number;
  readonly unknown: number;
  readonly wrong: number;
  readonly ambiguous: number;
  readonly known: number;
  readonly entered: number;
  readonly attempts: number;
}

/** The numbers of a campaign told apart: "2 got in, 1 known but stopped, 409 attempted". */
export function verdict(counts: Counts): string {
  const proven = counts.entered + counts.known;
  if (proven === 0 && counts.ambiguous === 0 && counts.attempted <= 1) {
    return `${plural(counts.attempts, "attempt")} on ${counts.attempted === 1 ? "one account" : "no known account"}`;
  }
  return joined([
    counts.entered > 0 ? `${count(counts.entered)} got in` : "",
    counts.known > 0 ? `${count(counts.known)} known but stopped` : "",
    counts.ambiguous > 0 ? `${count(counts.ambiguous)} possible` : "",
    `${count(counts.attempted)} attempted`,
  ]);
}

/** What became of the accounts that the verdict does not tell apart. */
export const others = (counts: Counts): string =>
  joined([
    counts.wrong > 0 ? `${count(counts.wrong)} wrong password only` : "",
    counts.unknown > 0 ? `${count(counts.unknown)} not an account of this tenant` : "",
  ]);

/** What became of every account. */
export const accountsInFull = (counts: Counts): string => joined([verdict(counts), others(counts)]);

/** What a result code of a sign-in means, from Microsoft's reference of Entra error codes. */
const CODES: Readonly<Record<string, string>> = {
  "0": "success",
  "50020": "account of another organisation",
  "50034": "no such account",
  "50053": "locked out or blocked address",
  "50055": "password expired",
  "50056": "no password on the account",
  "50057": "account disabled",
  "50064": "credentials not valid",
  "50074": "MFA asked",
  "50076": "MFA asked",
  "50079": "MFA to be set up",
  "50126": "wrong password",
  "50140": "stay signed in asked",
  "50144": "on-premises password expired",
  "50158": "external MFA asked",
  "53003": "blocked by conditional access",
  "500121": "MFA denied or failed",
  "530032": "blocked by policy",
  "700016": "unknown application",
};
export const codeMeaning = (code: string): string => CODES[code] ?? "";

/** What an action does, in the words of a person who has to decide on it. */
const ACTIONS: Readonly<Record<string, { readonly plan: string; readonly done: string }>> = {
  openIncident: { plan: "open an incident", done: "incident opened" },
  postCard: { plan: "post a card", done: "card posted" },
  addComment: { plan: "comment on the incident", done: "commented" },
  answerCase: { plan: "ask a person or act", done: "handed over" },
  revokeSessions: { plan: "revoke sessions", done: "sessions revoked" },
  disableAccount: { plan: "disable sign-in", done: "account disabled" },
};
export const actionPlan = (kind: string): string => ACTIONS[kind]?.plan ?? kind;
export const actionDone = (kind: string): string => ACTIONS[kind]?.done ?? kind;

export const words = {
  partial: "The logs answered only in part: it may be worse than this says, never better.",
  rehearsal: "Rehearsal: nothing was changed and nobody was asked.",
  stopped: "The stop switch is on: no account is touched until it is off.",
  gotIn: "Got in",
  known: "Password known, stopped",
  proof: "What proves it",
  accounts: "Accounts",
  others: "Others",
  attempts: "Attempts",
  sources: "Addresses",
  countries: "Countries",
  period: "When",
  codes: "Results",
  applications: "Applications",
  userAgents: "Clients",
  names: "Tried",
  next: "To do",
  joinedBy: "Joined by",
  setAside: "Set aside",
  heldBack: "Not done",
  cut: "Incomplete",
  timeline: "Attempts over time",
  privileged: "privileged",
  unnamed: "an account without a name",
  unknownNetwork: "unknown network",
  openIncident: "Open the incident",
  openQuery: "Open the sign-ins",
  approve: "Review and decide",
  details: "Details",
  campaign: "Campaign",
  shortened: (what: readonly string[]): string =>
    `Shortened to fit: ${what.join(", ")}. The full lists are in the run's report.`,
  inPlaces: (addresses: number, networks: number, countries: number): string =>
    joined([
      plural(addresses, "address", "addresses"),
      networks > 0 ? plural(networks, "network") : "",
      countries > 0 ? plural(countries, "country", "countries") : "",
    ]),
} as const;

export const codeCount = (code: string, n: number): string => {
  const meaning = codeMeaning(code);
  return meaning === "" ? `${count(n)} × ${code}` : `${count(n)} × ${meaning} (${code})`;
};

export const attemptsIn = (attempts: number, length: number): string => `${count(attempts)} in ${span(length)}`;
export const highest = (most: number, length: number): string => `at most ${count(most)} in ${span(length)}`;

export function setAsideSum(setAside: readonly { readonly attempts: number }[]): string {
  if (setAside.length === 0) return "";
  const attempts = setAside.reduce((sum, one) => sum + one.attempts, 0);
  return `${plural(attempts, "attempt")} by ${plural(setAside.length, "exclusion")}`;
}

const ON_ACCOUNTS: ReadonlySet<string> = new Set(["revokeSessions", "disableAccount"]);

export const heldBackSum = (kind: string, targets: number, reason: string): string =>
  `${ON_ACCOUNTS.has(kind) ? `${actionPlan(kind)} of ${plural(targets, "account")}` : actionPlan(kind)}: ${reason.replace(/\.$/, "")}`;

/** Of the many that are merely attacked. */
export const leftAlone = (accounts: number): string =>
  `${plural(accounts, "account")} left alone: nothing proves that the password is known`;

/** "open an incident", "revoke sessions of ada@contoso.example" */
export const planFor = (kind: string, targets: readonly string[]): string =>
  ON_ACCOUNTS.has(kind) ? `${actionPlan(kind)} of ${accountOrAccounts(targets)}` : actionPlan(kind);

/** What a person does next; the rest stands in the incident. */
export const firstTasks = (tasks: readonly { readonly title: string }[]): string =>
  firstOf(
    tasks.map((task) => task.title),
    2,
    "; ",
  );

/** The one by name, several as a number. */
export const accountOrAccounts = (names: readonly string[]): string =>
  names.length === 1 ? (names[0] ?? "") : plural(names.length, "account");

/** "AS64500 Example Hosting (hosting)" */
export const networkOf = (source: { readonly network: string; readonly networkName: string }): string =>
  source.network === "" ? words.unknownNetwork : `AS${source.network} ${source.networkName}`.trim();

/** Where a source is and how much came from it, as far as that was counted. */
export function ofSource(source: {
  readonly network: string;
  readonly networkName: string;
  readonly country: string;
  readonly accounts: number;
  readonly attempts: number;
}): string {
  const place = joined([networkOf(source), source.country]);
  const much = joined([
    source.accounts > 0 ? plural(source.accounts, "account") : "",
    source.attempts > 0 ? plural(source.attempts, "attempt") : "",
  ]);
  return much === "" ? place : `${place}: ${much}`;
}

/** What became of an action, in a sentence or two. */
export function outcome(kind: string, became: Outcome): string {
  switch (became.kind) {
    case "done":
      return `${actionDone(kind)}. ${became.detail}`;
    case "rehearsed":
      return `would ${actionPlan(kind)}. ${became.detail}`;
    case "failed":
      return `could not ${actionPlan(kind)}. ${became.detail} ${became.advice}`;
  }
}

export const comments = {
  changed: "What changed:",
  newlyEntered: "Got in since",
  newlyKnown: "Password known since",
  level: "Level",
  nowWhole: "The logs have answered in full now.",
  alsoFoundBy: "Also found by:",
  last: "Last attempt",
  tasks: "What to do next, the most urgent first.",
  deeds: "What was done,",
  approvedBy: "approved by",
  automatic: "automatically and within the budget",
} as const;

export const terminal = {
  inShort: "In short",
  leavesAlone: (accounts: number): string =>
    `touch ${accounts === 1 ? "the account whose" : `the ${count(accounts)} accounts whose`} password nothing proves to be known`,
  nothing: (rows: number): string =>
    rows === 0
      ? "nothing: no row of the hunt's query"
      : `nothing over the thresholds, in ${plural(rows, "row")} of the hunt's query`,
} as const;
