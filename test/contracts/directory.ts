// What every directory keeps to, whatever is behind it.
import { describe, expect, test } from "vitest";
import type { Directory, DirectoryUser, Sessions } from "../../src/ports.ts";
import { type Instant, parseInstant } from "../../src/time.ts";

/** An account as its directory knows it. */
export interface DirectoryPerson {
  readonly user: DirectoryUser;
  /** Names of the directory roles that it holds. */
  readonly roles?: readonly string[];
  /** Object ids of the groups that it is in. */
  readonly groups?: readonly string[];
}

export interface DirectoryWorld {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly now: () => Instant;
  /** What was done to accounts as somebody outside sees it: "disable <id>", "revoke <id>", each once. */
  done(): Promise<ReadonlySet<string>>;
}

export type OpenDirectory = (people: readonly DirectoryPerson[]) => Promise<DirectoryWorld>;

export const alice = "5a0b1c2d-0000-4000-8000-00000000a11c";
export const bob = "5a0b1c2d-0000-4000-8000-000000000b0b";
export const nobody = "5a0b1c2d-0000-4000-8000-00000000dead";
const staff = "9c0e0000-0000-4000-8000-000000000001";
const board = "9c0e0000-0000-4000-8000-000000000002";

export const aMember = (id: string, change: Partial<DirectoryUser> = {}): DirectoryUser => ({
  id,
  userPrincipalName: `${id === bob ? "bob" : "alice"}@contoso.example`,
  enabled: true,
  kind: "member",
  synchronised: false,
  sessionsValidFrom: null,
  passwordChangedAt: null,
  ...change,
});

export interface Knows {
  readonly groups: boolean;
  /** Since when sessions are valid and when the password was changed, before anything is done. */
  readonly history: boolean;
}

/** `knows` is what this directory can be told of its accounts beforehand. */
export function directoryContract(name: string, opened: OpenDirectory, knows: Knows): void {
  describe(`${name} as a directory`, () => {
    test("an account is known by what decides about it, however its id is written", async () => {
      const history = knows.history
        ? {
            sessionsValidFrom: parseInstant("2026-11-20T08:00:00Z") ?? null,
            passwordChangedAt: parseInstant("2026-10-01T09:00:00Z") ?? null,
          }
        : {};
      const user = aMember(alice, { synchronised: true, ...history });
      const { directory } = await opened([{ user }, { user: aMember(bob) }]);
      expect(await directory.user(alice)).toEqual(user);
      expect(await directory.user(alice.toUpperCase())).toEqual(user);
      expect(await directory.user(bob)).toEqual(aMember(bob));
    });

    test("a guest is told from a member", async () => {
      const { directory } = await opened([{ user: aMember(alice, { kind: "guest" }) }]);
      expect(await directory.user(alice)).toMatchObject({ kind: "guest" });
    });

    test("an account that there is not is nobody, and has neither roles nor groups that could be read", async () => {
      const { directory } = await opened([{ user: aMember(alice) }]);
      expect(await directory.user(nobody)).toBeNull();
      const unknown = { code: "UnknownAccount", retry: false };
      await expect(directory.roles(nobody)).rejects.toMatchObject(unknown);
      await expect(directory.groupsAmong(nobody, [staff])).rejects.toMatchObject(unknown);
    });

    test("roles are told by name; whoever has none has an empty list", async () => {
      const roles = ["Global Administrator", "Helpdesk Administrator"];
      const { directory } = await opened([{ user: aMember(alice), roles }, { user: aMember(bob) }]);
      expect((await directory.roles(alice)).toSorted()).toEqual(roles);
      expect(await directory.roles(bob)).toEqual([]);
    });

    test("of the groups that are asked about those are told that the account is in", async () => {
      const groups = knows.groups ? [staff] : [];
      const { directory } = await opened([{ user: aMember(alice), groups }, { user: aMember(bob) }]);
      expect(await directory.groupsAmong(alice, [board, staff])).toEqual(groups);
      expect(await directory.groupsAmong(alice, [board])).toEqual([]);
      expect(await directory.groupsAmong(bob, [board, staff])).toEqual([]);
      expect(await directory.groupsAmong(alice, [])).toEqual([]);
    });

    test.each(["", "alice@contoso.example", "00000000-0000-0000-0000-000000000000"])(
      "nobody is looked up by %j, which is no object id",
      async (id) => {
        const { directory } = await opened([{ user: aMember(alice) }]);
        const refused = { code: "NotAnAccount", retry: false };
        await expect(directory.user(id)).rejects.toMatchObject(refused);
        await expect(directory.roles(id)).rejects.toMatchObject(refused);
        await expect(directory.groupsAmong(id, [staff])).rejects.toMatchObject(refused);
      },
    );

    test("a question that was called off has no answer", async () => {
      const { directory } = await opened([{ user: aMember(alice) }]);
      const limits = { signal: AbortSignal.abort() };
      const off = { code: "Cancelled" };
      await expect(directory.user(alice, limits)).rejects.toMatchObject(off);
      await expect(directory.roles(alice, limits)).rejects.toMatchObject(off);
      await expect(directory.groupsAmong(alice, [staff], limits)).rejects.toMatchObject(off);
    });
  });
}
