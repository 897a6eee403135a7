// The deployed app as it is wired: registered through the real library, its adapters through the real SDKs, the far end on
// loopback, its state in Azurite.
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { tableJournal } from "../src/azure/table-journal.ts";
import { azureApp } from "../src/azure-app.ts";
import { dueDeliveries, promised } from "../src/ledger/deliveries.ts";
import { plainCard } from "../src/ledger/plain-card.ts";
import { HOUSE } from "../src/ledger/records.ts";
import { type Azurite, startAzurite } from "../src/local/azurite.ts";
import { Problem, problemTexts } from "../src/problems.ts";
import { readSettings } from "../src/settings.ts";
import { alignDown, duration, earlier, hours, later, minutes } from "../src/time.ts";
import type { App } from "../src/triggers/app.ts";
import { anIncident } from "./contracts/incidents.ts";
import { type FarEnd, farEnvironment, realTime, startFarEnd, WEBHOOK } from "./far-end.ts";
import { jsonOf, serve } from "./served.ts";
import { aSpray, aTenant, aTrickle, type TestTenant } from "./tenant.ts";
import type { Worker } from "./worker.ts";

let azurite: Azurite;
let farEnd: FarEnd;
let tenant: TestTenant;
let app: App;
let worker: Worker;
let tables = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

beforeEach(async () => {
  const now = realTime.now();
  tenant = aTenant(realTime, aTrickle(earlier(now, hours(72)), now));
  // In the window before the one that is running, so that all of it is over.
  tenant.signIns.push(...aSpray(later(alignDown(now, minutes(10)), duration(-minutes(8))), { delay: minutes(0) }));
  farEnd = await startFarEnd({ logs: tenant });
  const patience = { tries: 2, firstWait: duration(10), longestWait: duration(100), longestTry: duration(2000) };
  const whole = await azureApp(
    readSettings({ ...farEnvironment, FIRST_LOOK_BACK: "2h", DISABLED_HUNTS: "failed-portal-sign-in" }),
    { ...farEnd.world, clock: realTime, patience },
  );
  tables += 1;
  const journal = tableJournal({
    store: { connectionString: azurite.connectionString },
    table: `app${tables}`,
    clock: realTime,
  });
  app = { ...whole, ports: { ...whole.ports, journal } };
  worker = await serve(app);
});
afterEach(() => farEnd.close());

describe("a timer that fires in Azure", () => {
  test("opens an incident in Sentinel and posts a card to Teams", async () => {
    await worker.timer("watch");
    expect([...farEnd.incidents.values()].map(({ properties }) => properties.title)).toEqual([
      expect.stringContaining("single-factor spray"),
    ]);
    expect(farEnd.cards.some((title) => title.includes("single-factor spray"))).toBe(true);
  });

  test("writes an incident that did not grow no second time", async () => {
    await worker.http("runHunt", { params: { name: "single-factor-spray" }, body: '{"period":"1h","act":true}' });
    await worker.http("runHunt", { params: { name: "single-factor-spray" }, body: '{"period":"1h","act":true}' });
    expect([...farEnd.incidents.values()].map(({ writes }) => writes)).toEqual([1]);
  });

  test("fails the invocation when a hunt could not look, and has run the others", async () => {
    tenant.before = ({ kql }) => {
      if (kql.includes("Users = count_distinct")) throw new Problem(problemTexts.missingTable("SigninLogs", "here"));
      return undefined;
    };
    await expect(worker.timer("watch")).rejects.toThrow("not in");
  });
});

test("a card that waits when the webhook is taken away keeps nothing else from being said", async () => {
  const settings = readSettings({ ...farEnvironment, TEAMS_WEBHOOK_URL: "", FIRST_LOOK_BACK: "2h" });
  const without = await azureApp(settings, { ...farEnd.world, clock: realTime });
  const { journal } = app.ports;
  const telling = { kind: "plain", topic: "health", title: "t", lead: "", sections: [], link: null } as const;
  const now = earlier(realTime.now(), minutes(1));
  const incident = {
    kind: "openIncident",
    reason: "",
    campaign: "",
    incident: anIncident({ title: "It waited behind the card." }),
  } as const;
  await journal.commit(HOUSE, [promised(plainCard("a-card", telling), now, now), promised(incident, now, now)]);
  const other = await serve({ ...without, ports: { ...without.ports, journal } });
  await other.timer("tend");
  expect([...farEnd.incidents.values()].map(({ properties }) => properties.title)).toContain(
    "It waited behind the card.",
  );
  expect(farEnd.cards).toEqual([]);
  const left = await dueDeliveries(HOUSE, later(realTime.now(), hours(1)), 10, journal);
  expect(left.map(({ delivery }) => delivery.trouble)).toEqual(["NoWebhook"]);
});

describe("what a caller and the log are told", () => {
  test("never holds the webhook's address, a token or a stack, whatever fails", async () => {
    farEnd.fault = (service) =>
      service === "cards"
        ? { reply: { fault: "reset" } }
        : service === "incidents"
          ? { reply: { status: 500, body: `at ${WEBHOOK} with a-token-for-tests` } }
          : undefined;
    const replies = [
      await worker.http("runHunt", { params: { name: "single-factor-spray" }, body: '{"period":"1h","act":true}' }),
      await worker.http("health", {}),
      await worker.http("listHunts", {}),
    ];
    await worker.timer("watch").catch(() => undefined);
    const all = [...replies.map(({ text }) => text), ...worker.said].join("\n");
    expect(all).toContain("openIncident");
    expect(all).not.toMatch(/sig=|a-secret|a-token-for-tests|\.ts:\d+/);
  });

  test("is the report, with what failed and what to do about it", async () => {
    farEnd.fault = (service) =>
      service === "incidents"
        ? { reply: { status: 403, body: { error: { code: "AuthorizationFailed", message: "no" } } } }
        : undefined;
    const reply = jsonOf(
      await worker.http("runHunt", { params: { name: "single-factor-spray" }, body: '{"period":"1h","act":true}' }),
    );
    expect(JSON.stringify(reply)).toContain("Microsoft Sentinel Responder");
  });
});

test("health asks the workspace about each table by itself", async () => {
  const reply = await worker.http("health", {});
  expect(jsonOf(reply)).toMatchObject({
    logs: "the workspace law-logs",
    tables: [{ table: "AADNonInteractiveUserSignInLogs", rowsLastDay: expect.any(Number) }],
  });
});
