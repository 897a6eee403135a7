// The portal hunt over rows, through the log store and the embedded engine.
import { describe, expect, test } from "vitest";
import { at, ownHunt } from "../builders.ts";
import { type LogRow, type LookOptions, lookAt } from "../log-folder.ts";
import { each, newId, portalFailure, success, userId, userName } from "../sign-in-rows.ts";

const hunt = ownHunt("failed-portal-sign-in");
const window = { from: at("2026-11-20T00:00:00Z"), to: at("2026-11-21T00:00:00Z") };
const portal = (rows: readonly LogRow[], options: Partial<LookOptions> = {}) =>
  lookAt(hunt, { SigninLogs: rows }, { window, ...options });
const at10 = (minute: number): string =>
  `2026-11-20T1${Math.floor(minute / 60)}:${String(minute % 60).padStart(2, "0")}:00Z`;
/** A day of ordinary life before, so that something can be called new. */
const history: readonly LogRow[] = [success("2026-11-10T08:00:00Z", 900, { IPAddress: "198.51.100.1" })];
const groups = (found: Awaited<ReturnType<typeof portal>>) =>
  found.findings.map(({ group }) => `${group.kind} ${group.value}`);

describe("the source's own query", () => {
  test("its rows are shown as it returns them, before anything is judged", async () => {
    const rows = [
      portalFailure(at10(0), 1),
      portalFailure(at10(1), 1, { AppDisplayName: "AZURE PORTAL", IPAddress: "192.0.2.2" }),
      portalFailure(at10(2), 1, { ResultType: "50034" }),
      portalFailure(at10(3), 1, { AppDisplayName: "Outlook" }),
    ];
    const { rows: seen, findings } = await portal(rows);
    expect(findings).toEqual([]);
    expect(seen).toHaveLength(2); // it groups by the application's name, in whatever case
    expect(seen[0]).toMatchObject({
      UserPrincipalName: userName(1),
      AttemptCount: 1,
      DistinctIPCount: 1,
      StatusCode: "50126",
      State: "Berlin",
      set_OS: ["Windows10"],
      AccountCustomEntity: userName(1),
    });
  });

  test("a missing state, city or device leaves the row where it is", async () => {
    const { rows } = await portal([
      portalFailure(at10(0), 1, { LocationDetails: null, DeviceDetail: null, Status: null }),
    ]);
    expect(rows[0]).toMatchObject({ State: "", StatusCode: "", set_OS: [], AttemptCount: 1 });
  });
});

