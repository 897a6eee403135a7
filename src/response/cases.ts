// Campaigns with proven accounts: kept in the journal until every account has an answer, so that a directory that cannot
// be asked, a stop switch or the end of a process delays an answer and loses none.

import { batchesOf } from "../batches.ts";
import { type Campaign, nameBasedId } from "../findings/campaign.ts";
import type { Hunt } from "../hunts/hunt.ts";
import { cellOf, readRecord } from "../ledger/records.ts";
import {
  type Answered,
  type Approval,
  answeredId,
  approvalId,
  BUDGET,
  CASES,
  caseId,
  orderId,
  RESPONSE,
  type ResponseCase,
  responseRecords,
} from "../ledger/response-records.ts";
import type { CallLimits, Change, Journal, JournalRecord, Ports } from "../ports.ts";
import { Problem } from "../problems.ts";
import { type Instant, later } from "../time.ts";
import type { CaseToAnswer } from "./action.ts";
import { type Considered, consider, type Remembered, rulesFor } from "./consider.ts";
import { evidenceDigest } from "./evidence-digest.ts";
import { lean, newOrder } from "./orders.ts";
import { type AccountPlan, modeOf, type PlannedAccount, provenOf } from "./plan-accounts.ts";
import { isProvisional } from "./provisional.ts";
import { recordsOf } from "./records-of.ts";
import type { ResponseRules } from "./rules.ts";

/** One approval covers so many accounts; more are approved in parts. */
export const ACCOUNTS_OF_A_PART = 25;
const MOST_ASKED = 3 * ACCOUNTS_OF_A_PART;
/** A commit takes 100 changes, one for each account and a few besides; who is left has their turn with the next. */
const MOST_AT_ONCE = 90;
const MOST_DECISIONS = 4;

/** Remembers that a campaign is to be answered. What it says now takes the place of what it said before. */
export async function openResponseCase(answer: CaseToAnswer, journal: Journal): Promise<void> {
  const value = cellOf({ ...answer, campaign: lean(answer.campaign) });
  await journal.commit(RESPONSE, [{ kind: "put", id: caseId(answer.campaign.id), value, basedOn: "any" }]);
}

/** The campaign by the evidence as it stands now; null where there is none any more. Throws a Problem. */
export type AskAgain = (of: Pick<ResponseCase, "campaign" | "hunts">) => Promise<Campaign | null>;

/** Decides what is done about each account of a case and writes it down: an order, a question to a person, or neither. */
export async function answerCase(
  record: JournalRecord,
  hunts: readonly Hunt[],
  rules: ResponseRules,
  askAgain: AskAgain,
  ports: Ports,
  limits: CallLimits = {},
): Promise<AccountPlan | null> {
  const opened = readRecord(responseRecords.case, record, RESPONSE);
  const behind = hunts.filter(({ slug }) => opened.hunts.includes(slug));
  const careful = rulesFor({ rules, automatic: opened.automatic });
  const alone = modeOf(behind, careful) === "automatic";
  const read = alone && hasSettled(opened, ports.clock.now()) ? await seenAgain(opened, askAgain, ports) : opened;
  if (read !== opened) {
    const value = cellOf({ ...read, campaign: lean(read.campaign) });
    const kept = await ports.journal.commit(RESPONSE, [{ kind: "put", id: record.id, value, basedOn: record.version }]);
    if (kept.kind === "conflict") return null;
    record = { ...record, version: kept.versions[record.id] ?? "" };
  }
  for (let tried = 0; tried < MOST_DECISIONS; tried++) {
    const { campaign, seenAt, run } = read;
    const considered = await consider([{ campaign, hunts: behind, seenAt }], careful, run, ports, limits);
    const [plan] = considered.plans;
    if (plan === undefined) return null;
    const changes = changesFor(plan, considered, record, read, careful, ports.clock.now());
    if (changes.length === 0) return plan;
    if ((await ports.journal.commit(RESPONSE, changes)).kind === "committed") return plan;
    // Somebody else has answered meanwhile, or has told more of the campaign: what they wrote is read with the next turn.
    const now = await ports.journal.read(RESPONSE, record.id);
    if (now?.version !== record.version) return null;
  }
  return null;
}

