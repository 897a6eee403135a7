// Records of JSON files: one object per line, or objects in one array or one after the other, on as many lines as they like.
import type { Cut, Cutter } from "./read-records.ts";

const NEW_LINE = 0x0a;
const RETURN = 0x0d;
const SPACE = 0x20;
const TAB = 0x09;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const OPEN_BAG = 0x7b;
const CLOSE_BAG = 0x7d;

const isSpace = (byte: number | undefined): boolean =>
  byte === SPACE || byte === NEW_LINE || byte === RETURN || byte === TAB;

function trimmed(bytes: Buffer, from: number, to: number): Buffer {
  let start = from;
  let end = to;
  while (start < end && isSpace(bytes[start])) start++;
  while (end > start && isSpace(bytes[end - 1])) end--;
  return bytes.subarray(start, end);
}

/** One object per line. */
export const jsonLines: Cutter = {
  byLine: true,
  cut(bytes, from, last): Cut {
    const newLine = bytes.indexOf(NEW_LINE, from);
    if (newLine < 0 && !last) return { kind: "more" };
    const next = newLine < 0 ? bytes.length : newLine + 1;
    const text = trimmed(bytes, from, next);
    return text.length === 0 ? { kind: "blank", next } : { kind: "record", text, next };
  },
};

/**
 * Objects in an array, or one after the other. After a bracket that is never closed nothing tells where the next record
 * begins, so everything from there on is one broken record.
 */
export function jsonValues(): Cutter {
  let inArray = false;
  let begun = false;
  let closed = false;
  return {
    byLine: false,
    cut(bytes, from, last): Cut {
      let at = from;
      while (at < bytes.length && isSpace(bytes[at])) at++;
      // Blank space is passed on its own, so that a record's line is the line of its first character.
      if (at > from) return { kind: "blank", next: at };
      if (!begun) {
        begun = true;
        if (bytes[at] === OPEN_LIST) {
          inArray = true;
          return { kind: "blank", next: at + 1 };
        }
      }
      if (closed) return { kind: "broken", reason: "text after the end of the array", next: bytes.length };
      if (bytes[at] === COMMA) return { kind: "blank", next: at + 1 };
      if (inArray && bytes[at] === CLOSE_LIST) {
        closed = true;
        return { kind: "blank", next: at + 1 };
      }
      return cutValue(bytes, at, last, inArray);
    },
  };
}

function cutValue(bytes: Buffer, from: number, last: boolean, inArray: boolean): Cut {
  let depth = 0;
  let inText = false;
  let lineInText = false;
  const done = (to: number): Cut =>
    lineInText
      ? { kind: "broken", reason: "a line break inside a text", next: to }
      : { kind: "record", text: onOneLine(trimmed(bytes, from, to)), next: to };
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (inText) {
      if (byte === BACKSLASH) at++;
      else if (byte === QUOTE) inText = false;
      else if (byte === NEW_LINE) lineInText = true;
      continue;
    }
    if (byte === QUOTE) inText = true;
    else if (byte === OPEN_BAG || byte === OPEN_LIST) depth++;
    else if (byte === CLOSE_BAG || byte === CLOSE_LIST) {
      if (depth === 0) return done(inArray && byte === CLOSE_LIST ? at : at + 1);
      depth--;
      if (depth === 0 && !inArray) return done(at + 1);
    } else if (depth === 0 && (byte === COMMA || (!inArray && byte === NEW_LINE))) return done(at);
  }
  if (!last) return { kind: "more" };
  if (depth > 0 || inText || inArray) {
    return { kind: "broken", reason: "the file ends inside the record that begins here", next: bytes.length };
  }
  return done(bytes.length);
}

/** Outside a text a line break is only space. */
function onOneLine(text: Buffer): Buffer {
  if (!text.includes(NEW_LINE)) return text;
  const copy = Buffer.from(text);
  for (let at = copy.indexOf(NEW_LINE); at >= 0; at = copy.indexOf(NEW_LINE, at + 1)) copy[at] = SPACE;
  return copy;
}
