// What is remembered of findings holds names and addresses, and is not kept for ever.
import type { Change, Journal } from "../ports.ts";
import { days, earlier, type Instant, instant } from "../time.ts";
import { cellOf, GROUPS, readRecord, records } from "./records.ts";

/** Longer than anything is asked about again, and than a team takes to close a case. */
export const REMEMBERED = days(90);
/** Records that are looked at with each wake-up: in a day all of them, in a tenant that is attacked a lot. */
const AT_A_TIME = 20;
const CURSOR = "forgotten to";

/** Goes through a partition's groups a few at a time, from where the last wake-up left off. */
export async function forgetOldGroups(partition: string, now: Instant, journal: Journal): Promise<void> {
  const cursor = await journal.read(partition, CURSOR);
  const from = typeof cursor?.value === "string" ? cursor.value : GROUPS;
  const page = (await journal.list(partition, from, AT_A_TIME)).filter(({ id }) => id.startsWith(GROUPS));
  const oldest = earlier(now, REMEMBERED);
  const changes = page.flatMap((record): Change[] => {
    const { known } = readRecord(records.group, record, partition);
    const kept = known.filter(({ finding }) => instant(finding.window.to) > oldest);
    if (kept.length === known.length) return [];
    if (kept.length === 0) return [{ kind: "delete", id: record.id, basedOn: record.version }];
    return [{ kind: "put", id: record.id, value: cellOf({ known: kept }), basedOn: record.version }];
  });
  const last = page.at(-1)?.id;
  const next = last === undefined || page.length < AT_A_TIME ? GROUPS : `${last}\u0000`;
  if (changes.length === 0 && next === from) return;
  // Where a run has written one of them meanwhile it is looked at the next time round.
  await journal.commit(partition, [...changes, { kind: "put", id: CURSOR, value: next, basedOn: "any" }]);
}
