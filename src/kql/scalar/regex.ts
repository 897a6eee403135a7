// Regular expressions. Kusto and DuckDB both use RE2, so an expression means the same; only constants can be checked ahead.
import type { Compilation } from "../compilation.ts";
import { type Expression, stringConstant } from "../expression.ts";
import type { SyntaxNode } from "../parser.ts";

/** Constructs of other dialects that RE2 does not have; it would raise while rows are read. */
const NOT_RE2 = /\(\?(?:[=!]|<[=!]|>)|\\[1-9]/;

/** The expression itself, refused where it cannot be one. Text that only rows know is left to DuckDB. */
export function checkedRegex(pattern: Expression, node: SyntaxNode, c: Pick<Compilation, "refuse">): Expression {
  if (typeof pattern.constant !== "string") return pattern;
  const text = pattern.constant;
  if (NOT_RE2.test(text.replaceAll("\\\\", ""))) {
    c.refuse(node, "look-around and back references are not part of this dialect of regular expressions", "KQL_REGEX");
  }
  return stringConstant(text);
}
