// What would be done to which account of a campaign and, for every other, why not. Pure.
import type { Campaign, ProvenAccount } from "../findings/campaign.ts";
import type { Hunt } from "../hunts/hunt.ts";
import type { Instant } from "../time.ts";
import type { HeldBack } from "./action.ts";
import { overBudget, type Spent } from "./budget.ts";
import { nameOf } from "./campaign-facts.ts";
import { guard, type Verdict } from "./guards.ts";
import { isProvisional } from "./provisional.ts";
import { MEASURES, type Measure, type ResponseMode, type ResponseRules } from "./rules.ts";
import type { Standing } from "./standing.ts";
import { unprovenAccounts } from "./unproven.ts";

/** A campaign with what was found out about its proven accounts, by object id. */
export interface ProvenCampaign {
  readonly campaign: Campaign;
  readonly hunts: readonly HuntOfPlan[];
  readonly standings: ReadonlyMap<string, Standing>;
  /** Up to where an earlier order has answered an account's proofs. */
  readonly answered: ReadonlyMap<string, Instant>;
  /** When the logs were asked. */
  readonly seenAt: Instant;
}

export type HuntOfPlan = Pick<Hunt, "slug"> & {
  readonly responder: Pick<NonNullable<Hunt["responder"]>, "actions"> | null;
};

/** An account to which something may be done. */
export interface PlannedAccount {
  readonly account: ProvenAccount;
  /** In the order in which they are done. */
  readonly measures: readonly Measure[];
  readonly lastProof: Instant;
  /** Kept in Active Directory: what is done here is undone there unless it is done there too. */
  readonly synchronised: boolean;
  /** Why the account counts as privileged, "" where it does not. */
  readonly privileged: string;
}

export interface AccountPlan {
  readonly campaign: Campaign;
  readonly mode: ResponseMode;
  /** Done without asking. */
  readonly automatic: readonly PlannedAccount[];
  /** A person is asked; the privileged first. */
  readonly proposed: readonly PlannedAccount[];
  readonly heldBack: readonly HeldBack[];
  /** Object ids of accounts for which the answer may be another one later. */
  readonly unsettled: readonly string[];
  /** Why a person is asked although the hunt may act by itself, "" where it may not or nobody is asked. */
  readonly because: string;
  /** When the logs were asked. */
  readonly seenAt: Instant;
}

/** What the run is allowed as a whole. */
export interface PlanLimits {
  readonly rules: ResponseRules;
  readonly run: string;
  readonly spent: readonly Spent[];
  /** Either stop switch is on. */
  readonly stopped: boolean;
  readonly now: Instant;
}

export const STOPPED = "The stop switch is on.";

/** One budget for all campaigns of a run: where they are too many together, none of them is touched without asking. */
export function planAccounts(campaigns: readonly ProvenCampaign[], limits: PlanLimits): readonly AccountPlan[] {
  const judged = campaigns.map((each) => judge(each, limits.rules));
  const wanted = new Set(judged.filter(({ mode }) => mode === "automatic").flatMap(({ free }) => free.map(idOf)));
  const { rules, run, spent, now } = limits;
  const over = wanted.size === 0 ? "" : overBudget(wanted.size, run, spent, rules.budget, now);
  return judged.map((each) => settle(each, over, limits));
}

const idOf = ({ account }: PlannedAccount): string => account.id.toLowerCase();

interface Judged {
  readonly campaign: Campaign;
  readonly mode: ResponseMode;
  readonly free: readonly PlannedAccount[];
  readonly privileged: readonly PlannedAccount[];
  /** Proven, but not yet surely enough to be locked out without asking. */
  readonly provisional: readonly PlannedAccount[];
  readonly heldBack: readonly HeldBack[];
  readonly unsettled: readonly string[];
  readonly seenAt: Instant;
}

