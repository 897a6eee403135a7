// Records of CSV files (RFC 4180: quotes around a value, doubled inside it, line breaks allowed there).
import { isUtf8 } from "node:buffer";
import type { Cut, Cutter } from "./read-records.ts";

const NEW_LINE = 0x0a;
const RETURN = 0x0d;
const QUOTE = 0x22;

export const DELIMITERS = [",", ";", "\t"] as const;
export type Delimiter = (typeof DELIMITERS)[number];

type Fields =
  | { readonly kind: "fields"; readonly fields: readonly string[]; readonly next: number }
  | { readonly kind: "broken"; readonly reason: string }
  | { readonly kind: "more" };

/** The values of the record that begins at `from`. */
export function cutFields(bytes: Buffer, from: number, last: boolean, delimiter: Delimiter): Fields {
  const separator = delimiter.charCodeAt(0);
  const fields: string[] = [];
  let at = from;
  while (true) {
    let value: string;
    if (bytes[at] === QUOTE) {
      const end = closingQuote(bytes, at + 1, last);
      if (end === "more") return { kind: "more" };
      if (end === "never") return { kind: "broken", reason: "a quote that is never closed" };
      value = bytes.toString("utf8", at + 1, end).replaceAll('""', '"');
      at = end + 1;
    } else {
      const end = plainEnd(bytes, at, separator);
      if (end === bytes.length && !last) return { kind: "more" };
      value = bytes.toString("utf8", at, end);
      at = end;
    }
    fields.push(value);
    if (at >= bytes.length) return last ? { kind: "fields", fields, next: at } : { kind: "more" };
    if (bytes[at] === separator) {
      at++;
      continue;
    }
    if (bytes[at] === NEW_LINE) return { kind: "fields", fields, next: at + 1 };
    if (bytes[at] === RETURN && (bytes[at + 1] === NEW_LINE || at + 1 >= bytes.length)) {
      if (at + 1 >= bytes.length && !last) return { kind: "more" };
      return { kind: "fields", fields, next: Math.min(at + 2, bytes.length) };
    }
    return { kind: "broken", reason: "text after a closing quote" };
  }
}

function closingQuote(bytes: Buffer, from: number, last: boolean): number | "more" | "never" {
  for (let at = bytes.indexOf(QUOTE, from); at >= 0; at = bytes.indexOf(QUOTE, at + 2)) {
    // The next byte decides whether this is the end or half of a doubled quote.
    if (at + 1 >= bytes.length) return last ? at : "more";
    if (bytes[at + 1] !== QUOTE) return at;
  }
  return last ? "never" : "more";
}

function plainEnd(bytes: Buffer, from: number, separator: number): number {
  for (let at = from; at < bytes.length; at++) {
    const byte = bytes[at];
    if (byte === separator || byte === NEW_LINE) return at;
    if (byte === RETURN && (bytes[at + 1] === NEW_LINE || at + 1 >= bytes.length)) return at;
  }
  return bytes.length;
}

/** Records as JSON objects of texts under the names of the header, which is passed over. */
export function csvRecords(header: readonly string[], delimiter: Delimiter): Cutter {
  let atHeader = true;
  return {
    byLine: true,
    cut(bytes, from, last): Cut {
      const found = cutFields(bytes, from, last, delimiter);
      if (found.kind === "more") return found;
      const newLine = bytes.indexOf(NEW_LINE, from);
      if (found.kind === "broken") {
        // Reading goes on with the next line, not after the text that the quote swallowed.
        return { ...found, next: newLine < 0 ? bytes.length : newLine + 1 };
      }
      const { fields, next } = found;
      if (atHeader) {
        atHeader = false;
        return { kind: "blank", next };
      }
      if (fields.length === 1 && fields[0]?.trim() === "") return { kind: "blank", next };
      if (fields.length !== header.length) {
        return { kind: "broken", reason: `${fields.length} values under ${header.length} columns`, next };
      }
      if (!isUtf8(bytes.subarray(from, next))) return { kind: "broken", reason: "not UTF-8", next };
      const record = Object.fromEntries(header.map((name, index) => [name, fields[index]]));
      return { kind: "record", text: Buffer.from(JSON.stringify(record)), next };
    },
  };
}

export interface CsvHeader {
  readonly columns: readonly string[];
  readonly delimiter: Delimiter;
}

/** The first record of a CSV file; undefined where there is none. */
export function csvHeader(start: Buffer): CsvHeader | undefined {
  const headers = DELIMITERS.flatMap((delimiter) => {
    const found = cutFields(start, 0, true, delimiter);
    return found.kind === "fields" ? [{ columns: unlike(found.fields.map((name) => name.trim())), delimiter }] : [];
  });
  const widest = headers.toSorted((a, b) => b.columns.length - a.columns.length)[0];
  return widest?.columns.some((name) => name !== "") ? widest : undefined;
}

/** A second column of one name keeps its place under a name of its own. */
const unlike = (names: readonly string[]): readonly string[] =>
  names.map((name, index) => (names.indexOf(name) < index ? `${name} (column ${index + 1})` : name));
