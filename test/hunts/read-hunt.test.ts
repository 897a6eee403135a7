import { describe, expect, test } from "vitest";
import { readHunt, readHunts } from "../../src/hunts/read-hunt.ts";
import { DAY, HOUR, MINUTE } from "../../src/time.ts";
import { huntFile, huntOf, ownHunt } from "../builders.ts";

const RULE = `id: 11111111-2222-4333-8444-555555555555
name: A rule
query: |
  SigninLogs
  | take 1
`;

const faultsOf = (text: string, file = "rules/bad.yaml"): readonly string[] => {
  const read = readHunt({ file, text });
  return read.kind === "faults" ? read.faults.map((fault) => fault.message) : [];
};

describe("rule files as Microsoft publishes them", () => {
  test("a hunting query needs only id, name and query, and never acts", () => {
    const hunt = huntOf(RULE);
    expect(hunt).toMatchObject({
      kind: "hunting",
      severity: "Medium",
      trigger: { operator: "gt", threshold: 0 },
      responder: null,
    });
  });

  test("the query keeps its own lines, and the reader knows on which line it begins", () => {
    const hunt = huntOf(RULE);
    expect(hunt.query).toBe("SigninLogs\n| take 1");
    expect(hunt.queryLine).toBe(4);
  });

  test.each([
    ["1h", HOUR],
    ["PT1H", HOUR],
    ["P1D", DAY],
    ["1.00:00:00", DAY],
    ["00:05:00", 5 * MINUTE],
    ["5m", 5 * MINUTE],
  ])("a frequency may be written %s", (text, expected) => {
    expect(huntOf(`${RULE}queryFrequency: ${text}\n`).queryFrequency).toBe(expected);
  });

  test.each([
    ["gt", "gt"],
    ["GreaterThan", "gt"],
    ["lessthan", "lt"],
    ["Equal", "eq"],
    ["NotEqual", "ne"],
  ])("a trigger may say %s", (text, expected) => {
    expect(huntOf(`${RULE}triggerOperator: ${text}\ntriggerThreshold: 3\n`).trigger).toEqual({
      operator: expected,
      threshold: 3,
    });
  });

  test("the quotes that Microsoft's files wrap around a description are taken off", () => {
    expect(huntOf(`${RULE}description: |\n  'Someone tried.'\n`).description).toBe("Someone tried.");
  });

  test("a rule pasted out of Markdown, with fences around it, is read with its line numbers right", () => {
    const hunt = huntOf(`\`\`\`yaml\n${RULE}\`\`\`\n`);
    expect(hunt.queryLine).toBe(5);
  });

  test("a document mark at the beginning and again at the end changes nothing", () => {
    expect(huntOf(`---\n${RULE}---\n`).name).toBe("A rule");
  });

  test("keys that mean nothing here are kept by name, not refused", () => {
    expect(huntOf(`${RULE}sentinelEntitiesMappings: []\n`).unknownKeys).toEqual(["sentinelEntitiesMappings"]);
  });
});

describe("what cannot be read", () => {
  test("a fault names file, line and field", () => {
    const faults = faultsOf(`${RULE}queryFrequency: often\n`);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(/^rules\/bad\.yaml:6: queryFrequency: "often" is not a length of time/);
  });

  test("all faults of all files come together", () => {
    const { hunts, faults } = readHunts([
      { file: "one.yaml", text: "name: x\n" },
      { file: "two.yaml", text: RULE },
      { file: "three.yaml", text: "a: [1\n" },
    ]);
    expect(hunts).toHaveLength(1);
    expect(new Set(faults.map((fault) => fault.message.split(":")[0]))).toEqual(new Set(["one.yaml", "three.yaml"]));
    expect(faults.length).toBeGreaterThanOrEqual(3); // id and query of the first, the bracket of the third
  });

  test("two rules of one id are a fault of the second", () => {
    const { hunts, faults } = readHunts([
      { file: "one.yaml", text: RULE },
      { file: "two.yaml", text: RULE },
    ]);
    expect(hunts).toHaveLength(1);
    expect(faults[0]?.message).toContain("one.yaml");
  });

  test.each([
    ["", "holds nothing"],
    ["- a\n- b\n", "not a rule"],
    [`${RULE}---\n${RULE}`, "holds 2 rules"],
  ])("an unusable file says what it is", (text, expected) => {
    expect(faultsOf(text)[0]).toContain(expected);
  });

  test("a finding that asks for a threshold nobody declared is a fault", () => {
    const text = `${RULE}responder:
  window: { length: 10m }
  thresholds: { users: 30 }
  findings:
    - kind: code
      group: ResultType
      any:
        - Users: people
`;
    expect(faultsOf(text)[0]).toMatch(/asks for the threshold "people", which is not under thresholds \(users\)/);
  });

  test.each([
    ["addresses: [999.1.1.1/24]", "neither an address nor a CIDR range"],
    ["addresses: [10.0.0.0/33]", "neither an address nor a CIDR range"],
    ["addresses: [2001:db8::/129]", "neither an address nor a CIDR range"],
    ["", "at least one condition"],
    ["userAgentHas: ['']", "an empty text would match every row"],
    ["accounts: [a@contoso.example]\n        until: soon", "is not a date"],
    ["accounts: [a@contoso.example]\n        adresses: [192.0.2.1]", "adresses"],
  ])("an exclusion that cannot be meant is a fault (%s)", (lines, expected) => {
    const text = `${RULE}responder:
  window: { length: 10m }
  findings: [ { kind: code, group: G, any: [ { Users: { moreThan: Others } } ] } ]
  exclusions:
      - name: test
        because: of a test
        owner: us
        ${lines}
`;
    expect(faultsOf(text).join("\n")).toContain(expected);
  });
});

