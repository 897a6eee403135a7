// How much of the logs one scheduled question reads: the timers fire over days, and every question that is sent is measured.
import { describe, expect, test } from "vitest";
import { cellOf } from "../../src/ledger/records.ts";
import { careId, RESPONSE } from "../../src/ledger/response-records.ts";
import type { Question } from "../../src/ports.ts";
import { readQuestions } from "../../src/rulebook.ts";
import { days, formatDuration, hours, type Instant, later, lengthOf, minutes } from "../../src/time.ts";
import { ownHunt } from "../builders.ts";
import { aSuccess, evident } from "../evident.ts";
import { aBreach, aProven, PROVEN } from "../response/people.ts";
import { aSpray, aTrickle } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

const start = later(PROVEN, minutes(15));
const own = [ownHunt("failed-portal-sign-in"), ownHunt("single-factor-spray")];
const questions = Object.entries(await readQuestions());
/** What was usual over two weeks, asked once a day at most. */
const HABITS = ["activeAccounts", "habits", "knownSources", "watchedHabits"];

function nameOf({ kql }: Question): string {
  if (kql.includes("Arrived = ingestion_time()")) return "arrivals";
  const question = questions.find(([, text]) => kql.endsWith(text));
  return question?.[0] ?? (kql.includes("| extend Exclusion =") ? "hidden attempts" : "hunts");
}

/** Of each question that was sent: the longest stretch that it read. */
function longest(asked: readonly Question[]): ReadonlyMap<string, number> {
  const found = new Map<string, number>();
  for (const question of asked) {
    const name = nameOf(question);
    found.set(name, Math.max(found.get(name) ?? 0, lengthOf(question.window)));
  }
  return found;
}
const tooLong = (read: ReadonlyMap<string, number>): readonly string[] =>
  [...read].filter(([, length]) => length > hours(25)).map(([name]) => name);

/** What the hunt of the portal promises; nobody fails there. */
const PORTAL =
  "Kind Group Label Window Accounts Addresses Networks Countries Cut Failures FailingAccounts SucceedingAccounts DayFailures DayNetworks DayAddresses First Last";

async function anApp(environment: Readonly<Record<string, string>> = {}, hunts = own): Promise<TestApp> {
  const app = evident(aTestApp(start, { hunts, environment: { FIRST_LOOK_BACK: "2h", ...environment } }));
  app.tenant.signIns.push(...aTrickle(later(start, hours(72)), later(start, days(12))));
  const answering = app.tenant.before;
  app.tenant.before = (question) =>
    question.kql.includes("PortalAppId")
      ? { rows: [], columns: PORTAL.split(" ").map((name) => ({ name, type: "dynamic" })) }
      : answering(question);
  expect(await runUntil(app, later(start, hours(2)))).toBe(0);
  app.tenant.asked.length = 0;
  return app;
}

/** An account is watched from now on. */
async function watching(app: TestApp): Promise<void> {
  const proven = aProven(1);
  const care = {
    account: proven,
    campaign: aBreach([proven]),
    order: "order-1",
    measures: ["revokeSessions"],
    from: app.clock.now(),
    until: later(app.clock.now(), hours(24)),
    seenTo: null,
    told: [],
    over: false,
  };
  await app.ports.journal.commit(RESPONSE, [
    { kind: "put", id: careId(proven.id, care.order), value: cellOf(care), basedOn: null },
  ]);
}

const inside = (at: Instant, arrives: Instant) => ({ ...aSuccess(at, "user3@contoso.example"), arrives });
const titles = ({ queue }: TestApp): string => [...queue.values()].map(({ title }) => title).join("\n");

describe("a scheduled question", () => {
  test("reads 25 hours at most, but for what is usual: with campaigns open, asked about daily, and accounts watched", async () => {
    const app = await anApp({ EVIDENCE_OPEN_FOR: "6h" });
    await watching(app);
    app.tenant.signIns.push(...aSpray(later(start, minutes(125))));
    await runUntil(app, later(start, hours(34)));
    const read = longest(app.tenant.asked);
    expect([...read.keys()].toSorted()).toEqual(
      [
        ...["accountChanges", "afterCare", "arrivals", "evidence", "habits", "hidden attempts", "hunts", "newestRows"],
        "watchedHabits",
      ].toSorted(),
    );
    expect(tooLong(read).toSorted()).toEqual(["habits", "watchedHabits"]);
    expect(tooLong(read).every((name) => HABITS.includes(name))).toBe(true);
  });

  test("reads more only where it fills a gap: a step of it, and its hunt's windows around that", async () => {
    const app = await anApp();
    await runUntil(app, later(start, hours(4)));
    app.tenant.asked.length = 0;
    app.clock.set(later(start, hours(76)));
    await runUntil(app, later(start, hours(80)));
    // In windows of a day a step of six hours touches 24 before it; and the hour that excuses a mistype.
    expect(tooLong(longest(app.tenant.asked))).toEqual(["hunts"]);
    expect(formatDuration(longest(app.tenant.asked).get("hunts") as never)).toBe("31h");
  });
});

/** Often enough for a hunt of ten minutes that looks back an hour. */
const STEP = minutes(30);

describe("a campaign that is asked about once a day", () => {
  /** Its last attempt was in the third hour; from the ninth on it is asked about daily. */
  async function daily(): Promise<TestApp> {
    const app = await anApp({ EVIDENCE_OPEN_FOR: "6h" }, own.slice(1));
    app.tenant.signIns.push(...aSpray(later(start, minutes(125))));
    await runUntil(app, later(start, hours(12)), STEP);
    expect(titles(app)).toContain("40 attempted");
    return app;
  }

  test("loses no row that arrives a day late", async () => {
    const app = await daily();
    // Just before a day's question, and seen first by the next but one.
    const at = later(start, hours(9));
    app.tenant.signIns.push(inside(at, later(at, hours(24))));
    await runUntil(app, later(start, hours(62)), STEP);
    expect(titles(app)).toContain("1 got in");
  });

  test("is asked about all of the time for which nobody could be asked", async () => {
    const app = await daily();
    app.tenant.signIns.push(inside(later(start, hours(36)), later(start, hours(36))));
    app.clock.set(later(start, hours(100)));
    await runUntil(app, later(start, hours(101)), STEP);
    expect(titles(app)).toContain("1 got in");
  });

  test("is asked again at once where the logs answered in part", async () => {
    const app = await daily();
    const answering = app.tenant.before;
    app.tenant.signIns.push(inside(later(start, hours(30)), later(start, hours(30))));
    app.tenant.before = async (question) =>
      nameOf(question) === "evidence" ? { rows: [], whole: false, missing: "a limit" } : answering(question);
    await runUntil(app, later(start, hours(34)), STEP);
    app.tenant.before = answering;
    await runUntil(app, later(start, hours(35)), STEP);
    expect(titles(app)).toContain("1 got in");
  });
});
