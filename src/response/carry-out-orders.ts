// Orders on accounts, step by step: what is intended is written down before, what became of it after, and everything that
// could have changed is asked again in between. The process may end anywhere; whoever goes on finds out what was done.
import { incidentId } from "../findings/campaign.ts";
import { owed } from "../ledger/deliveries.ts";
import { cellOf, readRecord } from "../ledger/records.ts";
import {
  type AccountOrder,
  answeredId,
  type Care,
  careId,
  caseId,
  doneId,
  ORDERS,
  type OrderStep,
  RESPONSE,
  responseRecords,
} from "../ledger/response-records.ts";
import type { CallLimits, Change, JournalRecord, Ports } from "../ports.ts";
import { Problem } from "../problems.ts";
import { orderEvent } from "../response-events.ts";
import { days, earlier, type Instant, later, minutes } from "../time.ts";
import type { Action, Outcome } from "./action.ts";
import { cardOf } from "./card.ts";
import { carryOut, type Done, type Keeping } from "./carry-out.ts";
import { guard } from "./guards.ts";
import { approverName, intentComment, resultComment } from "./order-words.ts";
import { deedsOf, isFinal, isFinished, lean, type OrderedAccount, withStep } from "./orders.ts";
import { STOPPED } from "./plan-accounts.ts";
import { recordsOf } from "./records-of.ts";
import type { ResponseRules } from "./rules.ts";
import { type Standing, standingOf } from "./standing.ts";
import { isStopped } from "./stop-switch.ts";
import type { TellingContext } from "./telling.ts";
import { time } from "./words.ts";

/** How an order is told; what is not there is not told. */
export interface OrderChannels {
  readonly incidents: boolean;
  readonly cards: boolean;
  readonly context: (stopped: boolean) => Omit<TellingContext, "heldBack" | "incidentUrl">;
}

/** How long an order is in the hands of whoever has taken it. */
const HOLD = minutes(2);
const MOST_TRIES = 5;
const PAUSE = minutes(1);
/** Clocks differ: a session that was ended this little before our own intent was ended by it. */
const SKEW = minutes(5);
const CASE_STAYS = days(3);

/** Everything that is ordered and not yet done or told; the orders as they stand afterwards. */
export async function carryOutOrders(
  rules: ResponseRules,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits = {},
): Promise<readonly AccountOrder[]> {
  const carried: AccountOrder[] = [];
  for (const record of await recordsOf(ORDERS, ports.journal)) {
    if (limits.deadline !== undefined && ports.clock.now() >= limits.deadline) break;
    const order = await carryOutOrder(record, rules, ports, channels, limits);
    if (order !== null) carried.push(order);
  }
  return carried;
}

/** One order as far as it can be carried now; the order as it then stands, or null where somebody else has it. */
export async function carryOutOrder(
  record: JournalRecord,
  rules: ResponseRules,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits = {},
): Promise<AccountOrder | null> {
  const order = readRecord(responseRecords.order, record, RESPONSE);
  if (order.state === "closed" || order.notBefore > ports.clock.now()) return null;
  const hand = handOf(record, ports);
  if (!(await hand.write(taken(order, ports)))) return null;
  try {
    return await tellOrder(
      await act(taken(order, ports), hand, rules, ports, channels, limits),
      hand,
      rules,
      ports,
      channels,
      limits,
    );
  } catch (error) {
    if (error instanceof Overtaken) return null;
    throw error;
  }
}

/** The record in this process's hand: every write is based on the last. */
interface Hand {
  write(order: AccountOrder, besides?: readonly Change[]): Promise<boolean>;
  /** What is over lies under another name, so that whoever looks for work finds only work. */
  lay(order: AccountOrder, besides: readonly Change[]): Promise<boolean>;
}

