// The stop switch: a setting of the deployment, and one that is thrown over HTTP and lies in the journal.
import { cellOf, readRecord } from "../ledger/records.ts";
import { RESPONSE, responseRecords, STOP, type Stop } from "../ledger/response-records.ts";
import type { Journal } from "../ports.ts";
import type { ResponseRules } from "./rules.ts";

/** Read before each write to the directory. Throws where the journal cannot be read: then nothing is written either. */
export async function isStopped(rules: Pick<ResponseRules, "stopped">, journal: Journal): Promise<boolean> {
  return rules.stopped || ((await readStop(journal))?.on ?? false);
}

export async function readStop(journal: Journal): Promise<Stop | null> {
  const record = await journal.read(RESPONSE, STOP);
  return record === null ? null : readRecord(responseRecords.stop, record, RESPONSE);
}

export async function throwStop(stop: Stop, journal: Journal): Promise<void> {
  await journal.commit(RESPONSE, [{ kind: "put", id: STOP, value: cellOf(stop), basedOn: "any" }]);
}
