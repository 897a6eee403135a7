// What a responder is told of an attack: who got in, whose password is known, and who was merely attacked.
import { beforeAll, describe, expect, test, vi } from "vitest";
import { exclusionSchema } from "../src/hunts/exclusion.ts";
import { iso, later, minutes, seconds } from "../src/time.ts";
import { at } from "./builders.ts";
import { type Judged, judgeTables, names } from "./judged.ts";
import type { LogRow } from "./log-folder.ts";
import { each, newId, portalFailure, sprayFailure, success, userId, userName } from "./sign-in-rows.ts";

// Every judgement opens logs of its own and asks them half a dozen questions.
vi.setConfig({ testTimeout: 120_000, hookTimeout: 120_000 });

const DAY_OF_ATTACK = "2026-11-20";
const window = { from: at(DAY_OF_ATTACK), to: at("2026-11-21") };
const NON_INTERACTIVE = "AADNonInteractiveUserSignInLogs";
const OFFICE = "203.0.113.8";
const CARRIER = "192.0.2.99";

const time = (text: string, afterSeconds = 0): string =>
  iso(later(at(`${DAY_OF_ATTACK}T${text}Z`), seconds(afterSeconds)));
const rightPassword = JSON.stringify([
  { authenticationMethod: "Password", succeeded: true, authenticationStepResultDetail: "Correct password" },
]);

/** Somebody at the office, with the password and an ordinary browser. */
const fromOffice = (when: string, user: number, some: LogRow = {}): LogRow =>
  success(when, user, { IPAddress: OFFICE, AuthenticationDetails: rightPassword, ClientAppUsed: "Browser", ...some });

/** Two weeks in which everybody signs in from the office now and then. */
const history = (users: number): LogRow[] =>
  each(users * 3, (n) =>
    fromOffice(iso(later(at("2026-11-08T09:00:00Z"), minutes((n * 17_000) / (users * 3)))), n % users),
  );

const attackerAddress = (n: number): string => `198.51.100.${10 + (n % 20)}`;
const attack = (n: number, some: LogRow = {}): LogRow =>
  sprayFailure(time("10:00:00", n), n, { IPAddress: attackerAddress(n), AutonomousSystemNumber: "64510", ...some });

describe("a spray on 400 accounts that all work at the office meanwhile", () => {
  const gotIn = { ResultType: "0", ResultDescription: "", Status: '{"errorCode":0}' };
  const asked = { ResultType: "50076", Status: '{"errorCode":50076}' };
  const sprayed = each(400, (n) => attack(n, n % 40 === 39 ? { IPAddress: CARRIER } : {}));
  const office = each(400, (n) => fromOffice(time("10:05:00", n), n));
  const proven = [
    attack(7, { TimeGenerated: time("10:20:00"), ...gotIn }),
    attack(100, { TimeGenerated: time("10:25:00"), ...gotIn, IPAddress: CARRIER }),
    attack(200, { TimeGenerated: time("10:30:00"), ...asked, IPAddress: CARRIER }),
  ];
  const tables = (rows: (row: LogRow) => readonly LogRow[] = (row) => [row]) => ({
    SigninLogs: [...history(400), ...office].flatMap(rows),
    [NON_INTERACTIVE]: [...sprayed, ...proven].flatMap(rows),
  });

  let once: Judged;
  beforeAll(async () => {
    once = await judgeTables(tables(), { window });
  });

  test("proves exactly the three whose password was right, two of them through a carrier's address", () => {
    const { campaigns } = once;
    expect(campaigns).toHaveLength(1);
    const [{ accounts, assessment } = { accounts: null, assessment: null }] = campaigns;
    expect(names(accounts?.entered ?? [])).toEqual([userName(100), userName(7)].toSorted());
    expect(names(accounts?.known ?? [])).toEqual([userName(200)]);
    expect(accounts).toMatchObject({ attempted: 400, ambiguous: 0, unknown: 0, wrong: 397 });
    expect(assessment).toMatchObject({ level: "entered", severity: "High", whole: true });
    expect(assessment?.because).toContain(userName(7));
  });

  test("shows the sign-in that proves each of them", () => {
    const { campaigns } = once;
    const [seven] = campaigns[0]?.accounts.entered.filter(({ name }) => name === userName(7)) ?? [];
    expect(seven).toMatchObject({ id: userId(7), privileged: false });
    expect(seven?.rows).toMatchObject([
      { ResultType: "0", AuthenticationProtocol: "ropc", SignIns: 1, Grade: "right", FirstTime: time("10:20:00") },
    ]);
  });

  test("is told the same when the logs hold every row two to four times", async () => {
    let n = 0;
    const repeated = await judgeTables(
      tables((row) => each(2 + (n++ % 3), () => row)),
      { window },
    );
    const told = ({ campaigns }: Judged) =>
      campaigns.map(({ accounts, attempts, codes, sources, assessment }) => ({
        accounts,
        attempts,
        codes,
        sources,
        assessment,
      }));
    expect(told(repeated)).toEqual(told(once));
  });

  test("says of every other account why it is left alone", () => {
    const { campaigns } = once;
    const others = campaigns[0]?.others ?? [];
    expect(others).toHaveLength(397);
    expect(new Set(others.map(({ because }) => because))).toEqual(new Set(["Only wrong passwords were tried on it"]));
  });

  test("wakes people for a known password of a privileged account", async () => {
    const stopped = { SigninLogs: [...history(400), ...office], [NON_INTERACTIVE]: [...sprayed, proven[2]!] };
    const plain = await judgeTables(stopped, { window });
    expect(plain.campaigns[0]?.assessment).toMatchObject({ level: "known", severity: "Medium" });
    const asked: string[] = [];
    const roles = async (id: string) => {
      asked.push(id);
      return ["Helpdesk Administrator"];
    };
    const mighty = await judgeTables(stopped, { window, roles });
    expect(mighty.campaigns[0]?.assessment).toMatchObject({ level: "known", severity: "High" });
    expect(asked).toEqual([userId(200)]);
  });
});

