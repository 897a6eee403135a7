// npm run hunts:check: what can be said of a rule file without a workspace.
import { parseArgs } from "node:util";
import { columnsNeeded } from "../findings/read-findings.ts";
import type { Hunt } from "../hunts/hunt.ts";
import { exclusionObstacle, hiddenAttemptsQuery, prepareQuery, readsClock } from "../hunts/prepare-query.ts";
import { readHunt } from "../hunts/read-hunt.ts";
import { type Check, type Engine, openEngine } from "../kql/engine.ts";
import { defineEmptyTables } from "../local/empty-tables.ts";
import { HUNTS_FOLDER, ruleFiles } from "../rulebook.ts";
import { earlier, systemClock, type TimeWindow } from "../time.ts";
import { checkHelp } from "./help.ts";
import { progressOn } from "./progress.ts";
import { usageErrorOf } from "./usage.ts";

const OPTIONS = { json: { type: "boolean" }, help: { type: "boolean", short: "h" } } as const;

interface CheckedQuery {
  /** "query" or "judge". */
  readonly what: string;
  readonly errors: readonly string[];
  readonly refusals: readonly string[];
  readonly warnings: readonly string[];
  readonly clock: boolean;
}

export interface CheckedFile {
  readonly file: string;
  readonly name: string;
  readonly readable: boolean;
  readonly binds: boolean;
  /** Empty where exclusions can be applied. */
  readonly exclusions: string;
  /** Whether it can be asked about a window that has ended. */
  readonly past: boolean;
  readonly runsHere: boolean;
  readonly faults: readonly string[];
  readonly notes: readonly string[];
}

/** Positions are those of the file. */
const place = (
  hunt: Hunt,
  what: string,
  { line, column }: { readonly line: number; readonly column: number },
): string =>
  what === "query"
    ? `${hunt.file}:${hunt.queryLine + line - 1}:${column}`
    : `${hunt.file} (${what}, line ${line}, column ${column})`;

function checkQuery(hunt: Hunt, what: string, kql: string, engine: Engine, window: TimeWindow): CheckedQuery {
  const check: Check = engine.check(prepareQuery(kql, [], window).kql, { window });
  const errors = check.diagnostics.filter((each) => each.severity === "error");
  return {
    what,
    errors: errors.map((each) => `${place(hunt, what, each)}: ${each.code}: ${each.message}`),
    refusals: check.refusals.map((each) => `${place(hunt, what, each)}: ${each.code}: ${each.message}`),
    warnings: check.warnings.map((text) => `${what}: ${text}`),
    clock: check.clock,
  };
}

/** Columns that the hunt's rules name and the answer that they judge does not have. */
function missingColumns(hunt: Hunt, engine: Engine, window: TimeWindow): readonly string[] {
  if (!hunt.responder) return [];
  const { columns } = engine.check(prepareQuery(hunt.responder.judge ?? hunt.query, [], window).kql, { window });
  if (!columns) return [];
  const there = columns.map(({ name }) => name);
  const needed = new Set(
    hunt.responder.findings.flatMap((rule) => columnsNeeded(rule, hunt.responder?.window.column ?? "")),
  );
  return [...needed]
    .filter((name) => !there.includes(name))
    .map(
      (name) =>
        `${hunt.file}: responder.findings: the column ${name} is not among those that are judged: ${there.join(", ")}`,
    );
}

function checkHunt(hunt: Hunt, engine: Engine, window: TimeWindow): CheckedFile {
  const { judge, attempts, leftOut = [] } = hunt.responder ?? {};
  const asked: readonly (readonly [string, string])[] = [
    ["query", hunt.query],
    ...(judge ? [["judge", judge] as const] : []),
    ...(attempts ? [["attempts and leftOut", hiddenAttemptsQuery(attempts, [], leftOut)] as const] : []),
  ];
  const checked = asked.map(([what, kql]) => checkQuery(hunt, what, kql, engine, window));
  const errors = [...checked.flatMap((each) => each.errors), ...missingColumns(hunt, engine, window)];
  const refusals = checked.flatMap((each) => each.refusals);
  const ignored = hunt.unknownKeys.length > 0 ? [`keys that mean nothing here: ${hunt.unknownKeys.join(", ")}`] : [];
  return {
    file: hunt.file,
    name: hunt.name,
    readable: true,
    binds: errors.length === 0,
    exclusions: exclusionObstacle(hunt.responder?.judge ?? hunt.query),
    past: !asked.some(([, kql]) => readsClock(kql)),
    runsHere: errors.length === 0 && refusals.length === 0,
    faults: errors,
    notes: [...refusals, ...checked.flatMap((each) => each.warnings), ...ignored],
  };
}

function lines(checked: CheckedFile): readonly string[] {
  if (!checked.readable) return [`FAULT  ${checked.file}`, ...checked.faults.map((fault) => `       ${fault}`)];
  const says = [
    checked.binds ? "binds" : "does not bind",
    checked.exclusions === "" ? "exclusions apply" : `exclusions do not apply: ${checked.exclusions}`,
    checked.past ? "can be asked about any period" : "only about a window that ends now (ago() or now())",
    checked.runsHere ? "runs on the embedded engine" : checked.binds ? "the embedded engine refuses it" : "",
  ];
  return [
    `${checked.binds ? "ok    " : "FAULT "} ${checked.file}: ${checked.name}`,
    `       ${says.filter((text) => text !== "").join("; ")}`,
    ...checked.faults.map((fault) => `       ${fault}`),
    ...checked.notes.map((note) => `       note: ${note}`),
  ];
}

/** Exit status: 1 if a file cannot be read or its query does not bind; a refusal of the engine alone is a note. */
export async function checkCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = (() => {
    try {
      return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
    } catch (error) {
      throw usageErrorOf(error, "hunts:check");
    }
  })();
  if (values.help) {
    console.log(checkHelp);
    return 0;
  }
  const paths = positionals.length > 0 ? positionals : [HUNTS_FOLDER];
  const files = (await Promise.all(paths.map(ruleFiles))).flat();
  // Each file is judged for itself: two rules of one name in different folders are no fault of either.
  const read = files.map(readHunt);
  const hunts = read.flatMap((each) => (each.kind === "hunt" ? [each.hunt] : []));
  const faults = read.flatMap((each) => (each.kind === "faults" ? each.faults : []));
  const progress = progressOn(process.stderr);
  const engine = await openEngine();
  await defineEmptyTables(engine);
  const now = systemClock();
  const window = { from: earlier(now, 1 as never), to: now };
  const broken = Map.groupBy(
    faults,
    (fault) => files.find(({ file }) => fault.message.startsWith(`${file}:`))?.file ?? "",
  );
  const checked: CheckedFile[] = [...broken].map(([file, own]) => ({
    file,
    name: "",
    readable: false,
    binds: false,
    exclusions: "",
    past: false,
    runsHere: false,
    faults: own.map((fault) => `${fault.message} ${fault.advice}`),
    notes: [],
  }));
  for (const hunt of hunts) {
    progress.say(`Checking ${hunt.file}`);
    checked.push(checkHunt(hunt, engine, window));
  }
  progress.clear();
  engine.close();
  const inOrder = checked.toSorted((a, b) => a.file.localeCompare(b.file));
  const bad = inOrder.filter((each) => !each.binds).length;
  if (values.json) console.log(JSON.stringify({ files: inOrder }));
  else
    console.log(
      [
        ...inOrder.flatMap(lines),
        "",
        `${inOrder.length} ${inOrder.length === 1 ? "file" : "files"}, ${bad} with faults`,
      ].join("\n"),
    );
  return bad > 0 ? 1 : 0;
}
