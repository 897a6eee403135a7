// Watching accounts after something was done to them, and saying how it goes: once what should not have happened, once
// that it is contained so far, and at the end what is known.
import { accountChangesQuery, afterCareQuery, type WatchedAccount } from "../hunts/after-care-query.ts";
import type { Questions } from "../hunts/questions.ts";
import { owed } from "../ledger/deliveries.ts";
import { cellOf, readRecord } from "../ledger/records.ts";
import { CARES, type Care, RESPONSE, responseRecords, watchedId } from "../ledger/response-records.ts";
import type { CallLimits, Change, JournalRecord, Ports, Row } from "../ports.ts";
import { Problem } from "../problems.ts";
import { containmentEvent } from "../response-events.ts";
import { days, earlier, instant, type TimeWindow } from "../time.ts";
import { type CareAnswers, firstProofOf, judgeCare } from "./after-care.ts";
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

const ALONE: Keeping = { mayStill: () => true, keep: async () => undefined };

interface Watched {
  readonly record: JournalRecord;
  readonly care: Care;
}

type CareQuestions = Pick<Questions, "afterCare" | "accountChanges" | "newestRows">;

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
  // One question for all accounts of a campaign.
  for (const together of Map.groupBy(watched, ({ care }) => care.campaign.id).values()) {
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
  const answers = await ask(
    together.map(({ care }) => care),
    questions,
    ports,
    limits,
  );
  const now = clock.now();
  const judged = together.map(({ record, care }) => ({ record, verdict: judgeCare(care, answers), care }));
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
  for (const { record, turn } of turns) {
    if (turn.after === null) continue;
    if ((await journal.commit(RESPONSE, keeping(record, turn.after))).kind === "committed") kept.push(turn);
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

async function ask(
  cares: readonly Care[],
  questions: CareQuestions,
  { logs, clock }: Ports,
  limits: CallLimits,
): Promise<CareAnswers> {
  const now = clock.now();
  const watched = cares.map(
    (care): WatchedAccount => ({ account: care.account.id, firstProof: firstProofOf(care), acted: care.from }),
  );
  const first = instant(Math.min(now, ...watched.map(({ firstProof }) => firstProof)));
  const to = instant(Math.min(now, Math.max(...cares.map(({ until }) => until))));
  const notLookedAt: string[] = [];
  const rowsOf = async (kql: string, window: TimeWindow): Promise<readonly Row[]> => {
    const answer = await logs.query({ kql, window, ...limits });
    if (!answer.whole) notLookedAt.push(`part of the logs (${answer.missing ?? "the service did not say why"})`);
    return answer.rows;
  };
  const sources = [...new Set(cares.flatMap(({ campaign }) => addressesOf(campaign)))];
  const signIns = await rowsOf(afterCareQuery(questions.afterCare, watched, sources), {
    from: earlier(first, HABIT),
    to,
  });
  const newest = await rowsOf(questions.newestRows, { from: earlier(first, HABIT), to: now });
  const changes = await rowsOf(accountChangesQuery(questions.accountChanges, watched), { from: first, to }).catch(
    (error: unknown) => {
      if (!(error instanceof Problem)) throw error;
      notLookedAt.push(
        error.code === "MissingTable" ? "AuditLogs is not exported to the workspace" : `AuditLogs (${error.message})`,
      );
      return null;
    },
  );
  return { signIns, changes, newest, notLookedAt };
}
