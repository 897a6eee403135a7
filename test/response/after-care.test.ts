import { describe, expect, test } from "vitest";
import { accountChangesQuery, afterCareQuery, watchedHabitsQuery } from "../../src/hunts/after-care-query.ts";
import { cellOf } from "../../src/ledger/records.ts";
import { careId, RESPONSE } from "../../src/ledger/response-records.ts";
import type { Question } from "../../src/ports.ts";
import { days, earlier, hours, type Instant, iso, later, lengthOf, minutes, seconds } from "../../src/time.ts";
import type { LogRow } from "../log-folder.ts";
import { newId } from "../sign-in-rows.ts";
import { aBreach, aProven, idOf, nameFor, PROVEN } from "./people.ts";
import { aRig, type Rig } from "./rig.ts";
import { ACTED, ATTACK, aCare, both, cards, comments, ELSEWHERE, HOME, signIn, watched } from "./watched-account.ts";

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
