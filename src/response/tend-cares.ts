// Watching accounts after something was done to them, and saying how it goes: once what should not have happened, once
// that it is contained so far, and at the end what is known.
import { batchesOf } from "../batches.ts";
import { sourceOf } from "../findings/source-of.ts";
import {
  accountChangesQuery,
  afterCareQuery,
  type WatchedAccount,
  watchedHabitsQuery,
} from "../hunts/after-care-query.ts";
import type { Questions } from "../hunts/questions.ts";
import { owed } from "../ledger/deliveries.ts";
import { cellOf, readRecord } from "../ledger/records.ts";
import { CARES, type Care, RESPONSE, responseRecords, watchedId } from "../ledger/response-records.ts";
import { MOST_READ, piecesOf } from "../pieces.ts";
import type { Answer, CallLimits, Change, JournalRecord, Ports, Row } from "../ports.ts";
import { Problem } from "../problems.ts";
import { containmentEvent } from "../response-events.ts";
import { days, earlier, type Instant, instant, minutes, type TimeWindow } from "../time.ts";
import { type CareAnswers, firstProofOf, habitsOf, judgeCare, quietTables } from "./after-care.ts";
import { addressesOf } from "./campaign-facts.ts";
import { type CareTurn, careTurn } from "./care-turn.ts";
import { carryOut, type Keeping } from "./carry-out.ts";
import type { OrderChannels } from "./carry-out-orders.ts";
import { recordsOf } from "./records-of.ts";
import type { ResponseRules } from "./rules.ts";
import { isStopped } from "./stop-switch.ts";
import { tellCares } from "./tell-cares.ts";

/** What an account did before, to tell the unfamiliar by. */
const HABIT = days(14);

const MOST_TOGETHER = 500;

const ALONE: Keeping = { mayStill: () => true, keep: async () => undefined };

interface Watched {
  readonly record: JournalRecord;
  readonly care: Care;
}

type CareQuestions = Pick<Questions, "afterCare" | "watchedHabits" | "accountChanges" | "newestRows">;

/** What the logs could not say of them. */
export async function tendCares(
  questions: CareQuestions,
  rules: Pick<ResponseRules, "stopped">,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits = {},
): Promise<readonly string[]> {
  const notSeen: string[] = [];
  const watched = (await recordsOf(CARES, ports.journal)).map(
    (record): Watched => ({ record, care: readRecord(responseRecords.care, record, RESPONSE) }),
  );
  // One question for all accounts of a campaign, as far as its text is not too long.
  const groups = [...Map.groupBy(watched, ({ care }) => care.campaign.id).values()].flatMap((all) =>
    batchesOf(all, MOST_TOGETHER),
  );
  for (const together of groups) {
    if (limits.deadline !== undefined && ports.clock.now() >= limits.deadline) break;
    notSeen.push(...(await tendTogether(together, questions, rules, ports, channels, limits)));
  }
  return [...new Set(notSeen)];
}

/** The accounts of one campaign. */
async function tendTogether(
  together: readonly Watched[],
  questions: CareQuestions,
  rules: Pick<ResponseRules, "stopped">,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits,
): Promise<readonly string[]> {
  const { journal, clock } = ports;
  const { cares, learned, answers } = await ask(
    together.map(({ care }) => care),
    questions,
    ports,
    limits,
  );
  const now = clock.now();
  const judged = together.map(({ record }, n) => {
    const care = cares[n]!;
    return { record, verdict: judgeCare(care, answers), care };
  });
  const turns = judged.map(({ record, care, verdict }) => ({ record, turn: careTurn(care, verdict, now) }));
  const { seenTo = null, notLookedAt = [] } = judged[0]?.verdict ?? {};
  const actions = tellCares(
    turns.map(({ turn }) => turn),
    { channels, stopped: await isStopped(rules, journal), notLookedAt, seenTo },
  );
  const done = await carryOut(actions, "act", ports, ALONE, limits);
  const unsaid = owed(done, now);
  if (unsaid.length > 0) await journal.commit(RESPONSE, unsaid);
  const kept: CareTurn[] = [];
  for (const [n, { record, turn }] of turns.entries()) {
    const before = together[n]!.care;
    const after = turn.after ?? (learned && before.habits === null ? turn.care : null);
    if (after === null) continue;
    const known = learned ? after : { ...after, habits: before.habits };
    if ((await journal.commit(RESPONSE, keeping(record, known))).kind === "committed") kept.push(turn);
  }
  for (const [word, some] of Map.groupBy(kept, wordOf)) {
    const campaign = some[0]?.care.campaign.shortName ?? "";
    if (word !== "") ports.events.emit(containmentEvent(campaign, word, some.length));
  }
  return answers.notLookedAt;
}