function judge({ campaign, hunts, standings, answered, seenAt }: ProvenCampaign, rules: ResponseRules): Judged {
  const mode = modeOf(hunts, rules);
  const free: PlannedAccount[] = [];
  const privileged: PlannedAccount[] = [];
  const provisional: PlannedAccount[] = [];
  const heldBack: HeldBack[] = [];
  const unsettled: string[] = [];
  for (const { account, level } of provenOf(campaign)) {
    const asked = MEASURES.filter((measure) => hunts.some((hunt) => hunt.responder?.actions[level].includes(measure)));
    const measures = asked.filter((measure) => rules.measures.includes(measure));
    const hold = (reason: string): void => {
      heldBack.push({ kind: asked[0] ?? "revokeSessions", target: nameOf(account), reason });
    };
    if (mode === "off") hold("The settings leave its hunt off (RESPONSE_MODES): it reports and does not act.");
    else if (asked.length === 0) hold("Its hunt asks for nothing to be done at this level.");
    else if (measures.length === 0) hold("The settings do not allow what its hunt asks for (RESPONSE_ACTIONS).");
    else {
      const answeredTo = answered.get(account.id) ?? null;
      const { whole } = campaign.assessment;
      const verdict = guard(account, standings.get(account.id) ?? NEVER_ASKED, rules, { whole, answeredTo });
      const waits =
        mode === "automatic" && measures.includes("disableAccount") && isProvisional(account, answeredTo, seenAt);
      if (verdict.kind === "may") {
        const group = verdict.privileged === "" ? (waits ? provisional : free) : privileged;
        group.push(planned(account, measures, verdict));
      } else hold(verdict.reason);
      if (verdict.kind === "notNow") unsettled.push(account.id);
    }
  }
  return { campaign, mode, free, privileged, provisional, heldBack, unsettled, seenAt };
}

const NEVER_ASKED: Standing = { kind: "unknown", because: "the directory was not asked." };

const planned = (
  account: ProvenAccount,
  measures: readonly Measure[],
  { lastProof, user, privileged }: Extract<Verdict, { kind: "may" }>,
): PlannedAccount => ({
  account: { ...account, privileged: privileged !== "" },
  measures,
  lastProof,
  synchronised: user.synchronised,
  privileged,
});

/** Who got in first, then whose password is known; each account once. */
export function provenOf(
  campaign: Campaign,
): readonly { readonly account: ProvenAccount; readonly level: "entered" | "known" }[] {
  const seen = new Set<string>();
  const { entered, known } = campaign.accounts;
  return [
    ...entered.map((account) => ({ account, level: "entered" as const })),
    ...known.map((account) => ({ account, level: "known" as const })),
  ].filter(({ account }) => {
    const key = account.id.toLowerCase() || `name ${account.name.toLowerCase()}`;
    return !seen.has(key) && seen.add(key);
  });
}

/** The most careful of those that the hunts behind a campaign have; a hunt that is off does not speak for the others. */
export function modeOf(hunts: readonly HuntOfPlan[], { modes }: ResponseRules): ResponseMode {
  const set = hunts.filter(({ responder }) => responder !== null).map(({ slug }) => modes[slug] ?? "off");
  if (set.includes("propose")) return "propose";
  return set.includes("automatic") ? "automatic" : "off";
}

function settle(judged: Judged, over: string, { rules, stopped }: PlanLimits): AccountPlan {
  const { campaign, mode, free, privileged, provisional, seenAt } = judged;
  const waits = mode === "automatic" && over === "" && stopped;
  const automatic = mode === "automatic" && over === "" && !stopped ? free : [];
  const others = waits ? [] : free.filter((each) => !automatic.includes(each));
  const proposed = [...privileged, ...provisional, ...others];
  const held = (accounts: readonly PlannedAccount[], reason: string): readonly HeldBack[] =>
    accounts.flatMap(({ account, measures }) =>
      measures.slice(0, 1).map((kind) => ({ kind, target: nameOf(account), reason })),
    );
  const asking = rules.approvals !== null;
  const ask = (reason: string): string => (asking ? reason : `${reason} ${NOBODY}`);
  return {
    campaign,
    mode,
    automatic,
    proposed: asking ? proposed : [],
    heldBack: [
      ...judged.heldBack,
      ...held(waits ? free : [], STOPPED),
      ...held(privileged, ask("It is privileged: nothing is done to it without asking a person.")),
      ...held(provisional, ask(PROVISIONAL_PROOF)),
      ...held(others, ask(over === "" ? "A person is asked first." : over)),
      ...unprovenAccounts(campaign),
    ],
    unsettled: [...judged.unsettled, ...[...provisional, ...(waits ? free : [])].map(({ account }) => account.id)],
    because: !asking || proposed.length === 0 || mode !== "automatic" ? "" : whyAsked(judged, over),
    seenAt,
  };
}

const whyAsked = ({ privileged, provisional }: Judged, over: string): string =>
  over ||
  [privileged.length > 0 ? PRIVILEGED : "", provisional.length > 0 ? PROVISIONAL_PROOF : ""]
    .filter((text) => text !== "")
    .join(" ");
const NOBODY =
  "Nobody can be asked, because approvals are off (APPROVALS) or there is no channel for cards: decide by hand.";
export const PROVISIONAL_PROOF =
  "Proof less than an hour old may still change: until then nobody is disabled without asking. If it still stands then, it is done.";
const PRIVILEGED = "Privileged accounts are never touched without asking.";
