// The story: ask the logs, judge what comes back, tell it, act on it. Timer, HTTP, terminal and replay all come through here.
import { type Campaign, incidentId, nameBasedId } from "./findings/campaign.ts";
import { type Asking, type CampaignMemory, latestProof, namedAmong } from "./findings/campaign-memory.ts";
import type { Finding } from "./findings/finding.ts";
import type { GradingTable } from "./findings/grading-table.ts";
import { mergeFindings } from "./findings/merge-findings.ts";
import {
  type CardNow,
  cardFor,
  closingOf,
  type Growth,
  growthSince,
  mutedByClosing,
  reopening,
} from "./findings/telling-rules.ts";
import type { TenantSize, Thresholds } from "./findings/thresholds.ts";
import type { Exclusion } from "./hunts/exclusion.ts";
import type { Hunt } from "./hunts/hunt.ts";
import type { Questions } from "./hunts/questions.ts";
import { type Case, isToldBy, type JudgedCampaign, judgeAll, openCase } from "./judge.ts";
import { type KnownCampaign, keepCampaigns, recallCampaigns } from "./ledger/campaigns.ts";
import { deliveryId, type Held, settle } from "./ledger/deliveries.ts";
import { habitMemory } from "./ledger/habit-memory.ts";
import { knownAs, type Memory, recall, recognise } from "./ledger/memory.ts";
import type { CardBudget } from "./ledger/news.ts";
import { type Promised, promise } from "./ledger/promise.ts";
import { type Look, look } from "./look.ts";
import type { Change, Ports } from "./ports.ts";
import { Problem, problemTexts } from "./problems.ts";
import type { Action, Following } from "./response/action.ts";
import { carryOut, type Done, type Keeping, type Mode } from "./response/carry-out.ts";
import { consider, rulesFor } from "./response/consider.ts";
import type { Links } from "./response/links.ts";
import { type Answering, type Plan, plan } from "./response/plan.ts";
import type { ResponseRules } from "./response/rules.ts";
import type { Instant, TimeWindow } from "./time.ts";

export interface HuntOrder {
  readonly hunt: Hunt;
  readonly window: TimeWindow;
  readonly exclusions: readonly Exclusion[];
  readonly overrides: Thresholds;
  /** Of a scheduled run: what its ledger has to say in the same commit as what was found. */
  readonly ledger?: LedgerEntry;
}

export interface LedgerEntry {
  readonly close: (look: Look, plans: readonly Plan[], now: Instant) => Closing;
  /** Whether a finding is this run's to tell, or another's that looks at the same stretch. */
  readonly concerns: (finding: Finding) => boolean;
  /** "later": what is found gets its incidents, and one card that tells them all. */
  readonly cards: "each" | "later";
}

export interface Closing {
  readonly changes: readonly Change[];
  /** Tellings that belong to no campaign of this run. */
  readonly besides: readonly Action[];
}

export interface Order {
  readonly hunts: readonly HuntOrder[];
  readonly mode: Mode;
  readonly size: TenantSize | "auto";
  readonly questions: Questions;
  /** Where links lead; null where no workspace is known. */
  readonly links: Links | null;
  readonly channels: Channels;
  /** A team's own table of grades, where it has one. */
  readonly grading?: GradingTable;
  /** How long campaigns are asked about; as the product was asked for where absent. */
  readonly asking?: Asking;
  /** What may be done to accounts; nothing where absent. `automatic` is false where a person asked for the run. */
  readonly response?: { readonly rules: ResponseRules; readonly automatic: boolean };
  /** Whether the evidence reads on past the windows to the present; where absent, in a scheduled run alone. */
  readonly readsOn?: boolean;
  readonly deadline?: Instant;
  /** Told what is being done, for people who wait. */
  readonly progress?: (text: string) => void;
}

/** Where a run may speak. */
export interface Channels {
  readonly incidents: boolean;
  readonly cards: boolean;
  /** Cards in an hour and in a day before the rest is gathered into one. */
  readonly budget: CardBudget;
  /** Nobody is woken by these cards, so every campaign gets its own, and not only those worth waking people for. */
  readonly wakesNobody?: boolean;
}

