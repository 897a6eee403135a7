// Rows -> findings: which groups are over the hunt's thresholds, with overlapping windows of one group as one finding.
import type { Condition, FindingRule, Hunt } from "../hunts/hunt.ts";
import type { Answer, Row } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { type Duration, type Instant, later, type TimeWindow } from "../time.ts";
import { distinct, instantOf, numberOf, textOf, textsOf } from "./cells.ts";
import { entitiesOf } from "./entities.ts";
import { type Finding, findingKey, type Group, type Measure } from "./finding.ts";
import type { Thresholds } from "./thresholds.ts";

export type SeenBefore = (group: string, at: Instant, within: Duration) => boolean;

export interface Judged {
  readonly hunt: Hunt;
  /** The answer to the hunt's judging question, or to its query where it has none. */
  readonly answer: Answer;
  readonly window: TimeWindow;
  readonly thresholds: Thresholds;
  /** Whether a group had a successful sign-in in this long before this moment; asked only where it decides. */
  readonly seenBefore: SeenBefore;
}

interface Hit {
  readonly group: Group;
  readonly start: Instant;
  readonly row: Row;
  readonly measured: readonly Measure[];
}

const holds = (condition: Condition, row: Row, thresholds: Thresholds): boolean =>
  condition.kind === "atLeast"
    ? numberOf(row[condition.column]) >= (thresholds[condition.threshold] ?? Number.POSITIVE_INFINITY)
    : numberOf(row[condition.column]) > numberOf(row[condition.other]);

/** The columns that a rule reads. */
export function columnsNeeded(rule: FindingRule, windowColumn: string): readonly string[] {
  const conditions = rule.any.flatMap((alternative) => alternative.conditions);
  const compared = conditions.flatMap((each) => (each.kind === "moreThan" ? [each.column, each.other] : [each.column]));
  return distinct([windowColumn, rule.group, rule.label, ...Object.keys(rule.rows), ...compared]);
}

const applies = (rule: FindingRule, row: Row): boolean =>
  Object.entries(rule.rows).every(([column, value]) => textOf(row[column]) === value);

function measuresOf(
  start: Instant,
  rule: FindingRule,
  row: Row,
  thresholds: Thresholds,
  seenBefore: SeenBefore,
): readonly Measure[] {
  const alternatives = rule.any.filter(
    ({ conditions, unseenFor }) =>
      conditions.every((condition) => holds(condition, row, thresholds)) &&
      (unseenFor === null || !seenBefore(textOf(row[rule.group]), start, unseenFor)),
  );
  return strongest(
    alternatives.flatMap(({ conditions }) =>
      conditions.flatMap((condition) =>
        condition.kind === "atLeast"
          ? [
              {
                column: condition.column,
                value: numberOf(row[condition.column]),
                threshold: thresholds[condition.threshold] ?? 0,
              },
            ]
          : [],
      ),
    ),
  );
}

/** One measure per column: the highest value, against the highest threshold that it reached. */
function strongest(measures: readonly Measure[]): readonly Measure[] {
  const byColumn = new Map<string, Measure>();
  for (const measure of measures) {
    const known = byColumn.get(measure.column);
    const value = Math.max(measure.value, known?.value ?? measure.value);
    byColumn.set(measure.column, {
      ...measure,
      value,
      threshold: Math.max(measure.threshold, known?.threshold ?? measure.threshold),
    });
  }
  return [...byColumn.values()];
}

function hitsOf(rule: FindingRule, { hunt, answer, thresholds, seenBefore }: Judged): readonly Hit[] {
  const windowColumn = hunt.responder?.window.column ?? "";
  const columns = answer.columns.map((column) => column.name);
  const missing = columnsNeeded(rule, windowColumn).find((column) => !columns.includes(column));
  if (missing !== undefined) throw new Problem(problemTexts.missingColumn(hunt.slug, missing, columns));
  return answer.rows.flatMap((row): readonly Hit[] => {
    if (!applies(rule, row)) return [];
    const start = instantOf(row[windowColumn]);
    const value = textOf(row[rule.group]);
    if (start === null || value === "") return [];
    const measured = measuresOf(start, rule, row, thresholds, seenBefore);
    if (measured.length === 0) return [];
    return [{ group: { kind: rule.kind, value, label: textOf(row[rule.label]) || value }, start, row, measured }];
  });
}

