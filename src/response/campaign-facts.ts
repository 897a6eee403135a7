// A campaign's numbers and lists, in the order in which every telling shows them.
import type { Campaign, ProvenAccount } from "../findings/campaign.ts";
import { duration, instant, type TimeWindow } from "../time.ts";
import type { HeldBack } from "./action.ts";
import { type Counts, words } from "./words.ts";

export function countsOf(campaign: Campaign): Counts {
  const { attempted, unknown, wrong, ambiguous, known, entered } = campaign.accounts;
  return {
    attempted,
    unknown,
    wrong,
    ambiguous,
    known: known.length,
    entered: entered.length,
    attempts: campaign.attempts,
  };
}

/** The hunts behind a campaign, each once, in the order of its findings. */
export function huntsOf(campaign: Campaign): readonly { readonly slug: string; readonly name: string }[] {
  const seen = new Map(campaign.findings.map(({ hunt }) => [hunt.slug, hunt]));
  return [...seen.values()];
}

/** From the first attempt to just after the last. */
export const periodOf = (campaign: Campaign): TimeWindow => ({ from: campaign.first, to: instant(campaign.last + 1) });

export const lengthOfStep = (campaign: Campaign, steps: number) =>
  duration((campaign.last - campaign.first) / Math.max(1, steps));

/** Source addresses, the busiest first; those of the findings where the campaign lists none. */
export function addressesOf(campaign: Campaign): readonly string[] {
  if (campaign.sources.length > 0) return campaign.sources.map((source) => source.address);
  return [...new Set(campaign.findings.flatMap((finding) => finding.addresses))];
}

export const networksOf = (campaign: Campaign): readonly string[] => [
  ...new Set(campaign.sources.map((source) => source.network).filter((network) => network !== "")),
];

/** Result codes, the most frequent first. */
export const codesOf = (campaign: Campaign): readonly (readonly [string, number])[] =>
  Object.entries(campaign.codes).sort((a, b) => b[1] - a[1] || a[0].localeCompare(b[0]));

/** Things that were not done for the same reason, told once. */
export interface HeldBackTogether {
  readonly kind: string;
  readonly reason: string;
  readonly targets: readonly string[];
}

/** The fewest first: one privileged account matters more than four hundred that were merely attacked. */
export function heldBackTogether(heldBack: readonly HeldBack[]): readonly HeldBackTogether[] {
  const groups = Map.groupBy(heldBack, ({ kind, reason }) => JSON.stringify([kind, reason]));
  return [...groups.values()]
    .flatMap((group) => {
      const [first] = group;
      return first === undefined ? [] : [{ ...first, targets: group.map((one) => one.target) }];
    })
    .sort((a, b) => a.targets.length - b.targets.length);
}

export const nameOf = (account: Pick<ProvenAccount, "id" | "name">): string =>
  account.name || account.id || words.unnamed;

/** The accounts that are not among the proven ones; `total` counts also those that a cut list does not name. */
export function namesOnlyTried(campaign: Campaign): { readonly shown: readonly string[]; readonly total: number } {
  const { entered, known, attempted } = campaign.accounts;
  const proven = new Set([...entered, ...known].map((account) => account.name));
  const shown = campaign.accountNames.filter((name) => !proven.has(name));
  return { shown, total: Math.max(shown.length, attempted - proven.size) };
}
