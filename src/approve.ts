// The other story: a person decides about accounts. Whatever the page showed, everything is asked again before anything is
// done; looking does nothing, and one decision is one conditional write.

import type { Approver } from "./approvals/approver.ts";
import { type Booked, findApproval, readApproval } from "./approvals/book.ts";
import { wasAttempted } from "./approvals/was-attempted.ts";
import { approvalWords } from "./approvals/words.ts";
import type { Campaign, ProvenAccount } from "./findings/campaign.ts";
import { incidentId } from "./findings/campaign.ts";
import { cellOf } from "./ledger/records.ts";
import {
  type AccountOrder,
  type Approval,
  type ApprovalPart,
  answeredId,
  approvalId,
  type Decision,
  orderId,
  type Person,
  RESPONSE,
} from "./ledger/response-records.ts";
import type { CallLimits, Change, Ports } from "./ports.ts";
import { Problem } from "./problems.ts";
import { nameOf } from "./response/campaign-facts.ts";
import { carryOut } from "./response/carry-out.ts";
import { carryOutOrder, type OrderChannels } from "./response/carry-out-orders.ts";
import { readAnswered } from "./response/consider.ts";
import { evidenceDigest } from "./response/evidence-digest.ts";
import { guard, lastProofOf } from "./response/guards.ts";
import { newOrder } from "./response/orders.ts";
import { type PlannedAccount, provenOf } from "./response/plan-accounts.ts";
import type { ResponseRules } from "./response/rules.ts";
import { standingOf } from "./response/standing.ts";
import { isStopped } from "./response/stop-switch.ts";
import { decidedEvent, refusedEvent } from "./response-events.ts";

export interface Approving {
  readonly rules: ResponseRules;
  readonly ports: Ports;
  readonly channels: OrderChannels;
  /** The campaign by the evidence as it stands now; null where there is none any more. Throws a Problem. */
  readonly askAgain: (approval: Approval) => Promise<Campaign | null>;
}

/** What the person sends: which part, which way, and the digest of what the page showed. */
export interface Verdict {
  readonly part: number;
  readonly decision: "approve" | "decline";
  readonly digest: string;
}

/** An account of the part about which something is different from what the page showed. */
export interface Changed {
  readonly account: string;
  readonly what: string;
}

export type Refusal =
  | { readonly kind: "unknown" }
  | { readonly kind: "forbidden"; readonly because: string }
  | { readonly kind: "expired"; readonly approval: Approval }
  /** This page shows something else than what is asked. */
  | { readonly kind: "altered"; readonly approval: Approval }
  | { readonly kind: "decided"; readonly approval: Approval; readonly decision: Decision }
  /** Nothing was done and the question stays open. */
  | {
      readonly kind: "notDone";
      readonly approval: Approval;
      readonly because: string;
      readonly changed: readonly Changed[];
    };

export type Reviewed =
  | { readonly kind: "open"; readonly approval: Approval; readonly person: Person; readonly stopped: boolean }
  | Refusal;

export type Decided =
  | {
      readonly kind: "carriedOut";
      readonly approval: Approval;
      /** As far as it has come; the rest is done by the timer. */
      readonly order: AccountOrder;
      readonly changed: readonly Changed[];
    }
  | { readonly kind: "declined"; readonly approval: Approval }
  | Refusal;

/** What the page shows. Reads the journal and changes nothing. */
export async function reviewApproval(number: string, approver: Approver, approving: Approving): Promise<Reviewed> {
  const { ports, rules } = approving;
  const found = await admit(number, approver, approving);
  if (found.kind !== "admitted") return found;
  const { approval, person } = found;
  if (ports.clock.now() >= approval.expires && approval.parts.some(({ decision }) => decision === null)) {
    return { kind: "expired", approval };
  }
  return { kind: "open", approval, person, stopped: await isStopped(rules, ports.journal) };
}

/** What a decision leads to. */
export async function decideApproval(
  number: string,
  verdict: Verdict,
  approver: Approver,
  approving: Approving,
  limits: CallLimits = {},
): Promise<Decided> {
  const decided = await decide(number, verdict, approver, approving, limits);
  if (decided.kind !== "carriedOut" && decided.kind !== "declined")
    approving.ports.events.emit(refusedEvent(decided.kind));
  return decided;
}

async function decide(
  number: string,
  verdict: Verdict,
  approver: Approver,
  approving: Approving,
  limits: CallLimits,
): Promise<Decided> {
  const found = await admit(number, approver, approving);
  if (found.kind !== "admitted") return found;
  const refusal = refusalOf(found.approval, verdict, approving);
  if (refusal !== null) return refusal;
  return verdict.decision === "decline"
    ? decline(found, verdict, approving, limits)
    : approve(found, verdict, approving, limits);
}

