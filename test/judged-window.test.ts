// How far the evidence reads: a run over a past stretch says the same whenever it is done.
import { expect, test, vi } from "vitest";
import { memoryJournal } from "../src/local/memory-journal.ts";
import { noDirectory, noEvents } from "../src/local/stand-ins.ts";
import type { LedgerEntry } from "../src/order.ts";
import type { Journal, Logs, Ports } from "../src/ports.ts";
import { type HuntRun, respond } from "../src/respond.ts";
import { readQuestions } from "../src/rulebook.ts";
import { type Instant, iso, later, minutes, seconds } from "../src/time.ts";
import { at, ownHunt } from "./builders.ts";
import { names as namesOf } from "./judged.ts";
import { withLogs } from "./log-folder.ts";
import { each, sprayFailure, success, userName } from "./sign-in-rows.ts";

// Every run opens logs of its own.
vi.setConfig({ testTimeout: 60_000 });

const window = { from: at("2026-11-20T09:00:00Z"), to: at("2026-11-20T12:00:00Z") };
const NEXT_DAY = at("2026-11-21T06:00:00Z");
const history = each(300, (n) =>
  success(iso(later(at("2026-11-08T09:00:00Z"), minutes(n * 50))), n % 40, { IPAddress: "203.0.113.8" }),
);
const sprayed = each(40, (n) =>
  sprayFailure(iso(later(at("2026-11-20T10:00:00Z"), seconds(n * 10))), n, { IPAddress: `198.51.100.${n}` }),
);
const gotIn = (when: string, user: number) =>
  sprayFailure(when, user, { IPAddress: `198.51.100.${user}`, ResultType: "0", Status: '{"errorCode":0}' });
const tables = {
  SigninLogs: history,
  AADNonInteractiveUserSignInLogs: [
    ...sprayed,
    gotIn("2026-11-20T11:30:00Z", 3),
    // After the window, as the attack goes on.
    gotIn("2026-11-20T14:00:00Z", 7),
  ],
};
const scheduled: LedgerEntry = {
  close: () => ({ changes: [], besides: [] }),
  concerns: () => true,
  cards: "each",
};

interface Some {
  readonly clock: Instant;
  readonly ledger?: LedgerEntry;
  readonly journal?: Journal;
}

async function run(logs: Logs, { clock, ledger, journal = memoryJournal() }: Some): Promise<readonly HuntRun[]> {
  const ports: Ports = {
    logs,
    journal,
    directory: noDirectory,
    events: noEvents,
    clock: { now: () => clock, pause: async () => {} },
    sessions: { revoke: async () => {}, disable: async () => {} },
    cards: { post: async () => {} },
    incidents: {
      openOrUpdate: async ({ id }) => ({ id, url: "https://portal.example", state: "opened" }),
      comment: async () => {},
    },
  };
  const hunt = ownHunt("single-factor-spray");
  return respond(
    {
      hunts: [{ hunt, window, exclusions: [], overrides: {}, ...(ledger === undefined ? {} : { ledger }) }],
      mode: "act",
      size: "small",
      questions: await readQuestions(),
      links: null,
      channels: { incidents: true, cards: true, budget: { perHour: 5, perDay: 20 } },
    },
    ports,
  );
}

const campaignsOf = (runs: readonly HuntRun[]) =>
  runs.flatMap((each) => (each.kind === "looked" ? each.told.map(({ plan }) => plan.campaign) : []));

test("a run over a past stretch tells the same at its end, a day later and a year later", async () => {
  await withLogs(tables, async (logs) => {
    const clocks = [window.to, NEXT_DAY, at("2027-11-20")];
    const told = [];
    for (const clock of clocks) told.push(campaignsOf(await run(logs, { clock })));
    expect(told.map(([campaign]) => namesOf(campaign?.accounts.entered ?? []))).toEqual(
      clocks.map(() => [userName(3)]),
    );
    expect(told[1]).toEqual(told[0]);
    expect(told[2]).toEqual(told[0]);
  });
});

test("a scheduled run that is late reads on to the present, where the attack may have gone on", async () => {
  await withLogs(tables, async (logs) => {
    const [campaign] = campaignsOf(await run(logs, { clock: NEXT_DAY, ledger: scheduled }));
    expect(namesOf(campaign?.accounts.entered ?? [])).toEqual([userName(3), userName(7)]);
  });
});

test("a run over a past stretch takes nothing back that was proven after it", async () => {
  await withLogs(tables, async (logs) => {
    const journal = memoryJournal();
    await run(logs, { clock: NEXT_DAY, ledger: scheduled, journal });
    const [campaign] = campaignsOf(await run(logs, { clock: NEXT_DAY, journal }));
    expect(namesOf(campaign?.accounts.entered ?? [])).toEqual([userName(3), userName(7)]);
    expect(campaign?.assessment.because).not.toContain("Taken back");
  });
});
