// What would be done, what was held back, and what became of it.
import type { Card, Incident } from "../ports.ts";

export type Action =
  | { readonly kind: "openIncident"; readonly reason: string; readonly campaign: string; readonly incident: Incident }
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
  | { readonly kind: "revokeSessions"; readonly reason: string; readonly campaign: string; readonly account: string };

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