function handOf(record: JournalRecord, { journal }: Ports): Hand {
  let { version } = record;
  return {
    async write(order, besides = []) {
      const change: Change = { kind: "put", id: record.id, value: cellOf(order), basedOn: version };
      const committed = await journal.commit(RESPONSE, [change, ...besides]);
      if (committed.kind === "conflict") return false;
      version = committed.versions[record.id] ?? "";
      return true;
    },
    async lay(order, besides) {
      const committed = await journal.commit(RESPONSE, [
        { kind: "delete", id: record.id, basedOn: version },
        { kind: "put", id: doneId(order.id), value: cellOf(order), basedOn: "any" },
        ...besides,
      ]);
      return committed.kind === "committed";
    },
  };
}

/** Somebody else goes on with the order. */
class Overtaken extends Error {}

async function keep(
  hand: Hand,
  order: AccountOrder,
  ports: Ports,
  besides: readonly Change[] = [],
): Promise<AccountOrder> {
  const kept = taken(order, ports);
  if (!(await hand.write(kept, besides))) throw new Overtaken();
  return kept;
}

const taken = (order: AccountOrder, { clock }: Ports): AccountOrder => ({
  ...order,
  notBefore: later(clock.now(), HOLD),
});

async function act(
  begun: AccountOrder,
  hand: Hand,
  rules: ResponseRules,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits,
): Promise<AccountOrder> {
  let order = begun;
  if (order.state !== "open") return order;
  order = await tellIntent(order, hand, ports, channels, limits);
  for (const [n] of order.accounts.entries()) {
    for (const [m] of order.accounts[n]!.steps.entries()) {
      if (isFinal(order.accounts[n]!.steps[m]!)) continue;
      order = await takeStep(order, n, m, { hand, rules, ports, limits });
      // The password must become useless first: what follows waits for a step that will be tried again.
      if (!isFinal(order.accounts[n]!.steps[m]!)) break;
    }
  }
  if (!isFinished(order)) {
    const waiting = { ...order, notBefore: later(ports.clock.now(), PAUSE) };
    if (!(await hand.write(waiting))) throw new Overtaken();
    return waiting;
  }
  const over = await keep(hand, { ...order, state: "telling" }, ports, await aftermathOf(order, rules, ports));
  ports.events.emit(orderEvent(over, ports.clock.now()));
  return over;
}

interface At {
  readonly hand: Hand;
  readonly rules: ResponseRules;
  readonly ports: Ports;
  readonly limits: CallLimits;
}

async function takeStep(order: AccountOrder, n: number, m: number, at: At): Promise<AccountOrder> {
  const { hand, rules, ports, limits } = at;
  const { planned, steps } = order.accounts[n]!;
  const step = steps[m]!;
  const now = ports.clock.now();
  const become = (change: Partial<OrderStep>): Promise<AccountOrder> =>
    keep(hand, withStep(order, n, m, { at: ports.clock.now(), ...change }), ports);
  const heldBack = (detail: string): Promise<AccountOrder> =>
    become({ state: "heldBack", code: detail === STOPPED ? "Stopped" : "HeldBack", detail, advice: "" });
  const again = (code: string, detail: string, advice: string): Promise<AccountOrder> =>
    step.tries + 1 < MOST_TRIES
      ? become({ state: step.state, at: step.at, tries: step.tries + 1, code, detail, advice })
      : become({ state: "failed", tries: step.tries + 1, code, detail, advice });

  const standing = await standingOf(planned.account.id, rules, ports.directory, limits);
  if (step.state === "begun") {
    const found = foundDone(step, planned.lastProof, standing);
    if (found !== "") return become({ state: "done", detail: found });
  }
  if (now > order.until) return heldBack("It was not begun in time; the next run decides anew.");
  if (!rules.measures.includes(step.measure)) return heldBack("The settings no longer allow it (RESPONSE_ACTIONS).");
  const verdict = guard(planned.account, asBefore(standing, order.accounts[n]!), rules, {
    whole: true,
    answeredTo: null,
  });
  if (verdict.kind === "notNow") return again("NotChecked", verdict.reason, "Do it by hand if it cannot wait.");
  if (verdict.kind !== "may") return heldBack(verdict.reason);
  if (order.approver === null && standing.kind === "asked" && standing.roles === null) {
    return again("NotChecked", "Its roles could not be read.", "Do it by hand if it cannot wait.");
  }
  if (order.approver === null && verdict.privileged !== "") {
    return heldBack(`It counts as privileged now: ${verdict.privileged}. Nothing is done to it without asking.`);
  }

  // The intent is written down, the stop switch is read, and nothing stands between that and the write.
  const intended = await keep(hand, withStep(order, n, m, { state: "begun", at: ports.clock.now() }), ports);
  if (await isStopped(rules, ports.journal)) {
    return keep(hand, withStep(intended, n, m, { state: "heldBack", code: "Stopped", detail: STOPPED }), ports);
  }
  const action: Action = {
    kind: step.measure,
    reason: planned.account.because,
    campaign: order.campaign.id,
    account: planned.account.id,
  };
  const [done] = await carryOut([action], "act", ports, ALONE, limits);
  return keep(hand, withStep(intended, n, m, resultOf(done?.outcome, step, ports.clock.now())), ports);
}

