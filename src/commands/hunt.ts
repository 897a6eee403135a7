// npm run hunt: the hunts over a folder of logs or the sample tenant, incidents and cards into the outbox.
import { join } from "node:path";
import { parseArgs } from "node:util";
import type { TenantSize } from "../findings/thresholds.ts";
import type { Exclusion } from "../hunts/exclusion.ts";
import type { Hunt } from "../hunts/hunt.ts";
import { memoryJournal } from "../local/memory-journal.ts";
import { checkOutbox, type Outbox, openOutbox } from "../local/outbox.ts";
import { noEvents, realClock } from "../local/stand-ins.ts";
import { everyChannel } from "../order.ts";
import type { Ports } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { reportsOf } from "../report-of.ts";
import { type HuntRun, respond } from "../respond.ts";
import { HUNTS_FOLDER, readExclusions, readGrading, readQuestions, readRules } from "../rulebook.ts";
import { systemClock } from "../time.ts";
import { huntHelp } from "./help.ts";
import { type OpenLogs, openLogs } from "./open-logs.ts";
import { readOverrides } from "./overrides.ts";
import { type AskedPeriod, askedPeriod, windowOver } from "./period.ts";
import { progressOn } from "./progress.ts";
import { summaryOf } from "./summary.ts";
import { UsageError, usageErrorOf } from "./usage.ts";