describe("our own two hunts", () => {
  test("the portal hunt keeps every word of its metadata", () => {
    const hunt = ownHunt("failed-portal-sign-in");
    expect(hunt).toMatchObject({
      id: "cf83633e-5dfd-4887-993b-c910452439da",
      name: "Failed attempt to access Azure Portal",
      version: "1.0.0",
      description:
        "Access attempts to Azure Portal from an unauthorized user. Either invalid password or the user account does not exist.",
      connectors: [{ connectorId: "AzureActiveDirectory", dataTypes: ["SigninLogs"] }],
      tactics: ["InitialAccess"],
      techniques: ["T1078"],
      entityMappings: [
        { entityType: "Account", fieldMappings: [{ identifier: "FullName", columnName: "AccountCustomEntity" }] },
      ],
      metadata: {
        source: { kind: "Community" },
        author: { name: "Shain" },
        support: { tier: "Community" },
        categories: { domains: ["Security - Other", "Identity"] },
      },
    });
  });

  test("the portal hunt's query is its source's, to the letter", () => {
    expect(ownHunt("failed-portal-sign-in").query).toBe(`SigninLogs
| where AppDisplayName contains "Azure Portal"
// 50126 - Invalid username or password, or invalid on-premises username or password.
// 50020? - The user doesn't exist in the tenant.
| where ResultType in ( "50126" , "50020")
| extend OS = DeviceDetail.operatingSystem, Browser = DeviceDetail.browser
| extend StatusCode = tostring(Status.errorCode), StatusDetails = tostring(Status.additionalDetails)
| extend State = tostring(LocationDetails.state), City = tostring(LocationDetails.city)
| summarize StartTime = min(TimeGenerated), EndTime = max(TimeGenerated), IPAddresses = makeset(IPAddress), DistinctIPCount = dcount(IPAddress),
makeset(OS), makeset(Browser), makeset(City), AttemptCount = count()
by UserDisplayName, UserPrincipalName, AppDisplayName, ResultType, ResultDescription, StatusCode, StatusDetails, Location, State
| extend timestamp = StartTime, AccountCustomEntity = UserPrincipalName
| sort by AttemptCount`);
  });

  test("the spray hunt names its source and keeps its id, techniques and threshold", () => {
    const hunt = ownHunt("single-factor-spray");
    expect(hunt).toMatchObject({
      id: "a9281116-fde0-11ef-9ee5-f661ea17fbcd",
      name: "Azure Entra excessive single-factor non-interactive sign-ins",
      techniques: ["T1078.004", "T1110.003"],
      metadata: { author: { name: "Elastic" }, basedOn: { license: "Elastic License v2" } },
      responder: {
        period: 14 * DAY,
        window: { length: 10 * MINUTE },
        thresholds: { users: { small: 30, large: 30, least: 0 } },
      },
    });
  });

  test("the thresholds are the ones that were decided", () => {
    expect(ownHunt("failed-portal-sign-in").responder?.thresholds).toEqual({
      failures: { small: 6, large: 8, least: 2 },
      networks: { small: 3, large: 3, least: 2 },
      addresses: { small: 5, large: 5, least: 2 },
      accounts: { small: 5, large: 10, least: 2 },
      crowdedAccounts: { small: 15, large: 25, least: 2 },
      newSourceAccounts: { small: 3, large: 5, least: 2 },
      dayFailures: { small: 6, large: 6, least: 0 },
    });
  });

  test("every exclusion that is shipped is off and says why one should think twice", () => {
    const shipped = ownHunt("failed-portal-sign-in").responder?.exclusions ?? [];
    expect(shipped.flatMap((exclusion) => exclusion.addresses)).toEqual([
      "13.74.127.0/24",
      "10.0.0.0/8",
      "52.168.100.0/24",
    ]);
    for (const exclusion of shipped) {
      expect(exclusion.enabled).toBe(false);
      expect(exclusion.because).toMatch(/but /);
    }
  });

  test("both stay within what Sentinel takes: ASCII, 10,000 characters, five mappings", () => {
    for (const slug of ["failed-portal-sign-in", "single-factor-spray"] as const) {
      expect(huntFile(slug)).toMatch(/^[\x20-\x7e\r\n\t]*$/);
      expect(ownHunt(slug).query.length).toBeLessThanOrEqual(10_000);
      expect(ownHunt(slug).entityMappings.length).toBeLessThanOrEqual(5);
    }
  });
});
