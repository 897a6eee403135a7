// What is kept of acting on accounts, and for how long. It names people, so none of it is kept for ever; what an audit asks
// is kept longer than what only helps to understand it.
import { cellOf, readRecord } from "../ledger/records.ts";
import {
  type AccountOrder,
  ANSWERED,
  type Approval,
  ASKED,
  type AuditedApproval,
  type AuditedOrder,
  DONE,
  RESPONSE,
  responseRecords,
  WATCHED,
} from "../ledger/response-records.ts";
import type { Cell, Change, Journal, JournalRecord } from "../ports.ts";
import { days, type Instant, instant, later } from "../time.ts";

/** Orders with the sign-ins behind them, watches that are over, and up to where an account was answered. As long as findings are remembered. */
export const WHOLE_FOR = days(90);
/** Who had what done to whom, who decided, and why. Two years: an audit looks back on one, and comes late. */
export const AUDIT_FOR = days(730);

/** Records of each kind that are looked at with each wake-up. */
const AT_A_TIME = 20;

/** What becomes of a record: it stays, is replaced by less, or is erased. */
type Fate = "stays" | "erased" | { readonly less: Cell };

const SHELVES: readonly (readonly [prefix: string, fate: (record: JournalRecord, now: Instant) => Fate])[] = [
  [DONE, fateOfOrder],
  [ASKED, fateOfQuestion],
  [WATCHED, fateOfWatch],
  [ANSWERED, fateOfAnswer],
];

/** Goes on where the last wake-up left off, a few records of each kind at a time. */
export async function forgetResponses(now: Instant, journal: Journal): Promise<void> {
  for (const [prefix, fate] of SHELVES) await forgetFrom(prefix, fate, now, journal);
}

async function forgetFrom(
  prefix: string,
  fate: (record: JournalRecord, now: Instant) => Fate,
  now: Instant,
  journal: Journal,
): Promise<void> {
  const cursor = `forgotten to, ${prefix}`;
  const read = await journal.read(RESPONSE, cursor);
  const from = typeof read?.value === "string" ? read.value : prefix;
  const page = (await journal.list(RESPONSE, from, AT_A_TIME)).filter(({ id }) => id.startsWith(prefix));
  const changes = page.flatMap((record): Change[] => {
    const became = fate(record, now);
    if (became === "stays") return [];
    const { id, version } = record;
    if (became === "erased") return [{ kind: "delete", id, basedOn: version }];
    return [{ kind: "put", id, value: became.less, basedOn: version }];
  });
  const last = page.at(-1)?.id;
  const next = last === undefined || page.length < AT_A_TIME ? prefix : `${last}\u0000`;
  if (changes.length === 0 && next === from) return;
  // Where somebody has written one of them meanwhile it is looked at the next time round.
  await journal.commit(RESPONSE, [...changes, { kind: "put", id: cursor, value: next, basedOn: "any" }]);
}

function fateOfOrder(record: JournalRecord, now: Instant): Fate {
  const audited = responseRecords.auditedOrder.schema.safeParse(record.value);
  if (audited.success) return now < later(audited.data.madeAt, AUDIT_FOR) ? "stays" : "erased";
  const order = readRecord(responseRecords.order, record, RESPONSE);
  return now < later(order.madeAt, WHOLE_FOR) ? "stays" : { less: cellOf(auditOfOrder(order)) };
}

function fateOfQuestion(record: JournalRecord, now: Instant): Fate {
  const { madeAt } = readRecord(responseRecords.auditedApproval, record, RESPONSE);
  return now < later(madeAt, AUDIT_FOR) ? "stays" : "erased";
}

function fateOfWatch(record: JournalRecord, now: Instant): Fate {
  const { until } = readRecord(responseRecords.care, record, RESPONSE);
  return now < later(until, WHOLE_FOR) ? "stays" : "erased";
}

/** Of proofs as old as that nobody asks any more: what the logs still hold of them was answered in the directory too. */
function fateOfAnswer(record: JournalRecord, now: Instant): Fate {
  const { provenTo, askedTo } = readRecord(responseRecords.answered, record, RESPONSE);
  const last = instant(Math.max(provenTo ?? 0, askedTo ?? 0));
  return now < later(last, WHOLE_FOR) ? "stays" : "erased";
}

const attackOf = ({ id, generation, shortName }: AccountOrder["campaign"]): AuditedOrder["campaign"] => ({
  id,
  generation,
  shortName,
});

const auditOfOrder = ({ id, campaign, approver, madeAt, accounts }: AccountOrder): AuditedOrder => ({
  audit: "order",
  id,
  campaign: attackOf(campaign),
  approver,
  madeAt,
  accounts: accounts.map(({ planned, steps }) => ({
    id: planned.account.id,
    name: planned.account.name,
    because: planned.account.because,
    lastProof: planned.lastProof,
    privileged: planned.privileged,
    steps: steps.map(({ measure, state, at, code, detail }) => ({ measure, state, at, code, detail })),
  })),
});

/** What is kept of a question once its link leads nowhere any more. */
export const auditOfApproval = (approval: Approval): AuditedApproval => ({
  audit: "approval",
  id: approval.id,
  campaign: attackOf(approval.campaign),
  because: approval.because,
  madeAt: approval.madeAt,
  expires: approval.expires,
  askedAt: approval.askedAt,
  remindedAt: approval.remindedAt,
  parts: approval.parts.map(({ accounts, decision }) => ({
    accounts: accounts.map(({ account, measures }) => ({ id: account.id, name: account.name, measures })),
    decision,
  })),
});
