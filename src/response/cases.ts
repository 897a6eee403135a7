// Campaigns with proven accounts: kept in the journal until every account has an answer, so that a directory that cannot
// be asked, a stop switch or the end of a process delays an answer and loses none.

import { nameBasedId } from "../findings/campaign.ts";
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
import { type Instant, later } from "../time.ts";
import type { CaseToAnswer } from "./action.ts";
import { type Considered, consider, type Remembered, rulesFor } from "./consider.ts";
import { evidenceDigest } from "./evidence-digest.ts";
import { lean, newOrder } from "./orders.ts";
import type { AccountPlan, PlannedAccount } from "./plan-accounts.ts";
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

/** Decides what is done about each account of a case and writes it down: an order, a question to a person, or neither. */
export async function answerCase(
  record: JournalRecord,
  hunts: readonly Hunt[],
  rules: ResponseRules,
  ports: Ports,
  limits: CallLimits = {},
): Promise<AccountPlan | null> {
  const read = readRecord(responseRecords.case, record, RESPONSE);
  const behind = hunts.filter(({ slug }) => read.hunts.includes(slug));
  const careful = rulesFor({ rules, automatic: read.automatic });
  for (let tried = 0; tried < MOST_DECISIONS; tried++) {
    const considered = await consider([{ campaign: read.campaign, hunts: behind }], careful, read.run, ports, limits);
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
    const order = newOrder(plan.campaign, ordered, null, read.run, now);
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
  const parts = Array.from({ length: Math.ceil(accounts.length / ACCOUNTS_OF_A_PART) }, (_, n) =>
    accounts.slice(n * ACCOUNTS_OF_A_PART, (n + 1) * ACCOUNTS_OF_A_PART),
  );
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
