// What a hunt asks over two weeks it asks once a day.
import { describe, expect, test, vi } from "vitest";
import { habitMemory } from "../src/ledger/habit-memory.ts";
import { memoryJournal } from "../src/local/memory-journal.ts";
import { look } from "../src/look.ts";
import type { Logs, Question } from "../src/ports.ts";
import { readQuestions } from "../src/rulebook.ts";
import { between, hours, type Instant, later } from "../src/time.ts";
import { at, ownHunt } from "./builders.ts";
import { type LogRow, withLogs } from "./log-folder.ts";
import { each, portalFailure, success } from "./sign-in-rows.ts";

vi.setConfig({ testTimeout: 60_000 });

const SOURCE = "192.0.2.50";
const DAY_AND_AN_HOUR = hours(25);
const history = success("2026-11-10T08:00:00Z", 900, { IPAddress: "198.51.100.1" });
/** Three accounts that fail from one address: too few, but for one that nobody ever got in from. */
const three = (hour: number, address: string): LogRow[] =>
  each(3, (n) =>
    portalFailure(`2026-11-20T${String(hour).padStart(2, "0")}:0${n}:00Z`, 500 + n, { IPAddress: address }),
  );

async function looks(rows: readonly LogRow[], ends: readonly Instant[]) {
  const questions = await readQuestions();
  const habits = habitMemory(memoryJournal(), true);
  return withLogs({ SigninLogs: [history, ...rows], AADNonInteractiveUserSignInLogs: [] }, async (store) => {
    const seen: { readonly found: readonly string[]; readonly long: readonly Question[] }[] = [];
    for (const to of ends) {
      const asked: Question[] = [];
      const logs: Logs = {
        ...store,
        query: (question) => {
          asked.push(question);
          return store.query(question);
        },
      };
      const window = { from: later(to, hours(-24)), to };
      const order = {
        hunt: ownHunt("failed-portal-sign-in"),
        window,
        exclusions: [],
        overrides: {},
        size: "auto",
      } as const;
      const { findings } = await look({ ...order, questions, now: to, habits }, logs);
      seen.push({
        found: findings.filter(({ group }) => group.kind === "source").map(({ group }) => group.value),
        long: asked.filter((question) => between(question.window.from, question.window.to) > DAY_AND_AN_HOUR),
      });
    }
    return seen;
  });
}

describe("a source that nobody ever got in from", () => {
  test("is looked up over two weeks once a day, and found every time; a new one is asked for alone", async () => {
    const other = "192.0.2.60";
    const ends = [at("2026-11-20T11:00:00Z"), at("2026-11-20T12:00:00Z"), at("2026-11-20T14:00:00Z")];
    const [first, second, third] = await looks([...three(10, SOURCE), ...three(13, other)], ends);
    expect(first?.found).toEqual([SOURCE]);
    // How many accounts are active, and who got in from there.
    expect(first?.long).toHaveLength(2);
    expect(second).toEqual({ found: [SOURCE], long: [] });
    expect(third?.found.toSorted()).toEqual([SOURCE, other]);
    expect(third?.long.map(({ kql }) => [kql.includes(other), kql.includes(SOURCE)])).toEqual([[true, false]]);
  });

  test("is no longer new once somebody got in, though it was remembered before that", async () => {
    const got = success("2026-11-20T11:30:00Z", 901, { IPAddress: SOURCE });
    const rows = [...three(10, SOURCE), got, ...three(20, SOURCE)];
    const [morning, next] = await looks(rows, [at("2026-11-20T11:00:00Z"), at("2026-11-21T10:30:00Z")]);
    expect(morning?.found).toEqual([SOURCE]);
    expect(next).toEqual({ found: [], long: [] });
  });
});
