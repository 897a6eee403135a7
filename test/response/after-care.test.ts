import { describe, expect, test } from "vitest";
import { accountChangesQuery, afterCareQuery, watchedHabitsQuery } from "../../src/hunts/after-care-query.ts";
import { cellOf } from "../../src/ledger/records.ts";
import { type Care, careId, RESPONSE } from "../../src/ledger/response-records.ts";
import type { Answer, Logs, Question } from "../../src/ports.ts";
import { incidentOf } from "../../src/response/incident.ts";
import { throwStop } from "../../src/response/stop-switch.ts";
import { tendCares } from "../../src/response/tend-cares.ts";
import { readQuestions } from "../../src/rulebook.ts";
import { days, earlier, hours, type Instant, iso, later, lengthOf, minutes, seconds } from "../../src/time.ts";
import { orderChannelsOf, responseRulesOf } from "../../src/triggers/response-rules.ts";
import { tend } from "../../src/triggers/tend.ts";
import { type LogRow, type Tables, withLogs } from "../log-folder.ts";
import { newId } from "../sign-in-rows.ts";
import { anInvocation } from "../test-app.ts";
import { aContext } from "./examples.ts";
import { aBreach, aProven, idOf, nameFor, PROVEN, unreadable } from "./people.ts";
import { aRig, type Rig } from "./rig.ts";

/** The sessions were revoked a quarter of an hour after the proof. */
const ACTED = later(PROVEN, minutes(15));
const HOME = {
  IPAddress: "198.51.100.9",
  AutonomousSystemNumber: "64500",
  UserAgent: "Edge",
  DeviceDetail: '{"deviceId":"laptop-1"}',
};
const ATTACK = { IPAddress: "203.0.113.7", AutonomousSystemNumber: "64666", UserAgent: "fasthttp", DeviceDetail: "{}" };
const ELSEWHERE = { IPAddress: "192.0.2.200", AutonomousSystemNumber: "64777", UserAgent: "curl", DeviceDetail: "{}" };

const signIn = (at: Instant, some: LogRow, n = 1): LogRow => ({
  TimeGenerated: iso(at),
  Id: newId(),
  UserId: idOf(n),
  UserPrincipalName: nameFor(n),
  ResultType: "0",
  AppDisplayName: "Office 365 Exchange Online",
  ...some,
});
/** Somebody else, so that the tables speak up to here. */
const life = (at: Instant): LogRow => signIn(at, { ...HOME, UserId: idOf(99), UserPrincipalName: nameFor(99) });
const habits = [1, 3, 5].map((day) => signIn(earlier(PROVEN, days(day)), HOME));

const aCare = (change: Partial<Care> = {}): Care => ({
  account: { ...aProven(1), rows: aProven(1).rows.map((row) => ({ ...row })) },
  campaign: aBreach([aProven(1)]),
  order: "order-1",
  measures: ["revokeSessions"],
  from: ACTED,
  until: later(ACTED, hours(24)),
  seenTo: null,
  askedTo: null,
  habits: null,
  told: [],
  over: false,
  ...change,
});

/** Tells what is to be told at `at`, with the logs as they are by then. */
async function watched(
  at: Instant,
  tables: Tables,
  rig: Rig = aRig(),
  care: Care | null = aCare(),
  asked: Question[] = [],
  instead: Partial<Answer> = {},
): Promise<Rig> {
  const questions = await readQuestions();
  if (care !== null) {
    const change = {
      kind: "put",
      id: careId(care.account.id, care.order),
      value: cellOf(care),
      basedOn: "any",
    } as const;
    await rig.app.ports.journal.commit(RESPONSE, [change]);
  }
  // A window ends just before its end.
  rig.app.clock.set(later(at, seconds(1)));
  await withLogs(tables, (store) => {
    const logs: Logs = {
      async query(question) {
        asked.push(question);
        return { ...(await store.query(question)), ...instead };
      },
    };
    return tendCares(questions, responseRulesOf(rig.app), { ...rig.app.ports, logs }, orderChannelsOf(rig.app));
  });
  return rig;
}

const comments = ({ app }: Rig): readonly string[] => app.said.comments.map(({ text }) => text);
const cards = ({ app }: Rig): string => JSON.stringify(app.said.cards);
const both = (interactive: readonly LogRow[], upTo: Instant, more: Tables = {}): Tables => ({
  SigninLogs: [...habits, ...interactive, life(upTo)],
  AADNonInteractiveUserSignInLogs: [life(upTo)],
  ...more,
});

