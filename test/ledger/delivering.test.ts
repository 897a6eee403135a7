// What could not be said at once: it is tried again, given up in the open, and said somewhere else.
import { describe, expect, test } from "vitest";
import { MOST_TRIES, pauseAfter } from "../../src/ledger/deliveries.ts";
import { DELIVERIES, HOUSE, partitionOf } from "../../src/ledger/records.ts";
import type { Ports } from "../../src/ports.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import { throwStop } from "../../src/response/stop-switch.ts";
import { words } from "../../src/response/words.ts";
import { days, hours, later, minutes } from "../../src/time.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import { at, ownHunt } from "../builders.ts";
import { rendererFaults, schemaFaults } from "../response/check-card.ts";
import { aSpray } from "../tenant.ts";
import { anInvocation, aTestApp, type TestApp } from "../test-app.ts";
import { allOf, onlyHunt, runUntil, withPorts } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");
const failing = async (): Promise<never> => {
  throw new Problem(problemTexts.serviceFailed("the far end", "status 500"));
};

/** An app that knows an attack, whose cards or incidents fail. */
async function anApp(broken: "cards" | "incidents" | "both"): Promise<{ app: TestApp; whole: TestApp }> {
  const whole = aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } });
  await runUntil(whole, later(start, minutes(20)));
  whole.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
  const ports: Partial<Ports> = {
    ...(broken === "incidents" ? {} : { cards: { post: failing } }),
    ...(broken === "cards" ? {} : { incidents: { ...whole.ports.incidents, openOrUpdate: failing } }),
  };
  return { app: withPorts(whole, ports), whole };
}

test.each([true, false])(
  "a card of no campaign says whether the stop switch is on when it goes out: %s",
  async (on) => {
    const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } });
    await throwStop({ on, because: "the evidence looks wrong", at: start }, app.ports.journal);
    await runUntil(app, later(start, minutes(20)));
    const [first] = app.said.cards.filter(({ id }) => id.startsWith("first-"));
    if (first === undefined) throw new Error("The first look back was told by no card.");
    expect(JSON.stringify(first.card.body).includes(words.stopped)).toBe(on);
    expect([...schemaFaults(first.card), ...rendererFaults(first.card)]).toEqual([]);
  },
);

describe("a card that cannot be posted", () => {
  test("does not stop the incident, and is posted when the channel is back", async () => {
    const { app, whole } = await anApp("cards");
    await runUntil(app, later(start, hours(1)));
    expect([whole.queue.size, whole.said.cards.filter(({ id }) => id.endsWith(".opened")).length]).toEqual([1, 0]);
    await runUntil(whole, later(start, hours(3)));
    expect(whole.said.cards.filter(({ id }) => id.endsWith(".opened"))).toHaveLength(1);
  });

  test("is given up after two days: the incident says so, telemetry says so, and so does the next card", async () => {
    const { app, whole } = await anApp("cards");
    await runUntil(app, later(start, days(3)), minutes(30));
    expect(whole.said.comments.map(({ text }) => text)).toEqual([
      expect.stringContaining("could not be posted to Teams"),
    ]);
    expect(whole.said.events.filter(({ name }) => name === "DeadLetter")).toMatchObject([
      { properties: { channel: "postCard", code: "ServiceFailed", tries: MOST_TRIES } },
    ]);
    expect(await allOf(whole.ports.journal, partitionOf(onlyHunt(whole)), "dead ")).toHaveLength(1);
    const next = later(start, days(3));
    whole.tenant.signIns.push(...aSpray(later(next, minutes(2)), { code: "50053" }));
    await runUntil(whole, later(next, hours(1)));
    const card = whole.said.cards.find(({ id }) => id.endsWith(".opened"));
    expect(JSON.stringify(card)).toContain("An earlier message could not be delivered (ServiceFailed)");
  });
});

test("an incident that cannot be opened is given up with a card that says so", async () => {
  const { app, whole } = await anApp("incidents");
  await runUntil(app, later(start, days(3)), minutes(30));
  await runUntil(whole, later(start, days(3.1)), minutes(30));
  const cards = whole.said.cards.filter(({ id }) => id.startsWith("given-up-"));
  expect(cards).toHaveLength(1);
  expect(JSON.stringify(cards[0]?.card)).toContain("An incident could not be written");
});

test("where both fail telemetry still tells", async () => {
  const { app, whole } = await anApp("both");
  await runUntil(app, later(start, days(3)), minutes(30));
  const letters = whole.said.events
    .filter(({ name }) => name === "DeadLetter")
    .map(({ properties }) => properties.channel);
  expect(letters).toEqual(expect.arrayContaining(["openIncident", "postCard"]));
});

test("the pauses between tries grow from a minute to six hours", () => {
  expect([1, 2, 3, 20].map(pauseAfter)).toEqual([minutes(1), minutes(2), minutes(4), hours(6)]);
  const all = Array.from({ length: MOST_TRIES - 1 }, (_, n) => pauseAfter(n + 1)).reduce((a, b) => a + b, 0);
  expect(all).toBeGreaterThan(days(2));
});

