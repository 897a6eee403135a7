// A sign-in -> what it says about the password, by a table of data.
import type { Fact, Step } from "./evidence.ts";
import type { GradingTable, WordsLine } from "./grading-table.ts";

export type Grade = "right" | "wrong" | "noUser" | "ambiguous" | "token";

export interface Graded {
  readonly fact: Fact;
  readonly grade: Grade;
  /**
   * Whether the sign-in went through, was stopped after the first factor, or failed at it; "none" where its code is no
   * matter of passwords.
   */
  readonly outcome: "entered" | "stopped" | "failed" | "none";
  /** Words for people: what in this sign-in says so. */
  readonly because: string;
}

const begins = (text: string, lines: readonly WordsLine[]): WordsLine | undefined => {
  const lower = text.trim().toLowerCase();
  return lines.find(({ words }) => lower.startsWith(words.toLowerCase()));
};
const contains = (text: string, lines: readonly WordsLine[]): boolean => {
  const lower = text.toLowerCase();
  return lines.some(({ words }) => lower.includes(words.toLowerCase()));
};

const isPassword = ({ method }: Step, { passwordMethods }: GradingTable): boolean => {
  const lower = method.trim().toLowerCase();
  return passwordMethods.some(({ words }) => lower === words.toLowerCase());
};

function rightStep(fact: Fact, table: GradingTable): string {
  for (const step of fact.steps) {
    if (!isPassword(step, table)) continue;
    if (contains(step.result, table.correctPassword)) return `the step ${step.method} says "${step.result}"`;
    if (step.succeeded === true) return `the step ${step.method} succeeded`;
  }
  return "";
}

const presentsToken = ({ token }: Fact): boolean => token !== "" && token.toLowerCase() !== "none";

const claimed = ({ steps }: Fact): boolean => steps.some(({ result }) => /satisfied by claim/i.test(result));

/** What proves that a password was presented and taken, "" where nothing does. An empty token type proves nothing. */
function proofOf(fact: Fact, table: GradingTable): string {
  const step = rightStep(fact, table);
  if (step !== "") return step;
  // What the steps say of the password outweighs the way in which it was sent.
  if (claimed(fact) || fact.steps.some((each) => isPassword(each, table) && each.succeeded === false)) return "";
  if (fact.protocol.toLowerCase() === "ropc") return "the protocol ropc sends name and password";
  if (presentsToken(fact)) return "";
  const basic = begins(fact.client, [...table.basicClients, ...table.basicClientsWithoutToken]);
  return basic ? `the client ${basic.words} sends name and password, and no token came in` : "";
}

function whyNoProof(fact: Fact, table: GradingTable): string {
  if (claimed(fact)) return "a claim in a token stood in for the password";
  if (fact.steps.some(({ method }) => /previously satisfied/i.test(method)))
    return "the first factor was satisfied before";
  const method = fact.steps.find((step) => step.method !== "" && !isPassword(step, table))?.method;
  if (method) return `it was done with ${method}, not with a password`;
  return presentsToken(fact) ? `a token was presented (${fact.token})` : "no step says that a password was taken";
}

/** The mark of an application id that was made up: no name, and a right pair is answered with "unknown application". */
const madeUpApplication = (fact: Fact): boolean =>
  fact.code === "700016" && fact.protocol.toLowerCase() === "ropc" && fact.application === "";

export function gradeOf(fact: Fact, table: GradingTable): Graded {
  const line = table.codes[fact.code];
  const meaning = line?.meaning ?? "a code that the table does not know";
  const as = (grade: Grade, why: string, outcome: Graded["outcome"] = "failed"): Graded => ({
    fact,
    grade,
    outcome,
    because: `${fact.code}: ${meaning}${why === "" ? "" : `; ${why}`}`,
  });
  const stopped = fact.code === "0" ? "entered" : "stopped";

  if (madeUpApplication(fact))
    return as(
      "right",
      "with ropc and an application without a name, a wrong password is answered with 50126",
      "stopped",
    );
  const step = rightStep(fact, table);
  switch (line?.verdict) {
    case "right": {
      const proof = proofOf(fact, table);
      return proof === "" ? as("ambiguous", whyNoProof(fact, table), stopped) : as("right", proof, stopped);
    }
    case "likely":
      return step === ""
        ? as("ambiguous", "likely right, but no step confirms it", "stopped")
        : as("right", step, stopped);
    case "wrong":
    case "noUser":
      return step === "" ? as(line.verdict, "") : as("ambiguous", `yet ${step}`);
    case "token":
      return as("token", "", "none");
    case "ambiguous":
      if (step !== "") return as("right", step, stopped);
      return fact.code === "50053" ? lockedOrBlocked(fact, table, as) : as("ambiguous", "");
    case "other":
    case undefined:
      if (step !== "") return as("right", step, stopped);
      return as(presentsToken(fact) ? "token" : "ambiguous", "it says nothing of a password", "none");
  }
}

/** Lockout follows wrong passwords; an address that is blocked is blocked whatever the password. */
function lockedOrBlocked(fact: Fact, table: GradingTable, as: (grade: Grade, why: string) => Graded): Graded {
  if (contains(fact.text, table.blockedAddress))
    return as("ambiguous", "its text says that the address was blocked, whatever the password");
  if (contains(fact.text, table.lockedOut))
    return as("wrong", "its text says that the account was locked after wrong passwords");
  return as("ambiguous", "its text does not say which");
}
