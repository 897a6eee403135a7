import { expect, test } from "vitest";
import { recallCampaigns } from "../../src/ledger/campaigns.ts";
import { hours, later, lengthOf, minutes } from "../../src/time.ts";
import { askAgain } from "../../src/triggers/response-rules.ts";
import { at, ownHunt } from "../builders.ts";
import { aSuccess, evident } from "../evident.ts";
import { runUntil } from "../ledger/engine.ts";
import { aCampaign } from "../response/examples.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";

const start = at("2026-11-21T12:00:00Z");
const inside = later(start, hours(40));

/** A spray, and forty hours later somebody who gets in; the incident says so. */
async function entered(): Promise<TestApp> {
  const app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } }));
  app.tenant.signIns.push(...aSpray(later(start, minutes(12))));
  await runUntil(app, later(start, hours(1)));
  app.tenant.signIns.push(aSuccess(inside, "user3@contoso.example"));
  app.clock.set(inside);
  await runUntil(app, later(inside, hours(1)));
  expect([...app.queue.values()].map(({ title }) => title)).toEqual([expect.stringContaining("1 got in")]);
  return app;
}

test("a campaign that is asked about again has its proof, also where no hunt sees anything of it any more", async () => {
  const app = await entered();
  const [known] = await recallCampaigns(app.ports.journal, app.clock.now());
  const { id, findings } = known!.memory;
  // As the run has told it that saw nothing but the success.
  const campaign = { ...aCampaign("entered"), id, findings, first: inside, last: inside };
  app.tenant.asked.length = 0;
  const again = await askAgain({ campaign, hunts: [ownHunt("single-factor-spray").slug] }, app);
  expect(again?.accounts.entered.map(({ name }) => name)).toEqual(["user3@contoso.example"]);
  expect(
    app.tenant.asked
      .filter(({ window }) => lengthOf(window) > hours(25))
      .every(({ kql }) => kql.includes("let Sessions")),
  ).toBe(true);
});

test.each([1, 30])("proof that does not show any more is none when it is asked about %i hours later", async (after) => {
  const app = await entered();
  app.clock.set(later(inside, hours(after)));
  const [known] = await recallCampaigns(app.ports.journal, app.clock.now());
  const { id, findings } = known!.memory;
  const campaign = { ...aCampaign("entered"), id, findings, first: inside, last: inside };
  const success = app.tenant.signIns.findIndex(({ code }) => code === "0");
  app.tenant.signIns.splice(success, 1, { ...app.tenant.signIns[success]!, code: "50126" });
  const again = await askAgain({ campaign, hunts: [ownHunt("single-factor-spray").slug] }, app);
  expect(again?.accounts.entered ?? []).toEqual([]);
});
