import { expect, test } from "vitest";
import { incidentId } from "../../src/findings/campaign.ts";
import { announce } from "../../src/ledger/announce.ts";
import { noteIncident } from "../../src/ledger/campaigns.ts";
import { deliveryId, dueDeliveries } from "../../src/ledger/deliveries.ts";
import { plainCard } from "../../src/ledger/plain-card.ts";
import { CAMPAIGNS, campaignRecordId, cellOf, HOUSE, partitionOf } from "../../src/ledger/records.ts";
import { memoryJournal } from "../../src/local/memory-journal.ts";
import { hours, later, minutes } from "../../src/time.ts";
import { at, ownHunt } from "../builders.ts";
import { evident } from "../evident.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");

test("a card that was given up is told on the campaign's newest incident, and not on the one that was closed", async () => {
  const app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } }));
  await runUntil(app, later(start, minutes(20)));
  app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
  await runUntil(app, later(start, hours(1)));
  const { journal } = app.ports;
  const [record] = await journal.list(CAMPAIGNS, campaignRecordId(""), 1);
  const campaign = record?.id.slice(campaignRecordId("").length) ?? "";
  await noteIncident(campaign, { generation: 2, closed: null }, journal);

  const telling = { kind: "plain", topic: "health", title: "", lead: "", sections: [], link: null } as const;
  const action = { ...plainCard("card", telling), campaign };
  const delivery = { action: { ...action }, promisedAt: start, tries: 17, notBefore: start, trouble: "" };
  const partition = partitionOf(ownHunt("single-factor-spray"));
  const held = { partition, id: deliveryId(action), version: "1", delivery, action };
  const elsewhere = memoryJournal();
  if (record !== undefined) {
    const read = await journal.read(CAMPAIGNS, record.id);
    const put = { kind: "put", id: record.id, value: cellOf(read?.value), basedOn: null } as const;
    await elsewhere.commit(CAMPAIGNS, [put]);
  }
  await announce([{ held, code: "ServiceFailed" }], { incidents: true, cards: true }, start, elsewhere);
  const said = await dueDeliveries(HOUSE, start, 10, elsewhere);
  expect(said.map(({ action: each }) => each)).toMatchObject([
    { kind: "addComment", incident: incidentId({ id: campaign, generation: 2 }) },
  ]);
});
