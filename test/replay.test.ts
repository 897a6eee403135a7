// Every run that the app makes is recorded, and decides the same when it is replayed without any service.
import { describe, expect, test } from "vitest";
import { memoryJournal } from "../src/local/memory-journal.ts";
import { Problem, problemTexts } from "../src/problems.ts";
import { replay } from "../src/replay.ts";
import { packRecord, type RunRecord, type RunRecords, unpackRecord } from "../src/run-record.ts";
import { days, hours, later, minutes } from "../src/time.ts";
import { at } from "./builders.ts";
import { runUntil } from "./ledger/engine.ts";
import { serve } from "./served.ts";
import { aSpray } from "./tenant.ts";
import { aTestApp, type TestApp } from "./test-app.ts";

const start = at("2026-11-21T12:00:00Z");

interface Shelf extends RunRecords {
  readonly kept: Map<string, Uint8Array>;
  readonly erasedBefore: number[];
}

function aShelf(): Shelf {
  const kept = new Map<string, Uint8Array>();
  const erasedBefore: number[] = [];
  return {
    kept,
    erasedBefore,
    keep: async (id, bytes) => void kept.set(id, bytes),
    read: async (id) => kept.get(id) ?? null,
    eraseBefore: async (before) => {
      erasedBefore.push(before);
      return 0;
    },
  };
}

function anApp(environment: Readonly<Record<string, string>> = {}): { app: TestApp; shelf: Shelf } {
  const shelf = aShelf();
  const app = {
    ...aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h", ...environment } }),
    records: { store: shelf, retention: days(30), sizeBytes: 10_000_000 },
  };
  return { app, shelf };
}

const recordsIn = ({ kept }: Shelf): readonly RunRecord[] => [...kept.values()].map(unpackRecord);
const replayed = (record: RunRecord) => replay(record, memoryJournal());

describe("a recorded run", () => {
  test("decides the same when it is replayed, whatever became of it", async () => {
    const { app, shelf } = anApp();
    app.tenant.signIns.push(
      ...aSpray(at("2026-11-21T12:12:00Z")),
      ...aSpray(at("2026-11-21T12:31:00Z"), { code: "50053", delay: minutes(50) }),
    );
    await runUntil(app, later(start, minutes(50)));
    app.tenant.before = () => {
      throw new Problem(problemTexts.queryTimedOut(minutes(3)));
    };
    await runUntil(app, later(start, minutes(60)));
    app.tenant.before = () => undefined;
    app.clock.set(later(start, hours(5)));
    await runUntil(app, later(start, hours(5.5)));
    await (await serve(app)).http("runHunt", {
      params: { name: "single-factor-spray" },
      body: '{"period":"6h","act":true}',
    });
    const records = recordsIn(shelf);
    expect(records.length).toBeGreaterThan(10);
    expect(new Set(records.map(({ ask }) => ask?.kind ?? "asked"))).toEqual(
      new Set(["first", "live", "outage", "asked"]),
    );
    expect(records.filter(({ decisions }) => decisions.length > 0).length).toBeGreaterThan(3);
    expect(records.filter(({ failed }) => failed === "QueryTimedOut").length).toBe(1);
    for (const record of records) {
      const { same, before, after } = await replayed(record);
      expect(after, record.id).toEqual(before);
      expect(same, record.id).toBe(true);
    }
  });

  test("names its queries, bounds, rows and digests, its decisions with reasons, and what the services answered", async () => {
    const { app, shelf } = anApp();
    app.tenant.signIns.push(...aSpray(at("2026-11-21T11:42:00Z")));
    await runUntil(app, later(start, minutes(5)));
    const record = recordsIn(shelf).find(({ ask }) => ask?.kind === "live");
    expect(record).toMatchObject({
      huntDigest: expect.stringMatching(/^[0-9a-f]{64}$/),
      decisions: [
        {
          because: expect.stringMatching(/\w/),
          actions: expect.arrayContaining([expect.objectContaining({ kind: "openIncident" })]),
        },
      ],
      outcomes: expect.arrayContaining([
        expect.objectContaining({ kind: "openIncident", outcome: "done", detail: expect.stringContaining("opened") }),
      ]),
    });
    expect(record?.tape.questions[0]).toMatchObject({
      kql: expect.stringContaining("AADNonInteractive"),
      from: expect.any(String),
      rows: 9,
      digest: expect.stringMatching(/^[0-9a-f]{64}$/),
    });
  });

  test("that is replayed by a version that decides otherwise says so", async () => {
    const { app, shelf } = anApp();
    app.tenant.signIns.push(...aSpray(at("2026-11-21T11:42:00Z")));
    await runUntil(app, later(start, minutes(5)));
    const record = recordsIn(shelf).find(({ decisions }) => decisions.length > 0);
    if (record === undefined) throw new Error("Nothing was decided.");
    const stricter = { ...record, overrides: { users: 1000 } };
    expect(await replayed(stricter)).toMatchObject({ same: false, after: [] });
  });

  test("that is too large keeps the digests of its largest answers in place of their rows", async () => {
    const { app, shelf } = anApp();
    app.tenant.signIns.push(...aSpray(at("2026-11-21T11:42:00Z"), { accounts: 500 }));
    await runUntil(app, later(start, minutes(5)));
    const record = recordsIn(shelf).find(({ decisions }) => decisions.length > 0);
    if (record === undefined) throw new Error("Nothing was decided.");
    const whole = packRecord(record, Number.POSITIVE_INFINITY);
    const small = unpackRecord(packRecord(record, whole.length - 1));
    expect(small.tape.questions.map(({ digest }) => digest)).toEqual(record.tape.questions.map(({ digest }) => digest));
    expect(small.tape.questions.filter(({ answer }) => answer === null).length).toBeGreaterThan(0);
    expect((await replayed(small)).failed).toBe("NotOnRecord");
  });
});

test("a record that cannot be kept does not stop the run, which says so", async () => {
  const { app, shelf } = anApp();
  shelf.keep = async () => {
    throw new Problem(problemTexts.serviceFailed("Blob Storage", "status 503"));
  };
  const worker = await serve(app);
  await worker.timer("watch");
  expect(worker.said.join()).toContain("record of the run could not be kept");
  expect(app.said.events.filter(({ name }) => name === "RunCompleted")).not.toEqual([]);
});

test("records are erased once they are older than they may be kept", async () => {
  const { app, shelf } = anApp();
  await (await serve(app)).timer("tend");
  expect(shelf.erasedBefore).toEqual([start - days(30)]);
});
