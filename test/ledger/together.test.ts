// Hunts that are due at the same time look one after the other and are judged together.
import { describe, expect, test } from "vitest";
import { readLedger } from "../../src/ledger/ledger.ts";
import { RESPONSE } from "../../src/ledger/response-records.ts";
import { memoryJournal } from "../../src/local/memory-journal.ts";
import { Problem, Problems, problemTexts } from "../../src/problems.ts";
import { replay } from "../../src/replay.ts";
import { unpackRecord } from "../../src/run-record.ts";
import { days, hours, later, minutes } from "../../src/time.ts";
import { watch } from "../../src/triggers/watch.ts";
import { at, huntFile, huntOf, ownHunt } from "../builders.ts";
import { aSuccess, evident } from "../evident.ts";
import { aSpray } from "../tenant.ts";
import { anInvocation, aTestApp, type TestApp } from "../test-app.ts";
import { allOf, runUntil } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");
const first = ownHunt("single-factor-spray");
const MARK = "// the second of two";
/** The same hunt under another name, whose question can be told from the first's. */
const second = huntOf(
  huntFile("single-factor-spray")
    .replace(/^id: .*$/m, "id: 5f9d2c1e-8a4b-4c3d-9e2f-1a2b3c4d5e6f")
    .replaceAll(/^( +)(AADNonInteractiveUserSignInLogs)$/gm, `$1${MARK}\n$1$2`),
  "second-spray.yaml",
);

const anApp = (environment: Readonly<Record<string, string>> = {}): TestApp =>
  evident(aTestApp(start, { hunts: [first, second], environment: { FIRST_LOOK_BACK: "2h", ...environment } }));
const evidenceAsked = ({ tenant }: TestApp): number =>
  tenant.asked.filter(({ kql }) => kql.includes("let BurstsOfCodes")).length;

