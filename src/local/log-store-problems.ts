// The engine's own errors as Problems.
import type { Check } from "../kql/engine.ts";
import { KqlError } from "../kql/kql-error.ts";
import { LoadError } from "../kql/load/load-error.ts";
import { Problem, problemTexts } from "../problems.ts";

/** The binder's code for a name that is no table. */
const NO_SUCH_TABLE = "KS204";

/** Codes that say nothing about a place in the query, with what to do. */
const ADVICE: Readonly<Record<string, string>> = {
  KQL_TIME_LIMIT: "Ask for a shorter period, or give it more time.",
  KQL_ROW_LIMIT: "Summarize, or ask for a shorter period.",
  KQL_CANCELLED: "Ask again where the answer is still of use.",
  KQL_MEMORY: "Ask for a shorter period, or load fewer logs.",
};

/** What keeps a query from being run, if anything does. */
export function problemOfCheck(checked: Check, kql: string, folder: string): Problem | undefined {
  const error = checked.diagnostics.find((diagnostic) => diagnostic.severity === "error");
  if (error?.code === NO_SUCH_TABLE) {
    return new Problem(problemTexts.missingTable(tableName(kql, error.start, error.length), `the folder ${folder}`));
  }
  const reason = error ?? checked.refusals[0];
  return reason && new Problem(problemTexts.badQuery(reason.code, reason.message, reason.line, reason.column));
}

/** As it is meant: without the brackets and quotes of ['My Table'] or table("SigninLogs"). */
const tableName = (kql: string, start: number, length: number): string =>
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
