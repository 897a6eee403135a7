// Asking people: a card for each approval, one reminder, and what happens when nobody decides.
import { incidentId } from "../findings/campaign.ts";
import { owed } from "../ledger/deliveries.ts";
import { cellOf, readRecord } from "../ledger/records.ts";
import {
  APPROVALS,
  type Approval,
  askedId,
  LINKS,
  linkId,
  RESPONSE,
  responseRecords,
} from "../ledger/response-records.ts";
import type { CallLimits, JournalRecord, Ports } from "../ports.ts";
import type { Action } from "../response/action.ts";
import { cardOf } from "../response/card.ts";
import { carryOut, type Keeping } from "../response/carry-out.ts";
import type { OrderChannels } from "../response/carry-out-orders.ts";
import { readAnswered } from "../response/consider.ts";
import { auditOfApproval } from "../response/forget-responses.ts";
import { incidentOf } from "../response/incident.ts";
import { recordsOf } from "../response/records-of.ts";
import type { ResponseRules } from "../response/rules.ts";
import { isStopped } from "../response/stop-switch.ts";
import { askedEvent, expiredEvent } from "../response-events.ts";
import { between, days, type Instant, later, minutes } from "../time.ts";
import { newLink, type Random } from "./link.ts";
import { approvalWords } from "./words.ts";

const REMINDER = minutes(30);
const HOLD = minutes(2);
const PAUSE = minutes(1);
/** After this a link leads nowhere any more, not even to what became of it. */
const KEPT = days(7);

const ALONE: Keeping = { mayStill: () => true, keep: async () => undefined };

export interface Asking {
  readonly rules: ResponseRules;
  readonly ports: Ports;
  readonly channels: OrderChannels;
  readonly random: Random;
}

export async function askApprovers(asking: Asking, limits: CallLimits = {}): Promise<void> {
  const { journal, clock } = asking.ports;
  for (const record of await recordsOf(APPROVALS, journal)) {
    if (limits.deadline !== undefined && clock.now() >= limits.deadline) return;
    await tendApproval(record, asking, limits);
  }
  await forgetLinks(asking.ports);
}

const isOpen = (approval: Approval): boolean => approval.parts.some(({ decision }) => decision === null);

async function tendApproval(record: JournalRecord, asking: Asking, limits: CallLimits): Promise<void> {
  const { journal, clock } = asking.ports;
  const approval = readRecord(responseRecords.approval, record, RESPONSE);
  const now = clock.now();
  if (now >= later(approval.expires, KEPT)) {
    await journal.commit(RESPONSE, [
      { kind: "delete", id: record.id, basedOn: record.version },
      { kind: "put", id: askedId(approval.id), value: cellOf(auditOfApproval(approval)), basedOn: "any" },
    ]);
    return;
  }
  if (approval.closedAt !== null || approval.notBefore > now) return;
  const owed = due(approval, asking);
  if (owed === "nothing") return;
  const open = await stillAsked(approval, journal);
  const what = isOpen(open) ? owed : "close";
  const mine = { ...approval, notBefore: later(now, HOLD) };
  const taken = await journal.commit(RESPONSE, [
    { kind: "put", id: record.id, value: cellOf(mine), basedOn: record.version },
  ]);
  if (taken.kind === "conflict") return;
  const done =
    what === "close" ||
    (what === "expire" ? await expire(open, asking, limits) : await ask(open, what, asking, limits));
  const { events } = asking.ports;
  if (done && what === "expire") events.emit(expiredEvent(open, now));
  else if (done && what !== "close") events.emit(askedEvent(open, what === "remind"));
  await noteDown(record.id, (approval) => afterwards(approval, what, done, clock.now()), journal);
}

/** The question without the accounts that an order has answered meanwhile, as once a proof has settled. */
async function stillAsked(approval: Approval, journal: Ports["journal"]): Promise<Approval> {
  const parts = await Promise.all(
    approval.parts.map(async (part) => {
      if (part.decision !== null) return part;
      const answered = await Promise.all(part.accounts.map(({ account }) => readAnswered(account.id, journal)));
      return {
        ...part,
        accounts: part.accounts.filter(({ lastProof }, n) => (answered[n]?.value.provenTo ?? 0) < lastProof),
      };
    }),
  );
  return { ...approval, parts: parts.filter(({ accounts }) => accounts.length > 0) };
}

const afterwards = (approval: Approval, what: Due, done: boolean, at: Instant): Approval =>
  done
    ? { ...approval, notBefore: at, tries: 0, ...mark(what, at) }
    : { ...approval, tries: approval.tries + 1, notBefore: later(at, PAUSE) };

