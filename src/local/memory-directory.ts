// A directory in memory: what is done to an account shows when it is asked about next.
import { isObjectId } from "../object-id.ts";
import type { CallLimits, Clock, Directory, DirectoryUser, Sessions } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import type { Instant } from "../time.ts";

export interface KnownPerson {
  readonly user: DirectoryUser;
  /** Names of the directory roles that it holds. */
  readonly roles: readonly string[];
  /** Object ids of the groups that it is in, through other groups too. */
  readonly groups: readonly string[];
}

export interface MemoryDirectory {
  readonly directory: Directory;
  /** Does what the given one does, and remembers it. */
  readonly sessions: Sessions;
}

export interface DirectoryOf {
  readonly people: readonly KnownPerson[];
  /** Whether nobody else holds a role: then only those who do, or matter otherwise, need be listed. */
  readonly othersHoldNoRole?: boolean;
  /** What it is, for messages. */
  readonly what: string;
}

export function memoryDirectory(
  { people, othersHoldNoRole = false, what }: DirectoryOf,
  sessions: Sessions,
  clock: Pick<Clock, "now">,
): MemoryDirectory {
  const byId = new Map(people.map((person) => [person.user.id.toLowerCase(), person]));
  const revoked = new Map<string, Instant>();
  const disabled = new Set<string>();
  /** Undefined where there is none. */
  const find = (id: string, limits?: CallLimits): KnownPerson | undefined => {
    if (!isObjectId(id)) throw new Problem(problemTexts.notAnAccount(id.slice(0, 40)));
    if (limits?.signal?.aborted === true) throw new Problem(problemTexts.cancelled(what));
    return byId.get(id.toLowerCase());
  };
  const known = (id: string, limits?: CallLimits): KnownPerson => {
    const person = find(id, limits);
    if (person === undefined) throw new Problem(problemTexts.unknownAccount());
    return person;
  };
  return {
    directory: {
      async user(id, limits) {
        const person = find(id, limits);
        return person === undefined ? null : asItIs(person.user);
      },
      async groupsAmong(id, asked, limits) {
        const groups = new Set(known(id, limits).groups.map((group) => group.toLowerCase()));
        return asked.filter((group) => groups.has(group.toLowerCase()));
      },
      roles: async (id, limits) => (othersHoldNoRole ? (find(id, limits)?.roles ?? []) : known(id, limits).roles),
    },
    sessions: {
      async revoke(id, limits) {
        await sessions.revoke(known(id, limits).user.id, limits);
        revoked.set(id.toLowerCase(), clock.now());
      },
      async disable(id, limits) {
        await sessions.disable(known(id, limits).user.id, limits);
        disabled.add(id.toLowerCase());
      },
    },
  };

  function asItIs(user: DirectoryUser): DirectoryUser {
    const id = user.id.toLowerCase();
    return {
      ...user,
      enabled: user.enabled && !disabled.has(id),
      sessionsValidFrom: revoked.get(id) ?? user.sessionsValidFrom,
    };
  }
}
