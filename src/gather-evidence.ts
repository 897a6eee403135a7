// The second question to the logs: what came from the attacks that the hunts have found, asked once for all of them.
import { askEvidence } from "./ask-evidence.ts";
import { campaignFromEvidence, type Judgement } from "./findings/campaign-from-evidence.ts";
import { type Attack, joinFindings, type Traced } from "./findings/campaigns.ts";
import { instantOf, numberOf, textOf } from "./findings/cells.ts";
import { type Evidence, noEvidence, withoutEmptyTables } from "./findings/evidence.ts";
import { evidenceRequest, evidenceWindow, habitsRequest } from "./findings/evidence-request.ts";
import { type Finding, findingKey } from "./findings/finding.ts";
import { type Graded, gradeOf } from "./findings/grading.ts";
import { type GradingTable, gradingTable } from "./findings/grading-table.ts";
import { HABIT, type Habits, noHabits, readHabits } from "./findings/habits.ts";
import { type HabitMemory, habitsToRemember, rememberedAt } from "./findings/remembered-habits.ts";
import { type TablesOfHunts, traceOf } from "./findings/trace.ts";
import { HIDDEN_SOURCE_ACCOUNTS, habitsQuery, hiddenSourcesQuery } from "./hunts/evidence-query.ts";
import type { Exclusion } from "./hunts/exclusion.ts";
import { failedSignIns, signInTablesOf } from "./hunts/prepare-query.ts";
import type { Questions } from "./hunts/questions.ts";
import type { Look } from "./look.ts";
import { MOST_READ, piecesOf } from "./pieces.ts";
import type { Answer, Logs } from "./ports.ts";
import { Problem } from "./problems.ts";
import { alignDown, DAY, earlier, type Instant, instant, later, type TimeWindow } from "./time.ts";

export interface Looked {
  readonly look: Look;
  readonly exclusions: readonly Exclusion[];
}

export interface EvidenceOrder {
  readonly looked: readonly Looked[];
  /** Campaigns that are still open, the oldest first. */
  readonly known: readonly Attack[];
  /** From where on those have still to be asked about. */
  readonly knownFrom: Instant;
  readonly questions: Questions;
  readonly grading?: GradingTable;
  readonly habits?: HabitMemory;
  /** Where the evidence ends. */
  readonly now: Instant;
  readonly deadline?: Instant;
}

/** A source that an exclusion hides and that was looked at all the same. */
interface Hidden {
  readonly finding: Finding;
  readonly exclusion: string;
}

export interface Gathered {
  readonly evidence: Evidence;
  /** False where asking again may say more. */
  readonly answered: boolean;
  readonly graded: readonly Graded[];
  readonly habits: Habits;
  readonly tables: TablesOfHunts;
  /** What the evidence was asked for. */
  readonly window: TimeWindow;
  /** What it was asked for of open campaigns, which may reach further back. */
  readonly knownWindow: TimeWindow;
  /** Findings of sources that an exclusion hides and where a password was proven; proof lifts an exclusion. */
  readonly lifted: readonly Finding[];
  /** What every hunt's reader has to know. */
  readonly warnings: readonly string[];
}

type Ask = (kql: string, window: TimeWindow) => Promise<Answer>;

/**
 * Null where there is nothing to ask about. Where the logs do not answer, what there is says that it is not whole, so that
 * no campaign's level falls for want of an answer and none is lost.
 */
export async function gatherEvidence(order: EvidenceOrder, logs: Logs): Promise<Gathered | null> {
  const grading = order.grading ?? gradingTable;
  const ask: Ask = (kql, window) =>
    logs.query({ kql, window, ...(order.deadline === undefined ? {} : { deadline: order.deadline }) });
  const acting = order.looked.filter(({ look }) => look.hunt.responder !== null);
  const findings = acting.flatMap(({ look }) => look.findings);
  const unseen = await orProblem(() => hiddenSources(acting, ask), []);
  const hidden = unseen.value;
  if (findings.length === 0 && hidden.length === 0 && order.known.length === 0) return null;

  const all = [...findings, ...hidden.map(({ finding }) => finding)];
  const tables = new Map(acting.map(({ look }) => [look.hunt.id, signInTablesOf(look.hunt.query)]));
  const request = evidenceRequest(
    findings,
    order.known,
    hidden.map(({ finding }) => finding.group.value),
    tables,
    grading,
  );
  const found = evidenceWindow(
    all,
    acting.map(({ look }) => look.window),
    order.now,
  );
  const window = order.known.length === 0 ? found : reachingTo(found, order.knownFrom);
  // Of what was found just now nothing is older; what is open may not have been asked about for a while.
  const open = evidenceRequest([], order.known, [], tables, grading);
  const before = order.known.length === 0 ? [] : piecesOf({ from: order.knownFrom, to: window.from });
  const asks = [{ request, window }, ...before.map((piece) => ({ request: open, window: piece }))];
  const answered = await orProblem(() => askEvidence(order.questions.evidence, asks, ask), {
    evidence: noEvidence,
    answered: false,
  });
  const answeredEvidence = answered.problem
    ? { ...noEvidence, whole: false, missing: answered.problem.message }
    : answered.value.evidence;
  const graded = answeredEvidence.facts.map((fact) => gradeOf(fact, grading));
  const usual = await orProblem(() => usualOf(order, graded, all, { tables, window }, ask), noHabits);
  const habits = usual.problem ? { ...noHabits, whole: false } : usual.value;
  const evidence = withoutEmptyTables(answeredEvidence, habits.tables);
  const lifted = hidden.filter((each) => isProven(each, { evidence, graded, habits, now: order.now }, tables));
  return {
    evidence,
    answered: answered.value.answered,
    graded,
    habits,
    tables,
    window,
    knownWindow: { from: before[0]?.from ?? window.from, to: window.to },
    lifted: lifted.map(({ finding }) => finding),
    warnings: [
      ...(grading.adjusted?.length
        ? [`Sign-ins were graded by an adjusted table: ${grading.adjusted.join("; ")}.`]
        : []),
      ...[unseen.problem, answered.problem, usual.problem]
        .filter((problem) => problem !== null)
        .map((problem) => `The evidence is incomplete: ${problem.message}`),
      ...(evidence.whole || answered.problem ? [] : [`The evidence is incomplete: ${evidence.missing}.`]),
      ...(habits.whole || usual.problem ? [] : ["The evidence is incomplete: what is usual was answered in part."]),
      ...lifted.map(
        ({ finding, exclusion }) =>
          `The exclusion ${exclusion} is lifted for ${finding.group.value}: a password was proven right in an attack from there.`,
      ),
    ],
  };
}

