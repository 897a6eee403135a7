// One hunt over one window: ask, judge, and say what was set aside. Reads logs, changes nothing.
import { numberOf, textOf, textsOf } from "./findings/cells.ts";
import type { Finding } from "./findings/finding.ts";
import { nearMisses } from "./findings/near-misses.ts";
import { groupsToLookUp, type Judged, readFindings, type SeenBefore } from "./findings/read-findings.ts";
import {
  type HabitMemory,
  nothingRemembered,
  type Remembered,
  type RememberedHabit,
  rememberedAt,
} from "./findings/remembered-habits.ts";
import { LARGE_TENANT, sizeMatters, type TenantSize, type Thresholds, thresholdsOf } from "./findings/thresholds.ts";
import { exclusionWarnings, hiddenShareWarning } from "./hunts/check-exclusions.ts";
import type { Exclusion } from "./hunts/exclusion.ts";
import type { Hunt } from "./hunts/hunt.ts";
import { listsOf } from "./hunts/kql-text.ts";
import {
  exclusionObstacle,
  failedSignIns,
  hiddenAttemptsQuery,
  prepareQuery,
  readsClock,
} from "./hunts/prepare-query.ts";
import { knownSourcesQuery, type Questions } from "./hunts/questions.ts";
import type { Answer, Logs, Row } from "./ports.ts";
import { Problem, problemTexts } from "./problems.ts";
import {
  DAY,
  days,
  earlier,
  HOUR,
  type Instant,
  hours as inHours,
  iso,
  later,
  minutes,
  parseInstant,
  type TimeWindow,
} from "./time.ts";

export interface SetAside {
  readonly exclusion: string;
  readonly because: string;
  readonly attempts: number;
}

export interface LookOrder {
  readonly hunt: Hunt;
  readonly window: TimeWindow;
  /** The hunt's own and the team's; those that are off are left alone. */
  readonly exclusions: readonly Exclusion[];
  readonly overrides: Thresholds;
  readonly size: TenantSize | "auto";
  readonly questions: Questions;
  readonly now: Instant;
  readonly habits?: HabitMemory;
  readonly deadline?: Instant;
}

export interface Look {
  readonly hunt: Hunt;
  readonly window: TimeWindow;
  readonly whole: boolean;
  readonly rows: readonly Row[];
  readonly findings: readonly Finding[];
  readonly setAside: readonly SetAside[];
  readonly warnings: readonly string[];
}

/** How far back a success makes a source a known one. */
const HABIT = days(14);
/** A little more than what is remembered may be old. */
const LATELY = inHours(25);
/** With less history than this before a window, nothing can be called new. */
const HISTORY_NEEDED = DAY;

type Ask = (kql: string, window: TimeWindow) => Promise<Answer>;

/** Positions in a problem speak of the text that was sent; a reader knows the hunt's own lines. */
async function askPrepared(
  ask: Ask,
  query: string,
  order: LookOrder,
): Promise<{ answer: Answer; notNarrowed: string }> {
  const prepared = prepareQuery(query, order.exclusions, order.window);
  try {
    return { answer: await ask(prepared.kql, order.window), notNarrowed: prepared.notNarrowed };
  } catch (error) {
    if (!(error instanceof Problem) || prepared.linesBefore === 0) throw error;
    const message = error.message.replace(
      /\(line (\d+)/,
      (_, line: string) => `(line ${Number(line) - prepared.linesBefore}`,
    );
    throw new Problem({ code: error.code, message, advice: error.advice, retry: error.retry }, error);
  }
}

/** A memory that fails makes nobody look the less. */
async function trying<T>(work: () => Promise<T>, instead: T): Promise<T> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return instead;
  }
}

async function rememberedFor({ habits, now }: LookOrder): Promise<Remembered> {
  return habits === undefined ? nothingRemembered : rememberedAt(await trying(() => habits.recall(), []), now);
}

