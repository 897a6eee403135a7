// Whether anything may be done to one account. Pure. No setting weakens what is asked here.
import type { ProvenAccount } from "../findings/campaign.ts";
import { instantOf } from "../findings/cells.ts";
import type { DirectoryUser } from "../ports.ts";
import { type Instant, instant } from "../time.ts";
import type { ResponseRules } from "./rules.ts";
import type { Standing } from "./standing.ts";
import { time } from "./words.ts";

export type Verdict =
  | {
      readonly kind: "may";
      readonly user: DirectoryUser;
      readonly lastProof: Instant;
      /** Why the account counts as privileged, "" where it does not: nothing is done to such a one without asking. */
      readonly privileged: string;
    }
  /** Nothing is done, whoever asks. */
  | { readonly kind: "never"; readonly reason: string }
  /** Nothing is done now; the answer may be another one later. */
  | { readonly kind: "notNow"; readonly reason: string }
  /** Somebody or something has done it already. */
  | { readonly kind: "over"; readonly reason: string };

export interface Guarded {
  /** False where an answer behind the campaign was incomplete. */
  readonly whole: boolean;
  /** Up to where its proofs have been answered by an earlier order. */
  readonly answeredTo: Instant | null;
}

/** The moment of the latest fact that proves an account; null where no fact does. */
export function lastProofOf(account: Pick<ProvenAccount, "rows">): Instant | null {
  const times = account.rows.flatMap((row) => {
    const at = instantOf(row.LastTime) ?? instantOf(row.TimeGenerated) ?? instantOf(row.FirstTime);
    return at === null ? [] : [at];
  });
  return times.length === 0 ? null : instant(Math.max(...times));
}

/** How the reason begins where the directory could not be asked. */
export const NOT_CHECKED = "Whether it is protected could not be checked";

export function guard(
  account: ProvenAccount,
  standing: Standing,
  rules: Pick<ResponseRules, "protectedAccounts" | "breakGlass">,
  { whole, answeredTo }: Guarded,
): Verdict {
  const lastProof = lastProofOf(account);
  if (lastProof === null || account.because === "")
    return never("No fact in the logs proves that its password is known.");
  if (account.id === "") return never("The logs give no object id for it, so it cannot be named without doubt.");
  if (isListed(account.id, account.name, rules.breakGlass)) return never("It is an emergency account.");
  if (isListed(account.id, account.name, rules.protectedAccounts))
    return never("It is on the list of protected accounts.");
  if (!whole) return notNow("An answer behind the evidence was incomplete.");
  if (standing.kind === "unknown") return notNow(`${NOT_CHECKED}: ${standing.because}`);
  const { user, roles } = standing;
  if (user === null) return never("The directory knows no account with its object id.");
  if (!same(user.id, account.id)) return never("The directory answered with another account.");
  if (isListed(user.id, user.userPrincipalName, [...rules.breakGlass, ...rules.protectedAccounts])) {
    return never("It is on the list of protected accounts.");
  }
  if (user.kind === "guest") return never("It is a guest: its sessions and its password belong to another tenant.");
  if (isSynchronisation(user, roles ?? [])) {
    return never("It synchronises the directory: without it nobody's changes arrive.");
  }
  if (standing.protectedGroups.length > 0) return never("It is in a protected group.");
  const changed = user.passwordChangedAt ?? null;
  if (changed !== null && changed > lastProof) {
    return over(`Its password was changed at ${time(changed)}, after the last proof at ${time(lastProof)}.`);
  }
  if (answeredTo !== null && lastProof <= answeredTo) {
    return over(`It was answered already; nothing has been proven since ${time(answeredTo)}.`);
  }
  if (!user.enabled) return over("It is disabled already.");
  if (user.sessionsValidFrom !== null && user.sessionsValidFrom > lastProof) {
    return over(
      `Its sessions were ended at ${time(user.sessionsValidFrom)}, after the last proof at ${time(lastProof)}.`,
    );
  }
  return { kind: "may", user, lastProof, privileged: privilegeOf(account, roles) };
}

function privilegeOf(account: ProvenAccount, roles: readonly string[] | null): string {
  if (roles === null) return "its roles could not be read: it may be privileged or synchronise the directory";
  if (roles.length > 0) return `it holds or can activate ${roles.join(", ")}`;
  return account.privileged ? "the evidence marks it as privileged" : "";
}

// https://learn.microsoft.com/entra/identity/hybrid/connect/reference-connect-accounts-permissions
const SYNCHRONISATION_ROLES: ReadonlySet<string> = new Set([
  "directory synchronization accounts",
  "on premises directory sync account",
  "d29b2b05-8046-44ba-8758-1e26182fcf32",
  "a92aed5d-d78a-4d16-b381-09adb37eb3b0",
]);
const SYNCHRONISATION_NAME = /^(?:sync_.+_[0-9a-f]{12}|adtoaadsyncserviceaccount)@/i;

const isSynchronisation = ({ userPrincipalName }: DirectoryUser, roles: readonly string[]): boolean =>
  SYNCHRONISATION_NAME.test(userPrincipalName) || roles.some((role) => SYNCHRONISATION_ROLES.has(role.toLowerCase()));

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
const isListed = (id: string, name: string, list: readonly string[]): boolean =>
  list.some((entry) => same(entry, id) || same(entry, name));

const never = (reason: string): Verdict => ({ kind: "never", reason });
const notNow = (reason: string): Verdict => ({ kind: "notNow", reason });
const over = (reason: string): Verdict => ({ kind: "over", reason });
