// One sign-in of the sample tenant, before it becomes rows.
import type { Instant } from "../../time.ts";
import type { Account } from "./account.ts";
import type { Route } from "./applications.ts";
import type { Device } from "./device.ts";
import type { Proof, ResultCode } from "./outcomes.ts";
import type { Place } from "./places.ts";

export type TableName = "SigninLogs" | "AADNonInteractiveUserSignInLogs";

export interface SignIn {
  readonly at: Instant;
  readonly table: TableName;
  readonly account: Account;
  readonly place: Place;
  readonly device: Device;
  readonly route: Route;
  readonly userAgent: string;
  readonly result: ResultCode;
  readonly proof: Proof;
  /** AuthenticationRequirement: what was asked for, whether or not it was given. */
  readonly factors: "single" | "multi";
  /** What was presented instead of a credential. */
  readonly token: "none" | "refreshToken" | "primaryRefreshToken";
  /** Numbers become ids: sign-ins with the same `thread` share a correlation id and an original request, and so on. */
  readonly number: number;
  readonly thread: number;
  readonly session: number;
  /**
   * Entra writes some sign-ins in several rows with one Id: `policies` differ in their results of conditional access,
   * `steps` in how far the authentication had come.
   */
  readonly rows: "one" | "policies" | "steps";
  /** The name as it was typed, where that differs from the account's own. */
  readonly typedName?: string;
  readonly risk?: "low" | "medium" | "high";
  /** The scene of the story that it belongs to; none for ordinary days. */
  readonly scene?: string;
}