async function sizeOf(order: LookOrder, ask: Ask): Promise<TenantSize> {
  const { to } = order.window;
  const size = (rows: readonly Row[]): TenantSize => (numberOf(rows[0]?.Accounts) >= LARGE_TENANT ? "large" : "small");
  const known = (await rememberedFor(order))("size", "", to);
  if (known !== undefined) return size(known.rows);
  const { rows, whole } = await ask(order.questions.activeAccounts, { from: earlier(to, HABIT), to });
  await remember(whole ? [{ kind: "size", value: "", before: to, askedAt: order.now, rows }] : [], order);
  return size(rows);
}

const remember = async (some: readonly RememberedHabit[], { habits }: LookOrder): Promise<void> => {
  if (habits !== undefined && some.length > 0) await trying(() => habits.keep(some), undefined);
};

/** What is remembered of a source is brought up to date by a question about the last day; only new ones are asked whole. */
async function successesOf(groups: readonly string[], order: LookOrder, ask: Ask): Promise<readonly Row[]> {
  const { from, to } = order.window;
  const askAbout = async (some: readonly string[], window: TimeWindow): Promise<Pick<Answer, "rows" | "whole">> => {
    const answers: Answer[] = [];
    for (const list of listsOf(some))
      answers.push(await ask(knownSourcesQuery(order.questions.knownSources, list), window));
    return { rows: answers.flatMap(({ rows }) => rows), whole: answers.every(({ whole }) => whole) };
  };
  const remembered = await rememberedFor(order);
  const earliest = remembered("known-source", "", to);
  const known = earliest === undefined ? [] : groups.filter((group) => remembered("known-source", group, to));
  const strange = groups.filter((group) => !known.includes(group));
  const before = ["", ...known].flatMap((group) => remembered("known-source", group, to)?.rows ?? []);
  const lately =
    known.length === 0 ? [] : (await askAbout(known, { from: earlier(to, LATELY), to })).rows.filter(isOfSource);
  if (strange.length === 0) return [...before, ...lately];
  const { rows, whole } = await askAbout(strange, { from: earlier(from, HABIT), to });
  const bySource = Map.groupBy(rows, (row) => textOf(row.Source));
  const fresh = ["", ...strange].map(
    (value): RememberedHabit => ({
      kind: "known-source",
      value,
      before: to,
      askedAt: order.now,
      // Every list's answer names the earliest success of all.
      rows: value === "" ? (bySource.get(value) ?? []).slice(0, 1) : (bySource.get(value) ?? []),
    }),
  );
  await remember(whole ? fresh : [], order);
  return [...before.filter(isOfSource), ...lately, ...rows];
}

/** And not of the earliest success of all. */
const isOfSource = (row: Row): boolean => textOf(row.Source) !== "";

async function historyOf(groups: readonly string[], order: LookOrder, ask: Ask): Promise<SeenBefore> {
  if (groups.length === 0) return () => false;
  const rows = await successesOf(groups, order, ask);
  const hours = new Map(
    [...Map.groupBy(rows, (row) => textOf(row.Source))].map(([source, own]) => [
      source,
      own
        .flatMap((row) => textsOf(row.Hours))
        .flatMap((text) => {
          const at = parseInstant(text);
          return at === undefined ? [] : [at];
        }),
    ]),
  );
  const [earliest] = hours.get("") ?? [];
  return (group, at, within) => {
    if (earliest === undefined || later(earliest, HISTORY_NEEDED) > at) return true;
    // An hour counts once it is over: a success in the window's own hour may be the attacker's.
    return (hours.get(group) ?? []).some((hour) => later(hour, HOUR) <= at && hour >= at - within);
  };
}

