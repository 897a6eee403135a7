// The numbers of a campaign -> its level and severity, with a reason that names the evidence.
import type { Severity } from "../ports.ts";
import type { Assessment, Level, ProvenAccount } from "./campaign.ts";

export interface Assessable {
  readonly attempted: number;
  readonly ambiguous: number;
  readonly known: readonly ProvenAccount[];
  readonly entered: readonly ProvenAccount[];
  /** Names of accounts that were asked for a second factor again, or denied it, after their password was known. */
  readonly pressed: readonly string[];
  /** What makes the ambiguous ones ambiguous, the most frequent first. */
  readonly doubts: readonly string[];
  /** False where an answer behind the numbers was incomplete. */
  readonly whole: boolean;
  /** Why it was. */
  readonly missing: string;
  /** What the hunts measured against their thresholds. */
  readonly measured: string;
}

const ORDER: readonly Level[] = ["noise", "attempted", "possible", "known", "entered"];
export const isAtLeast = (level: Level, other: Level): boolean => ORDER.indexOf(level) >= ORDER.indexOf(other);
export const higher = (level: Level, other: Level): Level => (isAtLeast(level, other) ? level : other);

const accounts = (n: number): string => (n === 1 ? "1 account" : `${n.toLocaleString("en-GB")} accounts`);
const named = (proven: readonly ProvenAccount[]): string => {
  const names = proven.slice(0, 3).map(({ name, id }) => name || id);
  return proven.length > 3 ? `${names.join(", ")} and ${proven.length - 3} more` : names.join(", ");
};

function levelOf({ entered, known, ambiguous, whole }: Assessable): Level {
  if (entered.length > 0) return "entered";
  if (known.length > 0) return "known";
  // An incomplete answer may raise a level, never lower it.
  return ambiguous > 0 || !whole ? "possible" : "attempted";
}

const SEVERITIES: readonly Severity[] = ["Informational", "Low", "Medium", "High"];
export const moreSevere = (one: Severity, other: Severity): Severity =>
  SEVERITIES.indexOf(one) >= SEVERITIES.indexOf(other) ? one : other;

/** By who is proven alone. */
export const severityOfProven = (level: Level, known: readonly ProvenAccount[]): Severity =>
  severityOf(level, { known, pressed: [] });

function severityOf(level: Level, { known, pressed }: Pick<Assessable, "known" | "pressed">): Severity {
  switch (level) {
    case "entered":
      return "High";
    case "known":
      return known.some(({ privileged }) => privileged) || pressed.length > 0 ? "High" : "Medium";
    case "possible":
    case "attempted":
    case "noise":
      return "Low";
  }
}

function reasonOf(
  level: Level,
  { entered, known, ambiguous, attempted, pressed, doubts, measured }: Assessable,
): string {
  const pressing =
    pressed.length > 0 ? ` The second factor was denied or asked for again afterwards: ${pressed.join(", ")}.` : "";
  const privileged = [...entered, ...known].filter((account) => account.privileged);
  const mighty = privileged.length > 0 ? ` Privileged: ${named(privileged)}.` : "";
  switch (level) {
    case "entered": {
      const also = known.length > 0 ? ` The password of ${named(known)} is known too, and was stopped.` : "";
      return `${named(entered)} signed in from this attack with a right password: ${entered[0]?.because ?? ""}.${also}${pressing}${mighty}`;
    }
    case "known":
      return `the password of ${named(known)} is known and was stopped: ${known[0]?.because ?? ""}.${pressing}${mighty}`;
    case "possible":
      if (ambiguous === 0) return `${accounts(attempted)} failed, and not all of the logs answered. ${measured}.`;
      return `a password may be known of ${accounts(ambiguous)}, and nothing proves it: ${doubts.slice(0, 2).join("; ")}. ${measured}.`;
    case "attempted":
    case "noise":
      return `${accounts(attempted)} failed; no right password came from the attack's addresses or client. ${measured}.`;
  }
}

export function assess(numbers: Assessable): Assessment {
  const level = levelOf(numbers);
  const partly = numbers.whole
    ? ""
    : ` The answer was incomplete (${numbers.missing || "no reason given"}): it may be worse than this, never better.`;
  return {
    level,
    severity: severityOf(level, numbers),
    because: `${reasonOf(level, numbers)}${partly}`,
    whole: numbers.whole,
  };
}