describe("hunts that are due at the same time", () => {
  test("ask for the evidence once, and tell what both have found as one campaign", async () => {
    const app = anApp();
    await runUntil(app, later(start, minutes(20)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    app.clock.set(later(start, minutes(30)));
    const before = evidenceAsked(app);
    await watch(app, anInvocation());
    expect(evidenceAsked(app) - before).toBe(1);
    expect([...app.queue.values()].map(({ title }) => title)).toEqual([expect.stringContaining("40 attempted")]);
    expect([...app.queue.values()][0]?.description).toContain("Joined by | the same address: 203.0.113.7");

    await runUntil(app, later(start, hours(2)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T14:12:00Z")));
    await runUntil(app, later(start, hours(3)));
    expect(app.queue.size).toBe(1);
    expect(new Set(app.said.cards.filter(({ id }) => id.endsWith(".opened")).map(({ id }) => id)).size).toBe(0);
  });

  test("fail each for itself: the other tells, the invocation fails, and what was not looked at stays open", async () => {
    const app = anApp();
    await runUntil(app, later(start, minutes(20)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    const answering = app.tenant.before;
    app.tenant.before = (question) => {
      if (question.kql.includes(MARK)) throw new Problem(problemTexts.queryTimedOut(minutes(3)));
      return answering(question);
    };
    app.clock.set(later(start, minutes(30)));
    await expect(watch(app, anInvocation())).rejects.toThrow(Problems);
    expect(app.queue.size).toBe(1);
    const [told, failed] = await Promise.all(app.hunts.map((hunt) => readLedger(hunt, app.ports.journal)));
    expect(told?.coverage?.lastRun).toMatchObject({ outcome: "done" });
    expect(failed?.coverage?.lastRun).toMatchObject({ outcome: "failed", code: "QueryTimedOut" });

    app.tenant.before = answering;
    await runUntil(app, later(start, hours(1)));
    expect(app.queue.size).toBe(1);
    const again = await readLedger(second, app.ports.journal);
    expect(again.coverage?.lastRun).toMatchObject({ outcome: "done" });
  });

  /** The first has found a spray, which the second does not see; somebody gets in an hour later. */
  async function attacked(environment: Readonly<Record<string, string>>): Promise<TestApp> {
    const app = anApp({ RESPONSE_ACTIONS: "revokeSessions", ...environment });
    const answering = app.tenant.before;
    app.tenant.before = (question) => (question.kql.includes(MARK) ? { rows: [] } : answering(question));
    await runUntil(app, later(start, minutes(20)));
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(app, later(start, hours(1)));
    expect([...app.queue.values()].map(({ title }) => title)).toEqual([expect.stringContaining("40 attempted")]);
    app.tenant.signIns.push(aSuccess(at("2026-11-21T13:12:00Z"), "user3@contoso.example"));
    return app;
  }
  const titles = ({ queue }: TestApp) => [...queue.values()].map(({ title }) => title);
  const aboutProof = ({ said }: TestApp) => said.cards.filter(({ card }) => JSON.stringify(card).includes("1 got in"));
  const orders = (app: TestApp) => allOf(app.ports.journal, RESPONSE, "order ");

  test.each([
    [
      "has been switched off",
      (app: TestApp): TestApp => ({
        ...app,
        settings: { ...app.settings, hunts: { ...app.settings.hunts, disabled: ["single-factor-spray"] } },
      }),
    ],
    ["there is no longer", (app: TestApp): TestApp => ({ ...app, hunts: [second] })],
  ])(
    "go on asking about the campaign of a hunt that %s, and let nothing be done for another's sake",
    async (_, without) => {
      const app = await attacked({ RESPONSE_MODES: "second-spray=automatic" });
      await runUntil(without(app), later(start, hours(2)));
      expect(titles(app)).toContainEqual(expect.stringContaining("1 got in"));
      expect(aboutProof(app)).toHaveLength(1);
      expect(await orders(app)).toEqual([]);
      expect([...app.queue.values()][0]?.description).toContain("The settings leave its hunt off (RESPONSE_MODES)");
    },
  );

  test("go on asking about the campaign of a hunt that fails, and tell nothing twice once it answers again", async () => {
    const app = await attacked({});
    const answering = app.tenant.before;
    app.tenant.before = (question) => {
      if (question.kql.includes("Users = count_distinct(Account)") && !question.kql.includes(MARK))
        throw new Problem(problemTexts.queryTimedOut(minutes(3)));
      return answering(question);
    };
    expect(await runUntil(app, later(start, hours(2)))).toBe(6);
    expect(titles(app)).toContainEqual(expect.stringContaining("1 got in"));
    app.tenant.before = answering;
    await runUntil(app, later(start, hours(3)));
    expect(titles(app)).toContainEqual(expect.stringContaining("1 got in"));
    expect(aboutProof(app)).toHaveLength(1);
  });

  test("go on asking about campaigns also while all of them fail", async () => {
    const app = await attacked({});
    const answering = app.tenant.before;
    app.tenant.before = (question) => {
      if (question.kql.includes("Users = count_distinct(Account)"))
        throw new Problem(problemTexts.queryTimedOut(minutes(3)));
      return answering(question);
    };
    expect(await runUntil(app, later(start, minutes(90)))).toBe(3);
    expect(titles(app)).toContainEqual(expect.stringContaining("1 got in"));
    expect(aboutProof(app)).toHaveLength(1);
    app.tenant.before = answering;
    await runUntil(app, later(start, hours(3)));
    expect(titles(app)).toContainEqual(expect.stringContaining("1 got in"));
    expect(aboutProof(app)).toHaveLength(1);
  });

  test("leave a record each, which decides the same when it is replayed by itself", async () => {
    const kept = new Map<string, Uint8Array>();
    const store = {
      keep: async (id: string, bytes: Uint8Array) => void kept.set(id, bytes),
      read: async () => null,
      eraseBefore: async () => 0,
    };
    const app = { ...anApp(), records: { store, retention: days(30), sizeBytes: 10_000_000 } };
    app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(app, later(start, hours(1)));
    const records = [...kept.values()].map(unpackRecord);
    const live = records.filter(({ ask }) => ask?.kind === "live");
    expect(new Set(live.map(({ hunt }) => hunt.slug))).toEqual(new Set(["single-factor-spray", "second-spray"]));
    expect(live.filter(({ decisions }) => decisions.length > 0).length).toBeGreaterThan(0);
    for (const record of records) {
      const { before, after, same } = await replay(record, memoryJournal());
      expect(after, record.id).toEqual(before);
      expect(same, record.id).toBe(true);
    }
  });
});
