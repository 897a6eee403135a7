// Sign-in logs of a test -> the campaigns that a run over them tells, through the same steps as a run.
import type { Campaign } from "../src/findings/campaign.ts";
import type { CampaignMemory } from "../src/findings/campaign-memory.ts";
import type { GradingTable } from "../src/findings/grading-table.ts";
import type { Exclusion } from "../src/hunts/exclusion.ts";
import type { Hunt } from "../src/hunts/hunt.ts";
import { type Case, judge, openCase } from "../src/judge.ts";
import { look } from "../src/look.ts";
import type { Directory, Logs } from "../src/ports.ts";
import { readQuestions } from "../src/rulebook.ts";
import { type Instant, instant, type TimeWindow } from "../src/time.ts";
import { ownHunt } from "./builders.ts";
import { type Tables, withLogs } from "./log-folder.ts";

export interface Judging {
  readonly window: TimeWindow;
  readonly hunts?: readonly Hunt[];
  readonly exclusions?: Readonly<Record<string, readonly Exclusion[]>>;
  readonly known?: readonly CampaignMemory[];
  readonly grading?: GradingTable;
  readonly size?: "small" | "auto";
  readonly roles?: Directory["roles"];
}

export interface Judged {
  readonly campaigns: readonly Campaign[];
  readonly opened: Case;
  readonly warnings: readonly string[];
}

const hunts = (): readonly Hunt[] => [ownHunt("failed-portal-sign-in"), ownHunt("single-factor-spray")];

export async function judgeWith(logs: Logs, judging: Judging): Promise<Judged> {
  const questions = await readQuestions();
  const { window, exclusions = {}, known = [], size = "small" } = judging;
  const looked = [];
  for (const hunt of judging.hunts ?? hunts()) {
    const own = exclusions[hunt.slug] ?? [];
    const order = {
      hunt,
      window,
      exclusions: own,
      overrides: {},
      size,
      questions,
      now: instant(window.to),
    } as const;
    looked.push({ look: await look(order, logs), exclusions: own });
  }
  const now: Instant = instant(window.to);
  const directory: Directory = {
    user: async () => null,
    groupsAmong: async () => [],
    roles: judging.roles ?? (async () => []),
  };
  const opened = await openCase(
    {
      looked,
      questions,
      known,
      readsOn: false,
      ...(judging.grading === undefined ? {} : { grading: judging.grading }),
    },
    { logs, directory, clock: { now: () => now, pause: async () => {} } },
  );
  const looks = [...opened.looks.values()];
  const findings = looks.flatMap((each) => each.findings);
  return { campaigns: judge(opened, findings), opened, warnings: looks.flatMap((each) => each.warnings) };
}

export const judgeTables = (tables: Tables, judging: Judging): Promise<Judged> =>
  withLogs(tables, (store) => judgeWith(store, judging));

export const names = (accounts: readonly { readonly name: string }[]): readonly string[] =>
  accounts.map(({ name }) => name).toSorted();