describe("an account that is tried again and again", () => {
  test("six failures in an hour are a finding, five are none", async () => {
    expect(groups(await portal(each(6, (n) => portalFailure(at10(n * 9), 1))))).toEqual([`account ${userId(1)}`]);
    expect(groups(await portal(each(5, (n) => portalFailure(at10(n * 9), 1))))).toEqual([]);
  });

  test("in any sixty minutes, not in an hour of the clock", async () => {
    expect(groups(await portal(each(6, (n) => portalFailure(at10(35 + n * 9), 1))))).toHaveLength(1);
    expect(groups(await portal(each(6, (n) => portalFailure(at10(n * 13), 1))))).toHaveLength(0);
  });

  test("a large tenant needs eight", async () => {
    const rows = each(7, (n) => portalFailure(at10(n), 1));
    expect(groups(await portal(rows, { size: "large" }))).toEqual([]);
    expect(groups(await portal([...rows, portalFailure(at10(8), 1)], { size: "large" }))).toHaveLength(1);
  });

  test("somebody who gets in from the same address within half an hour mistyped", async () => {
    const failures = each(6, (n) => portalFailure(at10(n), 1));
    expect(groups(await portal([...failures, success(at10(20), 1)]))).toEqual([]);
    expect(groups(await portal([...failures, success(at10(20), 1, { IPAddress: "192.0.2.99" })]))).toHaveLength(1);
    expect(groups(await portal([...failures, success(at10(36), 1)]))).toHaveLength(1);
    expect(groups(await portal([...failures, success(at10(20), 2)]))).toHaveLength(1);
  });

  test("sign-ins are counted, not rows: a repeated Id, or one sign-in in several steps", async () => {
    const three = each(3, (n) => portalFailure(at10(n), 1));
    const doubled = three.flatMap((row) => [row, row, { ...row, Id: newId(), ConditionalAccessPolicies: [{}] }]);
    expect(groups(await portal(doubled))).toEqual([]);
    const six = each(6, (n) => portalFailure(at10(n), 1));
    expect((await portal(six.flatMap((row) => [row, row]))).findings).toEqual((await portal(six)).findings);
  });

  test("lockout and unknown names count, and are told apart; 50020 is an account of somebody else's", async () => {
    const codes = ["50126", "50126", "50034", "50053", "50053", "50053", "50020", "50020"];
    const { findings } = await portal(codes.map((ResultType, n) => portalFailure(at10(n), 1, { ResultType })));
    expect(findings[0]?.rows[0]).toMatchObject({ Failures: 6, WrongPassword: 2, UnknownUser: 1, Locked: 3 });
    const guests = each(30, (n) => portalFailure(at10(n % 50), n, { ResultType: "50020" }));
    expect(groups(await portal(guests))).toEqual([]);
  });

  test("the portal is known by its application id where its name is missing or spelt in another case", async () => {
    const rows = each(6, (n) =>
      portalFailure(at10(n), 1, n % 2 ? { AppDisplayName: "" } : { AppDisplayName: "azure PORTAL", AppId: "" }),
    );
    expect(groups(await portal(rows))).toHaveLength(1);
    const other = each(6, (n) => portalFailure(at10(n), 1, { AppDisplayName: "Outlook", AppId: "" }));
    expect(groups(await portal(other))).toEqual([]);
  });
});

describe("an account that is tried from many networks in a day", () => {
  const spread = (count: number, some: (n: number) => LogRow) =>
    each(count, (n) => portalFailure(`2026-11-20T${String(2 + n * 3).padStart(2, "0")}:00:00Z`, 1, some(n)));

  test("six failures from three networks are a finding, from two they are none", async () => {
    const from = (networks: number) =>
      spread(6, (n) => ({ AutonomousSystemNumber: `6450${n % networks}`, IPAddress: `192.0.2.${n % networks}` }));
    expect(groups(await portal(from(3)))).toEqual([`account-networks ${userId(1)}`]);
    expect(groups(await portal(from(2)))).toEqual([]);
  });

  test("five addresses of one network are a finding; one IPv6 network is one address", async () => {
    expect(groups(await portal(spread(6, (n) => ({ IPAddress: `192.0.2.${n % 5}` }))))).toHaveLength(1);
    expect(groups(await portal(spread(6, (n) => ({ IPAddress: `2001:db8:0:1::${n + 1}` }))))).toEqual([]);
  });

  test("its row counts the codes of the day, has nothing of what is judged of an hour or a source, and says which list was cut", async () => {
    const rows = each(60, (n) =>
      portalFailure(`2026-11-20T${String(Math.floor(n / 3)).padStart(2, "0")}:${(n % 3) * 20 + 10}:00Z`, 1, {
        IPAddress: `192.0.2.${n % 5}`,
        UserAgent: `agent ${n}`,
        ResultType: n % 3 === 0 ? "50053" : "50126",
      }),
    );
    const { findings } = await portal(rows);
    const found = findings.find(({ group }) => group.kind === "account-networks");
    expect(found?.rows[0]).toMatchObject({
      Kind: "account-day",
      DayFailures: 60,
      DayAddresses: 5,
      WrongPassword: 40,
      Locked: 20,
      Failures: null,
      FailingAccounts: null,
      SucceedingAccounts: null,
    });
    expect(found?.cut).toEqual(["UserAgents"]);
  });
});

