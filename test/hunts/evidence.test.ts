// The question for evidence on the embedded engine.
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { type Evidence, type Fact, readEvidence } from "../../src/findings/evidence.ts";
import { attemptCodes } from "../../src/findings/evidence-request.ts";
import { gradeOf } from "../../src/findings/grading.ts";
import { gradingTable } from "../../src/findings/grading-table.ts";
import { type EvidenceRequest, evidenceQuery } from "../../src/hunts/evidence-query.ts";
import { readQuestions } from "../../src/rulebook.ts";
import { at } from "../builders.ts";
import { type LogRow, type Tables, withLogs } from "../log-folder.ts";
import { each, portalFailure, sprayFailure, success, userId } from "../sign-in-rows.ts";

// The first question of a process waits for the engine's parser.
vi.setConfig({ testTimeout: 60_000 });

const window = { from: at("2026-11-20"), to: at("2026-11-21") };
const NON_INTERACTIVE = "AADNonInteractiveUserSignInLogs";

async function evidenceOf(tables: Tables, some: Partial<EvidenceRequest>, period = window): Promise<Evidence> {
  const { evidence } = await readQuestions();
  const request: EvidenceRequest = {
    sources: [],
    fingerprints: [],
    attemptCodes: attemptCodes(gradingTable),
    codes: [],
    accounts: [],
    ...some,
  };
  return withLogs(tables, async (logs) =>
    readEvidence(await logs.query({ kql: evidenceQuery(evidence, request), window: period })),
  );
}

const counts = ({ facts }: Evidence): Readonly<Record<string, number>> => {
  const sums: Record<string, number> = {};
  for (const { code, count } of facts) sums[code] = (sums[code] ?? 0) + count;
  return sums;
};
const accounts = ({ facts }: Evidence): readonly string[] =>
  [...new Set(facts.map(({ account }) => account))].toSorted();
const rightPassword = (more: object = {}): string =>
  JSON.stringify([
    {
      authenticationStepDateTime: "2026-11-20T10:00:00Z",
      authenticationMethod: "Password",
      authenticationMethodDetail: "Password Hash Sync",
      succeeded: true,
      authenticationStepResultDetail: "Correct password",
      ...more,
    },
  ]);

describe("real rows of demonstration tenants", () => {
  // Rows of microsoft/msticpy, tests/testdata/localdata/aad_logons.pkl, and of Azure/Azure-Sentinel, Solutions/Training
  // (both MIT), shortened, with names and addresses made up.
  test("prove the two sign-ins that have a password step, however many rows each takes", async () => {
    const text = await readFile(
      join(import.meta.dirname, "..", "findings", "fixtures", "real-sign-ins.ndjson"),
      "utf8",
    );
    const rows: LogRow[] = text
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const evidence = await evidenceOf(
      { SigninLogs: rows },
      { sources: each(9, (n) => `192.0.2.${n}`) },
      { from: at("2020-01-01"), to: at("2022-01-01") },
    );
    const right = evidence.facts.map((fact) => gradeOf(fact, gradingTable)).filter(({ grade }) => grade === "right");
    expect(right.reduce((sum, { fact }) => sum + fact.count, 0)).toBe(2);
    expect(right.flatMap(({ fact }) => fact.ids).toSorted()).toEqual([
      "c7c1c545-d45a-4ce3-a44a-709ce07d3900",
      "eaa26ca2-ea14-4a4c-a252-ad5234ac3c00",
    ]);
  });
});

describe("one sign-in", () => {
  const row = success("2026-11-20T10:00:00Z", 1, { Id: "a", CorrelationId: "c", IPAddress: "192.0.2.7" });

  test("counts once, with the steps of all its rows", async () => {
    const halves = [
      row,
      { ...row, AuthenticationDetails: rightPassword() },
      { ...row, AuthenticationRequirement: "multiFactorAuthentication" },
    ];
    const { facts } = await evidenceOf({ SigninLogs: halves }, { sources: ["192.0.2.7"] });
    expect(facts).toMatchObject([
      { count: 1, steps: [{ method: "Password", succeeded: true, result: "Correct password" }] },
    ]);
  });

  test("is the same where its rows have ids of their own but share moment and correlation", async () => {
    const { facts } = await evidenceOf({ SigninLogs: [row, { ...row, Id: "b" }] }, { sources: ["192.0.2.7"] });
    expect(facts).toMatchObject([{ count: 1 }]);
  });

  test("is grouped with others that differ in nothing but their time", async () => {
    const later = { ...row, Id: "b", CorrelationId: "d", TimeGenerated: "2026-11-20T11:00:00Z" };
    const steps = (row: LogRow, when: string): LogRow => ({
      ...row,
      AuthenticationDetails: rightPassword({ authenticationStepDateTime: when, StatusSequence: 0, RequestSequence: 1 }),
    });
    const { facts } = await evidenceOf(
      { SigninLogs: [steps(row, "1"), steps(later, "2")] },
      { sources: ["192.0.2.7"] },
    );
    expect(facts).toMatchObject([{ count: 2, first: at("2026-11-20T10:00:00Z"), last: at("2026-11-20T11:00:00Z") }]);
  });

  test("has the same shape from either table, though JSON columns are texts in one of them", async () => {
    const device = { deviceId: "d1", operatingSystem: "Windows" };
    const status = { errorCode: 0, additionalDetails: "More" };
    const unattended = sprayFailure("2026-11-20T10:00:00Z", 2, {
      ResultType: "0",
      IPAddress: "192.0.2.7",
      DeviceDetail: JSON.stringify(device),
      Status: JSON.stringify(status),
    });
    const { facts } = await evidenceOf(
      { SigninLogs: [{ ...row, DeviceDetail: device, Status: status }], [NON_INTERACTIVE]: [unattended] },
      { sources: ["192.0.2.7"] },
    );
    expect(
      facts
        .map(({ device, text, table }) => ({ device, text, table }))
        .toSorted((a, b) => a.table.localeCompare(b.table)),
    ).toEqual([
      { device: "d1", text: "More", table: NON_INTERACTIVE },
      { device: "d1", text: "More", table: "SigninLogs" },
    ]);
  });

  test("of a name that no account has is counted by that name", async () => {
    const guessed = portalFailure("2026-11-20T10:00:00Z", 1, {
      UserId: "00000000-0000-0000-0000-000000000000",
      UserPrincipalName: "Admin@Contoso.example",
      ResultType: "50034",
      IPAddress: "192.0.2.7",
    });
    expect(accounts(await evidenceOf({ SigninLogs: [guessed] }, { sources: ["192.0.2.7"] }))).toEqual([
      "admin@contoso.example",
    ]);
  });
});

