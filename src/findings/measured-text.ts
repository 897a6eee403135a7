// What findings measured against their thresholds, as a responder reads it.
import { distinct } from "./cells.ts";
import type { Measure } from "./finding.ts";

const MOST_SHOWN = 4;

/** "16 day failures (threshold 6), 60 failing accounts (threshold 15)"; each once, the first four. */
export const measuredText = (measures: readonly Measure[]): string =>
  distinct(measures.map(({ column, value, threshold }) => `${value} ${wordsOf(column)} (threshold ${threshold})`))
    .slice(0, MOST_SHOWN)
    .join(", ");

/** The words of a column's name: DayFailures, day_failures -> day failures. What is written in capitals stays so. */
const wordsOf = (column: string): string =>
  column
    .replaceAll(/(?<=[a-z\d])(?=[A-Z])|(?<=[a-z])(?=\d)|(?<=[A-Z])(?=[A-Z][a-z])|_+/g, " ")
    .split(" ")
    .map((word) => (/^[A-Z]{2}/.test(word) ? word : word.toLowerCase()))
    .join(" ")
    .trim();
