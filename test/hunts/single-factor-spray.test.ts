// The spray hunt over rows, through the log store and the embedded engine.
import { describe, expect, test } from "vitest";
import { exclusionSchema } from "../../src/hunts/exclusion.ts";
import { at, ownHunt } from "../builders.ts";
import { type LogRow, type LookOptions, lookAt } from "../log-folder.ts";
import { each, newId, sprayFailure } from "../sign-in-rows.ts";

const hunt = ownHunt("single-factor-spray");
const window = { from: at("2026-11-20T12:00:00Z"), to: at("2026-11-20T16:00:00Z") };
const spray = (rows: readonly LogRow[], options: Partial<LookOptions> = {}) =>
  lookAt(hunt, { AADNonInteractiveUserSignInLogs: rows }, { window, ...options });
const at13 = (seconds: number): string =>
  `2026-11-20T13:${String(Math.floor(seconds / 60)).padStart(2, "0")}:${String(seconds % 60).padStart(2, "0")}Z`;

describe("how many accounts are a spray", () => {
  test("30 accounts are one, 29 are none, and both are among the rows", async () => {
    const rows = [...each(30, (n) => sprayFailure(at13(n), n)), ...each(29, (n) => sprayFailure(at13(1200 + n), n))];
    const { findings, rows: seen } = await spray(rows);
    expect(findings.map((finding) => [finding.group.value, finding.measured])).toEqual([
      ["50126", [{ column: "Users", value: 30, threshold: 30 }]],
    ]);
    expect(seen.map((row) => [row.Window, row.Users, row.Attempts])).toEqual([
      ["2026-11-20T13:00:00.0000000Z", 30, 30],
      ["2026-11-20T13:20:00.0000000Z", 29, 29],
    ]);
  });

  test("13:09:59 and 13:10:00 lie in two windows", async () => {
    const rows = [
      ...each(29, (n) => sprayFailure("2026-11-20T13:09:59.999Z", n)),
      sprayFailure("2026-11-20T13:10:00Z", 29),
    ];
    const { findings, rows: seen, warnings } = await spray(rows);
    expect(findings).toEqual([]);
    expect(seen.map((row) => row.Users)).toEqual([29, 1]);
    expect(warnings.join()).toContain("30 accounts failed within two windows side by side");
  });

  test("a lower threshold of this run finds fewer", async () => {
    const { findings } = await spray(
      each(20, (n) => sprayFailure(at13(n), n)),
      { overrides: { users: 20 } },
    );
    expect(findings).toHaveLength(1);
  });

  test("accounts are counted by id, else by name whatever its case, and nobody's sign-in is nobody", async () => {
    const rows = [
      ...each(5, () => sprayFailure(at13(1), 1)),
      sprayFailure(at13(2), 1, { UserPrincipalName: "renamed@contoso.example" }),
      sprayFailure(at13(3), 2, { UserId: "", UserPrincipalName: "Ghost@contoso.example" }),
      sprayFailure(at13(4), 2, {
        UserId: "00000000-0000-0000-0000-000000000000",
        UserPrincipalName: "ghost@CONTOSO.example",
      }),
      sprayFailure(at13(5), 3, { UserId: "", UserPrincipalName: "" }),
    ];
    const { rows: seen } = await spray(rows);
    expect(seen[0]).toMatchObject({ Users: 2, Attempts: 8 });
  });
});

describe("which sign-ins count", () => {
  test.each(["50053", "50126", "50055", "50056", "50064", "50144"])("%s is one of the six codes", async (code) => {
    const { findings } = await spray(each(30, (n) => sprayFailure(at13(n), n, { ResultType: code })));
    expect(findings.map((finding) => finding.group.value)).toEqual([code]);
  });

  test.each([
    ["another code", { ResultType: "50034" }],
    ["a success", { ResultType: "0" }],
    ["multi-factor authentication", { AuthenticationRequirement: "multiFactorAuthentication" }],
    ["an interactive sign-in", { IsInteractive: true }],
  ])("%s is none", async (_, some) => {
    const { rows } = await spray(each(30, (n) => sprayFailure(at13(n), n, some)));
    expect(rows).toEqual([]);
  });

  test("Microsoft's own network is left out, and the run says how much that was", async () => {
    const rows = each(31, (n) => sprayFailure(at13(n), n, { AutonomousSystemNumber: "8075" }));
    const { findings, setAside } = await spray([...rows, ...rows]);
    expect(findings).toEqual([]);
    expect(setAside).toEqual([{ exclusion: "microsoft-network", because: expect.any(String), attempts: 31 }]);
  });

  test("a row without a network number stays and is marked unknown", async () => {
    const { findings, rows } = await spray(each(30, (n) => sprayFailure(at13(n), n, { AutonomousSystemNumber: "" })));
    expect(findings).toHaveLength(1);
    expect(rows[0]?.Networks).toEqual(["unknown"]);
  });

  test("every row doubled changes nothing", async () => {
    const rows = each(30, (n) => sprayFailure(at13(n), n));
    const once = await spray(rows);
    expect(await spray(rows.flatMap((row) => [row, row]))).toEqual(once);
    const inSteps = rows.flatMap((row) => [row, { ...row, Id: newId(), ConditionalAccessPolicies: "[{}]" }]);
    expect((await spray(inSteps)).rows[0]).toMatchObject({ Users: 30, Attempts: 30 });
  });
});

