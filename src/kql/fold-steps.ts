// Steps of a query that do nothing of their own. The database binds every step by itself, with all its columns, before it
// fuses them; what only filters, or only names columns, is taken into the one step that reads it.

/** Rows of a table or of another step: which of them, and what is made of them. */
export interface Select {
  /** The columns. */
  readonly select: string;
  readonly distinct?: boolean | undefined;
  /** The name of a step, or a table as SQL names it. */
  readonly from: string;
  readonly where?: string | undefined;
  /** What follows the condition: " GROUP BY …". */
  readonly groups?: string | undefined;
}

/** A step that is no plain select stands as a text, with its name. */
export type Step = string | (Select & { readonly name: string });

/** The steps as the WITH clause has them. `last` is the query that reads them. */
export function foldSteps(steps: readonly Step[], last: string): readonly string[] {
  const readers = countReaders(steps, last);
  const folded = new Map<string, Select>();
  const taken = new Set<string>();
  const texts = steps.map((step): readonly [string, string] => {
    if (typeof step === "string") return ["", step];
    const { name, ...select } = step;
    const before = folded.get(select.from);
    const alone = before !== undefined && readers.get(select.from) === 1;
    if (alone) taken.add(select.from);
    const made = alone ? into(before, select) : select;
    if (isPassing(made)) folded.set(name, made);
    return [name, `${name} AS (${textOf(made)})`];
  });
  return texts.filter(([name]) => !taken.has(name)).map(([, text]) => text);
}

function textOf({ select, distinct, from, where, groups = "" }: Select): string {
  const rows = where === undefined ? from : `${from} WHERE ${where}`;
  return `SELECT ${distinct ? "DISTINCT " : ""}${select} FROM ${rows}${groups}`;
}

/** All columns, or some by their own names: a condition on them holds for the rows that they come from. */
const isPassing = ({ select, distinct, groups }: Select): boolean =>
  !distinct && !groups && (select === "*" || NAMES.test(select));
const NAMES = /^"(?:[^"]|"")*"(?:, "(?:[^"]|"")*")*$/;

/** What reads a step, with what the step does in it: conditions come before everything else that a select says. */
function into(before: Select, step: Select): Select {
  const conditions = [before.where, step.where].filter((condition) => condition !== undefined);
  return {
    ...step,
    select: step.select === "*" ? before.select : step.select,
    from: before.from,
    where: conditions.length > 1 ? conditions.map(bracketed).join(" AND ") : conditions[0],
  };
}

/** What binds weaker than AND. */
const bracketed = (condition: string): string => (/\bOR\b/i.test(condition) ? `(${condition})` : condition);

/** How often each step is named. A text that looks like a name only makes one too many, and leaves that step as it is. */
function countReaders(steps: readonly Step[], last: string): ReadonlyMap<string, number> {
  const readers = new Map<string, number>();
  for (const text of [...steps.map((step) => (typeof step === "string" ? step : textOf(step))), last]) {
    for (const [name] of text.matchAll(/\bs\d+\b/g)) readers.set(name, (readers.get(name) ?? 0) + 1);
  }
  return readers;
}