/** Hits of one group whose windows overlap belong together. */
function runsOf(hits: readonly Hit[], length: number): readonly (readonly Hit[])[] {
  const byGroup = Map.groupBy(hits, (hit) => hit.group.value);
  return [...byGroup.values()].flatMap((group) => {
    const runs: Hit[][] = [];
    let last: Hit | undefined;
    for (const hit of group.toSorted((a, b) => a.start - b.start)) {
      if (last && hit.start < last.start + length) runs.at(-1)?.push(hit);
      else runs.push([hit]);
      last = hit;
    }
    return runs;
  });
}

const peakOf = (hit: Hit): number => Math.max(...hit.measured.map((measure) => measure.value));

function findingOf(hunt: Hunt, length: Duration, run: readonly Hit[]): Finding | null {
  const [first] = run;
  const last = run.at(-1);
  if (!first || !last || !hunt.responder) return null;
  const { lists } = hunt.responder;
  const rows = run.toSorted((a, b) => peakOf(b) - peakOf(a) || a.start - b.start).map((hit) => hit.row);
  const window = { from: first.start, to: later(last.start, length) };
  const words: Readonly<Record<string, string>> = { [lists.accounts]: "accounts", [lists.addresses]: "addresses" };
  return {
    key: findingKey(hunt.id, first.group, window),
    hunt: { id: hunt.id, name: hunt.name, slug: hunt.slug },
    group: first.group,
    window,
    measured: strongest(run.flatMap((hit) => hit.measured)),
    accounts: distinct(rows.flatMap((row) => textsOf(row[lists.accounts]))),
    addresses: distinct(rows.flatMap((row) => textsOf(row[lists.addresses]))),
    cut: distinct(rows.flatMap((row) => textsOf(row[lists.cut])).map((column) => words[column] ?? column)),
    rows,
  };
}

/** A rule of somebody else's: Sentinel's trigger on the number of rows decides, and the rows are the finding. */
function triggered({ hunt, answer, window }: Judged): readonly Finding[] {
  const { operator, threshold } = hunt.trigger;
  const count = answer.rows.length;
  const met = { gt: count > threshold, lt: count < threshold, eq: count === threshold, ne: count !== threshold }[
    operator
  ];
  if (!met) return [];
  const group: Group = { kind: "rows", value: hunt.slug, label: hunt.name };
  return [
    {
      key: findingKey(hunt.id, group, window),
      hunt: { id: hunt.id, name: hunt.name, slug: hunt.slug },
      group,
      window,
      measured: [{ column: "rows", value: count, threshold }],
      ...entitiesOf(hunt, answer.rows),
      cut: [],
      rows: answer.rows.slice(0, ROWS_OF_A_TRIGGER),
    },
  ];
}
const ROWS_OF_A_TRIGGER = 100;

/** Throws a Problem where the answer lacks a column that the hunt's rules name. */
export function readFindings(judged: Judged): readonly Finding[] {
  const { hunt } = judged;
  const { responder } = hunt;
  if (!responder) return triggered(judged);
  const findings = responder.findings.flatMap((rule) => {
    const length = rule.length ?? responder.window.length;
    return runsOf(hitsOf(rule, judged), length).map((run) => findingOf(hunt, length, run));
  });
  return findings
    .filter((finding) => finding !== null)
    .toSorted((a, b) => a.window.from - b.window.from || a.key.localeCompare(b.key));
}

/** The groups for which it decides whether they were seen before: over a threshold that asks for it, and over no other. */
export function groupsToLookUp(judged: Judged): readonly string[] {
  const asUnseen = readFindings({ ...judged, seenBefore: () => false });
  const asSeen = new Set(readFindings({ ...judged, seenBefore: () => true }).map((finding) => finding.key));
  return distinct(asUnseen.filter((finding) => !asSeen.has(finding.key)).map((finding) => finding.group.value));
}