describe("what a row tells", () => {
  test("everything that was seen is listed, and a list that is cut says so", async () => {
    const rows = each(220, (n) =>
      sprayFailure(at13(n), n, { IPAddress: `198.51.100.${n % 120}`, Location: n % 2 ? "BR" : "TR" }),
    );
    const { rows: seen, findings } = await spray(rows);
    expect(seen[0]).toMatchObject({
      Users: 220,
      AddressCount: 120,
      Countries: ["BR", "TR"],
      Applications: ["Azure Active Directory PowerShell"],
      Resources: ["Windows Azure Active Directory"],
      ClientApps: ["Other clients"],
      Protocols: ["ropc"],
      UserAgents: ["fasthttp"],
      Networks: ["64501"],
      Categories: ["NonInteractiveUserSignInLogs"],
      Cut: ["Accounts", "Addresses"],
    });
    expect(seen[0]?.Accounts).toHaveLength(200);
    expect(seen[0]?.Addresses).toHaveLength(100);
    expect(findings[0]?.cut).toEqual(["accounts", "addresses"]);
  });

  test("names with quotes, backslashes, right-to-left text and Markdown come through as they are", async () => {
    const nasty = [
      "o'brien@contoso.example",
      'a"b\\c@contoso.example',
      "\u202eevil@contoso.example",
      "[x](http://contoso.example)",
    ];
    const rows = each(30, (n) => sprayFailure(at13(n), n, { UserPrincipalName: nasty[n % 4], UserId: "" }));
    const { rows: seen } = await spray(rows);
    expect(seen[0]?.Accounts).toEqual(expect.arrayContaining(nasty));
  });
});

describe("exclusions of the spray hunt", () => {
  const exclusion = (some: Record<string, unknown>) =>
    exclusionSchema.parse({ name: "ours", because: "of a test", owner: "us", until: "2030-01-01", ...some });
  const mixed = [
    ...each(30, (n) => sprayFailure(at13(n), n, { IPAddress: "203.0.113.5" })),
    ...each(30, (n) => sprayFailure(at13(n), 100 + n, { IPAddress: "2001:db8:1:2::9" })),
    ...each(30, (n) => sprayFailure(at13(n), 200 + n, { IPAddress: "", AutonomousSystemNumber: "", UserAgent: "" })),
  ];

  test.each([
    ["an IPv4 range", { addresses: ["203.0.113.0/24"] }, 60, 30],
    ["an IPv6 range", { addresses: ["2001:db8:1::/48"] }, 60, 30],
    ["one address", { addresses: ["203.0.113.5"] }, 60, 30],
    ["a network", { networks: ["64501"] }, 30, 60],
    ["a user agent", { userAgentHas: ["fasthttp"] }, 30, 60],
    [
      "an account and another address: both must hold",
      { accounts: ["user1@contoso.example"], addresses: ["2001:db8::/32"] },
      90,
      0,
    ],
    ["an account by name, whatever its case", { accounts: ["USER1@contoso.example"] }, 89, 1],
    ["an end that has passed", { addresses: ["0.0.0.0/0", "::/0"], until: "2026-11-01" }, 90, 0],
  ])("%s hides just what it names", async (_, some, left, hidden) => {
    const { rows, setAside } = await spray(mixed, { exclusions: [exclusion(some)] });
    expect(rows[0]?.Users).toBe(left);
    expect(setAside.find((each) => each.exclusion === "ours")?.attempts).toBe(hidden);
  });

  test("of two exclusions that match, the first is counted", async () => {
    const { setAside } = await spray(mixed, {
      exclusions: [exclusion({ addresses: ["203.0.113.0/24"] }), exclusion({ name: "wider", networks: ["64501"] })],
    });
    expect(setAside.map(({ exclusion: name, attempts }) => [name, attempts])).toEqual([
      ["ours", 30],
      ["wider", 30],
      ["microsoft-network", 0],
    ]);
  });
});