/** A decision can be made meanwhile; what was said is written beside it. */
async function noteDown(
  id: string,
  change: (approval: Approval) => Approval,
  journal: Ports["journal"],
): Promise<void> {
  for (let tried = 0; tried < MOST_NOTES; tried++) {
    const record = await journal.read(RESPONSE, id);
    if (record === null) return;
    const value = cellOf(change(readRecord(responseRecords.approval, record, RESPONSE)));
    const committed = await journal.commit(RESPONSE, [{ kind: "put", id, value, basedOn: record.version }]);
    if (committed.kind === "committed") return;
  }
}
const MOST_NOTES = 5;

type Due = "ask" | "remind" | "expire" | "close" | "nothing";

function due(approval: Approval, { ports }: Asking): Due {
  const now = ports.clock.now();
  if (!isOpen(approval)) return "close";
  if (now >= approval.expires) return "expire";
  if (approval.askedAt === null) return "ask";
  return approval.remindedAt === null && between(approval.askedAt, now) >= REMINDER ? "remind" : "nothing";
}

function mark(what: Due, at: Instant): Partial<Approval> {
  if (what === "ask") return { askedAt: at };
  return what === "remind" ? { remindedAt: at } : { closedAt: at };
}

/** Each card has a link of its own, because the number of an earlier one is known to nobody but its readers. */
async function ask(approval: Approval, what: "ask" | "remind", asking: Asking, limits: CallLimits): Promise<boolean> {
  const { rules, ports, channels, random } = asking;
  if (rules.approvals === null || !channels.cards) return false;
  const link = newLink(rules.approvals.appUrl, random);
  const value = cellOf({ approval: approval.id, expires: approval.expires });
  await ports.journal.commit(RESPONSE, [{ kind: "put", id: linkId(link.hash), value, basedOn: null }]);
  const { campaign } = approval;
  const context = channels.context(await isStopped(rules, ports.journal));
  const open = approval.parts.filter(({ decision }) => decision === null).flatMap(({ accounts }) => accounts);
  const card = cardOf(
    {
      kind: "approval",
      campaign,
      proposals: open.map(({ account, measures, privileged }) => ({
        account: privileged === "" ? account : { ...account, because: `${account.because} (${privileged})` },
        actions: measures,
      })),
      page: link.url,
      expires: approval.expires,
      reminder: what === "remind",
    },
    {
      ...context,
      heldBack:
        approval.because === ""
          ? []
          : [{ kind: "revokeSessions", target: campaign.shortName, reason: approval.because }],
      incidentUrl: context.links?.incident(incidentId(campaign)) ?? null,
    },
  );
  const action: Action = {
    kind: "postCard",
    reason: "A person is asked to decide.",
    campaign: campaign.id,
    id: `${campaign.shortName}-${approval.id.slice(0, 8)}.${what}`,
    card,
  };
  const [posted] = await carryOut([action], "act", ports, ALONE, limits);
  return posted?.outcome.kind === "done";
}

/** Nobody has decided: the incident is raised, because whoever knows a password still has it. */
async function expire(approval: Approval, { rules, ports, channels }: Asking, limits: CallLimits): Promise<boolean> {
  if (!channels.incidents) return true;
  const { campaign } = approval;
  const context = channels.context(await isStopped(rules, ports.journal));
  const incident = incidentOf(campaign, { ...context, heldBack: [], incidentUrl: null });
  const actions: readonly Action[] = [
    {
      kind: "openIncident",
      reason: "Nobody has decided in time.",
      campaign: campaign.id,
      incident: { ...incident, severity: "High", raises: approvalWords.expiredLabel },
    },
    {
      kind: "addComment",
      reason: "Nobody has decided in time.",
      campaign: campaign.id,
      incident: incident.id,
      id: `expired-${approval.id}`,
      text: approvalWords.expiredComment(approval),
    },
  ];
  const done = await carryOut(actions, "act", ports, ALONE, limits);
  const unsaid = owed(done, ports.clock.now());
  if (unsaid.length > 0) await ports.journal.commit(RESPONSE, unsaid);
  return true;
}

async function forgetLinks({ journal, clock }: Ports): Promise<void> {
  for (const record of await recordsOf(LINKS, journal)) {
    const { expires } = readRecord(responseRecords.link, record, RESPONSE);
    if (clock.now() < later(expires, KEPT)) continue;
    await journal.commit(RESPONSE, [{ kind: "delete", id: record.id, basedOn: record.version }]);
  }
}
