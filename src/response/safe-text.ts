// Text from logs, made safe for the place where it is shown. Whoever tries to sign in chooses user names, display names
// and user agents, so each of them is text to look at: never markup, never a command, never more than one line.

/** Nothing that a name of an Entra account or a user agent of a common browser needs is longer. */
export const NAME_LIMIT = 120;

const SPACES = /[\p{Z}\t\n\v\f\r\u0085]+/gu;
// Control, format, unassigned and private characters, lone surrogates, and whatever is drawn as nothing: overrides of
// direction, zero-width characters, fillers, tags and variation selectors.
const INVISIBLE = /[\p{C}\p{Default_Ignorable_Code_Point}\u2800]+/gu;
const PILED_MARKS = /(\p{M}{2})\p{M}+/gu;
const RIGHT_TO_LEFT = /[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\u{10800}-\u{10fff}\u{1e800}-\u{1efff}]/u;

const ISOLATE = "\u2068";
const END_OF_ISOLATE = "\u2069";

/** At most `limit` UTF-16 units, the last an ellipsis where something was cut. Never ends within a character. */
export function cutText(text: string, limit: number): string {
  if (text.length <= limit) return text;
  if (limit < 1) return "";
  const kept = text.slice(0, limit - 1).replace(/[\ud800-\udbff]$/, "");
  return `${kept.trimEnd()}…`;
}

/** One line of visible characters. What cannot be seen becomes "�", so that a reader notices that it was there. */
export function visibleText(text: string, limit: number): string {
  // Far more than is kept, far less than what would make the replacements slow.
  const head = text.slice(0, limit * 8);
  const line = head
    .replace(SPACES, " ")
    .replace(INVISIBLE, "\ufffd")
    .normalize("NFC")
    .replace(PILED_MARKS, "$1")
    .trim();
  // A name of nothing but spaces must not look as if there were none.
  if (line === "" && text !== "") return cutText("\ufffd", limit);
  return cutText(text.length > head.length ? `${line}…` : line, limit);
}

const MARKUP: Readonly<Record<string, string>> = {
  "<": "‹",
  ">": "›",
  "[": "⟦",
  "]": "⟧",
  "*": "∗",
  "`": "ʼ",
  "|": "¦",
  "\\": "⧵",
};

/**
 * Where nobody promises how text is rendered (Markdown, a subset of HTML, or as it is), characters of markup become others
 * that look alike. None of them can be part of a user principal name, so names can still be copied.
 */
function withoutMarkup(line: string): string {
  return (
    line
      .replace(/[<>[\]*`|\\]/g, (character) => MARKUP[character] ?? "")
      // An underscore within a word is one; at its edge it would be emphasis.
      .replace(/(?<![\p{L}\p{N}_])_+|_+(?![\p{L}\p{N}_])/gu, (run) => "＿".repeat(run.length))
      .replace(/~{2,}/g, (run) => "∼".repeat(run.length))
      .replace(/&(?=[#\p{L}])/gu, "＆")
      // The date and time functions of Adaptive Cards.
      .replace(/\{(?=\{)/g, "{ ")
      // What clients turn into links by themselves.
      .replace(/:\/\//g, ": //")
      .replace(/\bwww\./gi, (found) => `${found.slice(0, 3)} .`)
      // A list or a heading, had the line begun with it.
      .replace(/^(?:[-+#=]+(?=\s|$)|\d+[.)](?=\s|$))/, (found) => `·${found}`)
  );
}

/** Keeps letters of right-to-left scripts from reordering what stands beside them. */
const isolated = (line: string): string => (RIGHT_TO_LEFT.test(line) ? ISOLATE + line + END_OF_ISOLATE : line);

const plainMarkup = (text: string, limit: number): string =>
  isolated(cutText(withoutMarkup(visibleText(text, limit)), limit));

const HTML: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

// The blocks of Unicode whose characters take two columns of a terminal (East Asian Width W and F), and emoji.
const WIDE =
  /[\u1100-\u115f\u2329\u232a\u2e80-\u303e\u3041-\u33ff\u3400-\u4dbf\u4e00-\u9fff\ua000-\ua4cf\ua960-\ua97f\uac00-\ud7a3\uf900-\ufaff\ufe30-\ufe6f\uff01-\uff60\uffe0-\uffe6\u{16fe0}-\u{18cff}\u{1b000}-\u{1b2ff}\u{20000}-\u{3fffd}]|\p{Emoji_Presentation}/u;
const MARK = /^\p{M}$/u;

const columnsOfOne = (character: string): number => (MARK.test(character) ? 0 : WIDE.test(character) ? 2 : 1);

/** How many columns of a terminal a text takes. */
export function columnsOf(text: string): number {
  let columns = 0;
  for (const character of text) columns += columnsOfOne(character);
  return columns;
}

function cutToColumns(text: string, limit: number): string {
  if (columnsOf(text) <= limit) return text;
  let kept = "";
  let columns = 0;
  for (const character of text) {
    columns += columnsOfOne(character);
    if (columns > limit - 1) break;
    kept += character;
  }
  return limit < 1 ? "" : `${kept.trimEnd()}…`;
}

/** A text from outside for each place where it can be shown; `limit` is in characters, in a terminal in columns. */
export const safeText = {
  card: (text: string, limit: number = NAME_LIMIT): string => plainMarkup(text, limit),
  incident: (text: string, limit: number = NAME_LIMIT): string => plainMarkup(text, limit),
  html: (text: string, limit: number = NAME_LIMIT): string =>
    isolated(visibleText(text, limit)).replace(/[&<>"'`]/g, (character) => HTML[character] ?? ""),
  terminal: (text: string, limit: number): string => cutToColumns(visibleText(text, limit * 2), limit),
} as const;
