import { describe, expect, test } from "vitest";
import { groupsToLookUp, type Judged, readFindings } from "../../src/findings/read-findings.ts";
import { thresholdsOf } from "../../src/findings/thresholds.ts";
import type { Answer, Row } from "../../src/ports.ts";
import { DAY, HOUR } from "../../src/time.ts";
import { at, huntOf, ownHunt } from "../builders.ts";

const spray = ownHunt("single-factor-spray");
const portal = ownHunt("failed-portal-sign-in");
const window = { from: at("2026-11-20"), to: at("2026-11-21") };

const answerOf = (rows: readonly Row[]): Answer => ({
  columns: [...new Set(rows.flatMap((row) => Object.keys(row)))].map((name) => ({ name, type: "dynamic" })),
  rows,
  whole: true,
  warnings: [],
});
const judged = (hunt: Judged["hunt"], rows: readonly Row[], some: Partial<Judged> = {}): Judged => ({
  hunt,
  answer: answerOf(rows),
  window,
  thresholds: thresholdsOf(hunt, "small"),
  seenBefore: () => true,
  ...some,
});

const sprayRow = (start: string, users: number, code = "50126"): Row => ({
  Window: `2026-11-20T${start}:00Z`,
  ResultType: code,
  Users: users,
  Accounts: [`${code}@contoso.example`],
  Addresses: ["192.0.2.1"],
  Cut: [],
});

describe("a hunt with windows side by side", () => {
  test("30 accounts in a window are a finding, 29 are none", () => {
    const findings = readFindings(judged(spray, [sprayRow("13:00", 29), sprayRow("14:00", 30)]));
    expect(findings).toHaveLength(1);
    expect(findings[0]).toMatchObject({
      group: { kind: "code", value: "50126" },
      window: { from: at("2026-11-20T14:00:00Z"), to: at("2026-11-20T14:10:00Z") },
      measured: [{ column: "Users", value: 30, threshold: 30 }],
    });
  });

  test("a threshold of this run counts instead of the file's", () => {
    const thresholds = thresholdsOf(spray, "small", { users: 20 });
    expect(readFindings(judged(spray, [sprayRow("13:00", 20)], { thresholds }))).toHaveLength(1);
  });

  test("the key speaks of hunt, group and window, not of the period that was asked for", () => {
    const [one] = readFindings(judged(spray, [sprayRow("13:00", 40)]));
    const [other] = readFindings(
      judged(spray, [sprayRow("13:00", 31)], { window: { from: at("2026-11-01"), to: at("2026-11-21") } }),
    );
    const [another] = readFindings(judged(spray, [sprayRow("13:10", 40)]));
    expect(one?.key).toBe(other?.key);
    expect(one?.key).not.toBe(another?.key);
  });

  test("a missing column is named, with what came instead", () => {
    const rows: Row[] = [{ Window: "2026-11-20T13:00:00Z", ResultType: "50126", People: 40 }];
    expect(() => readFindings(judged(spray, rows))).toThrow(/promises the column Users/);
  });
});

const sourceRow = (start: string, failing: number, succeeding: number): Row => ({
  Kind: "source",
  Group: "192.0.2.9",
  Label: "192.0.2.9",
  Window: `2026-11-20T${start}:00Z`,
  Failures: failing,
  DayFailures: null,
  DayNetworks: null,
  DayAddresses: null,
  FailingAccounts: failing,
  SucceedingAccounts: succeeding,
  Accounts: Array.from({ length: failing }, (_, n) => `user${n}@contoso.example`),
  Addresses: ["192.0.2.9"],
  Cut: failing > 20 ? ["Accounts"] : [],
});

describe("a hunt with sliding windows", () => {
  test("overlapping windows of one source are one finding with the strongest numbers", () => {
    const rows = [
      sourceRow("09:10", 5, 0),
      sourceRow("09:20", 9, 0),
      sourceRow("10:00", 6, 0),
      sourceRow("12:00", 7, 0),
    ];
    const findings = readFindings(judged(portal, rows));
    expect(findings.map((finding) => [finding.window.to - finding.window.from, finding.measured[0]?.value])).toEqual([
      [110 * 60_000, 9],
      [HOUR, 7],
    ]);
  });

  test("five failing accounts count only where more fail than succeed", () => {
    expect(readFindings(judged(portal, [sourceRow("09:00", 5, 5)]))).toHaveLength(0);
    expect(readFindings(judged(portal, [sourceRow("09:00", 5, 4)]))).toHaveLength(1);
  });

  test("fifteen failing accounts count whatever the others do", () => {
    const [finding] = readFindings(judged(portal, [sourceRow("09:00", 15, 200)]));
    expect(finding?.measured).toEqual([{ column: "FailingAccounts", value: 15, threshold: 15 }]);
  });

  test("three count where the source had no success in the 14 days before, and only then it is asked about", () => {
    const rows = [sourceRow("09:00", 3, 3)];
    expect(groupsToLookUp(judged(portal, rows))).toEqual(["192.0.2.9"]);
    expect(groupsToLookUp(judged(portal, [sourceRow("09:00", 15, 0)]))).toEqual([]);
    const asked: unknown[] = [];
    const findings = readFindings(
      judged(portal, rows, {
        seenBefore: (...question) => {
          asked.push(question);
          return false;
        },
      }),
    );
    expect(findings).toHaveLength(1);
    expect(asked).toEqual([["192.0.2.9", at("2026-11-20T09:00:00Z"), 14 * DAY]]);
    expect(readFindings(judged(portal, rows))).toHaveLength(0);
  });

  test("a large tenant needs more", () => {
    const rows = [sourceRow("09:00", 9, 0)];
    expect(readFindings(judged(portal, rows))).toHaveLength(1);
    expect(readFindings(judged(portal, rows, { thresholds: thresholdsOf(portal, "large") }))).toHaveLength(0);
  });

  test("a list that was cut is said to be", () => {
    expect(readFindings(judged(portal, [sourceRow("09:00", 30, 0)]))[0]?.cut).toEqual(["accounts"]);
  });
});

describe("somebody else's rule", () => {
  const rule = (extra: string) =>
    huntOf(`id: a\nname: Theirs\nquery: T\ntriggerOperator: gt\ntriggerThreshold: 1\n${extra}`, "theirs.yaml");

  test("its trigger on the number of rows decides", () => {
    const mapped = rule(
      "entityMappings: [ { entityType: Account, fieldMappings: [ { identifier: Name, columnName: N }, { identifier: UPNSuffix, columnName: S } ] } ]",
    );
    const row = { N: "ann", S: "contoso.example" };
    expect(readFindings(judged(mapped, [row]))).toHaveLength(0);
    const [finding] = readFindings(judged(mapped, [row, { N: ["bob"], S: ["contoso.example"] }]));
    expect(finding).toMatchObject({
      group: { kind: "rows", value: "theirs" },
      measured: [{ column: "rows", value: 2, threshold: 1 }],
      accounts: ["ann@contoso.example", "bob@contoso.example"],
    });
  });

  test("the alias columns of older rules still name accounts and addresses", () => {
    const [finding] = readFindings(
      judged(rule(""), [{ AccountCustomEntity: "ann@contoso.example", IPCustomEntity: "192.0.2.1" }, {}]),
    );
    expect(finding).toMatchObject({ accounts: ["ann@contoso.example"], addresses: ["192.0.2.1"] });
  });
});
