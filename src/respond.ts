// The story: ask the logs, judge what comes back, tell it, act on it. Timer, HTTP, terminal and replay all come through here.
import type { Finding } from "./findings/finding.ts";
import { type Case, isToldBy, judgeAll, openCase } from "./judge.ts";
import { type KnownCampaign, keepCampaigns, recallCampaigns } from "./ledger/campaigns.ts";
import { deliveryId, type Held, settle } from "./ledger/deliveries.ts";
import { habitMemory } from "./ledger/habit-memory.ts";
import { recall } from "./ledger/memory.ts";
import { asThingsAre } from "./ledger/plain-card.ts";
import { type Promised, promise } from "./ledger/promise.ts";
import { type Look, look } from "./look.ts";
import type { HuntOrder, Order } from "./order.ts";
import { namedBy, planCampaigns } from "./plan-campaigns.ts";
import type { Ports } from "./ports.ts";
import { Problem, problemTexts } from "./problems.ts";
import { memoriesOfOthers, recognised } from "./recognised.ts";
import type { Action } from "./response/action.ts";
import { carryOut, type Done, type Keeping } from "./response/carry-out.ts";
import type { Plan } from "./response/plan.ts";
import { noResponse } from "./response/rules.ts";

export interface Told {
  readonly plan: Plan;
  readonly done: readonly Done[];
}

/** What became of one hunt. */
export type HuntRun =
  | {
      readonly kind: "looked";
      readonly order: HuntOrder;
      readonly look: Look;
      readonly told: readonly Told[];
      /** Of a scheduled run: the version of the ledger that it has written. */
      readonly ledgerVersion: string | null;
    }
  | { readonly kind: "failed"; readonly order: HuntOrder; readonly problem: Problem };

type Looked = { readonly order: HuntOrder; readonly look: Look };
type Failed = Extract<HuntRun, { kind: "failed" }>;

/** All hunts look first: what they saw is judged together, by one question for evidence. */
export async function respond(run: Order, ports: Ports): Promise<readonly HuntRun[]> {
  const seen: (Looked | Failed)[] = [];
  for (const order of run.hunts) {
    run.progress?.(`Asking: ${order.hunt.name}`);
    seen.push(await orFailed(order, async () => ({ order, look: await lookFor(order, run, ports) })));
  }
  const looked = seen.filter((each): each is Looked => "look" in each);
  // What is open goes on also where no hunt can look: then the first of the timer's tells it.
  const [first] = seen.filter(({ order }) => order.ledger !== undefined);
  const teller = looked.length === 0 && first !== undefined ? withoutLedger(first.order) : null;
  if (teller !== null) looked.push({ order: teller, look: sawNothing(teller) });
  run.progress?.("Asking for the evidence");
  const known = await knownCampaigns(run, ports);
  const opened = await openCase(
    {
      looked: looked.map(({ order, look: own }) => ({ look: own, exclusions: order.exclusions })),
      questions: run.questions,
      known: known.map(({ memory }) => memory),
      readsOn: run.readsOn ?? run.hunts.some(({ ledger }) => ledger !== undefined),
      ...(run.grading === undefined ? {} : { grading: run.grading }),
      ...(run.asking === undefined ? {} : { asking: run.asking }),
      ...(run.about === undefined ? {} : { about: run.about }),
      habits: habitMemory(ports.journal, run.mode === "act"),
      ...(run.deadline === undefined ? {} : { deadline: run.deadline }),
    },
    ports,
  );
  const runs: HuntRun[] = [];
  if (teller !== null) await orFailed(teller, () => respondTo(teller, { opened, known }, run, ports));
  for (const each of seen) {
    runs.push(
      "look" in each ? await orFailed(each.order, () => respondTo(each.order, { opened, known }, run, ports)) : each,
    );
  }
  return runs;
}

/** As somebody would ask who keeps no ledger: what has failed stays to be looked at. */
const withoutLedger = ({ ledger: _, ...order }: HuntOrder): HuntOrder => order;

const sawNothing = ({ hunt, window }: HuntOrder): Look => ({
  hunt,
  window,
  whole: false,
  rows: [],
  findings: [],
  setAside: [],
  warnings: [],
});

/** What a run judges by: what was seen, and what is remembered of campaigns. */
interface Judging {
  readonly opened: Case;
  readonly known: readonly KnownCampaign[];
}

/** A journal that cannot be read fails each hunt where it needs it; here it only means that nothing is remembered. */
async function knownCampaigns({ asking }: Order, { journal, clock }: Ports): Promise<readonly KnownCampaign[]> {
  try {
    return await recallCampaigns(journal, clock.now(), asking);
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [];
  }
}

async function orFailed<T>(order: HuntOrder, work: () => Promise<T>): Promise<T | Failed> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { kind: "failed", order, problem: error };
  }
}

async function lookFor(order: HuntOrder, run: Order, ports: Ports): Promise<Look> {
  const { size, questions, deadline } = run;
  const limits = deadline === undefined ? {} : { deadline };
  const habits = habitMemory(ports.journal, run.mode === "act");
  const whole = await look({ ...order, size, questions, now: ports.clock.now(), habits, ...limits }, ports.logs);
  return order.ledger ? { ...whole, findings: whole.findings.filter(order.ledger.concerns) } : whole;
}

