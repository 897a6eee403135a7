import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Campaign, ProvenAccount } from "../../src/findings/campaign.ts";
import { overBudget, type Spent } from "../../src/response/budget.ts";
import { type AccountPlan, type PlanLimits, planAccounts } from "../../src/response/plan-accounts.ts";
import type { ResponseMode, ResponseRules } from "../../src/response/rules.ts";
import { type Standing, standingOf } from "../../src/response/standing.ts";
import { hours, type Instant, instant, later, minutes } from "../../src/time.ts";
import {
  aBreach,
  aDirectory,
  aPerson,
  aProven,
  aUser,
  idOf,
  nameFor,
  PROVEN,
  type TestPerson,
  theHunt,
  theRules,
} from "./people.ts";

const NOW = later(PROVEN, minutes(5));
/** When the proof was an hour old, and its details as sure as they get. */
const SETTLED = later(PROVEN, minutes(60));

async function planned(
  campaign: Campaign,
  people: readonly TestPerson[],
  rules: ResponseRules = theRules(),
  limits: Partial<PlanLimits> = {},
  answered: ReadonlyMap<string, Instant> = new Map(),
  seenAt = SETTLED,
): Promise<AccountPlan> {
  const { directory } = aDirectory(people, () => NOW);
  const standings = new Map<string, Standing>();
  for (const { id } of [...campaign.accounts.entered, ...campaign.accounts.known]) {
    standings.set(id, await standingOf(id, rules, directory));
  }
  const [plan] = planAccounts([{ campaign, hunts: [theHunt], standings, answered, seenAt }], {
    rules,
    run: "run 1",
    spent: [],
    stopped: false,
    now: NOW,
    ...limits,
  });
  if (plan === undefined) throw new Error("nothing was planned");
  return plan;
}

const one = (change: Partial<TestPerson> = {}, rules?: ResponseRules, account: Partial<ProvenAccount> = {}) =>
  planned(aBreach([aProven(1, account)]), [aPerson(1, change)], rules);
const names = (accounts: AccountPlan["automatic"]): readonly string[] => accounts.map(({ account }) => account.name);
const reasonFor = (plan: AccountPlan, name = nameFor(1)): string =>
  plan.heldBack.find(({ target }) => target === name)?.reason ?? "";

describe("who is acted on", () => {
  test("a proven member is, in automatic mode and within the budget", async () => {
    expect(names((await one()).automatic)).toEqual([nameFor(1)]);
  });

  test("whoever was merely attacked is not, and the plan says so", async () => {
    const plan = await one();
    expect(reasonFor(plan, "bob@contoso.example")).toContain("merely attacked is not signed out");
  });

  test("the password becomes useless before the sessions end", async () => {
    const [account] = (await one({}, theRules({ measures: ["revokeSessions", "disableAccount"] }))).automatic;
    expect(account?.measures).toEqual(["disableAccount", "revokeSessions"]);
  });

  test("what the hunt asks for at this level, and nothing that only another level asks for", async () => {
    const campaign = aBreach([], { accounts: { ...aBreach([]).accounts, known: [aProven(1)] } });
    const plan = await planned(campaign, [aPerson(1)], theRules({ measures: ["revokeSessions", "disableAccount"] }));
    expect(plan.automatic.map(({ measures }) => measures)).toEqual([["revokeSessions"]]);
  });
});