describe("an account that is watched", () => {
  test("is not contained when the campaign gets in again: a card and a comment, once", async () => {
    const at = later(ACTED, minutes(30));
    const tables = both([signIn(later(ACTED, minutes(10)), ATTACK)], at);
    const rig = await watched(at, tables);
    expect(comments(rig)).toEqual([expect.stringContaining("Not contained.")]);
    expect(cards(rig)).toContain("got in from the campaign's 203.0.113.7");
    expect(cards(rig)).toContain("AuditLogs is not exported to the workspace");
    await watched(later(at, minutes(5)), tables, rig, null);
    expect([comments(rig).length, rig.app.said.cards.length]).toEqual([1, 1]);
  });

  test("is not contained when the campaign gets in from another address of its IPv6 network", async () => {
    const at = later(ACTED, minutes(30));
    const campaign = aBreach([aProven(1)]);
    const sources = campaign.sources.slice(0, 1).map((source) => ({ ...source, address: "2001:db8:1:2::7" }));
    const again = signIn(later(ACTED, minutes(10)), { ...ATTACK, IPAddress: "2001:DB8:1:2:0:0:0:99" });
    const rig = await watched(at, both([again], at), aRig(), aCare({ campaign: { ...campaign, sources } }));
    expect(comments(rig)[0]).toContain("got in from the campaign's 2001:DB8:1:2:0:0:0:99");
  });

  test("is not contained when somebody gets in from a network and a device that it never used", async () => {
    const at = later(ACTED, minutes(30));
    const rig = await watched(at, both([signIn(later(ACTED, minutes(10)), ELSEWHERE)], at));
    expect(comments(rig)[0]).toContain("a network and a device that it never used before");
  });

  test("is not contained while the campaign still has the password, even where MFA stops it", async () => {
    const at = later(ACTED, minutes(30));
    const rig = await watched(at, both([signIn(later(ACTED, minutes(10)), { ...ATTACK, ResultType: "50076" })], at));
    expect(comments(rig)[0]).toContain("the password still works: 50076");
  });

  test("has no habit of what came from the campaign before it was proven", async () => {
    const at = later(ACTED, minutes(30));
    const before = signIn(earlier(PROVEN, hours(2)), ATTACK);
    const after = signIn(later(ACTED, minutes(10)), { ...ATTACK, IPAddress: "192.0.2.99" });
    const rig = await watched(at, both([before, after], at));
    expect(comments(rig)[0]).toContain("got in from 192.0.2.99, a network and a device that it never used before");
  });

  test("may sign in from home, or with its own device from a new place, without anybody being told", async () => {
    const at = later(ACTED, minutes(30));
    const own = [
      HOME,
      { ...ELSEWHERE, DeviceDetail: '{"deviceId":"laptop-1"}' },
      { ...ELSEWHERE, AutonomousSystemNumber: "64500" },
    ];
    const rig = await watched(
      at,
      both(
        own.map((some) => signIn(later(ACTED, minutes(10)), some)),
        at,
      ),
    );
    expect(comments(rig)).toEqual([]);
  });

  test("is not taken for attacked by the errors that a revocation causes on its own devices", async () => {
    const at = later(ACTED, hours(2));
    const errors = ["50173", "50133", "70043", "50126"].map((ResultType) =>
      signIn(later(ACTED, minutes(5)), { ...ATTACK, ResultType }),
    );
    const rig = await watched(at, both(errors, at));
    expect(comments(rig)).toEqual([expect.stringContaining("contained so far")]);
  });

  test("is not blamed for what happened before the measure", async () => {
    const at = later(ACTED, minutes(30));
    const rig = await watched(at, both([signIn(earlier(ACTED, seconds(1)), ATTACK)], at));
    expect(comments(rig)).toEqual([]);
  });
});