/** What stands in this process's hand has no delivery of its own: the order is its record. */
const ALONE: Keeping = { mayStill: () => true, keep: async () => undefined };

function resultOf(outcome: Outcome | undefined, step: OrderStep, now: Instant): Partial<OrderStep> {
  if (outcome?.kind === "done") return { state: "done", at: now, code: "", detail: doneAt(step, now), advice: "" };
  if (outcome?.kind !== "failed") return { state: "begun" };
  const { code, detail, advice, retry } = outcome;
  const tries = step.tries + 1;
  // Whether it was done after all shows in the directory when the step is taken up again.
  if (code === "ActionOutcomeUnknown" && tries < MOST_TRIES) return { state: "begun", tries, code, detail, advice };
  return { state: retry && tries < MOST_TRIES ? "waiting" : "failed", at: now, tries, code, detail, advice };
}

const doneAt = ({ measure }: OrderStep, now: Instant): string =>
  measure === "disableAccount"
    ? `Nobody can sign in to it since ${time(now)}.`
    : `Refresh tokens from before ${time(now)} no longer work.`;

/** Of a step that was begun: what shows that it was done, "" where nothing does. */
function foundDone(step: OrderStep, lastProof: Instant, standing: Standing): string {
  const user = standing.kind === "asked" ? standing.user : null;
  if (user === null) return "";
  if (step.measure === "disableAccount") return user.enabled ? "" : "Found disabled after an interruption.";
  const since = user.sessionsValidFrom;
  return since !== null && since > lastProof && since >= earlier(step.at, SKEW)
    ? `Found done after an interruption, at ${time(since)}.`
    : "";
}

/** An account that this order itself has disabled is looked at as it was before. */
function asBefore(standing: Standing, { steps }: OrderedAccount): Standing {
  const disabled = steps.some(({ measure, state }) => measure === "disableAccount" && state === "done");
  if (!disabled || standing.kind !== "asked" || standing.user === null) return standing;
  return { ...standing, user: { ...standing.user, enabled: true } };
}