describe("a right password that is the account's own", () => {
  const sprayed = each(40, (n) => attack(n));
  const right = { ResultType: "0", Status: '{"errorCode":0}' };

  test("is an ordinary sign-in when it comes from anywhere else", async () => {
    const home = success(time("10:15:00"), 3, { IPAddress: "192.0.2.200", AuthenticationDetails: rightPassword });
    const { campaigns } = await judgeTables(
      { SigninLogs: [...history(40), home], [NON_INTERACTIVE]: sprayed },
      { window },
    );
    expect(campaigns[0]?.accounts).toMatchObject({ attempted: 40, wrong: 40, ambiguous: 0, known: [], entered: [] });
    expect(campaigns[0]?.assessment.level).toBe("attempted");
  });

  test("is ambiguous from an address of the attack that the account used in the 14 days before", async () => {
    const before = success("2026-11-15T08:00:00Z", 3, { IPAddress: attackerAddress(3) });
    const { campaigns } = await judgeTables(
      {
        SigninLogs: [...history(40), before],
        [NON_INTERACTIVE]: [...sprayed, attack(3, { TimeGenerated: time("10:20:00"), ...right })],
      },
      { window },
    );
    expect(campaigns[0]?.accounts).toMatchObject({ ambiguous: 1, known: [], entered: [] });
    expect(campaigns[0]?.assessment).toMatchObject({ level: "possible", severity: "Low" });
    expect(campaigns[0]?.assessment.because).toContain("the account signed in from this address in the 14 days before");
  });

  test("is ambiguous with a registered device of the account", async () => {
    const DeviceDetail = { deviceId: "11111111-0000-4000-8000-000000000003" };
    const before = fromOffice("2026-11-15T08:00:00Z", 3, { DeviceDetail });
    const now = success(time("10:20:00"), 3, {
      IPAddress: attackerAddress(3),
      AuthenticationDetails: rightPassword,
      DeviceDetail,
    });
    const { campaigns } = await judgeTables(
      { SigninLogs: [...history(40), before, now], [NON_INTERACTIVE]: sprayed },
      { window },
    );
    expect(campaigns[0]?.accounts).toMatchObject({ ambiguous: 1, known: [], entered: [] });
    expect(campaigns[0]?.assessment.because).toContain("a registered device of the account");
  });

  test("is proof with what the attacker did an hour before from there: only the time before the attack makes a habit", async () => {
    const twice = ["10:20:00", "12:20:00"].map((when) => attack(3, { TimeGenerated: time(when), ...right }));
    const { campaigns } = await judgeTables(
      { SigninLogs: history(40), [NON_INTERACTIVE]: [...sprayed, ...twice] },
      { window },
    );
    expect(names(campaigns[0]?.accounts.entered ?? [])).toEqual([userName(3)]);
  });
});

