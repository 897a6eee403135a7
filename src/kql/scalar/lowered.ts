import { type Expression, stringConstant } from "../expression.ts";

/** Letter by letter, as DuckDB's lower(): JavaScript knows a last sigma of words, and writes İ as two characters. */
const lower = (text: string): string => [...text].map((letter) => [...letter.toLowerCase()][0] ?? "").join("");

export function lowered(e: Expression): Expression {
  if (typeof e.constant === "string") return stringConstant(lower(e.constant));
  return { type: "string", sql: `lower(${e.sql})`, present: e.present };
}