/** As far back as one question may read. */
const reachingTo = ({ from, to }: TimeWindow, back: Instant): TimeWindow => ({
  from: instant(Math.min(from, Math.max(back, to - MOST_READ))),
  to,
});

const NOTHING: Answer = { columns: [], rows: [], whole: true, warnings: [] };

/** What is remembered is not asked for again for a day. */
async function usualOf(
  { questions, known, habits, now }: EvidenceOrder,
  graded: readonly Graded[],
  findings: readonly Finding[],
  { tables, window }: Pick<Gathered, "tables" | "window">,
  ask: Ask,
): Promise<Habits> {
  const memory = habits === undefined ? [] : (await orProblem(() => habits.recall(), [])).value;
  const asked = habitsRequest(graded, findings, known, tables, rememberedAt(memory, now), window.to);
  if (!asked.open) return readHabits(NOTHING, asked);
  const answer = await ask(habitsQuery(questions.habits, asked), {
    from: earlier(window.from, HABIT),
    to: window.to,
  });
  if (habits !== undefined)
    await orProblem(() => habits.keep(habitsToRemember(answer, asked, window.to, now)), undefined);
  return readHabits(answer, asked);
}

async function orProblem<T>(
  work: () => Promise<T>,
  instead: T,
): Promise<{ readonly value: T; readonly problem: Problem | null }> {
  try {
    return { value: await work(), problem: null };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { value: instead, problem: error };
  }
}

/** Asked only where the exclusions of a hunt hide enough attempts to hide an attack. */
async function hiddenSources(looked: readonly Looked[], ask: Ask): Promise<readonly Hidden[]> {
  const hidden: Hidden[] = [];
  for (const { look, exclusions } of looked) {
    const active = exclusions.filter(({ enabled }) => enabled);
    const names = new Set(active.map(({ name }) => name));
    const attempts = look.hunt.responder?.attempts ?? failedSignIns(look.hunt.query);
    const most = Math.max(
      0,
      ...look.setAside.filter(({ exclusion }) => names.has(exclusion)).map((each) => each.attempts),
    );
    if (attempts === "" || most < HIDDEN_SOURCE_ACCOUNTS) continue;
    const answer = await ask(hiddenSourcesQuery(attempts, active), look.window);
    for (const row of answer.rows) {
      const [from, last] = [instantOf(row.First), instantOf(row.Last)];
      if (from === null || last === null) continue;
      const { id, name, slug } = look.hunt;
      const group = { kind: "excluded-source", value: textOf(row.Source), label: textOf(row.Source) };
      const window = { from: alignDown(from, DAY), to: later(last, 1 as typeof DAY) };
      hidden.push({
        exclusion: textOf(row.Exclusion),
        finding: {
          key: findingKey(id, group, window),
          hunt: { id, name, slug },
          group,
          window,
          measured: [{ column: "Accounts", value: numberOf(row.Accounts), threshold: HIDDEN_SOURCE_ACCOUNTS }],
          accounts: [],
          addresses: [group.value],
          cut: [],
          rows: [],
        },
      });
    }
  }
  return hidden;
}

function isProven(
  { finding }: Hidden,
  gathered: Omit<Judgement, "privileged" | "whole">,
  tables: TablesOfHunts,
): boolean {
  const trace = traceOf(finding, gathered.graded, gathered.habits, tables);
  const alone: Attack = { id: null, findings: [finding], trace, joinedBy: [], alsoFits: [] };
  const { accounts } = campaignFromEvidence(alone, { ...gathered, privileged: new Set(), whole: true });
  return accounts.entered.length + accounts.known.length > 0;
}

/** The findings of all hunts and the campaigns that are open -> the attacks that they are. */
export function attacksOf(
  findings: readonly Finding[],
  known: readonly Attack[],
  gathered: Gathered,
): readonly Attack[] {
  const traced: Traced[] = findings.map((finding) => ({
    finding,
    trace: traceOf(finding, gathered.graded, gathered.habits, gathered.tables),
  }));
  return joinFindings(traced, known);
}
