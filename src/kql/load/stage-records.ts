// The slow way in: a file that has a fault is written again record by record, each with the number of its line, so that
// the engine judges one record at a time and can say where it was.
import { once } from "node:events";
import { createWriteStream } from "node:fs";
import { BrokenLines } from "./broken-lines.ts";
import type { LogFile } from "./log-files.ts";
import { type Cutter, readRecords } from "./read-records.ts";

/** Between line number and record. A control character, so never in valid JSON, inside a text or out. */
export const STAGE_SEPARATOR = "\x01";
const SEPARATOR = 0x01;

export interface Staged {
  /** What cannot even be told as a record. */
  readonly broken: BrokenLines;
  /** Bytes of the longest line that was written. */
  readonly longest: number;
}

/** Writes `<line><separator><record>` per record. */
export async function stageRecords(file: LogFile, cutter: Cutter, to: string): Promise<Staged> {
  const broken = new BrokenLines();
  let longest = 0;
  const out = createWriteStream(to);
  let failure: Error | undefined;
  out.once("error", (error) => {
    failure = error;
  });
  for await (const records of readRecords(file, cutter)) {
    const parts: Buffer[] = [];
    for (const record of records) {
      if ("reason" in record) broken.add(record.line, record.reason);
      // NUL ends a text where the engine reads lines, and is as invalid in JSON.
      else if (record.text.includes(SEPARATOR) || record.text.includes(0)) {
        broken.add(record.line, "a control character, not JSON");
      } else {
        const number = Buffer.from(`${record.line}${STAGE_SEPARATOR}`);
        longest = Math.max(longest, number.length + record.text.length + 1);
        parts.push(number, record.text, Buffer.from("\n"));
      }
    }
    if (failure) throw failure;
    if (parts.length > 0 && !out.write(Buffer.concat(parts))) await once(out, "drain");
  }
  out.end();
  if (!out.closed) await once(out, "close");
  if (failure) throw failure;
  return { broken, longest };
}