describe("who is never acted on", () => {
  const never: readonly (readonly [string, Partial<TestPerson>, Partial<ResponseRules>, Partial<ProvenAccount>, string])[] = [
    ["a guest", { user: aUser(1, { kind: "guest" }) }, {}, {}, "guest"],
    ["an emergency account", {}, { breakGlass: [idOf(1).toUpperCase()] }, {}, "emergency"],
    ["an account on the list by its id", {}, { protectedAccounts: [idOf(1)] }, {}, "protected"],
    ["an account on the list by its name", {}, { protectedAccounts: [nameFor(1).toUpperCase()] }, {}, "protected"],
    ["an account on the list by the name that the directory gives it", { user: aUser(1, { userPrincipalName: "ceo@contoso.example" }) }, { protectedAccounts: ["ceo@contoso.example"] }, {}, "protected"],
    ["a member of a protected group", { groups: ["g1"] }, { protectedGroups: ["g1"] }, {}, "protected group"],
    ["the account that synchronises the directory, by its role", { roles: ["Directory Synchronization Accounts"] }, {}, {}, "synchronises"],
    ["the account that synchronises the directory, by its name", { user: aUser(1, { userPrincipalName: "Sync_DC01_0123456789ab@contoso.example" }) }, {}, {}, "synchronises"],
    ["an account that the directory does not know", { user: null }, {}, {}, "no account"],
    ["an account without an object id", {}, {}, { id: "" }, "object id"],
    ["an account without a fact that proves it", {}, {}, { rows: [] }, "No fact"],
    ["an account without a sentence that says what proves it", {}, {}, { because: "" }, "No fact"],
  ]; // biome-ignore format: a table is read by its lines
  test.each(never)("%s", async (_, person, rules, account, reason) => {
    const plan = await one(person, theRules(rules), account);
    expect([plan.automatic, plan.proposed]).toEqual([[], []]);
    expect(reasonFor(plan)).toContain(reason);
  });

  test("an account whose password was changed after the last proof", async () => {
    const plan = await one({ user: aUser(1, { passwordChangedAt: later(PROVEN, minutes(1)) }) });
    expect(plan.automatic).toEqual([]);
    expect(reasonFor(plan)).toContain("password was changed at 2026-11-21 03:22 UTC");
  });

  test("an account whose sessions were ended after the last proof, or that is disabled", async () => {
    for (const user of [{ sessionsValidFrom: later(PROVEN, minutes(1)) }, { enabled: false }]) {
      expect((await one({ user: aUser(1, user) })).automatic).toEqual([]);
    }
  });

  test("an account that was answered and has not been proven since", async () => {
    const answered = new Map([[idOf(1), PROVEN]]);
    const plan = await planned(aBreach([aProven(1)]), [aPerson(1)], theRules(), {}, answered);
    expect(plan.automatic).toEqual([]);
    expect(plan.unsettled).toEqual([]);
  });
});

describe("what cannot be known", () => {
  test("an incomplete answer leads to nothing, and is asked about again", async () => {
    const campaign = aBreach([aProven(1)]);
    const partial = { ...campaign, assessment: { ...campaign.assessment, whole: false } };
    const plan = await planned(partial, [aPerson(1)]);
    expect([plan.automatic, plan.proposed, plan.unsettled]).toEqual([[], [], [idOf(1)]]);
  });

  test.each(["user", "groups"] as const)(
    "where the %s cannot be read nothing is done, and it is asked again",
    async (what) => {
      const plan = await one({ unreadable: [what] }, theRules({ protectedGroups: ["g1"] }));
      expect([plan.automatic, plan.proposed, plan.unsettled]).toEqual([[], [], [idOf(1)]]);
      expect(reasonFor(plan)).toContain("could not be checked: Graph is away.");
    },
  );

  test("roles that could not be read count as privileged", async () => {
    const plan = await one({ unreadable: ["roles"] });
    expect(plan.automatic).toEqual([]);
    expect(plan.proposed[0]?.privileged).toContain("roles could not be read");
  });
});

describe("who is asked about", () => {
  test("the privileged, ahead of the others and marked, while the others are acted on", async () => {
    const campaign = aBreach([aProven(1), aProven(2)]);
    const plan = await planned(campaign, [aPerson(1), aPerson(2, { roles: ["Global Administrator"] })]);
    expect([names(plan.automatic), names(plan.proposed)]).toEqual([[nameFor(1)], [nameFor(2)]]);
    expect(plan.proposed[0]?.account.privileged).toBe(true);
    expect(reasonFor(plan, nameFor(2))).toContain("privileged");
  });

  test("everybody in the mode that proposes, the privileged first", async () => {
    const campaign = aBreach([aProven(1), aProven(2)]);
    const rules = theRules({ modes: { "single-factor-spray": "propose" } });
    const plan = await planned(campaign, [aPerson(1), aPerson(2, { roles: ["Global Administrator"] })], rules);
    expect([names(plan.automatic), names(plan.proposed)]).toEqual([[], [nameFor(2), nameFor(1)]]);
  });

  test("nobody where approvals are off, and the plan says so", async () => {
    const plan = await one({}, theRules({ modes: { "single-factor-spray": "propose" }, approvals: null }));
    expect(plan.proposed).toEqual([]);
    expect(reasonFor(plan)).toContain("approvals are off");
  });

  test("nobody where the hunt is off, where it is not named, or where no action is allowed", async () => {
    for (const rules of [{ modes: { "single-factor-spray": "off" as const } }, { modes: {} }, { measures: [] }]) {
      const plan = await one({}, theRules(rules));
      expect([plan.automatic, plan.proposed]).toEqual([[], []]);
      expect(reasonFor(plan)).toMatch(/RESPONSE_(MODES|ACTIONS)/);
    }
  });
});