/** What follows from an order that has ended: who is watched, and who is decided about anew. */
async function aftermathOf(order: AccountOrder, rules: ResponseRules, ports: Ports): Promise<readonly Change[]> {
  const now = ports.clock.now();
  const changes: Change[] = [];
  const stopped: OrderedAccount[] = [];
  for (const ordered of order.accounts) {
    const { planned, steps } = ordered;
    const done = steps.filter(({ state }) => state === "done");
    if (done.length > 0) {
      const from = done.map(({ at }) => at).toSorted((a, b) => a - b)[0] ?? now;
      const care: Care = {
        account: planned.account,
        campaign: order.campaign,
        order: order.id,
        measures: done.map(({ measure }) => measure),
        from,
        until: later(from, rules.afterCare),
        seenTo: null,
        askedTo: null,
        habits: null,
        told: [],
        over: false,
      };
      changes.push({ kind: "put", id: careId(planned.account.id, order.id), value: cellOf(care), basedOn: "any" });
    } else if (steps.some(({ code }) => code === "Stopped")) {
      stopped.push(ordered);
      changes.push({ kind: "delete", id: answeredId(planned.account.id), basedOn: "any" });
    }
  }
  if (stopped.length > 0) {
    // Once the switch is off again, what it held back is decided anew, with everything asked again.
    const value = cellOf({
      campaign: lean(order.campaign),
      hunts: order.campaign.findings.map(({ hunt }) => hunt.slug),
      automatic: order.approver === null,
      run: order.id,
      seenAt: order.seenAt,
      until: later(now, CASE_STAYS),
    });
    changes.push({ kind: "put", id: caseId(order.campaign.id), value, basedOn: "any" });
  }
  return changes;
}

async function tellIntent(
  order: AccountOrder,
  hand: Hand,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits,
): Promise<AccountOrder> {
  if (order.told.intent || !channels.incidents) return order;
  // An incident that cannot be written does not hold up what contains an attack: the journal has the intent.
  await carryOut([commentOn(order, "intent", intentComment(order))], "act", ports, ALONE, limits);
  return keep(hand, { ...order, told: { ...order.told, intent: true } }, ports);
}

async function tellOrder(
  acted: AccountOrder,
  hand: Hand,
  rules: ResponseRules,
  ports: Ports,
  channels: OrderChannels,
  limits: CallLimits,
): Promise<AccountOrder> {
  let order = acted;
  if (order.state !== "telling") return order;
  const said: Done[] = [];
  const say = async (action: Action): Promise<boolean> => {
    said.push(...(await carryOut([action], "act", ports, ALONE, limits)));
    return said.at(-1)?.outcome.kind === "done";
  };
  if (!order.told.result) {
    const result = !channels.incidents || (await say(commentOn(order, "result", resultComment(order))));
    order = await keep(hand, { ...order, told: { ...order.told, result } }, ports);
  }
  const card = !channels.cards || (await say(await cardFor(order, rules, ports, channels)));
  const closed: AccountOrder = { ...order, state: "closed", told: { ...order.told, card } };
  // What could not be said is owed from the commit that ends the order.
  if (!(await hand.lay(closed, owed(said, ports.clock.now())))) throw new Overtaken();
  return closed;
}

const commentOn = (order: AccountOrder, what: string, text: string): Action => ({
  kind: "addComment",
  reason: "What is done to accounts stands in the incident, before and after.",
  campaign: order.campaign.id,
  incident: incidentId(order.campaign),
  id: `${what}-${order.id}`,
  text,
});

async function cardFor(
  order: AccountOrder,
  rules: ResponseRules,
  ports: Ports,
  { context }: OrderChannels,
): Promise<Action> {
  const from = order.accounts.flatMap(({ steps }) => steps.map(({ at }) => at)).toSorted((a, b) => b - a)[0];
  const stopped = await isStopped(rules, ports.journal).catch((error: unknown) => {
    if (error instanceof Problem) return rules.stopped;
    throw error;
  });
  const told = { ...context(stopped), heldBack: [], incidentUrl: null };
  return {
    kind: "postCard",
    reason: "Something was done to accounts.",
    campaign: order.campaign.id,
    id: `${order.campaign.shortName}-${order.id.slice(0, 8)}.done`,
    card: cardOf(
      {
        kind: "done",
        campaign: order.campaign,
        deeds: deedsOf(order),
        approver: order.approver === null ? "" : approverName(order.approver),
        watchedUntil: later(from ?? order.madeAt, rules.afterCare),
      },
      { ...told, incidentUrl: told.links?.incident(incidentId(order.campaign)) ?? null },
    ),
  };
}