/** For a run whose cards are files: each has its own, however many there are. */
export const everyChannel: Channels = {
  incidents: true,
  cards: true,
  wakesNobody: true,
  budget: { perHour: Number.POSITIVE_INFINITY, perDay: Number.POSITIVE_INFINITY },
};

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
      habits: habitMemory(ports.journal, run.mode === "act"),
      ...(run.deadline === undefined ? {} : { deadline: run.deadline }),
    },
    ports,
  );
  const runs: HuntRun[] = [];
  for (const each of seen) {
    runs.push(
      "look" in each ? await orFailed(each.order, () => respondTo(each.order, { opened, known }, run, ports)) : each,
    );
  }
  return runs;
}

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
      held.map(({ action }) => action),
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
    const judged = all.filter(({ campaign }) => isToldBy(campaign, order.hunt, findings));
    const plans = await plansFor(judged, order, opened, run, ports);
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

/** What is remembered under the other hunts of the run, whose findings are judged together with this one's. */
async function memoriesOfOthers(
  { hunt }: HuntOrder,
  found: readonly Finding[],
  { looks }: Case,
  { journal }: Ports,
): Promise<readonly Memory[]> {
  const others = [...looks.values()].filter((each) => each.hunt.id !== hunt.id);
  return Promise.all(others.map((each) => recall(each.hunt, found, journal)));
}

/** By the memory of its own hunt, else by any: each hunt of a run has to know a finding by the same key. */
function knownFrom(
  finding: Finding,
  memories: readonly Memory[],
): { readonly finding: Finding; readonly column: string } {
  const ownFirst = memories.toSorted(
    (a, b) => Number(b.hunt === finding.hunt.id) - Number(a.hunt === finding.hunt.id) || a.hunt.localeCompare(b.hunt),
  );
  for (const memory of ownFirst) {
    const { finding: known } = recognise(finding, memory);
    if (knownAs(known, memory) !== undefined) return { finding: known, column: memory.windowColumn };
  }
  return { finding, column: ownFirst[0]?.windowColumn ?? "" };
}

