// A directory in memory over the accounts of the sample tenant: what is done to one shows when it is asked about next.
import { isObjectId } from "../object-id.ts";
import type { CallLimits, Clock, Directory, DirectoryUser, Sessions } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import type { Instant } from "../time.ts";
import type { Account } from "./sample-tenant/account.ts";

export interface SampleDirectory {
  readonly directory: Directory;
  /** Does what the given one does, and remembers it. */
  readonly sessions: Sessions;
}

export function sampleDirectory(accounts: readonly Account[], sessions: Sessions, clock: Clock): SampleDirectory {
  const byId = new Map(accounts.filter(({ id }) => id !== "").map((account) => [account.id.toLowerCase(), account]));
  const revoked = new Map<string, Instant>();
  const disabled = new Set<string>();
  /** Undefined where there is none. */
  const find = (id: string, limits?: CallLimits): Account | undefined => {
    if (!isObjectId(id)) throw new Problem(problemTexts.notAnAccount(id.slice(0, 40)));
    if (limits?.signal?.aborted === true) throw new Problem(problemTexts.cancelled("the sample tenant"));
    return byId.get(id.toLowerCase());
  };
  const known = (id: string, limits?: CallLimits): Account => {
    const account = find(id, limits);
    if (account === undefined) throw new Problem(problemTexts.unknownAccount());
    return account;
  };
  return {
    directory: {
      async user(id, limits) {
        const account = find(id, limits);
        return account === undefined ? null : userOf(account);
      },
      async groupsAmong(id, _, limits) {
        known(id, limits);
        return []; // the sample tenant has no groups
      },
      roles: async (id, limits) => known(id, limits).roles,
    },
    sessions: {
      async revoke(id, limits) {
        await sessions.revoke(known(id, limits).id, limits);
        revoked.set(id.toLowerCase(), clock.now());
      },
      async disable(id, limits) {
        await sessions.disable(known(id, limits).id, limits);
        disabled.add(id.toLowerCase());
      },
    },
  };

  function userOf(account: Account): DirectoryUser {
    const id = account.id.toLowerCase();
    return {
      id: account.id,
      userPrincipalName: account.name,
      enabled: !disabled.has(id),
      kind: account.kind === "guest" ? "guest" : "member",
      synchronised: account.synchronised,
      sessionsValidFrom: revoked.get(id) ?? null,
      passwordChangedAt: null,
    };
  }
}