describe("a source that tries many accounts", () => {
  test("five accounts are a finding where more fail than get in", async () => {
    const failing = each(5, (n) => portalFailure(at10(n * 5), n));
    const office = (count: number) => each(count, (n) => success(at10(n * 5), 100 + n));
    expect(groups(await portal([...history, ...failing, ...office(4)]))).toEqual(["source 192.0.2.1"]);
    expect(groups(await portal([...history, success("2026-11-12T08:00:00Z", 100), ...failing, ...office(5)]))).toEqual(
      [],
    );
    expect(groups(await portal([...history, success("2026-11-12T08:00:00Z", 100), ...failing.slice(0, 4)]))).toEqual(
      [],
    );
  });

  test("fifteen accounts are a finding however many get in", async () => {
    const office = each(40, (n) => success(at10(n), 100 + n));
    const known = success("2026-11-12T08:00:00Z", 100);
    expect(groups(await portal([known, ...office, ...each(15, (n) => portalFailure(at10(n), n))]))).toEqual([
      "source 192.0.2.1",
    ]);
    expect(groups(await portal([known, ...office, ...each(14, (n) => portalFailure(at10(n), n))]))).toEqual([]);
  });

  test("three accounts are a finding where nobody got in from there in 14 days", async () => {
    const failing = each(3, (n) => portalFailure(at10(n), n));
    const getIn = each(3, (n) => success(at10(n + 5), 100 + n));
    expect(groups(await portal([...history, ...failing, ...getIn]))).toEqual(["source 192.0.2.1"]);
    expect(groups(await portal([...history, ...failing, ...getIn, success("2026-11-12T08:00:00Z", 7)]))).toEqual([]);
    expect(groups(await portal([...history, ...failing, ...getIn, success("2026-11-01T08:00:00Z", 7)]))).toEqual([
      "source 192.0.2.1",
    ]);
  });

  test("an attacker who gets in does not make the source a known one", async () => {
    const failing = each(3, (n) => portalFailure(at10(35 + n * 10), n));
    const gotIn = each(3, (n) => success(at10(56), 100 + n));
    expect(groups(await portal([...history, ...failing, ...gotIn]))).toEqual(["source 192.0.2.1"]);
  });

  test("an office of many IPv6 addresses is one source for those who get in, too", async () => {
    const office = (n: number) => ({ IPAddress: `2001:db8:0:1::${(n + 1).toString(16)}` });
    const rows = [
      success("2026-11-12T08:00:00Z", 100, office(99)),
      ...each(6, (n) => portalFailure(at10(n), n, office(n))),
      ...each(40, (n) => success(at10(n), 100 + n, office(50 + n))),
    ];
    expect(groups(await portal([...history, ...rows]))).toEqual([]);
  });

  test("logs without a past call nothing new", async () => {
    expect(
      groups(
        await portal([...each(3, (n) => portalFailure(at10(n), n)), ...each(3, (n) => success(at10(n), 100 + n))]),
      ),
    ).toEqual([]);
  });

  test("an IPv6 source is its /64", async () => {
    const rows = each(5, (n) => portalFailure(at10(n), n, { IPAddress: `2001:db8:0:1::${n + 1}` }));
    expect(groups(await portal([...history, ...rows]))).toEqual(["source 2001:0db8:0000:0001:0000:0000:0000:0000/64"]);
    expect(
      groups(
        await portal([
          ...history,
          ...each(5, (n) => portalFailure(at10(n), n, { IPAddress: `2001:db8:0:${n + 1}::1` })),
        ]),
      ),
    ).toEqual([]);
  });
});

describe("logs that are not all there", () => {
  test("an empty table finds nothing, and that is an answer", async () => {
    const look = await portal([]);
    expect(look).toMatchObject({ whole: true, rows: [], findings: [] });
  });

  test("a folder without the table is a failure that names it", async () => {
    await expect(lookAt(hunt, { AuditLogs: [] }, { window })).rejects.toMatchObject({
      code: "MissingTable",
      message: expect.stringContaining("SigninLogs"),
    });
  });
});