const OPTIONS = {
  logs: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  set: { type: "string", multiple: true },
  exclusions: { type: "string" },
  "no-exclusions": { type: "boolean" },
  grading: { type: "string" },
  "tenant-size": { type: "string" },
  out: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

interface Asked {
  readonly names: readonly string[];
  readonly logs: string | undefined;
  readonly period: AskedPeriod;
  readonly sets: readonly string[];
  readonly exclusions: string | undefined;
  readonly noExclusions: boolean;
  readonly grading: string | undefined;
  readonly size: TenantSize | "auto";
  readonly out: string;
  readonly json: boolean;
}

function parse(args: readonly string[]): Asked | "help" {
  const read = (() => {
    try {
      return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    } catch (error) {
      throw usageErrorOf(error, "hunt");
    }
  })();
  const { values, positionals } = read;
  if (values.help) return "help";
  const size = values["tenant-size"] ?? "auto";
  if (size !== "auto" && size !== "small" && size !== "large") {
    throw new UsageError(
      `--tenant-size "${size}" is none of auto, small, large.`,
      "Leave it out to have the accounts counted.",
    );
  }
  return {
    names: positionals,
    logs: values.logs,
    period: askedPeriod(values.from, values.to),
    sets: values.set ?? [],
    exclusions: values.exclusions,
    noExclusions: values["no-exclusions"] ?? false,
    grading: values.grading,
    size,
    out: values.out ?? join(".local", "out"),
    json: values.json ?? false,
  };
}

/** Names pick from our own hunts; a name that ends in .yaml is a file of the reader's. */
async function pickHunts(names: readonly string[]): Promise<readonly Hunt[]> {
  const isFile = (name: string): boolean => /\.ya?ml$/i.test(name);
  const own = await readRules([HUNTS_FOLDER]);
  if (names.length === 0) return own;
  const theirs = await readRules(names.filter(isFile));
  const picked = names
    .filter((name) => !isFile(name))
    .map((name) => {
      const hunt = own.find((each) => each.slug === name);
      if (!hunt)
        throw new Problem(
          problemTexts.unknownHunt(
            name,
            own.map((each) => each.slug),
          ),
        );
      return hunt;
    });
  const all = [...new Set([...picked, ...theirs])];
  for (const [at, hunt] of all.entries()) {
    const twin = all
      .slice(0, at)
      .find((each) => each.id.toLowerCase() === hunt.id.toLowerCase() || each.slug === hunt.slug);
    if (twin) {
      throw new UsageError(
        `${hunt.file} and ${twin.file} have the same ${twin.slug === hunt.slug ? "name" : "id"}, so their findings could not be told apart.`,
        "Run them one after the other, or give one its own id and file name.",
      );
    }
  }
  return all;
}

/** Throws a UsageError for a hunt that is none: a misspelt name would hide nothing, without a word. */
async function teamExclusions(
  path: string | undefined,
  hunts: readonly Hunt[],
): Promise<Awaited<ReturnType<typeof readExclusions>>> {
  if (path === undefined) return {};
  const read = await readExclusions(path);
  const known = [...new Set([...(await readRules([HUNTS_FOLDER])), ...hunts].map((hunt) => hunt.slug))];
  const stranger = Object.keys(read).find((slug) => !known.includes(slug));
  if (stranger === undefined) return read;
  throw new UsageError(`--exclusions ${path}: there is no hunt "${stranger}".`, `The hunts are: ${known.join(", ")}.`);
}

function portsFor({ store, people }: OpenLogs, outbox: Outbox): Ports {
  const { incidents, cards, sessions } = outbox;
  return {
    logs: store,
    incidents,
    cards,
    ...people(sessions),
    journal: memoryJournal(),
    events: noEvents,
    clock: realClock,
  };
}

/** Exit status: 0 the run was done, 1 a hunt failed, 2 wrong use or unreadable input. */
export async function huntCommand(args: readonly string[]): Promise<number> {
  const asked = parse(args);
  if (asked === "help") {
    console.log(huntHelp);
    return 0;
  }
  const hunts = await pickHunts(asked.names);
  const overrides = readOverrides(asked.sets, hunts);
  const team = await teamExclusions(asked.exclusions, hunts);
  const grading = asked.grading === undefined ? {} : { grading: await readGrading(asked.grading) };
  await checkOutbox(asked.out);
  const progress = progressOn(process.stderr);
  const logs = await openLogs({ logs: asked.logs, to: asked.period.to }, progress);
  try {
    // What an earlier run left goes only now that this one can be made.
    const { window, note } = windowOver(asked.period, logs.store.span, systemClock());
    const outbox = await openOutbox(asked.out);
    const exclusionsOf = (hunt: Hunt): readonly Exclusion[] =>
      asked.noExclusions
        ? []
        : [...(hunt.responder?.exclusions ?? []), ...(logs.exclusions[hunt.slug] ?? []), ...(team[hunt.slug] ?? [])];
    const runs = await respond(
      {
        hunts: hunts.map((hunt) => ({
          hunt,
          window,
          exclusions: exclusionsOf(hunt),
          overrides: overrides[hunt.slug] ?? {},
        })),
        mode: "act",
        size: asked.size,
        channels: everyChannel,
        questions: await readQuestions(),
        links: null,
        ...grading,
        progress: progress.say,
      },
      portsFor(logs, outbox),
    );
    await keepLists(runs, outbox);
    progress.clear();
    const notes = [note, ...logs.store.warnings].filter((text) => text !== "");
    if (asked.json) console.log(JSON.stringify(withNotes(reportsOf(runs), notes)));
    else console.log(summaryOf({ runs, notes, logs: logs.what, folder: asked.out, terminal: process.stdout }));
    return runs.some((run) => run.kind === "failed") ? 1 : 0;
  } finally {
    progress.clear();
    await logs.close();
  }
}

async function keepLists(runs: readonly HuntRun[], outbox: Outbox): Promise<void> {
  for (const run of runs) {
    if (run.kind !== "looked") continue;
    for (const { plan } of run.told) await outbox.keep(plan.campaign);
  }
}

/** What holds for the logs as a whole is said in every hunt's report: each may be read alone. */
function withNotes(reports: ReturnType<typeof reportsOf>, notes: readonly string[]): ReturnType<typeof reportsOf> {
  return {
    reports: reports.reports.map((report) => ({ ...report, warnings: [...new Set([...notes, ...report.warnings])] })),
  };
}
