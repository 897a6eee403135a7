// Answers to several questions for evidence -> one. Pure.
import { distinct } from "./cells.ts";
import { type Evidence, type Fact, noEvidence } from "./evidence.ts";

/** `leftOut` is what none of the questions was about, in words. Groups that several of them have selected count once. */
export function mergeEvidence(answers: readonly Evidence[], leftOut = ""): Evidence {
  const [only] = answers;
  if (only !== undefined && answers.length === 1 && leftOut === "") return only;
  const facts = [...new Map(answers.flatMap((answer) => answer.facts).map((fact) => [groupOf(fact), fact])).values()];
  const covered = new Set(facts.map(({ account }) => account)).size;
  const unseen = answers.reduce((sum, { accounts }) => sum + accounts.selected - accounts.covered, 0);
  return {
    facts,
    whole: leftOut === "" && answers.every(({ whole }) => whole),
    missing: distinct([...answers.map(({ missing }) => missing), leftOut].filter((text) => text !== "")).join("; "),
    absent: answers.length === 0 ? noEvidence.absent : distinct(answers.flatMap(({ absent }) => absent)),
    accounts: { covered, selected: covered + Math.max(0, unseen) },
  };
}

/** By what a group is made of; which of its ids are shown is the service's choice. */
const groupOf = ({ ids: _, sessions: __, ...group }: Fact): string => JSON.stringify(group);
