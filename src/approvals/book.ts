// The approvals in the journal, by the number in the link.
import { readRecord } from "../ledger/records.ts";
import { type Approval, approvalId, linkId, RESPONSE, responseRecords } from "../ledger/response-records.ts";
import type { Journal } from "../ports.ts";
import { hashOf } from "./link.ts";

export interface Booked {
  readonly approval: Approval;
  readonly version: string;
}

/** Null for a number that was never given out, or whose approval is long over. */
export async function findApproval(number: string, journal: Journal): Promise<Booked | null> {
  const hash = hashOf(number);
  if (hash === null) return null;
  const link = await journal.read(RESPONSE, linkId(hash));
  if (link === null) return null;
  return readApproval(readRecord(responseRecords.link, link, RESPONSE).approval, journal);
}

export async function readApproval(id: string, journal: Journal): Promise<Booked | null> {
  const record = await journal.read(RESPONSE, approvalId(id));
  if (record === null) return null;
  return { approval: readRecord(responseRecords.approval, record, RESPONSE), version: record.version };
}
