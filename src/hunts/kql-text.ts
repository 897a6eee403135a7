// KQL as text: literals that cannot be broken out of, and a look at a query's words without its strings and comments.
import { type Instant, iso } from "../time.ts";

const ESCAPES: Readonly<Record<string, string>> = { "\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A KQL string literal. Control and bidirectional characters are escaped, so that the literal stays on its line and reads as it is. */
export function kqlString(text: string): string {
  const escaped = text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: these are the characters to be escaped
    /[\\"\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069\ufeff]/g,
    (character) => ESCAPES[character] ?? `\\u${character.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
  return `"${escaped}"`;
}

export const kqlStrings = (texts: readonly string[]): string => texts.map(kqlString).join(", ");

/**
 * Characters of what is laid ahead of a question. The embedded engine reads texts of 200,000; the service names no limit,
 * and ten thousand addresses in one are more than anybody writes.
 */
export const MOST_TEXT = 120_000;

/** What a value takes in a list. */
export const lengthInList = (value: string): number => kqlString(value).length + 2;

/** The texts in their order, as few lists as are not too long for one question. */
export function listsOf(texts: readonly string[]): readonly (readonly string[])[] {
  const lists: string[][] = [];
  let room = 0;
  for (const text of texts) {
    const length = lengthInList(text);
    if (length > room) {
      lists.push([]);
      room = MOST_TEXT;
    }
    room -= length;
    lists.at(-1)?.push(text);
  }
  return lists;
}

export const kqlDatetime = (at: Instant): string => `datetime(${iso(at)})`;

// In order: comment, multi-line string, verbatim string (either quote), ordinary string (either quote).
const NOT_WORDS =
  /\/\/[^\n]*|```[\s\S]*?```|[hH]?@"(?:[^"]|"")*"|[hH]?@'(?:[^']|'')*'|[hH]?"(?:\\.|[^"\\\n])*"|[hH]?'(?:\\.|[^'\\\n])*'/g;

/** The query with strings and comments blanked, of the same length and with the same lines. */
export function bareKql(kql: string): string {
  return kql.replace(NOT_WORDS, (text) => text.replace(/[^\n]/g, " "));
}
