// Every kind of record that the journal keeps, where it lies and what it holds. No other state exists anywhere.
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Hunt } from "../hunts/hunt.ts";
import type { Cell, JournalRecord } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { type Instant, instant } from "../time.ts";

/** Points in time are milliseconds since 1970, as everywhere inside. */
const moment = z.number().int().transform(instant);

/** What has been looked at of a hunt's logs, and what has not. One record per hunt, version checked with every commit. */
const coverage = z.object({
  /** Where the first scheduled run began to look at what happens now. */
  since: moment,
  /** Every window before this was asked for after it had settled, but for what is open. */
  settledTo: moment,
  /** What has still to be asked for, oldest first; none overlaps another. */
  open: z.array(
    z.object({
      /** "first": the look back of the first run. "outage": the timer did not run or the logs could not be asked. "late": rows came after their window had settled. */
      kind: z.enum(["first", "outage", "late"]),
      from: moment,
      to: moment,
      /** Asked for up to here. */
      doneTo: moment,
      openedAt: moment,
      because: z.string(),
      /** What its steps have found, as lines for the card that gathers them. */
      found: z.array(z.string()),
    }),
  ),
  /** Rows that had arrived by then are counted; later ones are looked for. Null before the first count. */
  arrivalsTo: moment.nullable(),
  lastRun: z.object({ at: moment, outcome: z.enum(["done", "partly", "failed"]), code: z.string() }).nullable(),
  lastSuccess: moment.nullable(),
});

/** A gap that was filled, for the history. */
const filledGap = z.object({
  kind: z.enum(["first", "outage", "late"]),
  from: moment,
  to: moment,
  openedAt: moment,
  filledAt: moment,
  because: z.string(),
  found: z.array(z.string()),
});

/** Who runs a timer until when. `token` rises with every new holder. */
const lease = z.object({ holder: z.string(), token: z.number().int(), until: moment });

export type Coverage = z.output<typeof coverage>;
export type OpenGap = Coverage["open"][number];
export type FilledGap = z.output<typeof filledGap>;
export type Lease = z.output<typeof lease>;

/** A kind of record: its schema, and the id under which it lies. */
interface Kind<T> {
  readonly schema: z.ZodType<T>;
}

export const records = {
  coverage: { schema: coverage },
  filledGap: { schema: filledGap },
  lease: { schema: lease },
} as const satisfies Record<string, Kind<unknown>>;

export const partitionOf = (hunt: Pick<Hunt, "id">): string => `hunt ${hunt.id}`;
export const TIMERS = "timers";
export const COVERAGE = "coverage";
/** In the order in which the gaps began. */
export const filledGapId = (gap: Pick<FilledGap, "from" | "kind">): string => `gap ${sortable(gap.from)} ${gap.kind}`;
export const leaseId = (timer: string): string => `lease ${timer}`;

/** Texts in the order of the moments. */
export const sortable = (at: Instant): string => String(at).padStart(16, "0");
/** A key for a text of any length and alphabet. */
export const short = (...texts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);

/** The value of a record as its kind says; throws the Problem UnreadableRecord where it is something else. */
export function readRecord<T>(kind: Kind<T>, record: JournalRecord, partition: string): T {
  const read = kind.schema.safeParse(record.value);
  if (read.success) return read.data;
  throw new Problem(problemTexts.unreadableRecord(partition), read.error);
}

/** A value as the journal takes it. Ours are plain data; what JSON leaves out is left out. */
export const cellOf = (value: unknown): Cell => JSON.parse(JSON.stringify(value)) as Cell; // JSON gives nothing but cells