describe("the budget", () => {
  const many = (n: number) => Array.from({ length: n }, (_, at) => at + 1);

  test("60 proven and a budget of 25: nobody is touched without asking, everybody is asked about, and it says why", async () => {
    const rules = theRules({ budget: { perRun: 25, perHour: 25, perDay: 25 } });
    const plan = await planned(
      aBreach(many(60).map((n) => aProven(n))),
      many(60).map((n) => aPerson(n)),
      rules,
    );
    expect([plan.automatic.length, plan.proposed.length]).toEqual([0, 60]);
    expect(plan.because).toBe(
      "60 accounts would be over the budget of 25 in a run, so nobody is touched without asking.",
    );
  });

  test("is for all campaigns of a run together", () => {
    const [first, second] = [aBreach([aProven(1), aProven(2)]), aBreach([aProven(3), aProven(4)], { id: "other" })];
    const standings = new Map<string, Standing>(
      many(4).map((n) => [idOf(n), { kind: "asked", user: aUser(n), protectedGroups: [], roles: [] }]),
    );
    const plans = planAccounts(
      [first, second].map((campaign) => ({
        campaign,
        hunts: [theHunt],
        standings,
        answered: new Map(),
        seenAt: SETTLED,
      })),
      { rules: theRules(), run: "run 1", spent: [], stopped: false, now: NOW },
    );
    expect(plans.map(({ automatic, proposed }) => [automatic.length, proposed.length])).toEqual([
      [0, 2],
      [0, 2],
    ]);
  });

  test("counts the run, the hour and the day at their edges", () => {
    const limits = { perRun: 3, perHour: 5, perDay: 10 };
    const at = (ago: number, run = "other"): Spent => ({ at: instant(NOW - ago), run, account: "x" });
    expect(overBudget(3, "run 1", [], limits, NOW)).toBe("");
    expect(overBudget(4, "run 1", [], limits, NOW)).toContain("3 in a run");
    expect(overBudget(1, "run 1", [at(1, "run 1"), at(1, "run 1"), at(1, "run 1")], limits, NOW)).toContain("in a run");
    const five = many(5).map(() => at(hours(1) - 1));
    expect(overBudget(1, "run 1", five, limits, NOW)).toContain("5 in an hour");
    const before = many(9).map(() => at(hours(1)));
    expect(overBudget(1, "run 1", before, limits, NOW)).toBe("");
    expect(overBudget(2, "run 1", before, limits, NOW)).toContain("10 in a day");
    expect(
      overBudget(
        2,
        "run 1",
        many(9).map(() => at(hours(24))),
        limits,
        NOW,
      ),
    ).toBe("");
  });
});

test("the stop switch leaves the account undone and asks again later", async () => {
  const plan = await planned(aBreach([aProven(1)]), [aPerson(1)], theRules(), { stopped: true });
  expect([plan.automatic, plan.unsettled]).toEqual([[], [idOf(1)]]);
  expect(reasonFor(plan)).toBe("The stop switch is on.");
});

