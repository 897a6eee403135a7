// Reading and writing a hunt's ledger: one record, changed only on the version that was read.
import type { Hunt } from "../hunts/hunt.ts";
import type { Change, Journal } from "../ports.ts";
import {
  COVERAGE,
  type Coverage,
  cellOf,
  type FilledGap,
  filledGapId,
  partitionOf,
  readRecord,
  records,
} from "./records.ts";

export interface Ledger {
  readonly coverage: Coverage | null;
  /** Null where there is no record yet. */
  readonly version: string | null;
}

export async function readLedger(hunt: Hunt, journal: Journal): Promise<Ledger> {
  const partition = partitionOf(hunt);
  const record = await journal.read(partition, COVERAGE);
  return record === null
    ? { coverage: null, version: null }
    : { coverage: readRecord(records.coverage, record, partition), version: record.version };
}

export const coverageChange = (coverage: Coverage, version: string | null): Change => ({
  kind: "put",
  id: COVERAGE,
  value: cellOf(coverage),
  basedOn: version,
});

export const filledGapChange = (gap: FilledGap): Change => ({
  kind: "put",
  id: filledGapId(gap),
  value: cellOf(gap),
  basedOn: "any",
});
