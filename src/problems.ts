// The catalogue of what can go wrong at the edges, each with advice and whether trying again may help.
import type { Duration } from "./time.ts";

export interface ProblemText {
  readonly code: string;
  /** What was seen. */
  readonly message: string;
  /** What to do about it. */
  readonly advice: string;
  /** True where the same call may succeed later without anybody changing anything. */
  readonly retry: boolean;
  /** How long the service asked us to wait. */
  readonly after?: Duration;
}

/** Expected trouble. Adapters throw it with the original as `cause`; the story and the carrying out turn it into data. */
export class Problem extends Error {
  readonly code: string;
  readonly advice: string;
  readonly retry: boolean;
  readonly after: Duration | undefined;

  constructor(text: ProblemText, cause?: unknown) {
    super(text.message, cause === undefined ? undefined : { cause });
    this.name = "Problem";
    this.code = text.code;
    this.advice = text.advice;
    this.retry = text.retry;
    this.after = text.after;
  }
}

/** Several problems that are to be told together, such as every broken hunt file. */
export class Problems extends Error {
  readonly problems: readonly Problem[];

  constructor(problems: readonly Problem[]) {
    super(problems.map((problem) => `${problem.message}\n  ${problem.advice}`).join("\n"));
    this.name = "Problems";
    this.problems = problems;
  }
}

const final = (code: string, message: string, advice: string): ProblemText => ({ code, message, advice, retry: false });

export const problemTexts = {
  missingColumn: (hunt: string, column: string, seen: readonly string[]) =>
    final(
      "MissingColumn",
      `Hunt "${hunt}" promises the column ${column}, which the query did not return.`,
      `It returned ${seen.join(", ") || "no columns"}. Correct the column name, or project the column in the query.`,
    ),
  unknownHunt: (name: string, known: readonly string[]) =>
    final("UnknownHunt", `There is no hunt called "${name}".`, `The hunts are: ${known.join(", ")}.`),
  huntFile: (file: string, line: number, field: string, seen: string, advice: string) =>
    final("HuntFile", `${file}:${line}: ${field}: ${seen}`, advice),
  missingTable: (table: string, where: string) =>
    final(
      "MissingTable",
      `The table ${table} is not in ${where}.`,
      `Send the table there (diagnostic setting or export), or leave out the hunts that read it.`,
    ),
  badQuery: (code: string, message: string, line: number, column: number) =>
    final(
      code,
      `${message} (line ${line}, column ${column})`,
      "Correct the query; `npm run hunts:check` says the same without running it.",
    ),
};
