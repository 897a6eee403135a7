// What would be done, what was held back, and what became of it.
import type { Campaign } from "../findings/campaign.ts";
import type { Card, Incident } from "../ports.ts";
import type { Instant } from "../time.ts";

export type Action =
  | {
      readonly kind: "openIncident";
      readonly reason: string;
      readonly campaign: string;
      readonly incident: Incident;
      /** Of a campaign that is remembered: what follows where its incident is closed. */
      readonly following?: Following;
    }
  | {
      readonly kind: "postCard";
      readonly reason: string;
      readonly campaign: string;
      readonly id: string;
      readonly card: Card;
    }
  | {
      readonly kind: "addComment";
      readonly reason: string;
      readonly campaign: string;
      readonly incident: string;
      /** The same id is never added twice. */
      readonly id: string;
      readonly text: string;
    }
  /** Proven accounts are to be answered: what may be done about each is decided then, and asked or ordered. */
  | {
      readonly kind: "answerCase";
      readonly reason: string;
      readonly campaign: string;
      readonly answer: CaseToAnswer;
    }
  | { readonly kind: "disableAccount"; readonly reason: string; readonly campaign: string; readonly account: string }
  | { readonly kind: "revokeSessions"; readonly reason: string; readonly campaign: string; readonly account: string };

export interface Following {
  /** Of the incident above. */
  readonly generation: number;
  /** Why a new one is opened where that one is closed; "" where it is not. */
  readonly because: string;
  /** The latest of the sign-ins that prove a password. */
  readonly provenTo: Instant | null;
  /** Whether the last run found it closed. */
  readonly wasClosed: boolean;
}

export interface CaseToAnswer {
  readonly campaign: Campaign;
  /** Names of the hunts behind it. */
  readonly hunts: readonly string[];
  /** False where a person asked for the run: then nothing is done without asking, whatever the hunt's mode. */
  readonly automatic: boolean;
  /** The run that found it; a budget counts per run. */
  readonly run: string;
  /** When the logs were asked: a proof that was fresh then may have changed since. */
  readonly seenAt: Instant;
  /** Until then what could not be found out is asked again. */
  readonly until: Instant;
}

/** Something that was considered and not done. */
export interface HeldBack {
  /** The kind of action. */
  readonly kind: string;
  /** The account or channel it would have touched. */
  readonly target: string;
  readonly reason: string;
}

export type Outcome =
  | { readonly kind: "done"; readonly detail: string }
  /** A rehearsal: everything but the last write. */
  | { readonly kind: "rehearsed"; readonly detail: string }
  | {
      readonly kind: "failed";
      readonly code: string;
      readonly detail: string;
      readonly advice: string;
      readonly retry: boolean;
    };