describe("what an account that is not contained leads to", () => {
  const attacked = (at: Instant) => both([signIn(later(ACTED, minutes(10)), ATTACK)], at);

  test("its incident is raised to High with a label, and keeps what runs have written into it since", async () => {
    const rig = aRig();
    const campaign = aBreach([aProven(1)]);
    const now = { ...incidentOf(campaign, { ...aContext(), heldBack: [] }), severity: "Medium" as const };
    await rig.app.ports.incidents.openOrUpdate({ ...now, description: "What the last run said." });
    const at = later(ACTED, minutes(30));
    await watched(at, both([signIn(later(ACTED, minutes(20)), ATTACK)], at), rig);
    const raise = rig.app.said.incidents.at(-1);
    expect(raise).toMatchObject({ id: now.id, severity: "High", raises: "not-contained" });
    expect(raise?.lastActivity).toBe(later(ACTED, minutes(20)));
  });

  test("the card says that it can be nobody but the attacker, or that it may be", async () => {
    const at = later(ACTED, minutes(30));
    expect(cards(await watched(at, attacked(at)))).toContain("The attacker still has 1 account");
    const elsewhere = both([signIn(later(ACTED, minutes(10)), ELSEWHERE)], at);
    expect(cards(await watched(at, elsewhere))).toContain("The attacker may still have 1 account");
  });

  test("the card says that the stop switch is on, where it is", async () => {
    const rig = aRig();
    await throwStop({ on: true, because: "", at: PROVEN }, rig.app.ports.journal);
    const at = later(ACTED, minutes(30));
    await watched(at, attacked(at), rig);
    expect(cards(rig)).toContain("The stop switch is on");
  });

  test("what could not be said is owed, and said once the channel takes it, by the timer that tends deliveries", async () => {
    let away = true;
    const rig = aRig();
    const post = rig.app.ports.cards.post;
    Object.assign(rig.app.ports.cards, {
      post: async (...asked: Parameters<typeof post>) => {
        if (away) throw unreadable;
        return post(...asked);
      },
    });
    const at = later(ACTED, minutes(30));
    await watched(at, attacked(at), rig);
    expect(rig.app.said.cards).toEqual([]);
    away = false;
    await watched(later(at, minutes(1)), attacked(at), rig, null);
    await tend(rig.app, anInvocation());
    await tend(rig.app, anInvocation());
    expect(rig.app.said.cards).toHaveLength(1);
  });
});

describe("accounts of one campaign", () => {
  const two = async (at: Instant, tables: Tables): Promise<Rig> => {
    const campaign = aBreach([aProven(1), aProven(2)]);
    const rig = aRig();
    const put = (n: number) => {
      const rows = aProven(n).rows.map((row) => ({ ...row }));
      const care = aCare({ account: { ...aProven(n), rows }, campaign });
      return { kind: "put", id: careId(care.account.id, care.order), value: cellOf(care), basedOn: "any" } as const;
    };
    await rig.app.ports.journal.commit(RESPONSE, [put(1), put(2)]);
    return watched(at, tables, rig, null);
  };

  test("are told together: one comment and one card that say for whom it is contained so far, and up to when", async () => {
    const rig = await two(later(ACTED, hours(3)), both([], later(ACTED, hours(2))));
    expect(comments(rig)).toHaveLength(1);
    expect(comments(rig)[0]).toContain(`${nameFor(1)}, ${nameFor(2)}: contained so far.`);
    expect(rig.app.said.cards).toHaveLength(1);
    expect(cards(rig)).toContain("No sign of the attacker in 2 accounts up to 2026-11-21 05:26 UTC");
    expect(cards(rig)).toContain("AuditLogs is not exported to the workspace");
    // Ending sessions does not change the password, and the card does not let anybody forget it.
    expect(cards(rig)).toContain("does not contain: the password still works");
  });

  test("are told apart where one is contained so far and the other is not", async () => {
    const rig = await two(
      later(ACTED, hours(3)),
      both([signIn(later(ACTED, minutes(10)), ATTACK, 2)], later(ACTED, hours(2))),
    );
    const [bad, good] = comments(rig);
    expect(bad).toContain(`Not contained. Seen since the measure:\n- ${nameFor(2)}`);
    expect(good).toContain(`${nameFor(1)}: contained so far.`);
    expect(good).not.toContain(nameFor(2));
    expect(rig.app.said.cards.map(({ id }) => id.replace(/^.*\./, ""))).toEqual(["not-contained", "so-far"]);
    // Telemetry counts them; it is not told who they are.
    expect(rig.app.said.events.map(({ name, properties }) => ({ name, ...properties }))).toEqual([
      { name: "Containment", campaign: "amber-otter", containment: "so far", accounts: 1 },
      { name: "Containment", campaign: "amber-otter", containment: "not contained", accounts: 1 },
    ]);
  });
});

test("who is watched is found behind however many others", async () => {
  const rig = aRig();
  const { journal } = rig.app.ports;
  // Ids that sort ahead of the one that is looked for.
  const others = Array.from({ length: 450 }, (_, n) => `00000000-0000-4000-8000-${String(n).padStart(12, "0")}`);
  for (let from = 0; from < others.length; from += 90) {
    await journal.commit(
      RESPONSE,
      others.slice(from, from + 90).map((id) => {
        const care = aCare({ account: { ...aProven(1), id, rows: [] } });
        return { kind: "put", id: careId(id, care.order), value: cellOf(care), basedOn: "any" } as const;
      }),
    );
  }
  const at = later(ACTED, minutes(30));
  await watched(at, both([signIn(later(ACTED, minutes(10)), ATTACK)], at), rig);
  expect(comments(rig)[0]).toContain("Not contained.");
});