async function respondTo(order: HuntOrder, judging: Judging, run: Order, ports: Ports): Promise<HuntRun> {
  const limits = run.deadline === undefined ? {} : { deadline: run.deadline };
  const seen = judging.opened.looks.get(order.hunt.id);
  if (seen === undefined) throw new RangeError(`The hunt ${order.hunt.slug} has not looked.`);
  const { plans, held, ledgerVersion } = await decide(order, seen, judging, run, ports);
  for (const { campaign } of plans) run.progress?.(`Telling: ${campaign.shortName}`);
  const keeping = keepingOf(held, ports);
  const rehearsed = run.mode === "act" ? [] : plans.flatMap((planned) => planned.actions);
  const done = [
    ...(await carryOut(rehearsed, "rehearse", ports, keeping)),
    ...(await carryOut(
      await asThingsAre(
        held.map(({ action }) => action),
        run.response?.rules ?? noResponse,
        ports.journal,
      ),
      "act",
      ports,
      keeping,
      limits,
    )),
  ];
  const told = plans.map((planned) => ({
    plan: planned,
    done: done.filter(({ action }) => action.campaign === planned.campaign.id),
  }));
  return { kind: "looked", order, look: seen, told, ledgerVersion };
}

interface Decided {
  readonly plans: readonly Plan[];
  /** What was promised and is this process's to do. */
  readonly held: readonly Held[];
  readonly ledgerVersion: string | null;
}

/** Somebody else can write to the same memory, such as a run over HTTP beside the timer; then both decide again. */
const MOST_DECISIONS = 4;

/** What is remembered is laid beside what was seen, and what follows is committed before any of it is done. */
async function decide(order: HuntOrder, seen: Look, judging: Judging, run: Order, ports: Ports): Promise<Decided> {
  const held: Held[] = [];
  const { opened, known } = judging;
  for (let tried = 1; ; tried++) {
    const found = [...opened.looks.values()].flatMap(({ findings }) => findings);
    const asked = opened.known.filter(({ id }) => opened.asked.has(id)).flatMap(({ findings }) => findings.slice(0, 1));
    const memory = await recall(order.hunt, [...found, ...asked], ports.journal);
    const findings = recognised(found, [memory, ...(await memoriesOfOthers(order, found, opened, ports))]);
    const all = judgeAll(opened, findings);
    const judged = all.filter(({ campaign }) => isToldBy(campaign, order.hunt, findings, opened.looks));
    const plans = await planCampaigns(judged, order, opened, run, ports);
    const now = ports.clock.now();
    const closing = order.ledger?.close(seen, plans, now) ?? { changes: [], besides: [] };
    if (run.mode === "rehearse" && order.ledger === undefined) return { plans, held: [], ledgerVersion: null };
    const promised: Promised = await promise(
      {
        hunt: order.hunt,
        plans: run.mode === "act" ? plans.map((planned) => asSeen(planned, findings)) : [],
        memory,
        generations: new Map(known.map(({ memory: { id, generation } }) => [id, generation])),
        cards: order.ledger?.cards ?? "each",
        budget: run.channels.budget,
        closing: closing.changes,
        besides: closing.besides.filter(({ kind }) => kind !== "postCard" || run.channels.cards),
        now,
      },
      ports.journal,
    );
    held.push(...promised.held);
    if (promised.kind === "promised") {
      if (run.mode === "act") {
        const told = new Set(all.map(({ campaign }) => campaign.id));
        await keepCampaigns({ judged, plans, known, told, named: namedBy(run) }, opened, ports.journal, run.asking);
      }
      return { plans, held, ledgerVersion: promised.coverageVersion };
    }
    // Another engine has looked at the same and written it down; what this one has promised is still to be kept.
    if (promised.coverage || tried >= MOST_DECISIONS) {
      await carryOut(
        held.map(({ action }) => action),
        "act",
        ports,
        keepingOf(held, ports),
      );
      throw new Problem(problemTexts.overtaken(order.hunt.slug));
    }
  }
}

/** A hunt's memory is of what the hunt sees: what a campaign has from elsewhere is remembered with the campaign. */
function asSeen(planned: Plan, findings: readonly Finding[]): Plan {
  const inRun = new Set(findings.map(({ key }) => key));
  const own = planned.campaign.findings.filter(({ key }) => inRun.has(key));
  return {
    ...planned,
    campaign: { ...planned.campaign, findings: own.length > 0 ? own : planned.campaign.findings.slice(0, 1) },
  };
}

/** A delivery is this process's for a while; then whoever tends them may take it. */
function keepingOf(held: readonly Held[], ports: Ports): Keeping {
  const byId = new Map(held.map((each) => [each.id, each]));
  const heldFor = (action: Action): Held | undefined => byId.get(deliveryId(action));
  return {
    mayStill: (action) => ports.clock.now() < (heldFor(action)?.delivery.notBefore ?? 0),
    keep: async (done) => {
      const results = done.flatMap((each) => {
        const mine = heldFor(each.action);
        return mine === undefined ? [] : [{ held: mine, done: each }];
      });
      await settle(results, ports);
    },
  };
}
