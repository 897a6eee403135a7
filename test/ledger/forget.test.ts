import { expect, test } from "vitest";
import { forgetOldCampaigns } from "../../src/ledger/forget.ts";
import { CAMPAIGNS, campaignRecordId, cellOf } from "../../src/ledger/records.ts";
import { memoryJournal } from "../../src/local/memory-journal.ts";
import { days, earlier, type Instant, later } from "../../src/time.ts";
import { at } from "../builders.ts";

const now = at("2026-11-21T12:00:00Z");
const aCampaign = (id: string, lastAttempt: Instant) => ({
  ...{ id, generation: 1, findings: [], joinedBy: [], window: { from: lastAttempt, to: lastAttempt }, sources: [] },
  ...{ everybodys: [], clients: [], attempted: ["ada@contoso.example"], lastAttempt, level: "attempted", proofs: [] },
  ...{ askedAt: null, told: null, mute: null, closed: null },
});

test("campaigns are forgotten 90 days after their last attempt, however many there are", async () => {
  const journal = memoryJournal();
  const put = (id: string, lastAttempt: Instant) =>
    journal.commit(CAMPAIGNS, [
      { kind: "put", id: campaignRecordId(id), value: cellOf(aCampaign(id, lastAttempt)), basedOn: null },
    ]);
  for (let n = 0; n < 50; n++) await put(`old ${n}`, earlier(now, days(91)));
  await put("a young one", earlier(now, days(89)));
  for (let n = 0; n < 4; n++) await forgetOldCampaigns(now, journal);
  expect((await journal.list(CAMPAIGNS, "", 100)).map(({ id }) => id)).toEqual([campaignRecordId("a young one")]);
  // And from the beginning again.
  for (let n = 0; n < 2; n++) await forgetOldCampaigns(later(now, days(2)), journal);
  expect(await journal.list(CAMPAIGNS, "", 100)).toEqual([]);
});
