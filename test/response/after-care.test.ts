import { describe, expect, test } from "vitest";
import { accountChangesQuery, afterCareQuery } from "../../src/hunts/after-care-query.ts";
import { cellOf } from "../../src/ledger/records.ts";
import { type Care, careId, RESPONSE } from "../../src/ledger/response-records.ts";
import type { Logs } from "../../src/ports.ts";
import { tendCares } from "../../src/response/tend-cares.ts";
import { readQuestions } from "../../src/rulebook.ts";
import { days, earlier, hours, type Instant, iso, later, minutes, seconds } from "../../src/time.ts";
import { orderChannelsOf } from "../../src/triggers/response-rules.ts";
import { type LogRow, type Tables, withLogs } from "../log-folder.ts";
import { newId } from "../sign-in-rows.ts";
import { aBreach, aProven, idOf, nameFor, PROVEN } from "./people.ts";
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
  told: [],
  over: false,
  ...change,
});

/** Tells what is to be told at `at`, with the logs as they are by then. */
async function watched(at: Instant, tables: Tables, rig: Rig = aRig(), care: Care | null = aCare()): Promise<Rig> {
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
    const logs: Logs = { query: (question) => store.query(question) };
    return tendCares(questions, { ...rig.app.ports, logs }, orderChannelsOf(rig.app));
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
    expect((await rig.records("care "))[0]).toMatchObject({ over: true });
  });

  test("is never said where the logs do not get there: after a day of waiting it says that it is not known", async () => {
    const late = both([], later(ACTED, minutes(30)));
    const rig = await watched(later(ACTED, hours(30)), late);
    expect(comments(rig)).toEqual([]);
    await watched(later(ACTED, hours(49)), late, rig, null);
    expect(comments(rig)).toEqual([expect.stringContaining("whether it is contained is not known")]);
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

test("the questions name accounts and addresses as literals that cannot be broken out of", () => {
  const evil = '"] | union * //';
  const watchedAccounts = [{ account: evil, firstProof: PROVEN, acted: ACTED }];
  for (const kql of [afterCareQuery("T", watchedAccounts, [evil]), accountChangesQuery("T", watchedAccounts)]) {
    expect(kql).toContain('"\\"] | union * //"');
    expect(kql).not.toContain(`"${evil}`);
  }
});
