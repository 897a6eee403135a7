import { beforeEach, describe, expect, test } from "vitest";
import { shortNameOf } from "../../src/findings/short-name.ts";
import { recallCampaigns } from "../../src/ledger/campaigns.ts";
import { days, hours, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { aSuccess, evident } from "../evident.ts";
import { runUntil } from "../ledger/engine.ts";
import { jsonOf, serve } from "../served.ts";
import { aSpray } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";

const start = at("2026-11-21T12:00:00Z");
const now = later(start, hours(1));
const body = { because: "our own password audit", by: "ada@contoso.example", days: 7 };

let app: TestApp;
let id: string;
beforeEach(async () => {
  app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } }));
  await runUntil(app, later(start, minutes(20)));
  app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
  await runUntil(app, now);
  id = (await remembered()).id;
});

async function remembered() {
  const [known] = await recallCampaigns(app.ports.journal, app.clock.now());
  if (known === undefined) throw new Error("No campaign is remembered.");
  return known.memory;
}
const post = async (name: string, sent: unknown = body) =>
  (await serve(app)).http("mute", {
    params: { name },
    body: typeof sent === "string" ? sent : JSON.stringify(sent),
  });

describe("a mute over HTTP", () => {
  test("is asked for by the campaign's two words or by its id, and says until when it holds", async () => {
    for (const name of [shortNameOf(id), id]) {
      const reply = await post(name);
      expect([reply.status, jsonOf(reply)]).toEqual([
        200,
        {
          ...{ campaign: id, shortName: shortNameOf(id), because: body.because, by: body.by },
          until: "2026-11-28T13:00:00.000Z",
        },
      ]);
      expect((await remembered()).mute).toEqual({ because: body.because, by: body.by, until: later(now, days(7)) });
    }
  });

  test.each([
    ["nothing", ""],
    ["no JSON", "quiet!"],
    ["no name", { ...body, by: " " }],
    ["no reason", { because: "", by: body.by, days: 7 }],
    ["no length", { because: body.because, by: body.by }],
    ["31 days", { ...body, days: 31 }],
    ["no days at all", { ...body, days: 0 }],
    ["an unknown key", { ...body, for: "ever" }],
  ])("with %s is a mistake that changes nothing", async (_, sent) => {
    const reply = await post(id, sent);
    expect([reply.status, reply.headers["content-type"]]).toEqual([400, "application/problem+json"]);
    expect((await remembered()).mute).toBeNull();
  });

  test("of a campaign that nobody knows is no mute", async () => {
    const reply = await post("purple-nobody");
    expect([reply.status, jsonOf(reply).code]).toEqual([404, "UnknownCampaign"]);
  });
});

describe("a muted campaign", () => {
  beforeEach(() => post(id));
  const opened = () => app.said.cards.filter(({ id: card }) => card.endsWith(".opened"));

  test("is noise for all who read of it, and wakes nobody for a wave of lock-outs", async () => {
    app.tenant.signIns.push(...aSpray(later(now, minutes(2)), { code: "50053" }));
    await runUntil(app, later(now, hours(1)));
    expect((await remembered()).level).toBe("noise");
    const [incident] = [...app.queue.values()];
    expect(incident?.labels).toContain("level:noise");
    expect(incident?.description).toContain("uted by ada@contoso.example until 2026-11-28: our own password audit");
    expect(opened()).toEqual([]);
  });

  test("has its card at once when a password is proven", async () => {
    app.tenant.signIns.push(aSuccess(later(now, minutes(2)), "user3@contoso.example"));
    await runUntil(app, later(now, hours(1)));
    expect((await remembered()).level).toBe("entered");
    expect([...app.queue.values()]).toMatchObject([{ severity: "High", title: expect.stringContaining("1 got in") }]);
    expect(opened()).toHaveLength(1);
  });
});
