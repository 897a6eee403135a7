// Which sign-ins came from a campaign, and what each then means for its account.
import type { Fact } from "./evidence.ts";
import type { Graded } from "./grading.ts";
import { familiarity, type Habits } from "./habits.ts";
import type { Trace } from "./trace.ts";

/** By what a sign-in belongs to a campaign. */
export type Tie = "address" | "client" | "counted";

export interface Attributed {
  readonly graded: Graded;
  readonly tie: Tie;
  /**
   * proof: a right password in the attacker's hands. ambiguous: perhaps. attempt: it failed. token: says nothing of a
   * password, as does ordinary.
   */
  readonly meaning: "proof" | "ambiguous" | "attempt" | "noUser" | "token" | "ordinary";
  readonly because: string;
}

function tieOf(fact: Fact, trace: Trace): Tie | null {
  if (trace.sources.has(fact.source)) return "address";
  if (trace.clients.has(fact.fingerprint)) return "client";
  return trace.attempts.has(fact) ? "counted" : null;
}

/** What an attributed sign-in means, given what is usual for its account. */
function meaningOf({ grade, outcome, fact }: Graded, habits: Habits): Pick<Attributed, "meaning" | "because"> {
  const own = familiarity(fact, habits);
  switch (grade) {
    case "right":
      return own === "" ? { meaning: "proof", because: "" } : { meaning: "ambiguous", because: own };
    case "wrong":
      return { meaning: "attempt", because: "" };
    case "noUser":
      return { meaning: "noUser", because: "" };
    case "token":
      return { meaning: "token", because: "" };
    case "ambiguous":
      if (outcome === "none") return { meaning: "token", because: "" };
      // Without proof and from where the account always is, there is nothing to say.
      if (outcome !== "failed" && own !== "") return { meaning: "ordinary", because: own };
      return { meaning: "ambiguous", because: "" };
  }
}

const from = (tie: Tie, shared: boolean): string => {
  const own = shared ? ", through our own network" : "";
  return tie === "address" ? `from an address of the attack${own}` : `with the client of the attack${own}`;
};

/** A right password from anywhere else, or from a way out of the company with an ordinary client, is an ordinary sign-in. */
export function attribute(graded: readonly Graded[], trace: Trace, habits: Habits): readonly Attributed[] {
  const attributed: Attributed[] = [];
  for (const each of graded) {
    const tie = tieOf(each.fact, trace);
    if (tie !== null) attributed.push(attributedBy(tie, each, trace, habits));
  }
  return attributed;
}

function attributedBy(tie: Tie, graded: Graded, trace: Trace, habits: Habits): Attributed {
  const { meaning, because } = meaningOf(graded, habits);
  // What the hunt counted is an attempt of the campaign, but where nothing else ties it, it proves nothing.
  if (tie === "counted" && meaning === "proof") {
    return {
      graded,
      tie,
      meaning: "ambiguous",
      because: `${graded.because}; nothing but its time ties it to the attack`,
    };
  }
  const where = tie === "counted" ? "" : from(tie, trace.waysOut.has(graded.fact.source));
  return { graded, tie, meaning, because: [graded.because, where, because].filter((text) => text !== "").join("; ") };
}
