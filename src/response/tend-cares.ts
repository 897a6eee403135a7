// Watching accounts after something was done to them, and saying how it goes: once what should not have happened, once
// that it is contained so far, and at the end what is known.
import { type Campaign, incidentId } from "../findings/campaign.ts";
import { accountChangesQuery, afterCareQuery, type WatchedAccount } from "../hunts/after-care-query.ts";
import type { Questions } from "../hunts/questions.ts";
import { cellOf, readRecord, short } from "../ledger/records.ts";
import { CARES, type Care, RESPONSE, responseRecords } from "../ledger/response-records.ts";
import type { CallLimits, JournalRecord, Ports, Row } from "../ports.ts";
import { Problem } from "../problems.ts";
import { days, earlier, hours, instant, later, minutes, type TimeWindow } from "../time.ts";
import type { Action } from "./action.ts";
import { type CareAnswers, type CareVerdict, careWords, firstProofOf, judgeCare } from "./after-care.ts";
import { addressesOf, nameOf } from "./campaign-facts.ts";
import { cardOf } from "./card.ts";
import { carryOut, type Keeping } from "./carry-out.ts";
import type { OrderChannels } from "./carry-out-orders.ts";
import { safeText } from "./safe-text.ts";

/** What an account did before, to tell the unfamiliar by. */
const HABIT = days(14);
/** Access tokens that were given out before have ended by then, so silence begins to mean something. */
const FIRST_WORD = minutes(75);
/** How long after its end a watch waits for logs that are late. */
const PATIENCE = hours(24);
const MOST = 200;
const FIRST_WORD_KEY = "contained so far";

const ALONE: Keeping = { mayStill: () => true, keep: async () => undefined };

interface Watched {
  readonly record: JournalRecord;
  readonly care: Care;
}

export async function tendCares(
  questions: Pick<Questions, "afterCare" | "accountChanges" | "newestRows">,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits = {},
): Promise<void> {
  const page = await ports.journal.list(RESPONSE, CARES, MOST);
  const watched = page
    .filter(({ id }) => id.startsWith(CARES))
    .map((record): Watched => ({ record, care: readRecord(responseRecords.care, record, RESPONSE) }))
    .filter(({ care }) => !care.over);
  // One question for all accounts of a campaign.
  for (const together of Map.groupBy(watched, ({ care }) => care.campaign.id).values()) {
    if (limits.deadline !== undefined && ports.clock.now() >= limits.deadline) return;
    const answers = await ask(
      together.map(({ care }) => care),
      questions,
      ports,
      limits,
    );
    for (const one of together) await tell(one, judgeCare(one.care, answers), ports, channels, limits);
  }
}

async function ask(
  cares: readonly Care[],
  questions: Pick<Questions, "afterCare" | "accountChanges" | "newestRows">,
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

async function tell(
  { record, care }: Watched,
  verdict: CareVerdict,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits,
): Promise<void> {
  const now = ports.clock.now();
  const told = new Set(care.told);
  const actions: Action[] = [];
  const name = safeText.incident(nameOf(care.account), 113);
  const comment = (what: string, text: string): void => {
    if (channels.incidents)
      actions.push(commentOn(care.campaign, `care-${short(care.order, care.account.id, what)}`, text));
  };

  const fresh = verdict.aftermath.filter(({ key }) => !told.has(key));
  if (fresh.length > 0) {
    const lines = fresh.map((one) => `${name}: ${safeText.incident(one.what, 300)}`);
    comment(fresh.map(({ key }) => key).join(" "), careWords.notContained(lines));
    if (channels.cards) actions.push(cardFor(care, { ...verdict, aftermath: fresh }, channels));
  }
  const news = verdict.news.filter(({ key }) => !told.has(key));
  if (news.length > 0) {
    comment(
      news.map(({ key }) => key).join(" "),
      careWords.news(news.map(({ text }) => `${name}: ${safeText.incident(text, 300)}`)),
    );
  }

  const { seenTo, notLookedAt } = verdict;
  const clean = verdict.aftermath.length === 0 && !care.told.includes(ALARMED) && notLookedAt.every(isAudit);
  const seen = seenTo !== null && seenTo >= care.until;
  const over = seen || now >= later(care.until, PATIENCE);
  const keys = [...fresh, ...news].map(({ key }) => key);
  if (fresh.length > 0) keys.push(ALARMED);
  if (over && clean && seen) comment("end", careWords.contained(name, care.until, notLookedAt));
  else if (over && verdict.aftermath.length === 0 && !care.told.includes(ALARMED))
    comment("end", careWords.unknown(name, care.until, seenTo, notLookedAt));
  else if (clean && seenTo !== null && seenTo >= later(care.from, FIRST_WORD) && !told.has(FIRST_WORD_KEY)) {
    comment(FIRST_WORD_KEY, careWords.contained(name, seenTo, notLookedAt));
    keys.push(FIRST_WORD_KEY);
  }

  const done = await carryOut(actions, "act", ports, ALONE, limits);
  // What could not be said is said with the next turn; comments are written once, a card may come twice.
  if (done.some(({ outcome }) => outcome.kind === "failed" && outcome.retry)) return;
  if (keys.length === 0 && !over && seenTo === care.seenTo) return;
  const after: Care = { ...care, seenTo, told: [...care.told, ...keys], over };
  await ports.journal.commit(RESPONSE, [{ kind: "put", id: record.id, value: cellOf(after), basedOn: record.version }]);
}

const ALARMED = "not contained";
/** Without AuditLogs the sign-ins can still be spoken of; without part of the sign-ins nothing can. */
const isAudit = (what: string): boolean => what.startsWith("AuditLogs");

const commentOn = (campaign: Campaign, id: string, text: string): Action => ({
  kind: "addComment",
  reason: "How it goes on after something was done.",
  campaign: campaign.id,
  incident: incidentId(campaign),
  id,
  text,
});

function cardFor(care: Care, verdict: CareVerdict, { context }: OrderChannels): Action {
  const { campaign } = care;
  const around = context(false);
  return {
    kind: "postCard",
    reason: "An account is not contained.",
    campaign: campaign.id,
    id: `${campaign.shortName}-${short(care.order, care.account.id, ...verdict.aftermath.map(({ key }) => key)).slice(0, 8)}.not-contained`,
    card: cardOf(
      {
        kind: "notContained",
        campaign,
        aftermath: verdict.aftermath,
        seenUpTo: verdict.seenTo ?? care.from,
        notLookedAt: verdict.notLookedAt,
      },
      { ...around, heldBack: [], incidentUrl: around.links?.incident(incidentId(campaign)) ?? null },
    ),
  };
}