describe("what is selected", () => {
  const spray = (n: number, some: LogRow = {}): LogRow =>
    sprayFailure(`2026-11-20T10:0${n % 10}:00Z`, n, { IPAddress: `198.51.100.${n}`, ...some });
  const burst = {
    code: "50126",
    table: NON_INTERACTIVE,
    window: { from: at("2026-11-20T10:00:00Z"), to: at("2026-11-20T10:10:00Z") },
  };

  test("is found by period and code where the list of addresses was cut, and then includes what else came from there", async () => {
    const inside = spray(150, { TimeGenerated: "2026-11-20T12:00:00Z", ResultType: "0" });
    const elsewhere = success("2026-11-20T12:00:00Z", 3, { IPAddress: "192.0.2.44", UserAgent: "Edge" });
    const evidence = await evidenceOf(
      { [NON_INTERACTIVE]: [...each(200, spray), inside], SigninLogs: [elsewhere] },
      { codes: [burst] },
    );
    expect(counts(evidence)).toEqual({ "50126": 200, "0": 1 });
    expect(evidence.accounts).toEqual({ covered: 200, selected: 200 });
  });

  test("follows the attack's client to new addresses", async () => {
    const moved = spray(900, { IPAddress: "192.0.2.123", TimeGenerated: "2026-11-20T20:00:00Z", ResultType: "0" });
    const evidence = await evidenceOf(
      { [NON_INTERACTIVE]: [...each(40, spray), moved] },
      { sources: each(40, (n) => `198.51.100.${n}`) },
    );
    expect(accounts(evidence)).toContain(userId(900));
  });

  test("does not follow a client that everybody gets in with", async () => {
    const crowd = each(30, (n) => spray(500 + n, { IPAddress: `192.0.2.${n}`, ResultType: "0" }));
    const evidence = await evidenceOf(
      { [NON_INTERACTIVE]: [...each(20, spray), ...crowd] },
      { sources: each(20, (n) => `198.51.100.${n}`) },
    );
    expect(counts(evidence)).toEqual({ "50126": 20 });
  });

  test("leaves out the day of a company whose way out was used, but not its attempts", async () => {
    const office = each(60, (n) =>
      success("2026-11-20T09:00:00Z", 100 + n, { IPAddress: "203.0.113.8", UserAgent: `Browser ${n}` }),
    );
    const attempts = each(4, (n) => spray(n, { IPAddress: "203.0.113.8" }));
    const evidence = await evidenceOf(
      { SigninLogs: office, [NON_INTERACTIVE]: attempts },
      { sources: ["203.0.113.8"] },
    );
    expect(counts(evidence)).toEqual({ "50126": 4 });
  });

  test("takes addresses of one IPv6 network for one source", async () => {
    const rows = each(3, (n) => spray(n, { IPAddress: `2001:db8:1:2::${n + 1}` }));
    const evidence = await evidenceOf({ [NON_INTERACTIVE]: rows }, { sources: ["2001:db8:1:2::9"] });
    expect(counts(evidence)).toEqual({ "50126": 3 });
    expect(new Set(evidence.facts.map(({ source }: Fact) => source)).size).toBe(1);
  });

  test("cannot break out of its quotes, whatever a name contains", async () => {
    const evidence = await evidenceOf(
      { [NON_INTERACTIVE]: each(2, spray) },
      { sources: ['"]); SigninLogs //', "198.51.100.1"], fingerprints: ['a\\" | union SigninLogs //'] },
    );
    expect(accounts(evidence)).toEqual([userId(0), userId(1)]);
  });
});

test("more groups than can be read are not the whole", () => {
  const row = {
    Account: "a",
    First: "2026-11-20T10:00:00Z",
    Last: "2026-11-20T10:00:00Z",
    Count: 1,
    GroupsSelected: 3,
    AccountsSelected: 2,
  };
  expect(readEvidence({ columns: [], rows: [row], whole: true, warnings: [] })).toMatchObject({
    whole: false,
    missing: "1 of 3 groups were read, with 1 of 2 accounts",
    accounts: { covered: 1, selected: 2 },
  });
});
