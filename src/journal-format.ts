// What a journal can hold and how it is written down, the same in every home: keys, values and their limits.
import { gunzipSync, gzipSync } from "node:zlib";
import type { Cell, Change } from "./ports.ts";
import { Problem, problemTexts } from "./problems.ts";

// Limits of Azure Table Storage:
// https://learn.microsoft.com/rest/api/storageservices/understanding-the-table-service-data-model
const KEY_CHARACTERS = 512; // 1 KiB of UTF-16
const CHANGES = 100;
const TEXT_CHARACTERS = 32_768; // 64 KiB of UTF-16 in one property
const BINARY_BYTES = 65_536;
const RECORD_BYTES = 1_048_576;
const COMMIT_BYTES = 4_194_304;
/** Room for keys, names and the bookkeeping of a record; and for the multipart head of each change in a commit. */
const RECORD_OVERHEAD = 8_192;

/**
 * A partition or an id as a key that Table Storage takes, in the same order as the ids by UTF-16 code unit.
 * Digits, letters, `-`, `:` and `@` stand for themselves; every other unit is a mark that sorts where the unit would,
 * and its number. The service forbids / \ # ? and control characters; braces and underscores are written as numbers
 * because the SDK takes them for its own when they come back in the answer to a commit.
 */
export function keyOf(id: string): string {
  const key = id === "" ? EMPTY : id.replaceAll(/[^-0-9:@A-Za-z]/g, escaped);
  if (key.length > KEY_CHARACTERS) {
    throw new RangeError(
      `A partition or an id of the journal takes ${key.length} characters when written down, ${KEY_CHARACTERS} are possible: ${id.slice(0, 40)}…`,
    );
  }
  return key;
}

/** The id that `keyOf` was given. */
export function idOf(key: string): string {
  if (key === EMPTY) return "";
  return key.replaceAll(/~([0-9A-F]{4})|[!.;[]([0-9A-F]{2})/g, (_, wide?: string, narrow?: string) =>
    String.fromCharCode(Number.parseInt(wide ?? narrow ?? "", 16)),
  );
}

/** Sorts before every other key and is none of them. */
const EMPTY = "!";

function escaped(unit: string): string {
  const code = unit.charCodeAt(0);
  const mark = code < 0x2d ? "!" : code < 0x30 ? "." : code < 0x40 ? ";" : code < 0x61 ? "[" : "~";
  return (
    mark +
    code
      .toString(16)
      .toUpperCase()
      .padStart(mark === "~" ? 4 : 2, "0")
  );
}

/** A value as the properties of one record: JSON in pieces, compressed where it would not fit otherwise. */
export interface Packed {
  readonly properties: Readonly<Record<string, string | Uint8Array>>;
  /** What it takes in a request. */
  readonly bytes: number;
}

/** Throws the Problem RecordTooLarge, and plainly for what is not JSON. */
export function pack(value: Cell): Packed {
  const text = JSON.stringify(value, onlyJson);
  if (text === undefined) throw new TypeError("A value of the journal has to be JSON.");
  if (text.length * 2 + RECORD_OVERHEAD <= RECORD_BYTES) {
    const plain = named("json", piecesOf(text));
    if (plain.bytes <= RECORD_BYTES) return plain;
  }
  const bytes = gzipSync(text);
  const pieces = Array.from({ length: Math.ceil(bytes.length / BINARY_BYTES) }, (_, n) =>
    bytes.subarray(n * BINARY_BYTES, (n + 1) * BINARY_BYTES),
  );
  const compressed = named("gzip", pieces);
  if (compressed.bytes > RECORD_BYTES) throw new Problem(problemTexts.recordTooLarge(text.length, compressed.bytes));
  return compressed;
}

/** The value of a record's properties; undefined where they are not what `pack` makes. */
export function unpack(properties: Readonly<Record<string, unknown>>): Cell | undefined {
  try {
    const binary = inOrder(properties, "gzip").filter((piece) => piece instanceof Uint8Array);
    const text =
      binary.length > 0 ? gunzipSync(Buffer.concat(binary)).toString("utf8") : inOrder(properties, "json").join("");
    // JSON that pack wrote, from a Cell.
    return JSON.parse(text) as Cell;
  } catch {
    return undefined;
  }
}

/** A change that a journal can make, with the key and the properties of its record. */
export interface Prepared {
  readonly change: Change;
  readonly key: string;
  /** Of a put. */
  readonly properties: Packed["properties"];
}

/** Throws plainly for what no journal can do, and the Problems RecordTooLarge and CommitTooLarge. */
export function prepare(changes: readonly Change[]): readonly Prepared[] {
  if (changes.length > CHANGES) {
    throw new RangeError(`A commit of the journal has ${changes.length} changes; ${CHANGES} are possible.`);
  }
  const seen = new Set<string>();
  let bytes = 0;
  const prepared = changes.map((change): Prepared => {
    if (seen.has(change.id)) {
      throw new RangeError(`A commit of the journal changes the record "${change.id.slice(0, 40)}" twice.`);
    }
    seen.add(change.id);
    const packed = change.kind === "put" ? pack(change.value) : { properties: {}, bytes: RECORD_OVERHEAD };
    bytes += packed.bytes;
    return { change, key: keyOf(change.id), properties: packed.properties };
  });
  if (bytes > COMMIT_BYTES) throw new Problem(problemTexts.commitTooLarge(changes.length, bytes));
  return prepared;
}

function onlyJson(_: string, value: unknown): unknown {
  if (typeof value === "number" && !Number.isFinite(value)) {
    throw new TypeError(`A value of the journal has to be JSON, and ${value} is not.`);
  }
  return value;
}

function piecesOf(text: string): string[] {
  const pieces: string[] = [];
  for (let from = 0; from < text.length; ) {
    let to = Math.min(from + TEXT_CHARACTERS, text.length);
    // Half a surrogate pair cannot be sent: it would arrive as a replacement character.
    if (to < text.length && /[\ud800-\udbff]/.test(text.charAt(to - 1))) to -= 1;
    pieces.push(text.slice(from, to));
    from = to;
  }
  return pieces;
}

function named(name: string, pieces: readonly (string | Uint8Array)[]): Packed {
  const inRequest = (piece: string | Uint8Array): number =>
    typeof piece === "string" ? Buffer.byteLength(JSON.stringify(piece)) : Math.ceil(piece.length / 3) * 4;
  return {
    properties: Object.fromEntries(pieces.map((piece, n) => [`${name}${n}`, piece])),
    bytes: pieces.reduce<number>((sum, piece) => sum + inRequest(piece), RECORD_OVERHEAD),
  };
}

function inOrder(properties: Readonly<Record<string, unknown>>, name: string): unknown[] {
  const pieces: unknown[] = [];
  for (let n = 0; properties[`${name}${n}`] !== undefined; n += 1) pieces.push(properties[`${name}${n}`]);
  return pieces;
}