/** Whether a proof that was fresh when it was seen need not be so any more: nothing is done on it without another look. */
const hasSettled = ({ campaign, seenAt }: ResponseCase, now: Instant): boolean =>
  provenOf(campaign).some(({ account }) => isProvisional(account, null, seenAt) && !isProvisional(account, null, now));

/** The case by the evidence of now; as it was where the logs cannot say, which settles nothing. */
async function seenAgain(opened: ResponseCase, askAgain: AskAgain, { clock }: Ports): Promise<ResponseCase> {
  const seenAt = clock.now();
  try {
    const campaign = await askAgain(opened);
    if (campaign === null) return { ...opened, campaign: withoutProof(opened.campaign), seenAt };
    return campaign.assessment.whole ? { ...opened, campaign, seenAt } : opened;
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return opened;
  }
}

const withoutProof = (campaign: Campaign): Campaign => ({
  ...campaign,
  accounts: { ...campaign.accounts, entered: [], known: [] },
});

function changesFor(
  plan: AccountPlan,
  { spent, answered }: Considered,
  record: JournalRecord,
  read: ResponseCase,
  rules: ResponseRules,
  now: Instant,
): readonly Change[] {
  const memory = (account: PlannedAccount): Remembered<Answered> =>
    answered.get(account.account.id) ?? { version: null, value: { provenTo: null, askedTo: null } };
  const isNew = (account: PlannedAccount): boolean => (memory(account).value.askedTo ?? 0) < account.lastProof;
  const wanted = plan.proposed.filter(isNew);
  const ordered = plan.automatic.slice(0, MOST_AT_ONCE);
  const asked = wanted.slice(0, Math.min(MOST_ASKED, MOST_AT_ONCE - ordered.length));
  const changes: Change[] = [];
  const remember = (account: PlannedAccount, change: Partial<Answered>): void => {
    const { version, value } = memory(account);
    changes.push({
      kind: "put",
      id: answeredId(account.account.id),
      value: cellOf({ ...value, ...change }),
      basedOn: version,
    });
  };
  if (ordered.length > 0) {
    const order = newOrder(plan.campaign, ordered, null, read.run, now, read.seenAt);
    changes.push({ kind: "put", id: orderId(order.id), value: cellOf(order), basedOn: null });
    const mine = ordered.map(({ account }) => ({ at: now, run: read.run, account: account.id }));
    changes.push({
      kind: "put",
      id: BUDGET,
      value: cellOf({ spent: [...spent.value, ...mine] }),
      basedOn: spent.version,
    });
    for (const account of ordered) remember(account, { provenTo: account.lastProof });
  }
  if (asked.length > 0 && rules.approvals !== null) {
    const approval = newApproval(plan, asked, read.hunts, later(now, rules.approvals.expiry), now);
    changes.push({ kind: "put", id: approvalId(approval.id), value: cellOf(approval), basedOn: null });
    for (const account of asked) remember(account, { askedTo: account.lastProof });
  }
  const left = wanted.length - asked.length + plan.automatic.length - ordered.length;
  const open = (plan.unsettled.length > 0 || left > 0) && now < read.until;
  if (!open) changes.push({ kind: "delete", id: record.id, basedOn: record.version });
  return changes;
}

function newApproval(
  { campaign, because }: AccountPlan,
  accounts: readonly PlannedAccount[],
  hunts: readonly string[],
  expires: Instant,
  now: Instant,
): Approval {
  const proofs = accounts.map(({ account, lastProof }) => `${account.id} ${lastProof}`).toSorted();
  const parts = batchesOf(accounts, ACCOUNTS_OF_A_PART);
  const told = lean(campaign);
  return {
    id: nameBasedId("approval", campaign.id, ...proofs),
    campaign: told,
    hunts: [...hunts],
    digest: evidenceDigest(told, accounts),
    because,
    parts: parts.map((part) => ({ accounts: part.map(plain), decision: null })),
    madeAt: now,
    expires,
    askedAt: null,
    remindedAt: null,
    closedAt: null,
    tries: 0,
    notBefore: now,
  };
}

const plain = (planned: PlannedAccount): Approval["parts"][number]["accounts"][number] => ({
  ...planned,
  measures: [...planned.measures],
  account: { ...planned.account, rows: planned.account.rows.map((row) => ({ ...row })) },
});

/** Every case that waits for an answer. */
export const openCases = (journal: Journal): Promise<readonly JournalRecord[]> => recordsOf(CASES, journal);
