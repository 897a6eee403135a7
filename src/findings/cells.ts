// Reading cells of rows whose columns a hunt promised.
import type { Cell, Row } from "../ports.ts";
import { type Instant, parseInstant } from "../time.ts";

export function textOf(cell: Cell | undefined): string {
  if (cell === null || cell === undefined) return "";
  return typeof cell === "object" ? JSON.stringify(cell) : String(cell);
}

export function numberOf(cell: Cell | undefined): number {
  if (typeof cell === "number") return cell;
  const read = typeof cell === "string" && cell.trim() !== "" ? Number(cell) : Number.NaN;
  return Number.isNaN(read) ? 0 : read;
}

export function instantOf(cell: Cell | undefined): Instant | null {
  return typeof cell === "string" ? (parseInstant(cell) ?? null) : null;
}

/** The texts of a list, of a list written as JSON text (older queries, exports), or of a single value. */
export function textsOf(cell: Cell | undefined): readonly string[] {
  if (Array.isArray(cell)) return cell.map((each: Cell) => textOf(each)).filter((text) => text !== "");
  if (typeof cell === "string" && cell.startsWith("[")) {
    try {
      const read: unknown = JSON.parse(cell);
      if (Array.isArray(read)) return read.map((each) => textOf(each as Cell)).filter((text) => text !== "");
    } catch {
      // A text that happens to begin with a bracket is a value of its own.
    }
  }
  const text = textOf(cell);
  return text === "" ? [] : [text];
}

export const distinct = (texts: Iterable<string>): readonly string[] => [...new Set(texts)];

/** All texts of one column over several rows, each once, in the order of their first appearance. */
export const column = (rows: readonly Row[], name: string): readonly string[] =>
  distinct(rows.flatMap((row) => textsOf(row[name])));
