// What everything keeps to that ends sessions and disables accounts, whatever is behind it.
import { describe, expect, test } from "vitest";
import { SECOND } from "../../src/time.ts";
import { alice, aMember, bob, nobody, type OpenDirectory } from "./directory.ts";

const both = [{ user: aMember(alice) }, { user: aMember(bob) }];

export function sessionsContract(name: string, opened: OpenDirectory): void {
  describe(`${name} as a keeper of sessions`, () => {
    test("sessions that were revoked are valid from then on, and the account stays enabled", async () => {
      const { directory, sessions, now, done } = await opened(both);
      const before = now();
      await sessions.revoke(alice);
      const after = await directory.user(alice);
      expect(after?.enabled).toBe(true);
      // A service may keep whole seconds.
      expect(after?.sessionsValidFrom).toBeGreaterThan(before - SECOND);
      expect(await done()).toEqual(new Set([`revoke ${alice}`]));
    });

    test("an account that was disabled is disabled, and its sessions are as they were", async () => {
      const { directory, sessions, done } = await opened(both);
      await sessions.disable(alice);
      expect(await directory.user(alice)).toEqual(aMember(alice, { enabled: false }));
      expect(await done()).toEqual(new Set([`disable ${alice}`]));
    });

    test("what is done to one account is done to no other", async () => {
      const { directory, sessions } = await opened(both);
      await sessions.disable(alice);
      await sessions.revoke(alice);
      expect(await directory.user(bob)).toEqual(aMember(bob));
    });

    test("an account is the same however its id is written", async () => {
      const { directory, sessions } = await opened(both);
      await sessions.disable(alice.toUpperCase());
      expect(await directory.user(alice)).toMatchObject({ enabled: false });
    });

    test("doing it a second time does no harm", async () => {
      const { directory, sessions } = await opened(both);
      for (let time = 0; time < 2; time++) {
        await sessions.disable(alice);
        await sessions.revoke(alice);
      }
      expect(await directory.user(alice)).toMatchObject({ enabled: false, sessionsValidFrom: expect.any(Number) });
    });

    test("to an account that there is not nothing can be done, and that is said", async () => {
      const { sessions, done } = await opened(both);
      const unknown = { code: "UnknownAccount", retry: false };
      await expect(sessions.revoke(nobody)).rejects.toMatchObject(unknown);
      await expect(sessions.disable(nobody)).rejects.toMatchObject(unknown);
      expect(await done()).toEqual(new Set());
    });

    test.each(["", "alice@contoso.example", "00000000-0000-0000-0000-000000000000", `${alice}/../me`])(
      "nothing is done to %j, which is no object id",
      async (id) => {
        const { sessions, done } = await opened(both);
        const refused = { code: "NotAnAccount", retry: false };
        await expect(sessions.revoke(id)).rejects.toMatchObject(refused);
        await expect(sessions.disable(id)).rejects.toMatchObject(refused);
        expect(await done()).toEqual(new Set());
      },
    );

    test("a call that was called off does nothing", async () => {
      const { sessions, done } = await opened(both);
      const limits = { signal: AbortSignal.abort() };
      await expect(sessions.revoke(alice, limits)).rejects.toMatchObject({ code: "Cancelled" });
      await expect(sessions.disable(alice, limits)).rejects.toMatchObject({ code: "Cancelled" });
      expect(await done()).toEqual(new Set());
    });
  });
}
