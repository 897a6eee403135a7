// What only cards say.
import type { Instant } from "../time.ts";
import type { Containment, Deed } from "./telling.ts";
import { actionDone, joined, plural, time } from "./words.ts";

/** Beside a word, never instead of it. */
export const signs = { asked: "✋", done: "✅", partly: "❗", note: "📌", privileged: "👑" } as const;

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
  contained: {
    "so far": "Contained so far",
    "to the end": "Contained so far; the watch has ended",
    "not known": "Not known whether contained",
  },
  watchedAccounts: "Watched",
  lookedFor:
    "Looked for: sign-ins from the campaign's addresses, right passwords from there even where MFA stopped them, and sign-ins from a network and a device that the account had not used before.",
  newlyProven: "New proof",
  proposed: "Proposed",
  deeds: "What became of it",
  since: "Seen since",
  looking: "Opening the page changes nothing; only its button does, for accounts that are still proven then.",
  approvedBy: "Approved by",
  automatically: "nobody: automatic within the budget",
  watched: "Watched until",
  seenUpTo: "Logs seen up to",
  nothing: "nothing of that time",
  notLookedAt: "Not looked at",
  lookByHand:
    "The logs cannot tell. Look at the account by hand, and set a new password under MFA where that has not been done.",
  containNow: "Set a new password under MFA, or disable the account, now.",
} as const;

export const newProof = (n: number): string => `New proof for ${plural(n, "account")}`;
export const askedFor = (n: number, before: Instant): string =>
  `Act on ${plural(n, "proven account")}? Decide before ${time(before)}`;
/** `sure` where it can be nobody but the attacker. */
export const notContainedSum = (n: number, sure: boolean): string =>
  sure ? `The attacker still has ${plural(n, "account")}` : `The attacker may still have ${plural(n, "account")}`;
export function containedSum(containment: Containment, n: number, upTo: Instant | null): string {
  const accounts = plural(n, "account");
  if (upTo === null) return `The logs say nothing about ${accounts} since the measure`;
  if (containment === "not known") return `The logs are too old or incomplete to speak of ${accounts}`;
  return `No sign of the attacker in ${accounts} up to ${time(upTo)}`;
}

const BECAME: Readonly<Record<string, string>> = {
  revokeSessions: "signed out everywhere",
  disableAccount: "disabled",
};
/** "2 accounts disabled, 2 accounts signed out everywhere, 1 step not done": an account counts once for each measure. */
export function doneSum(deeds: readonly Deed[]): string {
  const of = (kind: Deed["outcome"]["kind"]): readonly Deed[] => deeds.filter(({ outcome }) => outcome.kind === kind);
  const done = Map.groupBy(of("done"), ({ kind }) => kind);
  const [failed, rehearsed] = [of("failed").length, of("rehearsed").length];
  return joined([
    ...[...done].map(([kind, some]) => `${plural(some.length, "account")} ${BECAME[kind] ?? actionDone(kind)}`),
    failed > 0 ? `${plural(failed, "step")} not done` : "",
    rehearsed > 0 ? `${plural(rehearsed, "step")} only rehearsed` : "",
  ]);
}

/** What is done to each account: kinds of action. */
export type DoneToEach = readonly (readonly string[])[];
const isDisabled = (kinds: readonly string[]): boolean => kinds.includes("disableAccount");
/** Of these nobody but the employee is kept out by a new sign-in. */
const isOnlyRevoked = (kinds: readonly string[]): boolean => kinds.includes("revokeSessions") && !isDisabled(kinds);

/** What the people behind the accounts will notice. Whoever is disabled does not notice that the sessions end besides. */
export function noticedBy(each: DoneToEach): readonly string[] {
  const [disabled, revoked] = [each.filter(isDisabled).length, each.filter(isOnlyRevoked).length];
  /** "The employee", "The employees", "The employees of 2 accounts" where it is not the same for all. */
  const who = (n: number): string =>
    `The employee${n === 1 ? "" : "s"}${n === each.length ? "" : ` of ${plural(n, "account")}`}`;
  return [
    ...(disabled === 0
      ? []
      : [`${who(disabled)} cannot sign in until somebody enables the account${disabled === 1 ? "" : "s"} again.`]),
    ...(revoked === 0
      ? []
      : [`${who(revoked)} ${revoked === 1 ? "has" : "have"} to sign in again on every device, within the hour.`]),
  ];
}

/** What the actions do not achieve, unless another one does. */
export function limitsOf(each: DoneToEach): readonly string[] {
  const revoked = each.filter(isOnlyRevoked).length;
  if (revoked === 0) return [];
  const alone = each.some(isDisabled) ? `Only revoking, as for ${plural(revoked, "account")},` : "Revoking";
  return [
    `${alone} slows the attacker down and does not contain: the password still works, access tokens live on for an hour or more, and guests are not affected. Next: a new password under MFA.`,
  ];
}
