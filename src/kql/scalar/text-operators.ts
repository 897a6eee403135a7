// has, contains, startswith and their kin.
import type { Compilation } from "../compilation.ts";
import { toText } from "../conversions.ts";
import { boolConstant, type Expression, stringConstant } from "../expression.ts";
import type { SyntaxNode } from "../parser.ts";
import { escapeRegex, textSql } from "../sql-text.ts";
import { lowered } from "./lowered.ts";
import { checkedRegex, subjectOf } from "./regex.ts";

const BASES = ["contains", "startswith", "endswith", "has", "hasprefix", "hassuffix"];
export const TEXT_OPERATORS: ReadonlySet<string> = new Set([
  "matches regex",
  ...BASES.flatMap((base) => [base, `!${base}`, `${base}_cs`, `!${base}_cs`]),
]);

// A term is a run of letters and digits: learn.microsoft.com/kusto/query/datatypes-string-operators#what-is-a-term
const TERM_BEGINS = String.raw`(?:^|[^\pL\pN])`;
const TERM_ENDS = String.raw`(?:$|[^\pL\pN])`;
const TERM_CHARACTER = /[\p{L}\p{N}]/u;

export function matchText(
  operator: string,
  left: Expression,
  right: Expression,
  node: SyntaxNode,
  c: Compilation,
): Expression {
  const negative = operator.startsWith("!");
  const name = negative ? operator.slice(1) : operator;
  const positive = positiveMatch(name, left, right, node, c);
  return { type: "bool", sql: negative ? `(NOT ${positive})` : positive, present: true };
}

function positiveMatch(name: string, left: Expression, right: Expression, node: SyntaxNode, c: Compilation): string {
  if (name === "matches regex")
    return `regexp_matches(${subjectOf(toText(left).sql, right, node, c)}, ${checkedRegex(toText(right), node, c).sql})`;
  const exact = name.endsWith("_cs");
  const text = exact ? toText(left) : lowered(toText(left));
  const wanted = exact ? toText(right) : lowered(toText(right));
  const base = exact ? name.slice(0, -3) : name;
  switch (base) {
    case "contains":
      return `contains(${text.sql}, ${wanted.sql})`;
    case "startswith":
      return `starts_with(${text.sql}, ${wanted.sql})`;
    case "endswith":
      return `ends_with(${text.sql}, ${wanted.sql})`;
    default:
      return term(text, wanted, base !== "hassuffix", base !== "hasprefix");
  }
}

/** Both sides are lower-cased already where case does not matter. */
function term(text: Expression, wanted: Expression, begins: boolean, ends: boolean): string {
  if (typeof wanted.constant !== "string") {
    const before = begins ? textSql(TERM_BEGINS) : "''";
    const after = ends ? textSql(TERM_ENDS) : "''";
    return `kql_has(${text.sql}, ${wanted.sql}, ${before}, ${after})`;
  }
  const value = wanted.constant;
  if (value === "") return boolConstant(true).sql;
  const before = begins && TERM_CHARACTER.test([...value][0] ?? "") ? TERM_BEGINS : "";
  const after = ends && TERM_CHARACTER.test([...value].at(-1) ?? "") ? TERM_ENDS : "";
  const found = `contains(${text.sql}, ${stringConstant(value).sql})`;
  if (!before && !after) return found;
  // Most rows fail the plain search, which is several times faster than the expression.
  return `(${found} AND regexp_matches(${text.sql}, ${textSql(before + escapeRegex(value) + after)}))`;
}
