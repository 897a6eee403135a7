// The ledger seen from outside: timers fire, logs come late or not at all, and what is told at the end is what happened.
import { describe, expect, test } from "vitest";
import { readLedger } from "../../src/ledger/ledger.ts";
import { DELIVERIES, partitionOf } from "../../src/ledger/records.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import { days, hours, later, minutes } from "../../src/time.ts";
import { watch } from "../../src/triggers/watch.ts";
import { at } from "../builders.ts";
import { aSpray, aTrickle } from "../tenant.ts";
import { anInvocation, aTestApp, type TestApp } from "../test-app.ts";
import { allOf, fire, onlyHunt, runUntil, told } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");
const quiet = { FIRST_LOOK_BACK: "2h" };
const timedOut = () => {
  throw new Problem(problemTexts.queryTimedOut(minutes(3)));
};

/** The cards but for the one about the first look back. */
const cardsOf = (app: TestApp) => app.said.cards.map(({ id }) => id).filter((id) => !id.startsWith("first-"));

describe("an attack while the timer runs", () => {
  test("is one incident and one card, however often its window is asked for", async () => {
    const app = aTestApp(start, { environment: quiet });
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(app, later(start, hours(4)));
    expect([app.queue.size, app.said.incidents.length, cardsOf(app).map((id) => id.split(".")[1])]).toEqual([
      1,
      1,
      ["opened"],
    ]);
  });

  test("that grows is written to its incident and makes no second card", async () => {
    const app = aTestApp(start, { environment: quiet });
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z"), { accounts: 35 }));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:15:00Z"), { accounts: 60, delay: minutes(25) }));
    await runUntil(app, later(start, hours(4)));
    expect([app.queue.size, cardsOf(app).length]).toEqual([1, 1]);
    expect([...app.queue.values()][0]?.title).toContain("61 attempted");
  });

  test("leaves nothing in the journal that still has to be said", async () => {
    const app = aTestApp(start, { environment: quiet });
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(app, later(start, hours(1)));
    expect(await allOf(app.ports.journal, partitionOf(onlyHunt(app)), DELIVERIES)).toEqual([]);
  });
});

describe("rows that arrive late", () => {
  test("are found long after their window has settled", async () => {
    const app = aTestApp(start, { environment: quiet });
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z"), { delay: hours(9) }));
    await runUntil(app, later(start, hours(12)));
    expect(told(app.queue)).toHaveLength(1);
  });

  test("are found however late they are, also those that arrive while nobody looks", async () => {
    const app = aTestApp(start, { environment: quiet });
    app.tenant.signIns.push(
      ...aSpray(at("2026-11-21T12:12:00Z"), { delay: hours(24) }),
      ...aSpray(at("2026-11-21T13:12:00Z"), { delay: hours(46), code: "50053" }),
      ...aSpray(at("2026-11-23T14:12:00Z"), { delay: hours(24), code: "50034" }),
    );
    await runUntil(app, at("2026-11-23T15:00:00Z"));
    expect(told(app.queue)).toHaveLength(2);
    // The third arrives on the first of three days on which nobody looks; its window had settled the day before.
    app.tenant.signIns.push(...aTrickle(later(start, hours(72)), later(start, days(7))));
    app.clock.set(at("2026-11-26T22:00:00Z"));
    await runUntil(app, at("2026-11-27T00:00:00Z"));
    expect(told(app.queue)).toHaveLength(3);
  });

  test("cost one or two more questions about their windows, not more", async () => {
    const app = aTestApp(start, { environment: quiet });
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z"), { delay: hours(9) }));
    await runUntil(app, later(start, hours(12)));
    const aboutThem = app.tenant.asked.filter(
      ({ kql, window, deadline = start }) =>
        kql.includes("Users = count_distinct") &&
        window.to < later(start, hours(3)) &&
        deadline > later(start, hours(8)),
    );
    // Twice where the margin for rows that are seen a little after they arrived spans one more run.
    expect([1, 2]).toContain(aboutThem.length);
  });
});