/** Findings that memory makes one are told once. */
function recognised(found: readonly Finding[], memories: readonly Memory[]): readonly Finding[] {
  const byKey = new Map<string, Finding>();
  for (const each of found) {
    const { finding, column } = knownFrom(each, memories);
    const before = byKey.get(finding.key);
    byKey.set(finding.key, before === undefined ? finding : mergeFindings(before, finding, column));
  }
  return [...byKey.values()];
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

/** The campaigns of one hunt are planned together: a budget is for all of them. */
async function plansFor(
  judged: readonly JudgedCampaign[],
  order: HuntOrder,
  opened: Case,
  run: Order,
  ports: Ports,
): Promise<readonly Plan[]> {
  const now = ports.clock.now();
  const accounts = opened.gathered?.habits.tenant.accounts ?? 0;
  const behind = judged.map(({ campaign, attack, memory, alsoFits, follows }) => {
    const following =
      memory === null ? null : followingOf(campaign, memory, namedAmong(campaign, attack, namedBy(run)));
    const muted = mutedByClosing(memory, following?.because ?? "");
    const card =
      muted === "" ? cardFor(campaign, memory, accounts, now) : ({ kind: "silent", because: muted } as const);
    return {
      campaign,
      card: run.channels.wakesNobody ? ALWAYS : card,
      following,
      follows,
      growth: growthSince(campaign, memory, now),
      alsoFits,
      ...behindOf(campaign, order, opened),
    };
  });
  const { response } = run;
  if (response === undefined) return behind.map((each) => planFor(each, run, null, false));
  const id = `${order.hunt.slug} ${order.window.to}`;
  const limits = run.deadline === undefined ? {} : { deadline: run.deadline };
  const { automatic } = response;
  const considered = await consider(behind, rulesFor(response), id, ports, limits);
  return behind.map((each, n) => {
    const accounts = considered.plans[n];
    return planFor(each, run, accounts === undefined ? null : { accounts, run: id, automatic }, considered.stopped);
  });
}

const ALWAYS: CardNow = { kind: "opened", because: "" };

interface Behind {
  readonly campaign: Campaign;
  readonly card: CardNow;
  /** Null where nothing is remembered of it. */
  readonly following: Following | null;
  /** What its incident says of the one that it goes on from. */
  readonly follows: string;
  readonly growth: Growth | null;
  readonly alsoFits: JudgedCampaign["alsoFits"];
  readonly hunts: readonly Hunt[];
  readonly setAside: Look["setAside"];
}

function behindOf(campaign: Campaign, order: HuntOrder, opened: Case): Pick<Behind, "hunts" | "setAside"> {
  const ids = new Set([order.hunt.id, ...campaign.findings.map(({ hunt }) => hunt.id)]);
  const looks = [...opened.looks.values()].filter(({ hunt }) => ids.has(hunt.id));
  return { hunts: looks.map(({ hunt }) => hunt), setAside: looks.flatMap(({ setAside }) => setAside) };
}

function planFor(
  { campaign, card, following, follows, growth, alsoFits, hunts, setAside }: Behind,
  run: Order,
  answering: Answering | null,
  stopped: boolean,
): Plan {
  const { links, mode, channels } = run;
  const context = { hunts, setAside, links, incidentUrl: null, rehearsal: mode === "rehearse", stopped };
  const planned = plan(campaign, hunts, context, answering, card);
  const actions = planned.actions.map((action) =>
    action.kind === "openIncident"
      ? {
          ...action,
          ...(following === null ? {} : { following }),
          incident: { ...action.incident, description: follows + action.incident.description },
        }
      : action,
  );
  const comments = [
    ...(growth === null ? [] : [growing(campaign, growth)]),
    ...alsoFits.map((other) => crossing(campaign, other)),
  ];
  const telling = channels.incidents && planned.actions.length > 0 ? comments : [];
  return withoutClosedChannels({ ...planned, actions: [...actions, ...telling] }, channels);
}

/** More attempts are no growth; what is, people who have the incident open are told. */
const growing = (campaign: Campaign, { text, since }: Growth): Action => ({
  kind: "addComment",
  reason: "The campaign has grown.",
  campaign: campaign.id,
  incident: incidentId(campaign),
  id: `grown-${nameBasedId(text, String(since))}`,
  text,
});

/** Campaigns never merge: what fits two is told with the older, and the younger's reader is sent there. */
const crossing = (campaign: Campaign, other: JudgedCampaign["alsoFits"][number]): Action => ({
  kind: "addComment",
  reason: "A finding of this campaign would have fitted a younger one as well.",
  campaign: campaign.id,
  incident: incidentId(other),
  id: `also-fits-${campaign.id}`,
  text: `A finding of the older campaign ${campaign.shortName} (${campaign.id}) fits this one as well: both may be one attack. It is told there.`,
});

/** The accounts that the team has named, by object id or name, in lower case. */
const namedBy = ({ response }: Order): ReadonlySet<string> =>
  new Set(
    [...(response?.rules.protectedAccounts ?? []), ...(response?.rules.breakGlass ?? [])].map((account) =>
      account.toLowerCase(),
    ),
  );

function followingOf(campaign: Campaign, memory: CampaignMemory, named: readonly string[]): Following {
  const proven = [...campaign.accounts.entered, ...campaign.accounts.known];
  return {
    generation: campaign.generation,
    // A reason that was found while Sentinel did not answer holds until it does.
    because: reopening(campaign, closingOf(memory), named) || memory.reopens,
    provenTo: latestProof(proven),
    wasClosed: memory.closed !== null,
  };
}

function withoutClosedChannels(planned: Plan, { incidents, cards }: Channels): Plan {
  const closed = {
    openIncident: incidents ? "" : "Incidents are switched off (INCIDENTS).",
    postCard: cards ? "" : "There is no webhook to post cards to (TEAMS_WEBHOOK_URL).",
  };
  const why = (action: Action): string =>
    action.kind === "openIncident" || action.kind === "postCard" ? closed[action.kind] : "";
  const stopped = planned.actions.filter((action) => why(action) !== "");
  if (stopped.length === 0) return planned;
  return {
    ...planned,
    actions: planned.actions.filter((action) => why(action) === ""),
    heldBack: [
      ...planned.heldBack,
      ...stopped.map((action) => ({ kind: action.kind, target: planned.campaign.shortName, reason: why(action) })),
    ],
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
