import { expect, test } from "vitest";
import { incidentId } from "../../src/findings/campaign.ts";
import { recallCampaigns } from "../../src/ledger/campaigns.ts";
import { hours, type Instant, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { evident } from "../evident.ts";
import { aSpray, type TestSignIn } from "../tenant.ts";
import { aTestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");

/** Of accounts that no other spray is against. */
const sprayOn = (whose: string, from: Instant, address: string): readonly TestSignIn[] =>
  aSpray(from, { address }).map((signIn) => ({ ...signIn, account: `${whose}-${signIn.account}` }));

test("a finding that fits two campaigns is told with the older, and the younger's incident says so", async () => {
  const app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } }));
  await runUntil(app, later(start, minutes(20)));
  app.tenant.signIns.push(...sprayOn("a", at("2026-11-21T12:12:00Z"), "198.51.100.1"));
  app.tenant.signIns.push(...sprayOn("b", at("2026-11-21T12:42:00Z"), "198.51.100.2"));
  await runUntil(app, later(start, minutes(70)));
  expect([app.queue.size, app.said.comments]).toEqual([2, []]);

  app.tenant.signIns.push(...sprayOn("c", at("2026-11-21T13:12:00Z"), "198.51.100.1"));
  app.tenant.signIns.push(...sprayOn("d", at("2026-11-21T13:12:00Z"), "198.51.100.2"));
  await runUntil(app, later(start, hours(2)));
  const [older, younger] = (await recallCampaigns(app.ports.journal, app.clock.now())).map(({ memory }) => memory);
  expect([older?.findings.length, younger?.findings.length, app.queue.size]).toEqual([2, 1, 2]);
  const said = new Set(app.said.comments.map(({ incident, id, text }) => JSON.stringify([incident, id, text])));
  expect([...said].map((each) => JSON.parse(each))).toEqual([
    [
      incidentId({ id: younger?.id ?? "", generation: 1 }),
      `also-fits-${older?.id}`,
      expect.stringContaining("older campaign"),
    ],
  ]);
});