test("what cannot be read in one place keeps nothing from being said that waits in another, and the timer fails", async () => {
  const { app, whole } = await anApp("cards");
  await runUntil(app, later(start, hours(1)));
  await whole.ports.journal.commit(HOUSE, [{ kind: "put", id: `${DELIVERIES}card x`, value: "?", basedOn: null }]);
  whole.clock.set(later(start, hours(8)));
  await expect(tend(whole, anInvocation())).rejects.toThrow("is not one that this app wrote");
  expect(whole.said.cards.filter(({ id }) => id.endsWith(".opened"))).toHaveLength(1);
});

describe("more campaigns than there is room for on cards", () => {
  test("are gathered into one card; every one has its incident", async () => {
    const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h", CARDS_PER_HOUR: "4" } });
    await runUntil(app, later(start, minutes(10)));
    app.said.cards.length = 0;
    for (const code of ["50126", "50053", "50055", "50056", "50064", "50144"])
      app.tenant.signIns.push(...aSpray(at("2026-11-21T12:02:00Z"), { code }));
    app.clock.set(later(start, minutes(20)));
    await watch(app, anInvocation());
    expect(app.queue.size).toBe(6);
    expect(app.said.cards.map(({ id }) => id.split("-")[0] === "gathered")).toEqual([false, false, true]);
    expect(JSON.stringify(app.said.cards.at(-1)?.card)).toContain("4 more campaigns");
  });

  test("of several hunts have one budget and one card together", async () => {
    const other = ownHunt("single-factor-spray");
    const hunts = [other, { ...other, id: "another", slug: "another", name: "Another hunt" }];
    const app = aTestApp(start, { hunts, environment: { FIRST_LOOK_BACK: "2h", CARDS_PER_HOUR: "5" } });
    await runUntil(app, later(start, minutes(10)));
    app.said.cards.length = 0;
    for (const code of ["50126", "50053", "50055", "50056"])
      app.tenant.signIns.push(...aSpray(at("2026-11-21T12:02:00Z"), { code }));
    app.clock.set(later(start, minutes(20)));
    await watch(app, anInvocation());
    expect(app.queue.size).toBe(8);
    // Two cards have said that the first look back found nothing; two and one more are what is left of five.
    const ids = app.said.cards.map(({ id }) => id);
    expect(ids.map((id) => (id.endsWith(".opened") ? "opened" : id.split("-")[0]))).toEqual([
      "opened",
      "opened",
      "gathered",
    ]);
    const gathered = JSON.stringify(app.said.cards.at(-1)?.card);
    for (const text of ["6 more campaigns", other.name, "Another hunt"]) expect(gathered).toContain(text);
  });

  test("are told with the next wake-up where the run ends before their card", async () => {
    const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h", CARDS_PER_HOUR: "1" } });
    await runUntil(app, later(start, minutes(10)));
    for (const code of ["50126", "50053"]) app.tenant.signIns.push(...aSpray(at("2026-11-21T12:02:00Z"), { code }));
    app.clock.set(later(start, minutes(20)));
    const cut = withPorts(app, {
      incidents: {
        ...app.ports.incidents,
        openOrUpdate: async () => {
          throw new Error("The process ends here.");
        },
      },
    });
    await expect(watch(cut, anInvocation())).rejects.toThrow("ends here");
    app.clock.set(later(start, minutes(30)));
    await tend(app, anInvocation());
    expect(app.said.cards.filter(({ id }) => id.startsWith("gathered"))).toHaveLength(1);
    expect(app.queue.size).toBe(2);
  });

  test("are not told again when the hour is over", async () => {
    const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h", CARDS_PER_HOUR: "1" } });
    await runUntil(app, later(start, minutes(10)));
    app.tenant.signIns.push(
      ...aSpray(at("2026-11-21T12:02:00Z")),
      ...aSpray(at("2026-11-21T12:02:00Z"), { code: "50053" }),
    );
    await runUntil(app, later(start, hours(4)));
    expect(app.said.cards.filter(({ id }) => id.startsWith("gathered"))).toHaveLength(1);
    expect(app.said.cards.filter(({ id }) => id.endsWith(".opened"))).toHaveLength(0);
  });
});

test("channels that are switched off are said to be, and nothing waits for them or is sent to them", async () => {
  const environment = { FIRST_LOOK_BACK: "2h", INCIDENTS: "off", TEAMS_WEBHOOK_URL: "" };
  const app = aTestApp(start, { environment });
  expect(await runUntil(app, later(start, minutes(10)))).toBe(0);
  app.tenant.signIns.push(...aSpray(at("2026-11-21T12:02:00Z")));
  expect(await runUntil(app, later(start, hours(1)))).toBe(0);
  // An outage and a gap that is given up have a card of their own where there is a channel for it.
  app.clock.set(later(start, days(20)));
  await runUntil(app, later(start, days(20.1)));
  expect([app.said.incidents, app.said.cards]).toEqual([[], []]);
});
