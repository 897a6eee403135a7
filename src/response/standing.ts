// What the directory says of an account, asked just before it matters.
import type { CallLimits, Directory, DirectoryUser } from "../ports.ts";
import { Problem } from "../problems.ts";
import type { ResponseRules } from "./rules.ts";

export type Standing =
  | {
      readonly kind: "asked";
      /** Null where the directory knows no such account. */
      readonly user: DirectoryUser | null;
      /** The protected groups that the account is in. */
      readonly protectedGroups: readonly string[];
      /** Null where they could not be read: what could not be read counts as privileged. */
      readonly roles: readonly string[] | null;
    }
  /** Whether the account is protected could not be found out, and so nothing is done. */
  | { readonly kind: "unknown"; readonly because: string };

export async function standingOf(
  userId: string,
  rules: Pick<ResponseRules, "protectedGroups">,
  directory: Directory,
  limits: CallLimits = {},
): Promise<Standing> {
  const [user, groups, roles] = await Promise.all([
    told(directory.user(userId, limits)),
    rules.protectedGroups.length === 0
      ? ({ kind: "told", value: [] } as const)
      : told(directory.groupsAmong(userId, rules.protectedGroups, limits)),
    told(directory.roles(userId, limits)),
  ]);
  if (user.kind === "failed") return { kind: "unknown", because: user.because };
  // Groups of an account that does not exist cannot be read either; that it does not exist is the better reason.
  if (user.value === null) return { kind: "asked", user: null, protectedGroups: [], roles: null };
  if (groups.kind === "failed") return { kind: "unknown", because: groups.because };
  return {
    kind: "asked",
    user: user.value,
    protectedGroups: groups.value,
    roles: roles.kind === "failed" ? null : roles.value,
  };
}

type Told<T> = { readonly kind: "told"; readonly value: T } | { readonly kind: "failed"; readonly because: string };

async function told<T>(asked: Promise<T>): Promise<Told<T>> {
  try {
    return { kind: "told", value: await asked };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return { kind: "failed", because: error.message };
  }
}
