// What is remembered of findings holds names and addresses, and is not kept for ever.
import type { Change, Journal } from "../ports.ts";
import { days, earlier, type Instant, instant, later } from "../time.ts";
import { CAMPAIGNS, campaignRecordId, cellOf, GROUPS, HOUSE, readRecord, records } from "./records.ts";

/** Longer than anything is asked about again, and than a team takes to close a case. */
export const REMEMBERED = days(90);
/** Records that are looked at with each wake-up: in a day all of them, in a tenant that is attacked a lot. */
const AT_A_TIME = 20;
const CURSOR = "forgotten to";

/** Longer than a campaign is asked about, or a mute of it lasts. */
export const CAMPAIGNS_REMEMBERED = days(90);
const CAMPAIGNS_CURSOR = "campaigns forgotten to";

/** The same for campaigns; without it they would become more than a run can recall. */
export async function forgetOldCampaigns(now: Instant, journal: Journal): Promise<void> {
  const cursor = await journal.read(HOUSE, CAMPAIGNS_CURSOR);
  const begin = campaignRecordId("");
  const from = typeof cursor?.value === "string" ? cursor.value : begin;
  const page = await journal.list(CAMPAIGNS, from, AT_A_TIME);
  const old = page.filter(
    (record) => later(readRecord(records.campaign, record, CAMPAIGNS).lastAttempt, CAMPAIGNS_REMEMBERED) <= now,
  );
  if (old.length > 0) {
    // One that a run has written meanwhile is looked at the next time round.
    await journal.commit(
      CAMPAIGNS,
      old.map(({ id, version }): Change => ({ kind: "delete", id, basedOn: version })),
    );
  }
  const last = page.at(-1)?.id;
  const next = last === undefined || page.length < AT_A_TIME ? begin : `${last}\u0000`;
  if (next !== from) await journal.commit(HOUSE, [{ kind: "put", id: CAMPAIGNS_CURSOR, value: next, basedOn: "any" }]);
}

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
