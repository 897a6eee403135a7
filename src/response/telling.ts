// What can be told, and what stands around a campaign when it is.
import type { Campaign, ProvenAccount } from "../findings/campaign.ts";
import type { Instant } from "../time.ts";
import type { HeldBack, Outcome } from "./action.ts";
import type { Links } from "./links.ts";

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
  /** Bytes of the whole request that a card may take; 20,000 where absent. */
  readonly cardBudget?: number;
}

/** An account for which a person is asked to decide. */
export interface Proposal {
  readonly account: ProvenAccount;
  /** Kinds of action, in the order in which they would be done. */
  readonly actions: readonly string[];
}

/** What became of one action for one account. */
export interface Deed {
  readonly kind: string;
  readonly account: string;
  readonly outcome: Outcome;
}

/** Something that happened after sessions were revoked and should not have. */
export interface Aftermath {
  readonly account: string;
  readonly at: Instant;
  readonly what: string;
  /** True where it can be nobody but the attacker; false where it could be the employee after all. */
  readonly sure: boolean;
}

/** How watching an account goes: nothing seen so far, nothing seen for as long as it was watched, or not known. */
export type Containment = "so far" | "to the end" | "not known";

export type Telling =
  /** A campaign is told for the first time. */
  | { readonly kind: "opened"; readonly campaign: Campaign }
  /** Accounts were proven since the campaign was told last. */
  | { readonly kind: "proven"; readonly campaign: Campaign; readonly newly: readonly ProvenAccount[] }
  | {
      readonly kind: "approval";
      readonly campaign: Campaign;
      readonly proposals: readonly Proposal[];
      /** The page of this app on which a person decides; looking at it does nothing. */
      readonly page: string;
      readonly expires: Instant;
      readonly reminder: boolean;
    }
  | {
      readonly kind: "done";
      readonly campaign: Campaign;
      readonly deeds: readonly Deed[];
      /** Who approved, "" where it was automatic. */
      readonly approver: string;
      readonly watchedUntil: Instant;
    }
  | {
      readonly kind: "notContained";
      readonly campaign: Campaign;
      readonly aftermath: readonly Aftermath[];
      /** The logs are complete up to here. */
      readonly seenUpTo: Instant;
      readonly notLookedAt: readonly string[];
    }
  | {
      readonly kind: "contained";
      readonly campaign: Campaign;
      readonly containment: Containment;
      /** Names of accounts. */
      readonly accounts: readonly string[];
      /** Kinds of action that were done to each of them. */
      readonly measures: readonly (readonly string[])[];
      /** The logs are complete up to here; null where they say nothing of the time. */
      readonly seenUpTo: Instant | null;
      readonly watchedUntil: Instant;
      readonly notLookedAt: readonly string[];
    }
  | {
      readonly kind: "plain";
      readonly topic: "digest" | "health" | "test";
      readonly title: string;
      readonly lead: string;
      readonly sections: readonly {
        readonly title: string;
        readonly facts: readonly (readonly [string, string])[];
        readonly lines: readonly string[];
        /** To be copied as it is: only what this app has written itself, or checked character by character. */
        readonly code?: readonly string[];
      }[];
      readonly link: { readonly title: string; readonly url: string } | null;
    };

export type TellingOf<Kind extends Telling["kind"]> = Extract<Telling, { kind: Kind }>;
export type PlainTelling = TellingOf<"plain">;
export type CampaignTelling = Exclude<Telling, PlainTelling>;