describe("contained so far", () => {
  test("is said with the moment up to which both tables speak, once access tokens have ended", async () => {
    const rig = await watched(later(ACTED, hours(3)), both([], later(ACTED, hours(2))));
    // Ten minutes less than the newest row, for rows that arrive out of order.
    expect(comments(rig)).toEqual([expect.stringContaining("contained so far. Up to 2026-11-21 05:26 UTC")]);
    expect(comments(rig)[0]).toContain("Not looked at: AuditLogs is not exported");
  });

  test("is not said while one of the tables lags behind", async () => {
    const tables = {
      ...both([], later(ACTED, hours(2))),
      AADNonInteractiveUserSignInLogs: [life(later(ACTED, minutes(20)))],
    };
    expect(comments(await watched(later(ACTED, hours(3)), tables))).toEqual([]);
  });

  test("is not said where one of the tables says nothing", async () => {
    const { SigninLogs = [] } = both([], later(ACTED, hours(2)));
    expect(comments(await watched(later(ACTED, hours(3)), { SigninLogs }))).toEqual([]);
  });

  test("is said for the whole of the 24 hours only when the logs have got there", async () => {
    const rig = await watched(later(ACTED, hours(25)), both([], later(ACTED, hours(25))));
    expect(comments(rig)).toEqual([expect.stringContaining("Up to 2026-11-22 03:36 UTC")]);
    expect(cards(rig)).toContain("Contained so far; the watch has ended");
    // What is over lies apart, so that it never stands in the way of who is still watched.
    expect(await rig.records("care ")).toEqual([]);
    expect((await rig.records("watched "))[0]).toMatchObject({ over: true });
  });

  test("is never said where the logs do not get there: after a day of waiting it says that it is not known", async () => {
    const late = both([], later(ACTED, minutes(30)));
    const rig = await watched(later(ACTED, hours(30)), late);
    expect(comments(rig)).toEqual([]);
    await watched(later(ACTED, hours(49)), late, rig, null);
    expect(comments(rig)).toEqual([expect.stringContaining("whether it is contained is not known")]);
    expect(cards(rig)).toContain("Not known whether contained");
  });

  test("is never said of an account that was not", async () => {
    const rig = await watched(
      later(ACTED, minutes(30)),
      both([signIn(later(ACTED, minutes(10)), ATTACK)], later(ACTED, minutes(30))),
    );
    await watched(later(ACTED, hours(25)), both([], later(ACTED, hours(25))), rig, null);
    expect(comments(rig).join("\n")).not.toContain("contained so far");
  });
});