const wordOf = ({ aftermath, containment }: CareTurn): string =>
  aftermath.length > 0 ? "not contained" : (containment?.kind ?? "");

/** What is over lies under another name, so that whoever looks for work finds only work. */
function keeping({ id, version }: JournalRecord, after: Care): readonly Change[] {
  if (!after.over) return [{ kind: "put", id, value: cellOf(after), basedOn: version }];
  return [
    { kind: "delete", id, basedOn: version },
    { kind: "put", id: watchedId(after.account.id, after.order), value: cellOf(after), basedOn: "any" },
  ];
}

/** How late a row may be and is still looked for; a little more than a day. */
const LATE = minutes(24 * 60 + 30);

/** From where on the logs have still to be asked, where `begin` is the beginning of what matters. */
const askFrom = (begin: Instant, { askedTo }: Care): Instant =>
  askedTo === null ? begin : instant(Math.max(begin, earlier(askedTo, LATE)));
const earliest = (times: readonly Instant[]): Instant => instant(Math.min(...times));

interface Asked {
  /** With what is usual for each. */
  readonly cares: readonly Care[];
  /** False where that was answered in part and has to be asked again. */
  readonly learned: boolean;
  readonly answers: CareAnswers;
}

async function ask(
  watched: readonly Care[],
  questions: CareQuestions,
  { logs, clock }: Ports,
  limits: CallLimits,
): Promise<Asked> {
  const now = clock.now();
  const to = instant(Math.min(now, Math.max(...watched.map(({ until }) => until))));
  const sources = new Set(watched.flatMap(({ campaign }) => addressesOf(campaign)).map(sourceOf));
  const notLookedAt: string[] = [];
  const answerTo = async (kql: string, window: TimeWindow): Promise<Answer> => {
    const answer = await logs.query({ kql, window, ...limits });
    if (!answer.whole) notLookedAt.push(`part of the logs (${answer.missing ?? "the service did not say why"})`);
    return answer;
  };
  /** In pieces, each of which a scheduled question may read. */
  const rowsOf = async (kql: string, from: Instant): Promise<readonly Row[]> => {
    const rows: Row[] = [];
    for (const piece of piecesOf({ from, to })) rows.push(...(await answerTo(kql, piece)).rows);
    return rows;
  };
  const cares = await withHabits(watched, sources, questions, answerTo);
  const learned = notLookedAt.length === 0;
  const accounts = cares.map(watchedOf);
  const signIns = await rowsOf(
    afterCareQuery(questions.afterCare, accounts),
    earliest(cares.map((care) => askFrom(care.from, care))),
  );
  const newest: Row[] = [];
  for (const piece of piecesOf({
    from: earliest([earlier(now, MOST_READ), ...cares.map(({ from }) => from)]),
    to: now,
  }).toReversed()) {
    newest.push(...(await answerTo(questions.newestRows, piece)).rows);
    if (quietTables(newest).length === 0) break;
  }
  const seenWhole = notLookedAt.length === 0;
  let audited = true;
  const changes = await rowsOf(
    accountChangesQuery(questions.accountChanges, accounts),
    earliest(cares.map((care) => askFrom(firstProofOf(care), care))),
  ).catch((error: unknown) => {
    if (!(error instanceof Problem)) throw error;
    const absent = error.code === "MissingTable";
    notLookedAt.push(absent ? "AuditLogs is not exported to the workspace" : `AuditLogs (${error.message})`);
    audited = absent;
    return null;
  });
  const askedTo = seenWhole && audited && (changes === null || notLookedAt.length === 0) ? to : null;
  return {
    cares,
    learned,
    answers: { signIns, sources, changes, newest, notLookedAt: [...new Set(notLookedAt)], askedTo },
  };
}

const watchedOf = (care: Care): WatchedAccount => ({
  account: care.account.id,
  firstProof: firstProofOf(care),
  acted: care.from,
});

/** What is usual is asked once, over two weeks, of those of whom it is not remembered. */
async function withHabits(
  cares: readonly Care[],
  sources: ReadonlySet<string>,
  questions: CareQuestions,
  answerTo: (kql: string, window: TimeWindow) => Promise<Answer>,
): Promise<readonly Care[]> {
  const strange = cares.filter(({ habits }) => habits === null);
  if (strange.length === 0) return cares;
  const proofs = strange.map(firstProofOf);
  const kql = watchedHabitsQuery(questions.watchedHabits, strange.map(watchedOf));
  const { rows } = await answerTo(kql, {
    from: earlier(earliest(proofs), HABIT),
    to: instant(Math.max(...proofs)),
  });
  return cares.map((care) =>
    care.habits === null ? { ...care, habits: habitsOf(care.account.id, rows, sources) } : care,
  );
}
