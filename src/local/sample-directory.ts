// The directory of the sample tenant.
import type { Clock, Sessions } from "../ports.ts";
import { type KnownPerson, type MemoryDirectory, memoryDirectory } from "./memory-directory.ts";
import type { Account } from "./sample-tenant/account.ts";

export const sampleDirectory = (accounts: readonly Account[], sessions: Sessions, clock: Clock): MemoryDirectory =>
  memoryDirectory(
    { people: accounts.filter(({ id }) => id !== "").map(personOf), what: "the sample tenant" },
    sessions,
    clock,
  );

const personOf = ({ id, name, kind, synchronised, roles }: Account): KnownPerson => ({
  user: {
    id,
    userPrincipalName: name,
    enabled: true,
    kind: kind === "guest" ? "guest" : "member",
    synchronised,
    sessionsValidFrom: null,
    passwordChangedAt: null,
  },
  roles,
  groups: [], // the sample tenant has none
});
