// Cuts a log file into records and knows the line on which each begins. The engine's own readers are many times faster
// but stop at the first fault; this is the way for a file that has one.
import { isUtf8 } from "node:buffer";
import { createReadStream } from "node:fs";
import { createGunzip } from "node:zlib";
import type { LogFile } from "./log-files.ts";

/** Where a record is, what is wrong with it, or that more of the file is needed to tell. `next` is where to go on. */
export type Cut =
  | { readonly kind: "record"; readonly text: Buffer; readonly next: number }
  | { readonly kind: "blank"; readonly next: number }
  | { readonly kind: "broken"; readonly reason: string; readonly next: number }
  | { readonly kind: "more" };

export interface Cutter {
  /** Looks for the next record in `bytes` from `from` on; `last` says that nothing follows `bytes`. */
  cut(bytes: Buffer, from: number, last: boolean): Cut;
  /** Whether a new line begins a new record, so that reading can go on after a record that has no end. */
  readonly byLine: boolean;
}

export type SourceRecord =
  | { readonly line: number; readonly text: Buffer }
  | { readonly line: number; readonly reason: string };

/**
 * Longer records are broken: DuckDB's JSON reader takes no more into its buffer. The service itself takes at most 1 MB
 * (learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits).
 */
export const LONGEST_RECORD = 32 * 1024 * 1024;
const CHUNK = 1024 * 1024;
const NEW_LINE = 0x0a;

/** The records of a file in batches, broken ones with the reason. A file that ends too early ends with a broken record. */
export async function* readRecords(file: LogFile, cutter: Cutter): AsyncGenerator<readonly SourceRecord[]> {
  let bytes = Buffer.alloc(0);
  let from = 0;
  let line = 1;
  let skipping = false;
  const advance = (to: number): void => {
    for (let at = bytes.indexOf(NEW_LINE, from); at >= 0 && at < to; at = bytes.indexOf(NEW_LINE, at + 1)) line++;
    from = to;
  };
  /** Leaves the rest of the line; it may not have arrived yet. */
  const skipLine = (): void => {
    const end = bytes.indexOf(NEW_LINE, from);
    skipping = end < 0;
    advance(end < 0 ? bytes.length : end + 1);
  };
  const cutAll = (last: boolean): { readonly records: readonly SourceRecord[]; readonly ended: boolean } => {
    const records: SourceRecord[] = [];
    if (skipping) skipLine();
    while (from < bytes.length) {
      const cut = cutter.cut(bytes, from, last);
      if (cut.kind === "more") {
        if (bytes.length - from <= LONGEST_RECORD) return { records, ended: false };
        const reason = `longer than ${LONGEST_RECORD / 1024 / 1024} MiB`;
        if (!cutter.byLine) {
          records.push({ line, reason: `${reason}; the rest of the file was not read` });
          return { records, ended: true };
        }
        records.push({ line, reason });
        skipLine();
        continue;
      }
      if (cut.kind === "broken") records.push({ line, reason: cut.reason });
      if (cut.kind === "record") records.push(checked(cut.text, line));
      advance(cut.next);
    }
    return { records, ended: false };
  };

  const arrived: Buffer[] = [];
  let waiting = 0;
  const takeIn = (): void => {
    bytes = Buffer.concat([bytes.subarray(from), ...arrived]);
    from = 0;
    arrived.length = 0;
    waiting = 0;
  };

  try {
    for await (const chunk of readDecoded(file)) {
      arrived.push(chunk);
      waiting += chunk.length;
      // A long record is looked through from its beginning again: only when as much again of it has arrived.
      if (waiting < bytes.length - from) continue;
      takeIn();
      const { records, ended } = cutAll(false);
      yield records;
      if (ended) return;
    }
  } catch (error) {
    if (!isZlibError(error)) throw error;
    takeIn();
    yield cutAll(false).records;
    // What is left in `bytes` is half a record.
    yield [{ line, reason: `the compressed file is damaged or ends early (${error.message})` }];
    return;
  }
  takeIn();
  yield cutAll(true).records;
}

function checked(text: Buffer, line: number): SourceRecord {
  if (text.length > LONGEST_RECORD) return { line, reason: `longer than ${LONGEST_RECORD / 1024 / 1024} MiB` };
  if (!isUtf8(text)) return { line, reason: "not UTF-8" };
  return { line, text };
}

/** The bytes of a file as it was before compression, in pieces of at most `most`. */
export async function* readChunks(file: LogFile, most = CHUNK): AsyncGenerator<Buffer> {
  // A buffer is made in its full size for the smallest file, and many of them keep the collector busy.
  const raw = createReadStream(file.path, { highWaterMark: Math.min(most, file.size + 1) });
  if (!file.gzip) {
    yield* raw;
    return;
  }
  const unpacked = raw.pipe(createGunzip({ chunkSize: Math.min(most, 64 + file.size * 100) }));
  raw.once("error", (error) => unpacked.destroy(error));
  try {
    yield* unpacked;
  } finally {
    raw.destroy();
  }
}

export type Encoding = "utf-8" | "utf-8 with mark" | "utf-16le" | "utf-16be";

/** What the first bytes of a file say of its encoding. Windows PowerShell writes UTF-16 where nobody asked for it. */
export function encodingOf(start: Buffer): Encoding {
  if (start[0] === 0xef && start[1] === 0xbb && start[2] === 0xbf) return "utf-8 with mark";
  if (start[0] === 0xff && start[1] === 0xfe) return "utf-16le";
  if (start[0] === 0xfe && start[1] === 0xff) return "utf-16be";
  return "utf-8";
}

/** The file as UTF-8 without a byte order mark. */
export async function* readDecoded(file: LogFile): AsyncGenerator<Buffer> {
  let decoder: InstanceType<typeof TextDecoder> | undefined;
  let first = true;
  for await (const chunk of readChunks(file)) {
    const encoding = first ? encodingOf(chunk) : undefined;
    first = false;
    if (encoding === "utf-16le" || encoding === "utf-16be") decoder = new TextDecoder(encoding);
    if (decoder) yield Buffer.from(decoder.decode(chunk, { stream: true }));
    else yield encoding === "utf-8 with mark" ? chunk.subarray(3) : chunk;
  }
}

/** Truncated, corrupted or not gzip at all. */
export const isZlibError = (error: unknown): error is Error =>
  error instanceof Error && "code" in error && typeof error.code === "string" && error.code.startsWith("Z_");
