// Every text that a responder reads, in one place. Nothing here comes from a log.
import type { Level } from "../findings/campaign.ts";
import type { Severity } from "../ports.ts";
import { type Instant, iso } from "../time.ts";

export const count = (n: number): string => n.toLocaleString("en-GB");
export const plural = (n: number, one: string, many: string = `${one}s`): string =>
  `${count(n)} ${n === 1 ? one : many}`;
export const sentence = (text: string): string => (/[.!?…]$/.test(text) || text === "" ? text : `${text}.`);
const joined = (parts: readonly string[]): string => parts.filter((part) => part !== "").join(", ");

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

/** The same, in full: what became of every account. */
export const accountsInFull = (counts: Counts): string =>
  joined([
    `${count(counts.attempted)} attempted`,
    counts.entered > 0 ? `${count(counts.entered)} got in` : "",
    counts.known > 0 ? `${count(counts.known)} known but stopped` : "",
    counts.ambiguous > 0 ? `${count(counts.ambiguous)} possible` : "",
    counts.wrong > 0 ? `${count(counts.wrong)} wrong password only` : "",
    counts.unknown > 0 ? `${count(counts.unknown)} not an account of this tenant` : "",
  ]);

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
  "50126": "wrong user name or password",
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
export const actions: Readonly<Record<string, { readonly plan: string; readonly done: string }>> = {
  openIncident: { plan: "open an incident", done: "incident opened" },
  postCard: { plan: "post a card", done: "card posted" },
  revokeSessions: { plan: "revoke sessions", done: "sessions revoked" },
  disableAccount: { plan: "disable the account", done: "account disabled" },
};
export const actionPlan = (kind: string): string => actions[kind]?.plan ?? kind;
export const actionDone = (kind: string): string => actions[kind]?.done ?? kind;

export const severityOf = (severity: Severity): string => `${severity} severity`;

export const words = {
  partial: "The logs answered only in part: it may be worse than this says, never better.",
  rehearsal: "Rehearsal: nothing was changed and nobody was asked.",
  stopped: "The stop switch is on: no account is touched until it is off.",
  gotIn: "Got in",
  known: "Password known, stopped",
  because: "Why",
  proof: "What proves it",
  accounts: "Accounts",
  attempts: "Attempts",
  sources: "Addresses",
  networks: "Networks",
  countries: "Countries",
  period: "When",
  codes: "Results",
  applications: "Applications",
  userAgents: "Clients",
  names: "Tried",
  joinedBy: "Joined by",
  setAside: "Set aside",
  heldBack: "Not done",
  cut: "Incomplete lists",
  timeline: "Attempts over time",
  tasks: "To do",
  privileged: "privileged",
  unnamed: "an account without a name",
  unknownNetwork: "unknown network",
  openIncident: "Open the incident",
  openQuery: "Open the sign-ins",
  approve: "Review and decide",
  details: "Show or hide details",
  campaign: "Campaign",
  shortened: (what: readonly string[]): string =>
    `Shortened to fit: ${what.join(", ")}. The full lists are in the run's report.`,
  setAsideSum: (attempts: number, exclusions: number): string =>
    `${plural(attempts, "attempt")} by ${plural(exclusions, "exclusion")}`,
  heldBackSum: (n: number): string => plural(n, "thing"),
  inPlaces: (addresses: number, networks: number, countries: number): string =>
    joined([
      plural(addresses, "address", "addresses"),
      networks > 0 ? plural(networks, "network") : "",
      countries > 0 ? plural(countries, "country", "countries") : "",
    ]),
  ofSource: (accounts: number, attempts: number): string =>
    `${plural(accounts, "account")}, ${plural(attempts, "attempt")}`,
  highest: (most: number, length: string): string => `at most ${plural(most, "attempt")} in ${length}`,
} as const;

export const codeCount = (code: string, n: number): string => {
  const meaning = codeMeaning(code);
  return `${meaning === "" ? code : `${meaning} (${code})`}: ${count(n)}`;
};

/** Beside a word, never instead of it. */
export const signs = { asked: "✋", done: "✅", partly: "❗", note: "📌" } as const;

export const topics = {
  digest: { label: "Daily digest", sign: "📋", style: "emphasis" },
  health: { label: "Health", sign: "🩺", style: "warning" },
  test: { label: "Test", sign: "🔔", style: "accent" },
} as const;

export const cards = {
  asked: "Decision asked",
  askedAgain: "Decision still open",
  partlyDone: "Not everything could be done",
  done: "Done",
  rehearsed: "Rehearsed: nothing was changed",
  notContained: "Not contained",
  newlyProven: "New proof",
  proposed: "Proposed",
  deeds: "What was done",
  since: "Seen since",
  noticed: "They notice",
  notEnough: "Not enough",
  expires: "Decide before",
  looking: "Opening the page changes nothing; only its button does, for accounts that are still proven then.",
  approvedBy: "Approved by",
  automatically: "nobody: automatic within the budget",
  watched: "Watched until",
  seenUpTo: "Logs seen up to",
  notLookedAt: "Not looked at",
  containNow: "Set a new password under MFA, or disable the account, now.",
  would: "would",
  failed: "could not",
} as const;

export const newProof = (n: number): string => `New proof for ${plural(n, "account")}`;
export const askedFor = (n: number): string => `Act on ${plural(n, "proven account")}?`;
export const notContainedSum = (n: number): string => `${plural(n, "account")} still in the attacker's hands`;
export const doneSum = (done: number, rehearsed: number, failed: number): string =>
  joined([
    done > 0 ? `${count(done)} done` : "",
    failed > 0 ? `${count(failed)} failed` : "",
    rehearsed > 0 ? `${count(rehearsed)} only rehearsed` : "",
  ]);

const NOTICED: Readonly<Record<string, string>> = {
  revokeSessions: "has to sign in again within the hour",
  disableAccount: "cannot sign in until the account is enabled again",
};
/** What the people behind the accounts will notice. */
export const noticedBy = (kinds: readonly string[]): string =>
  [...new Set(kinds)].flatMap((kind) => NOTICED[kind] ?? []).join("; ");

const LIMITS: Readonly<Record<string, string>> = {
  revokeSessions:
    "Revoking slows the attacker down and does not contain: the password still works, and access tokens live on for an hour or more. Next: a new password under MFA.",
};
/** What the actions do not achieve. */
export const limitsOf = (kinds: readonly string[]): string =>
  kinds.includes("disableAccount") ? "" : [...new Set(kinds)].flatMap((kind) => LIMITS[kind] ?? []).join(" ");

export const terminal = {
  nothing: (rows: number): string =>
    rows === 0
      ? "nothing: no row of the hunt's query"
      : `nothing over the thresholds, in ${plural(rows, "row")} of the hunt's query`,
} as const;