interface Admitted extends Booked {
  readonly kind: "admitted";
  readonly person: Person;
}

/** Who may not decide does not see whom it is about either. */
async function admit(number: string, approver: Approver, { rules, ports }: Approving): Promise<Admitted | Refusal> {
  if (approver.kind === "nobody") return { kind: "forbidden", because: approver.because };
  if (rules.approvals === null) return { kind: "forbidden", because: "Approvals are off (APPROVALS)." };
  const booked = await findApproval(number, ports.journal);
  if (booked === null) return { kind: "unknown" };
  const { person } = approver;
  if (await wasAttempted(person, booked.approval.campaign, ports)) return { kind: "forbidden", because: ATTACKED };
  return { kind: "admitted", person, ...booked };
}

const ATTACKED =
  "Your own account is among those that the campaign attempted, or it could not be ruled out: whoever asks may not be you. Somebody else has to decide.";

function refusalOf(approval: Approval, { part, digest }: Verdict, { ports }: Approving): Refusal | null {
  const asked = approval.parts[part];
  if (asked === undefined || digest !== approval.digest || digest !== digestOf(approval)) {
    return { kind: "altered", approval };
  }
  if (asked.decision !== null) return { kind: "decided", approval, decision: asked.decision };
  return ports.clock.now() >= approval.expires ? { kind: "expired", approval } : null;
}

/** Made again from the record, so that a record that somebody has changed acts on nobody. */
const digestOf = ({ campaign, parts }: Approval): string =>
  evidenceDigest(
    campaign,
    parts.flatMap(({ accounts }) => accounts),
  );

const MOST_TRIES = 4;

/** Writes a decision down where nobody has decided yet; what somebody else has written meanwhile is read first. */
async function record(
  { approval, version }: Booked,
  verdict: Verdict,
  decision: Decision,
  besides: readonly Change[],
  approving: Approving,
): Promise<Approval | Refusal> {
  const { journal } = approving.ports;
  let current: Booked = { approval, version };
  for (let tried = 0; tried < MOST_TRIES; tried++) {
    const refusal = refusalOf(current.approval, verdict, approving);
    if (refusal !== null) return refusal;
    const after: Approval = {
      ...current.approval,
      parts: current.approval.parts.map((part, n) => (n === verdict.part ? { ...part, decision } : part)),
    };
    const committed = await journal.commit(RESPONSE, [
      { kind: "put", id: approvalId(approval.id), value: cellOf(after), basedOn: current.version },
      ...besides,
    ]);
    if (committed.kind === "committed") {
      const { kind, at } = decision;
      approving.ports.events.emit(decidedEvent(after, verdict.part, kind, at));
      return after;
    }
    const read = await readApproval(approval.id, journal);
    if (read === null) return { kind: "unknown" };
    current = read;
  }
  return {
    kind: "notDone",
    approval,
    because: "Others were writing at the same time. Nothing was done; decide again.",
    changed: [],
  };
}

const isRefusal = (result: Approval | Refusal): result is Refusal => "kind" in result;

async function decline(found: Admitted, verdict: Verdict, approving: Approving, limits: CallLimits): Promise<Decided> {
  const { ports, channels } = approving;
  const part = found.approval.parts[verdict.part]!;
  const decision: Decision = { kind: "declined", by: found.person, at: ports.clock.now(), order: "" };
  const result = await record(found, verdict, decision, await answers(part.accounts, ports), approving);
  if (isRefusal(result)) return result;
  if (channels.incidents) {
    const incident = incidentId(result.campaign);
    await carryOut(
      [
        {
          kind: "addComment",
          reason: "A person has declined.",
          campaign: result.campaign.id,
          incident,
          id: `declined-${result.id}-${verdict.part}`,
          text: approvalWords.declinedComment(part, found.person),
        },
      ],
      "act",
      ports,
      { mayStill: () => true, keep: async () => undefined },
      limits,
    );
  }
  return { kind: "declined", approval: result };
}