async function hiddenBy(
  order: LookOrder,
  ask: Ask,
): Promise<{ setAside: readonly SetAside[]; warnings: readonly string[] }> {
  const { hunt, window } = order;
  const judged = hunt.responder?.judge ?? hunt.query;
  // Where they cannot be laid ahead of what is judged, they hide nothing.
  const active = exclusionObstacle(judged) ? [] : order.exclusions.filter((exclusion) => exclusion.enabled);
  const leftOut = hunt.responder?.leftOut ?? [];
  const attempts = hunt.responder?.attempts ?? failedSignIns(hunt.query);
  if (attempts === "" || active.length + leftOut.length === 0) return { setAside: [], warnings: [] };
  const answer = await ask(hiddenAttemptsQuery(attempts, active, leftOut), window);
  const counted = new Map(answer.rows.map((row) => [textOf(row.Exclusion), numberOf(row.Attempts)]));
  const reasons = [...active, ...leftOut];
  const setAside = reasons.map(({ name, because }) => ({ exclusion: name, because, attempts: counted.get(name) ?? 0 }));
  const hidden = active.reduce((sum, { name }) => sum + (counted.get(name) ?? 0), 0);
  return { setAside, warnings: hiddenShareWarning(hidden, hidden + (counted.get("") ?? 0)) };
}

/** A query that speaks of the present would look at less than the window, and its silence would be taken for quiet. */
function refuseClock({ hunt, window, now }: LookOrder, logs: Logs): void {
  if (logs.followsWindow || later(window.to, CLOCK_TOLERANCE) >= now) return;
  const texts = [hunt.query, hunt.responder?.judge ?? ""];
  if (texts.some(readsClock)) throw new Problem(problemTexts.tiedToNow(hunt.slug, iso(window.to)));
}
const CLOCK_TOLERANCE = minutes(10);

/** Throws a Problem where the logs cannot be asked or the answer lacks a promised column. */
export async function look(order: LookOrder, logs: Logs): Promise<Look> {
  const { hunt, window } = order;
  const answers: Answer[] = [];
  const ask: Ask = async (kql, asked) => {
    const answer = await logs.query({
      kql,
      window: asked,
      ...(order.deadline === undefined ? {} : { deadline: order.deadline }),
    });
    answers.push(answer);
    return answer;
  };
  refuseClock(order, logs);
  const asked = await askPrepared(ask, hunt.query, order);
  const judging = hunt.responder?.judge;
  const { answer: judgedAnswer, notNarrowed } = judging ? await askPrepared(ask, judging, order) : asked;
  const judge = (thresholds: Thresholds, seenBefore: SeenBefore): Judged => ({
    hunt,
    answer: judgedAnswer,
    window,
    thresholds,
    seenBefore,
  });

  const small = thresholdsOf(hunt, "small", order.overrides);
  const candidates = readFindings(judge(small, () => false));
  const size =
    order.size !== "auto"
      ? order.size
      : candidates.length > 0 && sizeMatters(hunt, order.overrides)
        ? await sizeOf(order, ask)
        : "small";
  const thresholds = thresholdsOf(hunt, size, order.overrides);
  const seenBefore = await historyOf(groupsToLookUp(judge(thresholds, () => false)), order, ask);
  const findings = readFindings(judge(thresholds, seenBefore));
  const hidden = await hiddenBy(order, ask);

  const incomplete = answers
    .filter((each) => !each.whole)
    .map((each) => `An answer was incomplete: ${each.missing ?? "the service did not say why"}.`);
  const warnings = [
    ...incomplete,
    ...(notNarrowed ? [`The exclusions do not apply to this hunt, because ${notNarrowed}; they hide nothing.`] : []),
    ...exclusionWarnings(order.exclusions),
    ...hidden.warnings,
    ...nearMisses(hunt, judgedAnswer.rows, thresholds),
    ...answers.flatMap((each) => each.warnings),
  ];
  const whole = answers.every((each) => each.whole);
  return {
    hunt,
    window,
    whole,
    rows: asked.answer.rows,
    findings,
    setAside: hidden.setAside,
    warnings: [...new Set(warnings)],
  };
}
