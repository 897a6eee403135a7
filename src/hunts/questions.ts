// The questions that stand beside the hunts, as texts, and how each gets its parameters.
import { kqlStrings } from "./kql-text.ts";

export interface Questions {
  readonly knownSources: string;
  readonly activeAccounts: string;
  readonly afterCare: string;
  readonly watchedHabits: string;
  readonly accountChanges: string;
  readonly newestRows: string;
  readonly evidence: string;
  readonly habits: string;
}

/** File name (beside the hunts) -> question. */
export const QUESTION_FILES: Readonly<Record<keyof Questions, string>> = {
  knownSources: "known-sources.kql",
  activeAccounts: "active-accounts.kql",
  afterCare: "after-care.kql",
  watchedHabits: "watched-habits.kql",
  accountChanges: "account-changes.kql",
  newestRows: "newest-rows.kql",
  evidence: "evidence.kql",
  habits: "habits.kql",
};

export const knownSourcesQuery = (question: string, sources: readonly string[]): string =>
  `let Wanted = dynamic([${kqlStrings(sources)}]);\n${question}`;
