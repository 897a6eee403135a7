// The same finding, seen twice in part: together it is what one look at all of its rows would have shown.
import type { Row } from "../ports.ts";
import { instant, type TimeWindow } from "../time.ts";
import { distinct, numberOf, textOf } from "./cells.ts";
import type { Finding, Measure } from "./finding.ts";

/** Rows that a finding keeps: a spray of many hours is told by its strongest windows. */
const MOST_ROWS = 24;

export const overlap = (a: TimeWindow, b: TimeWindow): boolean => a.from < b.to && b.from < a.to;

/**
 * What `known` and `seen` show together, under the key of `known`. Rows only ever come late, so of two rows for one
 * window the one that counted more is the truer. `windowColumn` names the column that holds a row's window.
 */
export function mergeFindings(known: Finding, seen: Finding, windowColumn: string): Finding {
  const measured = strongest([...known.measured, ...seen.measured]);
  const peak = (row: Row): number => Math.max(0, ...measured.map(({ column }) => numberOf(row[column])));
  const byWindow = new Map<string, Row>();
  for (const row of [...known.rows, ...seen.rows]) {
    const window = textOf(row[windowColumn]);
    const before = byWindow.get(window);
    if (before === undefined || peak(row) >= peak(before)) byWindow.set(window, row);
  }
  const rows = [...byWindow]
    .toSorted(([a, left], [b, right]) => peak(right) - peak(left) || (a < b ? -1 : 1))
    .map(([, row]) => row);
  return {
    ...seen,
    key: known.key,
    window: {
      from: instant(Math.min(known.window.from, seen.window.from)),
      to: instant(Math.max(known.window.to, seen.window.to)),
    },
    measured,
    accounts: distinct([...known.accounts, ...seen.accounts]).toSorted(),
    addresses: distinct([...known.addresses, ...seen.addresses]).toSorted(),
    cut: distinct([...known.cut, ...seen.cut]),
    rows: rows.slice(0, MOST_ROWS),
  };
}

function strongest(measures: readonly Measure[]): readonly Measure[] {
  const byColumn = new Map<string, Measure>();
  for (const measure of measures) {
    const before = byColumn.get(measure.column);
    if (before === undefined || measure.value > before.value) byColumn.set(measure.column, measure);
  }
  return [...byColumn.values()];
}
