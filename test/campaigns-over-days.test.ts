// An attack that goes on: what is remembered of it, and what people hear.
import { expect, test, vi } from "vitest";
import { memoryJournal } from "../src/local/memory-journal.ts";
import { noDirectory, noEvents } from "../src/local/stand-ins.ts";
import type { Card, Incident, Journal, Logs, Ports } from "../src/ports.ts";
import { respond } from "../src/respond.ts";
import { readQuestions } from "../src/rulebook.ts";
import { hours, type Instant, iso, later, minutes, seconds, type TimeWindow } from "../src/time.ts";
import { at, ownHunt } from "./builders.ts";
import { type LogRow, withLogs } from "./log-folder.ts";
import { each, sprayFailure, success, userName } from "./sign-in-rows.ts";
import { soaking } from "./soak.ts";

vi.setConfig({ testTimeout: 120_000 });

const NON_INTERACTIVE = "AADNonInteractiveUserSignInLogs";

interface Heard {
  readonly incidents: Incident[];
  readonly cards: { readonly id: string; readonly card: Card }[];
}

async function run(window: TimeWindow, logs: Logs, journal: Journal): Promise<Heard> {
  const heard: Heard = { incidents: [], cards: [] };
  const ports: Ports = {
    logs,
    journal,
    directory: noDirectory,
    events: noEvents,
    clock: { now: () => window.to, pause: async () => {} },
    sessions: { revoke: async () => {}, disable: async () => {} },
    cards: { post: async (id, card) => void heard.cards.push({ id, card }) },
    incidents: {
      openOrUpdate: async (incident) => {
        heard.incidents.push(incident);
        return { id: incident.id, url: "https://portal.example", state: "opened" };
      },
      comment: async () => {},
    },
  };
  const hunt = ownHunt("single-factor-spray");
  await respond(
    {
      hunts: [{ hunt, window, exclusions: [], overrides: {} }],
      mode: "act",
      size: "small",
      questions: await readQuestions(),
      links: null,
      channels: { incidents: true, cards: true, budget: { perHour: 5, perDay: 20 } },
    },
    ports,
  );
  return heard;
}

const history = each(300, (n) =>
  success(iso(later(at("2026-11-05T09:00:00Z"), minutes(n * 40))), n % 40, {
    IPAddress: "203.0.113.8",
    UserAgent: "Edge",
  }),
);
const burst = (from: Instant): LogRow[] =>
  each(40, (n) => sprayFailure(iso(later(from, seconds(n * 10))), n, { IPAddress: `198.51.100.${n}` }));
const around = (moment: Instant): TimeWindow => ({ from: later(moment, minutes(-30)), to: later(moment, minutes(30)) });

test("a success with the attack's client from a new address 40 hours later escalates it in the first run after", async () => {
  const begins = at("2026-11-18T10:00:00Z");
  const success40 = later(begins, hours(40));
  const inside = sprayFailure(iso(success40), 7, {
    IPAddress: "192.0.2.222",
    AutonomousSystemNumber: "64511",
    ResultType: "0",
    Status: '{"errorCode":0}',
  });
  const journal = memoryJournal();
  await withLogs({ SigninLogs: history, [NON_INTERACTIVE]: [...burst(begins), inside] }, async (logs) => {
    const first = await run(around(begins), logs, journal);
    expect(first.incidents).toMatchObject([{ severity: "Low" }]);
    expect(first.cards).toEqual([]);

    const between = await run(around(later(begins, hours(30))), logs, journal);
    expect(between).toEqual({ incidents: [], cards: [] });

    const after = await run(around(success40), logs, journal);
    expect(after.incidents).toMatchObject([{ id: first.incidents[0]?.id, severity: "High" }]);
    expect(after.cards).toHaveLength(1);
    expect(JSON.stringify(after.cards[0]?.card)).toContain(userName(7));

    const again = await run(around(later(success40, minutes(10))), logs, journal);
    expect(again.cards).toEqual([]);
  });
});

// In the soak: ledger/noise.test.ts says nearly the same of days without evidence.
test.runIf(soaking)("days of nothing but failures are one incident and no card", async () => {
  const begins = at("2026-11-16T10:00:00Z");
  const days = each(3, (n) => later(begins, hours(n * 20)));
  const journal = memoryJournal();
  await withLogs({ SigninLogs: history, [NON_INTERACTIVE]: days.flatMap(burst) }, async (logs) => {
    const incidents = new Set<string>();
    for (const day of days) {
      const heard = await run(around(day), logs, journal);
      for (const { id } of heard.incidents) incidents.add(id);
      expect(heard.cards).toEqual([]);
    }
    expect(incidents.size).toBe(1);
  });
});
