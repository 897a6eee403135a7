// What is told besides the campaign itself, and the numbers that all tellings share.
import type { Campaign } from "../findings/campaign.ts";
import { duration, instant, type TimeWindow } from "../time.ts";
import type { HeldBack } from "./action.ts";
import type { Links } from "./links.ts";
import type { Counts } from "./words.ts";

/** What an exclusion kept out of a hunt's view. */
export interface SetAside {
  readonly exclusion: string;
  readonly because: string;
  readonly attempts: number;
}

/** What a campaign does not know of its hunts. */
export interface HuntOfTelling {
  readonly slug: string;
  readonly name: string;
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
}

/** Everything around a campaign that a card or an incident says. */
export interface TellingContext {
  readonly hunts: readonly HuntOfTelling[];
  readonly setAside: readonly SetAside[];
  readonly heldBack: readonly HeldBack[];
  /** Null where no workspace is known, as on a laptop without settings: then there are no buttons into a portal. */
  readonly links: Links | null;
  /** Where the incident can be opened, null before it exists. */
  readonly incidentUrl: string | null;
  readonly rehearsal: boolean;
  /** The stop switch is on. */
  readonly stopped: boolean;
}

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