test("every combination of the guards: nothing is done without proof, protection checked, approval, budget and switch", async () => {
  const person = fc.record({
    proven: fc.boolean(),
    sentence: fc.boolean(),
    whole: fc.boolean(),
    kind: fc.constantFrom("member", "guest") as fc.Arbitrary<"member" | "guest">,
    exists: fc.boolean(),
    enabled: fc.boolean(),
    listed: fc.constantFrom("no", "id", "name", "breakGlass"),
    grouped: fc.boolean(),
    roles: fc.constantFrom<readonly string[]>([], ["Reports Reader"], ["Directory Synchronization Accounts"]),
    unreadable: fc.subarray(["user", "groups", "roles"] as const),
    passwordChanged: fc.constantFrom(null, -1, 1),
    sessionsEnded: fc.constantFrom(null, -1, 1),
    answered: fc.constantFrom(null, -1, 0),
    evidencePrivileged: fc.boolean(),
    fresh: fc.boolean(),
  });
  const setting = fc.record({
    mode: fc.constantFrom<ResponseMode | undefined>("off", "propose", "automatic", undefined),
    allowed: fc.boolean(),
    disables: fc.boolean(),
    perRun: fc.constantFrom(0, 1, 3),
    approvals: fc.boolean(),
    stopped: fc.boolean(),
    others: fc.constantFrom(0, 3),
  });
  type Who = typeof person extends fc.Arbitrary<infer T> ? T : never;
  type Team = typeof setting extends fc.Arbitrary<infer T> ? T : never;
  const good: Who = {
    proven: true,
    sentence: true,
    whole: true,
    kind: "member",
    exists: true,
    enabled: true,
    listed: "no",
    grouped: false,
    roles: [],
    unreadable: [],
    passwordChanged: null,
    sessionsEnded: null,
    answered: null,
    evidencePrivileged: false,
    fresh: false,
  };
  const bold: Team = {
    mode: "automatic",
    allowed: true,
    disables: true,
    perRun: 3,
    approvals: true,
    stopped: false,
    others: 0,
  };
  // From where everything is as it should be, each guard alone, so that none is left to chance.
  const everyGuardAlone: [Who, Team][] = [
    [good, bold],
    ...(
      [
        { proven: false },
        { sentence: false },
        { whole: false },
        { kind: "guest" },
        { exists: false },
        { enabled: false },
        { listed: "id" },
        { listed: "name" },
        { listed: "breakGlass" },
        { grouped: true },
        { roles: ["Reports Reader"] },
        { roles: ["Directory Synchronization Accounts"] },
        { unreadable: ["user"] },
        { unreadable: ["groups"] },
        { unreadable: ["roles"] },
        { passwordChanged: 1 },
        { sessionsEnded: 1 },
        { answered: 0 },
        { evidencePrivileged: true },
        { fresh: true },
      ] satisfies Partial<Who>[]
    ).map((change): [Who, Team] => [{ ...good, ...change }, bold]),
    ...(
      [
        { mode: "off" },
        { mode: "propose" },
        { mode: undefined },
        { allowed: false },
        { disables: false },
        { perRun: 0 },
        { approvals: false },
        { stopped: true },
        { others: 3 },
      ] satisfies Partial<Team>[]
    ).map((change): [Who, Team] => [good, { ...bold, ...change }]),
  ];
  let [acted, asked] = [0, 0];
  await fc.assert(
    fc.asyncProperty(person, setting, async (who, team) => {
      const off = (n: number | null) => (n === null ? null : later(PROVEN, minutes(n)));
      const user = aUser(1, {
        kind: who.kind,
        enabled: who.enabled,
        passwordChangedAt: off(who.passwordChanged),
        sessionsValidFrom: off(who.sessionsEnded),
      });
      const rules = theRules({
        modes: team.mode === undefined ? {} : { "single-factor-spray": team.mode },
        measures: team.allowed ? (team.disables ? ["disableAccount", "revokeSessions"] : ["revokeSessions"]) : [],
        budget: { perRun: team.perRun, perHour: 3, perDay: 3 },
        protectedGroups: ["g1"],
        protectedAccounts: who.listed === "id" ? [idOf(1)] : who.listed === "name" ? [nameFor(1)] : [],
        breakGlass: who.listed === "breakGlass" ? [idOf(1)] : [],
        ...(team.approvals ? {} : { approvals: null }),
      });
      const account = aProven(1, {
        ...(who.proven ? {} : { rows: [] }),
        ...(who.sentence ? {} : { because: "" }),
        privileged: who.evidencePrivileged,
      });
      const base = aBreach([account]);
      const campaign = { ...base, assessment: { ...base.assessment, whole: who.whole } };
      const directory = aPerson(1, {
        user: who.exists ? user : null,
        groups: who.grouped ? ["g1"] : [],
        roles: who.roles,
        unreadable: who.unreadable,
      });
      const people = who.exists ? [directory] : [];
      const spent = Array.from({ length: team.others }, () => ({ at: NOW, run: "other", account: "x" }));
      const answered = who.answered === null ? new Map() : new Map([[idOf(1), later(PROVEN, minutes(who.answered))]]);
      const plan = await planned(
        campaign,
        people,
        rules,
        { stopped: team.stopped, spent },
        answered,
        who.fresh ? NOW : SETTLED,
      );

      const mayBe =
        who.proven &&
        who.sentence &&
        who.whole &&
        who.exists &&
        who.kind === "member" &&
        who.enabled &&
        who.listed === "no" &&
        !who.grouped &&
        !who.unreadable.includes("user") &&
        !who.unreadable.includes("groups") &&
        (who.unreadable.includes("roles") || who.roles[0] !== "Directory Synchronization Accounts") &&
        who.passwordChanged !== 1 &&
        who.sessionsEnded !== 1 &&
        who.answered !== 0 &&
        team.allowed &&
        (team.mode === "propose" || team.mode === "automatic");
      const privileged = who.evidencePrivileged || who.roles.length > 0 || who.unreadable.includes("roles");
      const fits = team.perRun >= 1 && team.others === 0;
      // Nobody is locked out without asking on a proof that may still change.
      const free = mayBe && !privileged && team.mode === "automatic" && fits && !(who.fresh && team.disables);
      const automatic = free && !team.stopped;
      const waits = free && team.stopped;
      expect(plan.automatic.length).toBe(automatic ? 1 : 0);
      expect(plan.proposed.length).toBe(mayBe && !automatic && !waits && team.approvals ? 1 : 0);
      // Whoever is neither acted on nor asked about is told with a reason.
      if (plan.automatic.length === 0)
        expect(plan.heldBack.filter(({ target }) => target === nameFor(1))).toHaveLength(1);
      acted += plan.automatic.length;
      asked += plan.proposed.length;
    }),
    { numRuns: 3_000, examples: everyGuardAlone },
  );
  expect([acted > 0, asked > 0]).toEqual([true, true]);
});