describe("an outage", () => {
  test("of three hours loses nothing: what happened in it is told once, on one card that says it is late", async () => {
    const app = aTestApp(start, { environment: quiet });
    await runUntil(app, later(start, hours(1)));
    app.tenant.signIns.push(
      ...aSpray(at("2026-11-21T13:32:00Z"), { delay: minutes(40) }),
      ...aSpray(at("2026-11-21T14:03:00Z"), { delay: minutes(40), code: "50053" }),
    );
    app.clock.set(later(start, hours(4)));
    await runUntil(app, later(start, hours(7)));
    expect(told(app.queue)).toHaveLength(2);
    expect(cardsOf(app).map((id) => id.split("-")[0])).toEqual(["late"]);
    expect(JSON.stringify(app.said.cards.at(-1)?.card)).toContain("2 campaigns in a gap that was filled late");
  });

  test("is remembered with when and why, and how it was filled", async () => {
    const app = aTestApp(start, { environment: quiet });
    await runUntil(app, later(start, hours(1)));
    app.clock.set(later(start, hours(6)));
    await fire(app);
    const hunt = onlyHunt(app);
    const { coverage } = await readLedger(hunt, app.ports.journal);
    const gaps = await allOf(app.ports.journal, partitionOf(hunt), "gap ");
    expect(coverage?.open).toEqual([]);
    expect(gaps.map((id) => id.split(" ")[2])).toEqual(["first", "outage"]);
  });

  test("of the logs is a gap and never quiet", async () => {
    const app = aTestApp(start, { environment: quiet });
    await runUntil(app, later(start, hours(1)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T14:12:00Z")));
    app.tenant.before = timedOut;
    const failed = await runUntil(app, later(start, hours(6)));
    expect(failed).toBe(30);
    expect(app.said.events.filter(({ name }) => name === "RunFailed")).toHaveLength(30);
    app.tenant.before = () => undefined;
    await runUntil(app, later(start, hours(8)));
    expect(told(app.queue).filter((line) => line.includes("attempted"))).toHaveLength(1);
  });

  test("that is too old to be filled is given up with a card, and stays in the history", async () => {
    const app = aTestApp(start, { environment: { ...quiet, BACKFILL_LIMIT: "1h" } });
    await runUntil(app, later(start, hours(1)));
    app.clock.set(later(start, hours(12)));
    app.said.cards.length = 0;
    await watch(app, anInvocation());
    await watch(app, anInvocation());
    expect(app.said.cards.map(({ id }) => id.split("-")[0])).toEqual(["lost"]);
    expect(JSON.stringify(app.said.cards)).toContain("never looked at");
    const gaps = await allOf(app.ports.journal, partitionOf(onlyHunt(app)), "gap ");
    expect(gaps.map((id) => id.split(" ")[2])).toEqual(["first", "outage"]);
  });

  test("is filled in bounded steps, oldest first, after the present", async () => {
    const app = aTestApp(start, { environment: { ...quiet, BACKFILL_STEP: "2h", BACKFILL_STEPS_PER_RUN: "2" } });
    await runUntil(app, later(start, hours(1)));
    app.clock.set(later(start, hours(24)));
    app.tenant.asked.length = 0;
    await watch(app, anInvocation());
    const asked = app.tenant.asked
      .filter(({ kql }) => kql.includes("Users = count_distinct"))
      .map(({ window }) => (window.to - start) / hours(1));
    expect(asked[0]).toBe(24);
    expect(asked.slice(1).every((to, n, all) => n === 0 || to > (all[n - 1] ?? 0))).toBe(true);
    expect(asked).toHaveLength(3);
  });

  test("in part is not an answer: the window is asked for again until it is whole", async () => {
    const app = aTestApp(start, { environment: quiet });
    await runUntil(app, later(start, minutes(30)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:32:00Z")));
    app.tenant.before = ({ kql }) =>
      kql.includes("Users = count_distinct") ? { rows: [], whole: false, missing: "a limit" } : undefined;
    await runUntil(app, later(start, hours(4)));
    const { coverage } = await readLedger(onlyHunt(app), app.ports.journal);
    expect([app.queue.size, coverage?.lastRun?.outcome]).toEqual([expect.any(Number), "partly"]);
    app.tenant.before = () => undefined;
    await runUntil(app, later(start, hours(6)));
    expect(told(app.queue).filter((line) => line.includes("attempted"))).toHaveLength(1);
  });
});

describe("the first scheduled run", () => {
  test("looks back as far as it is told, opens nothing for it, and reports it on one card", async () => {
    const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "3d" } });
    app.tenant.signIns.push(...aSpray(at("2026-11-19T03:02:00Z")), ...aSpray(at("2026-11-20T21:32:00Z")));
    await runUntil(app, later(start, hours(3)));
    expect(app.queue.size).toBe(0);
    expect(app.said.cards.map(({ id }) => id.split("-")[0])).toEqual(["first"]);
    expect(JSON.stringify(app.said.cards[0]?.card)).toContain("The first look back found 2 campaigns");
  });

  test("tells an attack that is going on at once", async () => {
    const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "3d" } });
    app.tenant.signIns.push(...aSpray(at("2026-11-21T11:42:00Z")));
    await watch(app, anInvocation());
    expect(app.queue.size).toBe(1);
  });
});

describe("how much a run costs", () => {
  test("one that finds nothing asks the logs three times at most; once an hour also about what came a day late", async () => {
    const app = aTestApp(start, { environment: quiet });
    await runUntil(app, later(start, days(1)));
    const asked: number[] = [];
    for (let run = 0; run < 7; run++) {
      app.tenant.asked.length = 0;
      await watch(app, anInvocation());
      asked.push(app.tenant.asked.length);
      app.clock.set(later(app.clock.now(), minutes(10)));
    }
    expect(asked).toEqual([4, 3, 3, 3, 3, 3, 4]);
  });
});
