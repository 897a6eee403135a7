// Judged campaigns -> what is said and done of each, laid beside what is remembered of it.
import { type Campaign, incidentId, nameBasedId } from "./findings/campaign.ts";
import { type CampaignMemory, latestProof, namedAmong } from "./findings/campaign-memory.ts";
import {
  type CardNow,
  cardFor,
  closingOf,
  type Growth,
  growthSince,
  mutedByClosing,
  reopening,
} from "./findings/telling-rules.ts";
import type { Hunt } from "./hunts/hunt.ts";
import type { Case, JudgedCampaign } from "./judge.ts";
import type { Look } from "./look.ts";
import type { Channels, HuntOrder, Order } from "./order.ts";
import type { Ports } from "./ports.ts";
import type { Action, Following } from "./response/action.ts";
import { consider, rulesFor } from "./response/consider.ts";
import { type Answering, type Plan, plan } from "./response/plan.ts";

/** The campaigns of one hunt are planned together: a budget is for all of them. */
export async function planCampaigns(
  judged: readonly JudgedCampaign[],
  order: HuntOrder,
  opened: Case,
  run: Order,
  ports: Ports,
): Promise<readonly Plan[]> {
  const now = ports.clock.now();
  const accounts = opened.gathered?.habits.tenant.accounts ?? 0;
  const behind = judged.map(({ campaign, attack, memory, alsoFits, follows, takenBack }) => {
    const named = namedAmong(campaign, attack, namedBy(run));
    const following = memory === null ? null : followingOf(campaign, memory, named);
    const muted = mutedByClosing(memory, following?.because ?? "");
    const card =
      muted === "" ? cardFor(campaign, memory, accounts, now) : ({ kind: "silent", because: muted } as const);
    return {
      campaign,
      card: run.channels.wakesNobody ? ALWAYS : card,
      following,
      follows,
      growth: growthSince(campaign, memory, now, named),
      takenBack,
      alsoFits,
      ...behindOf(campaign, order, run, opened),
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
  readonly takenBack: JudgedCampaign["takenBack"];
  readonly alsoFits: JudgedCampaign["alsoFits"];
  readonly hunts: readonly Hunt[];
  readonly setAside: Look["setAside"];
}

/** The hunts that have found the campaign: what they allow counts, and not what the one allows that happens to tell it. */
function behindOf(
  { findings }: Campaign,
  { hunt }: HuntOrder,
  run: Order,
  { looks }: Case,
): Pick<Behind, "hunts" | "setAside"> {
  const ids = new Set(findings.map((finding) => finding.hunt.id));
  const all = [...run.hunts.map((order) => order.hunt), ...(run.everyHunt ?? [])];
  const own = [...new Map(all.map((each) => [each.id, each])).values()].filter(({ id }) => ids.has(id));
  const seen = [...looks.values()].filter((look) => ids.has(look.hunt.id) || look.hunt.id === hunt.id);
  // A hunt that is gone since cannot say what it allows: it is told, and by its name nothing is allowed.
  const gone = findings.slice(0, 1).map((finding) => ({ ...hunt, ...finding.hunt }));
  return { hunts: own.length > 0 ? own : gone, setAside: seen.flatMap(({ setAside }) => setAside) };
}

function planFor(
  { campaign, card, following, follows, growth, takenBack, alsoFits, hunts, setAside }: Behind,
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
    ...(takenBack.length === 0 ? [] : [takingBack(campaign, takenBack)]),
    ...(growth === null ? [] : [growing(campaign, growth)]),
    ...alsoFits.map((other) => crossing(campaign, other)),
  ];
  const telling = channels.incidents && planned.actions.length > 0 ? comments : [];
  return withoutClosedChannels({ ...planned, actions: [...actions, ...telling] }, channels);
}

/** The details of a sign-in can be wrong at first: whoever was told is told again. */
const takingBack = (campaign: Campaign, accounts: readonly string[]): Action => ({
  kind: "addComment",
  reason: "The details of a sign-in have changed.",
  campaign: campaign.id,
  incident: incidentId(campaign),
  id: `taken-back-${nameBasedId(...accounts, String(campaign.last))}`,
  text: `Taken back, because the details of their sign-ins have changed: ${accounts.join(", ")}. Nothing proves any more that their passwords are known. What is left: ${campaign.assessment.because}`,
});

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
export const namedBy = ({ response }: Order): ReadonlySet<string> =>
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
