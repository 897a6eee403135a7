// Proven accounts and a directory that knows them, for tests of what may be done to whom.
import type { Campaign, ProvenAccount } from "../../src/findings/campaign.ts";
import type { CallLimits, Directory, DirectoryUser, Sessions } from "../../src/ports.ts";
import { Problem } from "../../src/problems.ts";
import type { HuntOfPlan } from "../../src/response/plan-accounts.ts";
import type { ResponseRules } from "../../src/response/rules.ts";
import { hours, type Instant, instant, iso, later, minutes } from "../../src/time.ts";
import { ATTACK_BEGAN, aCampaign } from "./examples.ts";

export const idOf = (n: number): string => `6f9b1c52-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
export const nameFor = (n: number): string => `person${n}@contoso.example`;
/** When the sample accounts were proven. */
export const PROVEN = later(ATTACK_BEGAN, minutes(11));

export const aProven = (n: number, change: Partial<ProvenAccount> = {}): ProvenAccount => ({
  id: idOf(n),
  name: nameFor(n),
  privileged: false,
  because: "signed in from 203.0.113.7 after a password step that succeeded",
  rows: [{ FirstTime: iso(PROVEN), LastTime: iso(PROVEN), IPAddress: "203.0.113.7", ResultType: "0" }],
  ...change,
});

/** A campaign in which exactly these accounts got in. */
export const aBreach = (entered: readonly ProvenAccount[], change: Partial<Campaign> = {}): Campaign =>
  aCampaign("entered", {
    accounts: { attempted: 400 + entered.length, unknown: 0, wrong: 400, ambiguous: 0, known: [], entered },
    accountNames: [...entered.map(({ name }) => name), "bob@contoso.example", "carol@contoso.example"],
    ...change,
  });

export const theHunt: HuntOfPlan = {
  slug: "single-factor-spray",
  responder: {
    actions: { entered: ["disableAccount", "revokeSessions"], known: ["revokeSessions"] },
  },
};

export const theRules = (change: Partial<ResponseRules> = {}): ResponseRules => ({
  modes: { "single-factor-spray": "automatic" },
  measures: ["revokeSessions"],
  budget: { perRun: 3, perHour: 5, perDay: 10 },
  protectedAccounts: [],
  protectedGroups: [],
  breakGlass: [],
  stopped: false,
  approvals: { appUrl: "https://hunt-responder.example", expiry: hours(4) },
  afterCare: hours(24),
  ...change,
});

export interface TestPerson {
  user: DirectoryUser | null;
  roles: readonly string[];
  groups: readonly string[];
  /** What cannot be read. */
  unreadable: readonly ("user" | "groups" | "roles")[];
}

export const aUser = (n: number, change: Partial<DirectoryUser> = {}): DirectoryUser => ({
  id: idOf(n),
  userPrincipalName: nameFor(n),
  enabled: true,
  kind: "member",
  synchronised: false,
  sessionsValidFrom: instant(PROVEN - hours(24 * 30)),
  passwordChangedAt: null,
  ...change,
});

export const aPerson = (n: number, change: Partial<TestPerson> = {}): TestPerson => ({
  user: aUser(n),
  roles: [],
  groups: [],
  unreadable: [],
  ...change,
});

export interface TestDirectory {
  readonly directory: Directory;
  readonly sessions: Sessions;
  readonly people: Map<string, TestPerson>;
  /** Every write in order. */
  readonly writes: { readonly kind: "revoke" | "disable"; readonly id: string }[];
  /** Called before a write; throws in its place. */
  beforeWrite: (kind: "revoke" | "disable", id: string) => void;
}

export const unreadable = new Problem({ code: "Unreachable", message: "Graph is away.", advice: "", retry: true });

/** What is done to an account shows when it is asked about next, as in the service. */
export function aDirectory(people: readonly TestPerson[], now: () => Instant): TestDirectory {
  const byId = new Map(people.map((person) => [person.user?.id ?? "", person]));
  const person = (id: string): TestPerson => byId.get(id) ?? aPerson(0, { user: null });
  const read = <T>(id: string, what: TestPerson["unreadable"][number], value: (one: TestPerson) => T): T => {
    const one = person(id);
    if (one.unreadable.includes(what)) throw unreadable;
    return value(one);
  };
  const test: TestDirectory = {
    people: byId,
    writes: [],
    beforeWrite: () => undefined,
    directory: {
      user: async (id) => read(id, "user", ({ user }) => user),
      groupsAmong: async (id, groups) =>
        read(id, "groups", (one) => one.groups.filter((group) => groups.includes(group))),
      roles: async (id) => read(id, "roles", ({ roles }) => roles),
    },
    sessions: {
      revoke: async (id: string, _?: CallLimits) => {
        test.beforeWrite("revoke", id);
        test.writes.push({ kind: "revoke", id });
        const one = person(id);
        if (one.user !== null) one.user = { ...one.user, sessionsValidFrom: now() };
      },
      disable: async (id: string, _?: CallLimits) => {
        test.beforeWrite("disable", id);
        test.writes.push({ kind: "disable", id });
        const one = person(id);
        if (one.user !== null) one.user = { ...one.user, enabled: false };
      },
    },
  };
  return test;
}
