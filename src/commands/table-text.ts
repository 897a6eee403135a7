// An answer as a table of text, for people at a terminal.
import type { QueryResult } from "../kql/engine.ts";
import { columnsOf, safeText } from "../response/safe-text.ts";

const MOST_ROWS = 200;
const WIDEST_CELL = 60;

const cellText = (value: unknown): string => {
  if (value === null || value === undefined) return "";
  return safeText.terminal(typeof value === "object" ? JSON.stringify(value) : String(value), WIDEST_CELL);
};

/** `width` 0 cuts no line: the output goes into a file or a pipe. */
export function tableText({ columns, rows }: QueryResult, width: number): string {
  const head = columns.map((column) => safeText.terminal(column.name, WIDEST_CELL));
  const body = rows.slice(0, MOST_ROWS).map((row) => row.map(cellText));
  const widths = head.map((name, at) => Math.max(columnsOf(name), ...body.map((row) => columnsOf(row[at] ?? ""))));
  const line = (cells: readonly string[]): string => {
    const text = cells
      .map((cell, at) => cell + " ".repeat(Math.max(0, (widths[at] ?? 0) - columnsOf(cell))))
      .join("  ")
      .trimEnd();
    return width > 0 && columnsOf(text) > width ? safeText.terminal(text, width) : text;
  };
  const more = rows.length > MOST_ROWS ? `\n… and ${rows.length - MOST_ROWS} more rows; --json gives them all.` : "";
  const count = `${rows.length} ${rows.length === 1 ? "row" : "rows"}`;
  return `${[line(head), line(widths.map((n) => "-".repeat(n))), ...body.map(line)].join("\n")}\n${count}${more}`;
}
