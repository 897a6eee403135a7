// What the sample tenant is about, as data: who is who, what happened, and what a responder should be told of it.
import type { Instant, TimeWindow } from "../../time.ts";
import type { Account } from "./account.ts";
import type { Network } from "./places.ts";
import type { SignIn } from "./sign-in.ts";

export type HuntSlug = "failed-portal-sign-in" | "single-factor-spray";

/** What a hunt groups by, and the value that stands in its findings: an object id, an address, a result code. */
export interface ExpectedGroup {
  readonly kind: "account" | "account-networks" | "source" | "code";
  readonly value: string;
}

export type Expected =
  /** The hunt finds these groups; the evidence then names whose password is known. */
  | {
      readonly kind: "found";
      readonly hunt: HuntSlug;
      readonly groups: readonly ExpectedGroup[];
      /** Signed in to, from the attack's addresses, with the right password. */
      readonly entered: readonly Account[];
      /** The password was right; the second factor held. */
      readonly known: readonly Account[];
    }
  /** The hunt would find these groups, but the team's exclusion of that name hides them. */
  | {
      readonly kind: "setAside";
      readonly hunt: HuntSlug;
      readonly exclusion: string;
      readonly groups: readonly ExpectedGroup[];
    }
  /** Nobody hears of it. */
  | { readonly kind: "silence" };

/** A scene as it is written: what is told, what is expected, and its sign-ins in any order. */
export interface Act {
  readonly name: string;
  readonly told: string;
  readonly expected: Expected;
  readonly signIns: readonly SignIn[];
}

/** A scene as it is played: counted from the sign-ins that lie inside the tenant's window. */
export interface Scene {
  readonly name: string;
  /** A sentence for people. */
  readonly told: string;
  readonly expected: Expected;
  /** From the first sign-in (included) to just after the last. */
  readonly window: TimeWindow;
  readonly accounts: readonly Account[];
  readonly addresses: readonly string[];
  readonly networks: readonly Network[];
  /** Sign-ins, not rows. */
  readonly signIns: number;
  readonly results: Readonly<Record<string, number>>;
}

export interface Story {
  readonly seed: number;
  readonly tenantId: string;
  readonly window: TimeWindow;
  /** Midnight at the start of the night that the story is about. */
  readonly night: Instant;
  /** Everybody that a directory would know: members, guests, services. */
  readonly accounts: readonly Account[];
  /** May be used when all else fails, and must never be locked out. */
  readonly breakGlass: Account;
  readonly synchronisation: Account;
  readonly scenes: readonly Scene[];
}
