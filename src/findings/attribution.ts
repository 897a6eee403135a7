// Which sign-ins came from a campaign, and what each then means for its account.
import type { Fact } from "./evidence.ts";
import type { Graded } from "./grading.ts";
import { accountNotLookedUp, addressNotLookedUp, familiarity, type Habits, isWayOut, mayBeRare } from "./habits.ts";
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
  /** Of a right password that proves nothing for want of an answer: what nobody has looked up; else "". */
  readonly notLookedUp: string;
}

function tieOf(fact: Fact, trace: Trace, habits: Habits): Tie | null {
  // What is remembered as the attacker's can turn out to be a way out, once its habit is looked up.
  if (trace.sources.has(fact.source) && !isWayOut(fact, habits)) return "address";
  if (trace.clients.has(fact.fingerprint)) return "client";
  return trace.attempts.has(fact) ? "counted" : null;
}

type Meaning = Pick<Attributed, "meaning" | "because" | "notLookedUp">;

const means = (meaning: Attributed["meaning"], because = "", notLookedUp = ""): Meaning => ({
  meaning,
  because,
  notLookedUp,
});

/** What an attributed sign-in means, given what is usual for its account. */
function meaningOf({ grade, outcome, fact }: Graded, tie: Tie, habits: Habits): Meaning {
  const own = familiarity(fact, habits);
  switch (grade) {
    case "right": {
      if (own !== "") return means("ambiguous", own);
      // A client of the attack tells by itself, wherever it comes from.
      const open = accountNotLookedUp(fact, habits) || (tie === "address" ? addressNotLookedUp(fact, habits) : "");
      return open === "" ? means("proof") : means("ambiguous", open, open);
    }
    case "wrong":
      return means("attempt");
    case "noUser":
      return means("noUser");
    case "token":
      return means("token");
    case "ambiguous":
      if (outcome === "none") return means("token");
      // Without proof and from where the account always is, there is nothing to say.
      if (outcome !== "failed" && own !== "") return means("ordinary", own);
      return means("ambiguous");
  }
}

const from = (tie: Tie, shared: boolean): string => {
  const own = shared ? ", through our own network" : "";
  return tie === "address" ? `from an address of the attack${own}` : `with the client of the attack${own}`;
};

/** Clients of the attack's attempts that may be its mark, if somebody looked. */
function clientsNotLookedUp({ attempts, sources, waysOut, window }: Trace, habits: Habits): ReadonlySet<string> {
  const foreign = [...attempts].filter(({ source }) => sources.has(source) || waysOut.has(source));
  return new Set(
    foreign.map(({ fingerprint }) => fingerprint).filter((client) => mayBeRare(client, habits, window.from)),
  );
}

/** A right password from anywhere else, or from a way out of the company with an ordinary client, is an ordinary sign-in. */
export function attribute(graded: readonly Graded[], trace: Trace, habits: Habits): readonly Attributed[] {
  const open = clientsNotLookedUp(trace, habits);
  const attributed: Attributed[] = [];
  for (const each of graded) {
    const tie = tieOf(each.fact, trace, habits);
    if (tie !== null) attributed.push(attributedBy(tie, each, trace, habits));
    else if (each.grade === "right" && open.has(each.fact.fingerprint)) attributed.push(perhaps(each, habits));
  }
  return attributed;
}

function perhaps(graded: Graded, habits: Habits): Attributed {
  const own = familiarity(graded.fact, habits);
  const open = own === "" ? "whether its client is rare was not looked up" : "";
  const because = `${graded.because}; with a client that the attack used too; ${own || open}`;
  return { graded, tie: "client", meaning: own === "" ? "ambiguous" : "ordinary", because, notLookedUp: open };
}

function attributedBy(tie: Tie, graded: Graded, trace: Trace, habits: Habits): Attributed {
  const { meaning, because, notLookedUp } = meaningOf(graded, tie, habits);
  // What the hunt counted is an attempt of the campaign, but where nothing else ties it, it proves nothing.
  if (tie === "counted" && meaning === "proof") {
    return {
      graded,
      tie,
      meaning: "ambiguous",
      because: `${graded.because}; nothing but its time ties it to the attack`,
      notLookedUp,
    };
  }
  const where = tie === "counted" ? "" : from(tie, trace.waysOut.has(graded.fact.source));
  const reasons = [graded.because, where, because].filter((text) => text !== "");
  return { graded, tie, meaning, because: reasons.join("; "), notLookedUp };
}
