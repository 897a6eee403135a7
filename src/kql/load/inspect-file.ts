// What a text file of logs looks like before it is loaded: its shape and the names of its columns.
import { open } from "node:fs/promises";
import { type CsvHeader, csvHeader, csvRecords } from "./csv-records.ts";
import { jsonLines, jsonValues } from "./json-records.ts";
import type { LogFile } from "./log-files.ts";
import { type Cutter, type Encoding, encodingOf, isZlibError, readChunks, readDecoded } from "./read-records.ts";

export type Shape =
  | { readonly kind: "lines" }
  | { readonly kind: "array" }
  | { readonly kind: "values" }
  | ({ readonly kind: "csv" } & CsvHeader);

export interface Inspection {
  readonly encoding: Encoding;
  readonly shape: Shape;
  /** Nothing but blank space, or a CSV header alone. */
  readonly empty: boolean;
  /**
   * The columns of the file, in the order of their first appearance. Of a JSON file beyond 16 MiB only samples are read,
   * spread over the whole of it (compressed: from its beginning), so a column that few rows have can be missing here.
   */
  readonly names: readonly string[];
  /** Empty where nobody asked for rows. */
  readonly sample: readonly Row[];
}

type Row = Readonly<Record<string, unknown>>;

const SAMPLE = 16 * 1024 * 1024;
const BLOCKS = 32;
const BLOCK = SAMPLE / BLOCKS;

/** `keep`: whether the sampled rows are wanted, and not only the names of their columns. */
export async function inspectFile(file: LogFile, keep: boolean): Promise<Inspection> {
  const encoding = encodingOf((await firstBytes(readChunks(file, 1024), 3)).bytes);
  const spread = file.format === "lines" && !file.gzip && file.size > SAMPLE && encoding === "utf-8";
  const { bytes: start, damaged } = await firstBytes(readDecoded(file), spread ? BLOCK : SAMPLE + 1);
  const shape = shapeOf(file, start);
  const last = start.length <= (spread ? 0 : SAMPLE);
  const sample: Row[] = [];
  const seen = new Set<string>();
  const look = (row: Row): void => {
    if (shape.kind !== "csv") for (const name of Object.keys(row)) seen.add(name);
    if (keep) sample.push(row);
  };
  if (keep || shape.kind !== "csv") lookAt(start, cutterOf(shape), last, look);
  if (spread) await lookAtBlocks(file, look);
  const names = shape.kind === "csv" ? shape.columns : [...seen];
  return { encoding, shape, empty: last && !damaged && isBlank(start, shape), names, sample };
}

/** How to cut a file of that shape into records. */
export function cutterOf(shape: Shape): Cutter {
  if (shape.kind === "csv") return csvRecords(shape.columns, shape.delimiter);
  return shape.kind === "lines" ? jsonLines : jsonValues();
}

interface Start {
  readonly bytes: Buffer;
  /** The compressed file ends early or is none. */
  readonly damaged: boolean;
}

async function firstBytes(chunks: AsyncIterable<Buffer>, count: number): Promise<Start> {
  const parts: Buffer[] = [];
  let length = 0;
  let damaged = false;
  try {
    for await (const chunk of chunks) {
      parts.push(chunk);
      length += chunk.length;
      if (length >= count) break;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    damaged = true; // what could be unpacked is looked at, the damage is told when it is loaded
  }
  return { bytes: Buffer.concat(parts).subarray(0, count), damaged };
}

function shapeOf(file: LogFile, start: Buffer): Shape {
  if (file.format === "csv") return { kind: "csv", ...(csvHeader(start) ?? { columns: [], delimiter: "," }) };
  if (file.format === "lines") return { kind: "lines" };
  const text = start.toString("utf8", 0, 1024 * 1024).trimStart();
  if (text.startsWith("[")) return { kind: "array" };
  const [firstLine = ""] = text.split("\n", 1);
  return parsedObject(firstLine) || text === "" ? { kind: "lines" } : { kind: "values" };
}

const isBlank = (start: Buffer, shape: Shape): boolean =>
  shape.kind === "csv" ? shape.columns.length === 0 : start.toString("utf8").trim() === "";

function lookAt(bytes: Buffer, cutter: Cutter, last: boolean, look: (row: Row) => void): void {
  let from = 0;
  while (from < bytes.length) {
    const cut = cutter.cut(bytes, from, last);
    if (cut.kind === "more") break;
    if (cut.kind === "record") {
      const row = parsedObject(cut.text.toString("utf8"));
      if (row) look(row);
    }
    from = cut.next;
  }
}

/** Blocks at even distances; each begins and ends inside a line, whose halves are left out. */
async function lookAtBlocks(file: LogFile, look: (row: Row) => void): Promise<void> {
  const handle = await open(file.path);
  try {
    const bytes = Buffer.alloc(BLOCK);
    for (let block = 1; block < BLOCKS; block++) {
      const at = Math.floor(((file.size - BLOCK) * block) / (BLOCKS - 1));
      const { bytesRead } = await handle.read(bytes, 0, BLOCK, at);
      const start = bytes.indexOf(0x0a) + 1;
      if (start > 0) lookAt(bytes.subarray(start, bytesRead), jsonLines, false, look);
    }
  } finally {
    await handle.close();
  }
}

function parsedObject(text: string): Row | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Row) // an object that is no array
      : undefined;
  } catch {
    return undefined;
  }
}
