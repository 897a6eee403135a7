// The engine's own errors as Problems.
import type { Check } from "../kql/engine.ts";
import { KqlError } from "../kql/kql-error.ts";
import { LoadError } from "../kql/load/load-error.ts";
import { knownTable } from "../kql/schemas/known-tables.ts";
import { Problem, problemTexts } from "../problems.ts";

// The binder's codes for a name that is no table, and for one that is nothing at all.
const NO_SUCH_TABLE = "KS204";
const NO_SUCH_NAME = "KS142";

/** Codes that say nothing about a place in the query, with what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  KQL_TIME_LIMIT: "Ask for a shorter period, or give it more time.",
  KQL_ROW_LIMIT: "Summarize, or ask for a shorter period.",
  KQL_CANCELLED: "Ask again where the answer is still of use.",
  KQL_MEMORY: "Ask for a shorter period, or load fewer logs.",
};

/** What keeps a query from being run, if anything does. */
export function problemOfCheck(checked: Check, kql: string, folder: string): Problem | undefined {
  const errors = checked.diagnostics.filter((diagnostic) => diagnostic.severity === "error");
  for (const { code, start, length } of errors) {
    const name = nameAt(kql, start, length);
    // On the right of a `let` a table's name could be any name, unless it is one that we know.
    if (code === NO_SUCH_TABLE || (code === NO_SUCH_NAME && knownTable(name))) {
      return new Problem(problemTexts.missingTable(name, `the folder ${folder}`));
    }
  }
  const reason = errors[0] ?? checked.refusals[0];
  return reason && new Problem(problemTexts.badQuery(reason.code, reason.message, reason.line, reason.column));
}

/** As it is meant: without the brackets and quotes of ['My Table'] or table("SigninLogs"). */
const nameAt = (kql: string, start: number, length: number): string =>
  kql.slice(start, start + length).replace(/^(?:\[\s*)?["']?|["']?(?:\s*\])?$/g, "");

export function problemOfQuery(error: unknown): unknown {
  if (!(error instanceof KqlError)) return error;
  const advice = ADVICE[error.code];
  if (advice === undefined) {
    return new Problem(problemTexts.badQuery(error.code, error.message, error.line, error.column), error);
  }
  return new Problem(
    { code: error.code, message: `The query has no answer: ${error.message}.`, advice, retry: false },
    error,
  );
}

export function problemOfLoading(error: unknown): unknown {
  if (!(error instanceof LoadError)) return error;
  const { code, message, advice } = error;
  return new Problem({ code, message, advice, retry: false }, error);
}
