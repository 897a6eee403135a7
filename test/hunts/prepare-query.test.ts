import { describe, expect, test } from "vitest";
import { type Exclusion, exclusionSchema } from "../../src/hunts/exclusion.ts";
import { bareKql, kqlString } from "../../src/hunts/kql-text.ts";
import { exclusionObstacle, prepareQuery, readsClock, signInTablesOf } from "../../src/hunts/prepare-query.ts";
import { at, ownHunt } from "../builders.ts";

const window = { from: at("2026-11-20"), to: at("2026-11-21") };
const exclusion = (some: Record<string, unknown>): Exclusion =>
  exclusionSchema.parse({ name: "test", because: "of a test", owner: "us", ...some });

describe("the text that is sent", () => {
  test("without exclusions it is the hunt's own query, untouched", () => {
    const { query } = ownHunt("failed-portal-sign-in");
    expect(prepareQuery(query, [], window)).toMatchObject({ kql: query, linesBefore: 0 });
  });

  test("an exclusion stands ahead of the query, one line for each table it reads", () => {
    const prepared = prepareQuery("SigninLogs\n| take 1", [exclusion({ accounts: ["ann@contoso.example"] })], window);
    expect(prepared.linesBefore).toBe(1);
    expect(prepared.kql.split("\n")[0]).toMatch(
      /^let SigninLogs = table\("SigninLogs"\) \| where iff\(.*ann@contoso\.example.*, false, true\);$/,
    );
    expect(prepared.kql.split("\n").slice(1)).toEqual(["SigninLogs", "| take 1"]);
  });

  test("an exclusion that is off is nowhere in the text", () => {
    const prepared = prepareQuery(
      "SigninLogs",
      [exclusion({ accounts: ["ann@contoso.example"], enabled: false })],
      window,
    );
    expect(prepared).toEqual({ kql: "SigninLogs", linesBefore: 0, narrowed: false, notNarrowed: "" });
  });

  test("the portal's placeholders get the window", () => {
    const prepared = prepareQuery(
      "SigninLogs | where TimeGenerated between (todatetime('{{StartTimeISO}}') .. todatetime('{{EndTimeISO}}'))",
      [],
      window,
    );
    expect(prepared.kql).toContain("todatetime('2026-11-20T00:00:00.000Z') .. todatetime('2026-11-21T00:00:00.000Z')");
  });

  test.each([
    ["table('SigninLogs') | take 1", "table()"],
    ["search 'x'", "search"],
    ["union Signin* | take 1", "wildcard"],
    ["union (SigninLogs | where ResultType == 0), AADNonInteractiveUser* | take 1", "wildcard"],
    ["union ['SigninLogs'], AADNonInteractiveUserSignInLogs", "in brackets"],
    ["find in (SigninLogs) where ResultType == '0'", "find"],
    ["workspace('other').SigninLogs", "another workspace"],
    ["let SigninLogs = datatable(a:int)[1]; SigninLogs", "meaning of its own"],
    ["AuditLogs | take 1", "neither of the sign-in tables"],
  ])("%s is left as it is, and the reason is told", (query, reason) => {
    const prepared = prepareQuery(query, [exclusion({ accounts: ["ann@contoso.example"] })], window);
    expect(prepared).toMatchObject({ kql: query, narrowed: false });
    expect(prepared.notNarrowed).toContain(reason);
  });

  test("a product or a count further on is no wildcard", () => {
    expect(
      exclusionObstacle("union SigninLogs, (SigninLogs | extend a = 1 * 2) | extend b = 2 * 3 | summarize count()"),
    ).toBe("");
  });

  test("words in strings and comments are no obstacle", () => {
    expect(
      exclusionObstacle(`SigninLogs // table(x) search\n| where UserAgent has "union *" and App != 'search'`),
    ).toBe("");
  });
});

describe("looking at KQL without its strings and comments", () => {
  test("every kind of string is blanked and the lines stay", () => {
    const kql = `A "x\\"ago()" @"c:\\" 'it''s' @'q''ago()' // ago()\n| \`\`\`ago()\n\`\`\` B`;
    const bare = bareKql(kql);
    expect(bare).toHaveLength(kql.length);
    expect(bare.split("\n")).toHaveLength(3);
    expect(bare.replace(/\s+/g, " ")).toBe("A | B");
  });

  test("ago() in a comment does not tie a query to the present", () => {
    expect(readsClock("SigninLogs // ago(1d)")).toBe(false);
    expect(readsClock("SigninLogs | where TimeGenerated > ago(1d)")).toBe(true);
  });

  test("a table is named where it stands as a word of its own", () => {
    expect(signInTablesOf("MySigninLogs | join AADNonInteractiveUserSignInLogs on Id")).toEqual([
      "AADNonInteractiveUserSignInLogs",
    ]);
  });
});

test("a KQL literal cannot be broken out of, nor can it hide its direction", () => {
  expect(kqlString('a"b\\c\n\u202e')).toBe('"a\\"b\\\\c\\n\\u202e"');
});
