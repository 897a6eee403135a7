// What only cards say.
import type { Instant } from "../time.ts";
import { count, joined, plural, time } from "./words.ts";

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
  newlyProven: "New proof",
  proposed: "Proposed",
  deeds: "What was done",
  since: "Seen since",
  looking: "Opening the page changes nothing; only its button does, for accounts that are still proven then.",
  approvedBy: "Approved by",
  automatically: "nobody: automatic within the budget",
  watched: "Watched until",
  seenUpTo: "Logs seen up to",
  notLookedAt: "Not looked at",
  containNow: "Set a new password under MFA, or disable the account, now.",
} as const;

export const newProof = (n: number): string => `New proof for ${plural(n, "account")}`;
export const askedFor = (n: number, before: Instant): string =>
  `Act on ${plural(n, "proven account")}? Decide before ${time(before)}`;
export const notContainedSum = (n: number): string => `${plural(n, "account")} still in the attacker's hands`;
export const doneSum = (done: number, rehearsed: number, failed: number): string =>
  joined([
    done > 0 ? `${count(done)} done` : "",
    failed > 0 ? `${count(failed)} failed` : "",
    rehearsed > 0 ? `${count(rehearsed)} only rehearsed` : "",
  ]);

const NOTICED: Readonly<Record<string, string>> = {
  revokeSessions: "The employee has to sign in again on every device, within the hour.",
  disableAccount: "The employee cannot sign in until somebody enables the account again.",
};
/** What the people behind the accounts will notice. */
export const noticedBy = (kinds: readonly string[]): readonly string[] =>
  [...new Set(kinds)].flatMap((kind) => NOTICED[kind] ?? []);

/** What the actions do not achieve, unless another one does. */
export const limitsOf = (kinds: readonly string[]): readonly string[] =>
  kinds.includes("revokeSessions") && !kinds.includes("disableAccount")
    ? [
        "Revoking slows the attacker down and does not contain: the password still works, access tokens live on for an hour or more, and guests are not affected. Next: a new password under MFA.",
      ]
    : [];