async function approve(found: Admitted, verdict: Verdict, approving: Approving, limits: CallLimits): Promise<Decided> {
  const { rules, ports, channels } = approving;
  const { approval, person } = found;
  const notDone = (because: string, changed: readonly Changed[] = []): Refusal => ({
    kind: "notDone",
    approval,
    because,
    changed,
  });
  if (await isStopped(rules, ports.journal)) return notDone("The stop switch is on. Nothing was done.");
  const campaign = await again(approval, approving);
  if (typeof campaign === "string") return notDone(campaign);
  if (await wasAttempted(person, campaign, ports)) return { kind: "forbidden", because: ATTACKED };
  const part = approval.parts[verdict.part]!;
  const { accounts, changed } = await stillTo(part, campaign, approving, limits);
  if (accounts.length === 0)
    return notDone("None of these accounts may be acted on any more. Nothing was done.", changed);

  const now = ports.clock.now();
  const order = newOrder(campaign, accounts, person, `${approval.id} ${verdict.part}`, now);
  const decision: Decision = { kind: "approved", by: person, at: now, order: order.id };
  const besides: readonly Change[] = [
    { kind: "put", id: orderId(order.id), value: cellOf(order), basedOn: null },
    ...(await answers(accounts, ports)),
  ];
  const result = await record(found, verdict, decision, besides, approving);
  if (isRefusal(result)) return result;
  const ordered = await ports.journal.read(RESPONSE, orderId(order.id));
  const carried = ordered === null ? null : await carryOutOrder(ordered, rules, ports, channels, limits);
  return { kind: "carriedOut", approval: result, order: carried ?? order, changed };
}

/** The campaign as it stands now, or why nothing can be done on it. */
async function again(approval: Approval, { askAgain }: Approving): Promise<Campaign | string> {
  try {
    const campaign = await askAgain(approval);
    if (campaign === null) return "The logs no longer show this campaign. Nothing was done.";
    return campaign.assessment.whole
      ? campaign
      : "The logs answered only in part just now. Nothing was done; try again.";
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return `The evidence could not be asked again: ${error.message} Nothing was done; try again.`;
  }
}

interface StillTo {
  readonly accounts: readonly PlannedAccount[];
  readonly changed: readonly Changed[];
}

async function stillTo(
  part: ApprovalPart,
  campaign: Campaign,
  { rules, ports }: Approving,
  limits: CallLimits,
): Promise<StillTo> {
  const proven = new Map(provenOf(campaign).map(({ account }) => [account.id.toLowerCase(), account]));
  const judged = await Promise.all(
    part.accounts.map(async (before): Promise<PlannedAccount | Changed> => {
      const change = (what: string): Changed => ({ account: nameOf(before.account), what });
      const now = proven.get(before.account.id.toLowerCase());
      if (now === undefined)
        return change("The evidence no longer proves that its password is known. Nothing is done to it.");
      const measures = before.measures.filter((measure) => rules.measures.includes(measure));
      if (measures.length === 0) return change("The settings no longer allow what was asked. Nothing is done to it.");
      const [standing, answered] = await Promise.all([
        standingOf(now.id, rules, ports.directory, limits),
        readAnswered(now.id, ports.journal),
      ]);
      const account = withLatest(now, before.account);
      const result = guard(account, standing, rules, { whole: true, answeredTo: answered.value.provenTo });
      if (result.kind !== "may") return change(`${result.reason} Nothing is done to it.`);
      const { lastProof, privileged, user } = result;
      return {
        account: { ...account, privileged: privileged !== "" },
        measures,
        lastProof,
        privileged,
        synchronised: user.synchronised,
      };
    }),
  );
  const accounts = judged.filter((each) => "measures" in each);
  const news = accounts.flatMap((account) => {
    const before = part.accounts.find((each) => each.account.id.toLowerCase() === account.account.id.toLowerCase());
    return before === undefined ? [] : differences(before, account);
  });
  return { accounts, changed: [...judged.filter((each) => "what" in each), ...news] };
}

/** The logs list only some of an account's proofs: what was shown before counts as well. */
const withLatest = (now: ProvenAccount, before: ProvenAccount): ProvenAccount =>
  (lastProofOf(before) ?? 0) > (lastProofOf(now) ?? 0) ? { ...now, rows: [...now.rows, ...before.rows] } : now;

function differences(before: PlannedAccount, now: PlannedAccount): readonly Changed[] {
  const account = nameOf(before.account);
  return [
    ...(before.measures.length === now.measures.length
      ? []
      : [{ account, what: `Only part of what was asked is still allowed: ${now.measures.join(", ")}.` }]),
    ...(before.privileged === now.privileged
      ? []
      : [
          {
            account,
            what:
              now.privileged === ""
                ? "It no longer counts as privileged."
                : `It counts as privileged: ${now.privileged}.`,
          },
        ]),
    ...(before.account.because === now.account.because
      ? []
      : [{ account, what: `The proof is now: ${now.account.because}` }]),
  ];
}

async function answers(accounts: readonly PlannedAccount[], ports: Ports): Promise<readonly Change[]> {
  return Promise.all(
    accounts.map(async ({ account, lastProof }): Promise<Change> => {
      const { version, value } = await readAnswered(account.id, ports.journal);
      return {
        kind: "put",
        id: answeredId(account.id),
        value: cellOf({ ...value, provenTo: lastProof }),
        basedOn: version,
      };
    }),
  );
}
