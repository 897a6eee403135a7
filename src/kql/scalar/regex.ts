// Regular expressions. Kusto's are those of Rust's regex crate, in which classes are of Unicode; DuckDB's are RE2's, in which
// they are of ASCII. Constants are rewritten, and refused where RE2 has no word for what they say.
// https://learn.microsoft.com/kusto/query/regex
import { type Compilation, refusalSql } from "../compilation.ts";
import { type Expression, stringConstant } from "../expression.ts";
import type { SyntaxNode } from "../parser.ts";

/** Constructs that neither dialect has; RE2 would raise while rows are read. */
const NEITHER = /\(\?(?:[=!]|<[=!]|>)|\\[1-9]/;

const WORD = String.raw`\p{L}\p{M}\p{Nl}\p{Nd}\p{Pc}\x{200C}\x{200D}\x{24B6}-\x{24E9}\x{1F130}-\x{1F149}\x{1F150}-\x{1F169}\x{1F170}-\x{1F189}`;
const SPACE = String.raw`\t-\r \x{85}\x{A0}\x{1680}\x{2000}-\x{200A}\x{2028}\x{2029}\x{202F}\x{205F}\x{3000}`;
const NO_SPACE = String.raw`\x{0}-\x{8}\x{E}-\x{1F}!-\x{84}\x{86}-\x{9F}\x{A1}-\x{167F}\x{1681}-\x{1FFF}\x{200B}-\x{2027}\x{202A}-\x{202E}\x{2030}-\x{205E}\x{2060}-\x{2FFF}\x{3001}-\x{10FFFF}`;
const IN_CLASS: Readonly<Record<string, string>> = {
  w: WORD,
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
  s: SPACE,
  S: NO_SPACE,
};
const OUTSIDE: Readonly<Record<string, string>> = {
  w: `[${WORD}]`,
  W: `[^${WORD}]`,
  d: String.raw`\p{Nd}`,
  D: String.raw`\P{Nd}`,
  s: `[${SPACE}]`,
  S: `[${NO_SPACE}]`,
};
/** Ways to say any character, line breaks too. */
const ANY = /^\[(?:\\s\\S|\\S\\s|\\d\\D|\\D\\d|\\w\\W|\\W\\w)\]/;
const WORD_BOUNDARY = /\\[bB]/;

const unescaped = (regex: string): string => regex.replaceAll("\\\\", "");

/** The same for RE2. */
function rewritten(regex: string, refuse: (message: string) => never): string {
  let made = "";
  let inClass = false;
  for (let i = 0; i < regex.length; i++) {
    const c = regex[i] ?? "";
    if (c === "\\") {
      const next = regex[++i] ?? "";
      if (/[<>QEC]/.test(next)) refuse(`\\${next} is not supported in a regular expression`);
      if (inClass && next === "W") refuse("\\W inside a class is not supported");
      made += (inClass ? IN_CLASS : OUTSIDE)[next] ?? `\\${next}`;
    } else if (inClass) {
      if (c === "[" && regex[i + 1] !== ":") refuse("a class within a class is not supported");
      if (/^(?:&&|--|~~)/.test(regex.slice(i))) refuse(`${c}${c} inside a class is not supported`);
      const named = /^\[:\^?\w+:\]/.exec(regex.slice(i))?.[0];
      made += named ?? c;
      i += (named?.length ?? 1) - 1;
      inClass = c !== "]";
    } else if (c === "[") {
      const any = ANY.exec(regex.slice(i))?.[0];
      // A bracket that closes right behind the beginning is a bracket.
      const opened = any ?? /^\[\^?\]?/.exec(regex.slice(i))?.[0] ?? c;
      made += any ? "(?s:.)" : opened;
      i += opened.length - 1;
      inClass = !any;
    } else made += c;
  }
  return made;
}

/** The expression as DuckDB takes it, refused where it cannot be one. */
export function checkedRegex(pattern: Expression, node: SyntaxNode, c: Compilation): Expression {
  if (typeof pattern.constant !== "string") {
    const refused = refusalSql(
      node,
      "a regular expression that only rows know has a class in it",
      "KQL_UNSUPPORTED",
      c,
    );
    const classes = `regexp_matches(${pattern.sql}, '\\\\[A-Za-z<>]|&&|--|~~')`;
    return { type: "string", sql: `CASE WHEN ${classes} THEN ${refused} ELSE ${pattern.sql} END`, present: true };
  }
  const text = pattern.constant;
  if (NEITHER.test(unescaped(text))) {
    c.refuse(node, "look-around and back references are not part of this dialect of regular expressions", "KQL_REGEX");
  }
  return stringConstant(rewritten(text, (message) => c.refuse(node, message)));
}

/** The text that is searched. RE2 knows the boundaries of words of ASCII only, so there other texts are refused. */
export function subjectOf(text: string, pattern: Expression, node: SyntaxNode, c: Compilation): string {
  if (typeof pattern.constant !== "string" || !WORD_BOUNDARY.test(unescaped(pattern.constant))) return text;
  const refused = refusalSql(node, "\\b in a text with characters beyond ASCII is not supported", "KQL_UNSUPPORTED", c);
  return `CASE WHEN regexp_full_match(${text}, '[\\x00-\\x7f]*') THEN ${text} ELSE ${refused} END`;
}