describe("a watch of three days", () => {
  const end = later(ACTED, days(3));
  const long = aCare({ until: end });
  /** What each of the questions is about, and how many hours it reads. */
  const spans = (asked: readonly Question[]) =>
    asked.map(({ kql, window }) => ({
      about: kql.includes("TimeGenerated < FirstProof") ? "habits" : kql.includes("AuditLogs") ? "changes" : "lately",
      hours: lengthOf(window) / hours(1),
    }));

  test("asks once for what is usual, and of everything else never for more than 25 hours at a time", async () => {
    const rig = aRig();
    const asked: Question[] = [];
    for (const after of [hours(1), hours(30), hours(31), hours(71), hours(72)]) {
      const at = later(ACTED, after);
      await watched(at, both([], at), rig, after === hours(1) ? long : null, asked);
    }
    const usual = spans(asked).filter(({ about }) => about === "habits");
    expect(usual).toEqual([{ about: "habits", hours: 14 * 24 }]);
    const others = spans(asked).filter(({ about }) => about !== "habits");
    expect(others.length).toBeGreaterThan(10);
    expect(others.filter((each) => each.hours > 25)).toEqual([]);
  });

  test("tells each address once, whichever part of the logs it is seen in", async () => {
    const rig = aRig();
    const tables = (at: Instant) =>
      both(
        [
          signIn(later(ACTED, hours(2)), ATTACK),
          signIn(later(ACTED, hours(40)), { ...ATTACK, IPAddress: "203.0.113.8" }),
        ].filter(({ TimeGenerated }) => String(TimeGenerated) <= iso(at)),
        at,
      );
    const campaign = aBreach([aProven(1)]);
    const [source] = campaign.sources;
    const care = {
      ...long,
      campaign: { ...campaign, sources: ["203.0.113.7", "203.0.113.8"].map((address) => ({ ...source!, address })) },
    };
    await watched(later(ACTED, hours(3)), tables(later(ACTED, hours(3))), rig, care);
    for (const after of [hours(41), hours(60), hours(71)]) {
      await watched(later(ACTED, after), tables(later(ACTED, after)), rig, null);
    }
    expect(comments(rig).map((text) => /from the campaign's ([^(]*) \(/.exec(text)?.[1])).toEqual([
      "203.0.113.7",
      "203.0.113.7, 203.0.113.8",
    ]);
  });

  test("finds what arrives a day late", async () => {
    const rig = aRig();
    const late = signIn(later(ACTED, hours(20)), ATTACK);
    for (const after of [hours(21), hours(30), hours(43)]) {
      const at = later(ACTED, after);
      await watched(at, both([], at), rig, after === hours(21) ? long : null);
    }
    expect(comments(rig).join()).not.toContain("Not contained");
    const at = later(ACTED, hours(44));
    await watched(at, both([late], at), rig, null);
    expect(comments(rig).at(-1)).toContain("Not contained");
  });

  test("remembers nothing of an answer in part, and asks for all of it again", async () => {
    const rig = aRig();
    const at = later(ACTED, hours(1));
    const attacked = both([signIn(later(ACTED, minutes(10)), ATTACK)], at);
    await watched(at, attacked, rig, long, [], { whole: false, missing: "a limit" });
    expect(comments(rig)).toHaveLength(1);
    expect((await rig.records("care "))[0]).toMatchObject({ habits: null, askedTo: null });
    await watched(later(at, minutes(5)), attacked, rig, null);
    const habits = { successes: 3, networks: ["64500"], devices: ["laptop-1"] };
    expect((await rig.records("care "))[0]).toMatchObject({ habits, askedTo: later(at, seconds(301)) });
    expect(comments(rig)).toHaveLength(1);
  });
});

describe("what was changed for an account", () => {
  const change = (
    OperationName: string,
    actor: number | null,
    target: number,
    at: Instant,
    ipAddress = "203.0.113.7",
  ): LogRow => ({
    TimeGenerated: iso(at),
    Id: newId(),
    OperationName,
    Result: "success",
    InitiatedBy:
      actor === null
        ? { app: { displayName: "Provisioning" } }
        : { user: { id: idOf(actor), userPrincipalName: nameFor(actor), ipAddress } },
    TargetResources: [{ id: idOf(target), type: "User" }],
  });
  const audited = (...AuditLogs: LogRow[]): Promise<Rig> => {
    const at = later(ACTED, minutes(30));
    return watched(at, both([], at, { AuditLogs }));
  };

  test.each([
    "User registered security info",
    "Add registered owner to device",
    "Consent to application",
    "Add member to role",
  ])("by itself since the first proof is not contained: %s", async (operation) => {
    const rig = await audited(change(operation, 1, 1, later(PROVEN, minutes(2))));
    expect(comments(rig)[0]).toContain(
      `Not contained. Seen since the measure:\n- ${nameFor(1)}: ${operation} by the account itself from 203.0.113.7`,
    );
  });

  test("before the first proof, of other accounts, or of another kind is not told", async () => {
    const rig = await audited(
      change("User registered security info", 1, 1, earlier(PROVEN, minutes(2))),
      change("User registered security info", 5, 5, later(PROVEN, minutes(2))),
      change("Update user", 1, 1, later(PROVEN, minutes(2))),
    );
    expect(comments(rig)).toEqual([]);
  });

  test("by an administrator is told and does not alarm, as when the password is set anew", async () => {
    const rig = await audited(change("Reset password (by admin)", 7, 1, later(ACTED, minutes(5))));
    expect(comments(rig)).toEqual([expect.stringContaining(`Reset password (by admin) by ${nameFor(7)}`)]);
    expect(rig.app.said.cards).toEqual([]);
  });
});

test("the questions name accounts as literals that cannot be broken out of", () => {
  const evil = '"] | union * //';
  const watchedAccounts = [{ account: evil, firstProof: PROVEN, acted: ACTED }];
  for (const ask of [afterCareQuery, watchedHabitsQuery, accountChangesQuery]) {
    const kql = ask("T", watchedAccounts);
    expect(kql).toContain('"\\"] | union * //"');
    expect(kql).not.toContain(`"${evil}`);
  }
});
