// A run on record: what was asked and answered, what was remembered, what was decided and why. Replaying it gives the same
// decisions without any service. Records hold personal data; docs/reliability.md says where they lie and how they are erased.
import { gunzipSync, gzipSync } from "node:zlib";
import type { Thresholds } from "./findings/thresholds.ts";
import type { Exclusion } from "./hunts/exclusion.ts";
import type { Hunt } from "./hunts/hunt.ts";
import type { Ask } from "./ledger/coverage.ts";
import type { HuntOrder, Order } from "./order.ts";
import type { HuntRun } from "./respond.ts";
import { digestOf, type Tape } from "./run-tape.ts";
import { type Instant, iso, type TimeWindow } from "./time.ts";

/** Where records lie. Each home has its own; none is kept where there is none. */
export interface RunRecords {
  keep(id: string, bytes: Uint8Array): Promise<void>;
  /** Null where there is no such record, or none any more. */
  read(id: string): Promise<Uint8Array | null>;
  /** Erases what was recorded before that day; how many records that were. */
  eraseBefore(at: Instant): Promise<number>;
}

/** What a run decided about one campaign. */
export interface Decision {
  readonly campaign: string;
  readonly shortName: string;
  readonly findings: readonly string[];
  readonly level: string;
  readonly because: string;
  readonly actions: readonly { readonly kind: string; readonly reason: string }[];
  readonly heldBack: readonly { readonly kind: string; readonly target: string; readonly reason: string }[];
}

/** What was asked of one hunt. */
export interface HuntOnRecord {
  readonly hunt: Hunt;
  readonly window: TimeWindow;
  /** Of a scheduled run: why this window. */
  readonly ask: Ask | null;
  readonly exclusions: readonly Exclusion[];
  readonly overrides: Thresholds;
}

export interface RunRecord extends HuntOnRecord {
  readonly version: 1;
  readonly id: string;
  readonly at: string;
  readonly by: "timer" | "http";
  /** Of the hunt as it was run. */
  readonly huntDigest: string;
  /** Hunts that were judged together, this one among them, in their order; absent where it was alone. */
  readonly together?: readonly HuntOnRecord[];
  /** What was asked for besides the hunt: mode, questions, rules. */
  readonly order: Pick<
    Order,
    "everyHunt" | "mode" | "size" | "questions" | "channels" | "grading" | "asking" | "response"
  >;
  readonly tape: Tape;
  readonly decisions: readonly Decision[];
  /** What the services said, and what failed. */
  readonly outcomes: readonly { readonly kind: string; readonly outcome: string; readonly detail: string }[];
  /** The code of what stopped the run, "" where it was done. */
  readonly failed: string;
}

/** Names the day first, so that records lie in the order in which they grow old: "20261121T120000Z-single-factor-spray-live-1f2e3d4c". */
export const recordId = (at: Instant, hunt: string, why: string, run: string): string =>
  `${iso(at).replace(/[-:]|\.\d+/g, "")}-${hunt}-${why}-${digestOf(run + why + at).slice(0, 8)}`;

/** "2026-11-21/20261121T…": a folder for each day. */
export const pathOf = (id: string): string => `${id.slice(0, 4)}-${id.slice(4, 6)}-${id.slice(6, 8)}/${id}.json.gz`;
export const RECORD_ID = /^\d{8}T\d{6}Z-[\w.-]{1,150}$/;

export function decisionsOf(run: HuntRun): readonly Decision[] {
  if (run.kind === "failed") return [];
  return run.told.map(({ plan: { campaign, actions, heldBack } }) => ({
    campaign: campaign.id,
    shortName: campaign.shortName,
    findings: campaign.findings.map(({ key }) => key),
    level: campaign.assessment.level,
    because: campaign.assessment.because,
    actions: actions.map(({ kind, reason }) => ({ kind, reason })),
    heldBack,
  }));
}

export interface Recorded {
  readonly id: string;
  readonly at: Instant;
  readonly by: RunRecord["by"];
  readonly order: Order;
  /** Of a scheduled run, by the hunt's id. */
  readonly asks: ReadonlyMap<string, Ask>;
  readonly run: HuntRun;
  readonly tape: Tape;
}

export function recordOf({ id, at, by, order, asks, run, tape }: Recorded): RunRecord {
  const onRecord = ({ hunt, window, exclusions, overrides }: HuntOrder): HuntOnRecord => ({
    hunt,
    window,
    ask: asks.get(hunt.id) ?? null,
    exclusions,
    overrides,
  });
  const done = run.kind === "failed" ? [] : run.told.flatMap((told) => told.done);
  return {
    version: 1,
    id,
    at: iso(at),
    by,
    ...onRecord(run.order),
    huntDigest: digestOf(run.order.hunt),
    ...(order.hunts.length > 1 ? { together: order.hunts.map(onRecord) } : {}),
    order: {
      ...(order.everyHunt === undefined ? {} : { everyHunt: order.everyHunt }),
      mode: order.mode,
      size: order.size,
      questions: order.questions,
      channels: order.channels,
      ...(order.grading === undefined ? {} : { grading: order.grading }),
      ...(order.asking === undefined ? {} : { asking: order.asking }),
      ...(order.response === undefined ? {} : { response: order.response }),
    },
    tape,
    decisions: decisionsOf(run),
    outcomes: done.map(({ action, outcome }) => ({
      kind: action.kind,
      outcome: outcome.kind,
      detail: outcome.kind === "failed" ? `${outcome.code}: ${outcome.detail}` : outcome.detail,
    })),
    failed: run.kind === "failed" ? run.problem.code : "",
  };
}

/** Compressed, in at most `limit` bytes: where that is too few, the rows of the largest answers give way to their digests. */
export function packRecord(record: RunRecord, limit: number): Uint8Array {
  let packed = gzipSync(JSON.stringify(record));
  let kept = record;
  while (packed.length > limit) {
    const largest = kept.tape.questions.reduce((most, each) =>
      (each.answer?.rows.length ?? 0) > (most.answer?.rows.length ?? 0) ? each : most,
    );
    if (largest.answer === null || largest.answer.rows.length === 0) break;
    const without = { ...largest, answer: null };
    kept = {
      ...kept,
      tape: { ...kept.tape, questions: kept.tape.questions.map((each) => (each === largest ? without : each)) },
    };
    packed = gzipSync(JSON.stringify(kept));
  }
  return packed;
}

/** A record as `packRecord` wrote it; throws plainly where it is something else. */
export function unpackRecord(bytes: Uint8Array): RunRecord {
  // Written by this app and by nobody else; the version is what may differ.
  const record = JSON.parse(gunzipSync(bytes).toString("utf8")) as RunRecord;
  if (record.version !== 1) throw new Error(`The record is of version ${record.version}; this app reads version 1.`);
  return record;
}