describe("an attack through the company's own way out", () => {
  const fromInside = each(40, (n) => attack(n, { IPAddress: OFFICE }));
  const office = each(40, (n) => fromOffice(time("10:05:00", n), n));

  test("makes nobody's ordinary sign-in hostile", async () => {
    const { campaigns } = await judgeTables(
      { SigninLogs: [...history(40), ...office], [NON_INTERACTIVE]: fromInside },
      { window },
    );
    expect(campaigns[0]?.accounts).toMatchObject({ attempted: 40, wrong: 40, ambiguous: 0, known: [], entered: [] });
  });

  test("is judged where it carries the attack's client, and is said to come from our own network", async () => {
    // Somebody whom the office has never seen, so that nothing makes the sign-in the account's own.
    const stranger = attack(900, {
      TimeGenerated: time("10:30:00"),
      IPAddress: OFFICE,
      ResultType: "0",
      Status: '{"errorCode":0}',
    });
    const { campaigns } = await judgeTables(
      { SigninLogs: [...history(40), ...office], [NON_INTERACTIVE]: [...fromInside, stranger] },
      { window },
    );
    expect(names(campaigns[0]?.accounts.entered ?? [])).toEqual([userName(900)]);
    expect(campaigns[0]?.accounts.entered[0]?.because).toContain("through our own network");
  });
});

describe("an excluded source", () => {
  const exclusion = exclusionSchema.parse({
    name: "partner-range",
    because: "a partner",
    owner: "us",
    addresses: ["198.51.100.0/24"],
  });
  const exclusions = { "single-factor-spray": [exclusion] };
  const sprayed = each(40, (n) => attack(n, { IPAddress: "198.51.100.77" }));
  const right = attack(5, { IPAddress: "198.51.100.77", TimeGenerated: time("10:20:00"), ResultType: "50076" });

  test("hides an attack that failed", async () => {
    const { campaigns, warnings } = await judgeTables(
      { SigninLogs: history(40), [NON_INTERACTIVE]: sprayed },
      { window, exclusions },
    );
    expect(campaigns).toEqual([]);
    expect(warnings.join("\n")).not.toContain("lifted");
  });

  test("hides nothing once a password was right: the exclusion is lifted for that source, and says so", async () => {
    const { campaigns, warnings } = await judgeTables(
      { SigninLogs: history(40), [NON_INTERACTIVE]: [...sprayed, right] },
      { window, exclusions },
    );
    expect(campaigns).toHaveLength(1);
    expect(names(campaigns[0]?.accounts.known ?? [])).toEqual([userName(5)]);
    expect(warnings.join("\n")).toContain("The exclusion partner-range is lifted for 198.51.100.77");
  });
});

describe("findings that are one attack", () => {
  const portal = (n: number, address: string): LogRow =>
    portalFailure(time("10:40:00", n * 20), 500 + n, { IPAddress: address });

  test("join across hunts by an address of the attacker", async () => {
    const { campaigns } = await judgeTables(
      {
        SigninLogs: [...history(40), ...each(20, (n) => portal(n, attackerAddress(0)))],
        [NON_INTERACTIVE]: each(40, (n) => attack(n)),
      },
      { window },
    );
    expect(campaigns).toHaveLength(1);
    expect(new Set(campaigns[0]?.findings.map(({ hunt }) => hunt.slug))).toEqual(
      new Set(["single-factor-spray", "failed-portal-sign-in"]),
    );
    expect(campaigns[0]?.joinedBy).toEqual([`the same address: ${attackerAddress(0)}`]);
    expect(campaigns[0]?.accounts.attempted).toBe(60);
  });

  test("do not join by the company's way out", async () => {
    const { campaigns } = await judgeTables(
      {
        SigninLogs: [...history(40), ...each(40, (n) => portal(n, OFFICE))],
        [NON_INTERACTIVE]: each(40, (n) => attack(n, { IPAddress: OFFICE })),
      },
      { window },
    );
    expect(campaigns.map(({ joinedBy }) => joinedBy)).toEqual([[], []]);
  });

  test("have numbers of the evidence, not of the findings added up", async () => {
    const hammered = each(12, (n) =>
      portalFailure(time("10:00:00", n * 60), 1, { IPAddress: "192.0.2.50", CorrelationId: newId() }),
    );
    const { campaigns } = await judgeTables({ SigninLogs: hammered, [NON_INTERACTIVE]: [] }, { window });
    expect(campaigns).toHaveLength(1);
    expect(campaigns[0]?.attempts).toBe(12);
    expect(campaigns[0]?.timeline.reduce((sum, n) => sum + n, 0)).toBe(12);
  });
});
