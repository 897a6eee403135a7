import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Fact, Step } from "../../src/findings/evidence.ts";
import { gradeOf } from "../../src/findings/grading.ts";
import {
  adjustGrading,
  adjustmentsSchema,
  gradingTable,
  gradingTableSchema,
} from "../../src/findings/grading-table.ts";
import { aFact } from "./fact.ts";

const grade = (some: Partial<Fact>) => gradeOf(aFact(some), gradingTable);
const step = (method: string, succeeded: boolean | null = null, result = ""): Step => ({ method, succeeded, result });
const codesOf = (...verdicts: readonly string[]): readonly string[] =>
  Object.entries(gradingTable.codes)
    .filter(([, line]) => verdicts.includes(line.verdict))
    .map(([code]) => code);

describe("a right code", () => {
  test.each([
    ["a password step that succeeded", { steps: [step("Password", true)] }],
    ["a step that says the password was correct", { steps: [step("Password", false, "Correct password")] }],
    ["the older name of the password method", { steps: [step("CloudOnlyPassword", true)] }],
    ["ropc", { protocol: "ropc" }],
    ["Authenticated SMTP", { client: "Authenticated SMTP" }],
    ["IMAP", { client: "IMAP4" }],
    ["POP", { client: "POP3" }],
    ["MAPI", { client: "MAPI Over HTTP" }],
    ["other clients", { client: "Other clients; Older Office clients" }],
    ["Exchange ActiveSync without a token", { client: "Exchange ActiveSync" }],
    [
      "a password step, whatever else the rows of the sign-in say",
      { steps: [step("Password", true), step("Mobile app notification", false, "Authentication in progress")] },
    ],
  ])("is proof with %s", (_, some) => {
    for (const code of codesOf("right")) expect(grade({ code, ...some })).toMatchObject({ grade: "right" });
  });

  test.each([
    ["nothing else", {}],
    ["an empty token type", { token: "" }],
    ["a first factor that was satisfied before", { steps: [step("Previously satisfied", true)] }],
    ["a claim in a token", { steps: [step("", false, "MFA requirement satisfied by claim in the token")] }],
    ["a passwordless method", { steps: [step("Passwordless phone sign-in", true)] }],
    ["Windows Hello", { steps: [step("Windows Hello for Business", true)] }],
    ["Exchange ActiveSync that brought a token", { client: "Exchange ActiveSync", token: "refreshToken" }],
    ["a refresh token", { token: "refreshToken" }],
    [
      "ropc but a password step that says wrong",
      { protocol: "ropc", steps: [step("Password", false, "Invalid username or password")] },
    ],
    [
      "a program of old that brought a token and its claim",
      {
        client: "Other clients",
        token: "refreshToken",
        steps: [step("Previously satisfied", true, "First factor requirement satisfied by claim in the token")],
      },
    ],
  ])("is ambiguous with %s", (_, some) => {
    for (const code of codesOf("right")) expect(grade({ code, ...some })).toMatchObject({ grade: "ambiguous" });
  });

  test("says whether it went through", () => {
    expect(grade({ code: "0", protocol: "ropc" }).outcome).toBe("entered");
    expect(grade({ code: "53003", protocol: "ropc" }).outcome).toBe("stopped");
  });

  test("names its evidence", () => {
    expect(grade({ code: "50076", steps: [step("Password", true)] }).because).toBe(
      "50076: a second factor was asked for; the step Password succeeded",
    );
  });
});

describe("codes with a story of their own", () => {
  test("an expired password is likely, and right only once a password step confirms it", () => {
    expect(grade({ code: "50055" })).toMatchObject({ grade: "ambiguous", outcome: "stopped" });
    expect(grade({ code: "50055" }).because).toContain("likely");
    expect(grade({ code: "50055", protocol: "ropc" }).grade).toBe("ambiguous");
    expect(grade({ code: "50055", steps: [step("Password", true)] }).grade).toBe("right");
  });

  test("an expired password in Active Directory is ambiguous until a password step confirms it", () => {
    expect(grade({ code: "50144", protocol: "ropc" }).grade).toBe("ambiguous");
    expect(grade({ code: "50144", steps: [step("Password", null, "Correct password")] }).grade).toBe("right");
  });

  test.each([
    ["Account is locked because user tried to sign in too many times with an incorrect user ID or password.", "wrong"],
    ["Sign-in was blocked because it came from an IP address with malicious activity.", "ambiguous"],
    ["", "ambiguous"],
    ["Something that Microsoft wrote last week.", "ambiguous"],
  ])("50053 is told apart by its text: %s", (text, expected) => {
    expect(grade({ code: "50053", text }).grade).toBe(expected);
  });

  test("an unknown application is a right password with ropc and without the application's name, and only then", () => {
    expect(grade({ code: "700016", protocol: "ropc", application: "" }).grade).toBe("right");
    expect(grade({ code: "700016", protocol: "ropc", application: "Contoso Old Tool" }).grade).not.toBe("right");
    expect(grade({ code: "700016", application: "" }).grade).not.toBe("right");
  });

  test("an account of another identity provider is no password failure", () => {
    expect(grade({ code: "50020" })).toMatchObject({ grade: "ambiguous", outcome: "none" });
  });

  test("revoked and expired tokens say nothing of a password, whatever came in", () => {
    for (const code of codesOf("token")) {
      expect(grade({ code, protocol: "ropc", token: "refreshToken" })).toMatchObject({
        grade: "token",
        outcome: "none",
      });
    }
  });

  test("a wrong password and a name that no account has are what they are", () => {
    expect(grade({ code: "50126" }).grade).toBe("wrong");
    expect(grade({ code: "50034" }).grade).toBe("noUser");
  });
});

const anyFact = fc
  .record({
    code: fc.constantFrom(...Object.keys(gradingTable.codes), "90072", "1"),
    token: fc.constantFrom("", "none", "refreshToken", "primaryRefreshToken"),
    protocol: fc.constantFrom("", "none", "oAuth2", "ropc", "saml20"),
    client: fc.constantFrom("Browser", "Exchange ActiveSync", "Authenticated SMTP", "Other clients", ""),
    application: fc.constantFrom("", "Azure Portal"),
    text: fc.string(),
    steps: fc.array(
      fc.record({
        method: fc.constantFrom("", "Password", "Previously satisfied", "Passwordless phone sign-in"),
        succeeded: fc.constantFrom(true, false, null),
        result: fc.constantFrom("", "Correct password", "MFA requirement satisfied by claim in the token"),
      }),
      { maxLength: 3 },
    ),
  })
  .map((some) => aFact(some));

const passwordStep = ({ steps }: Fact): boolean =>
  steps.some(
    ({ method, succeeded, result }) => method === "Password" && (succeeded === true || result === "Correct password"),
  );

describe("whatever a sign-in looks like", () => {
  test("it is right only with positive evidence in itself", () => {
    fc.assert(
      fc.property(anyFact, (fact) => {
        const basic = ["Authenticated SMTP", "Other clients", "Exchange ActiveSync"].includes(fact.client);
        const positive = passwordStep(fact) || fact.protocol === "ropc" || basic;
        expect(positive || gradeOf(fact, gradingTable).grade !== "right").toBe(true);
      }),
      { numRuns: 1000 },
    );
  });

  test("a code for a wrong password or a missing account is never right", () => {
    fc.assert(
      fc.property(anyFact, (fact) => {
        const never = codesOf("wrong", "noUser", "token").includes(fact.code);
        expect(never && gradeOf(fact, gradingTable).grade === "right").toBe(false);
      }),
      { numRuns: 1000 },
    );
  });

  test("another step of the same sign-in never takes a password step's proof away", () => {
    fc.assert(
      fc.property(anyFact, (fact) => {
        const alone = { ...fact, steps: [step("Password", true)] };
        const more = { ...fact, steps: [...fact.steps, step("Password", true)] };
        expect(gradeOf(more, gradingTable).grade).toBe(gradeOf(alone, gradingTable).grade);
      }),
    );
  });
});

describe("the table", () => {
  test("has a source in every line, and is what its schema says", () => {
    expect(gradingTableSchema.safeParse(gradingTable).success).toBe(true);
    const { codes, adjusted: _, ...lists } = gradingTable;
    const lines = [...Object.values(codes), ...Object.values(lists).flat()];
    expect(lines.filter(({ source }) => !source.startsWith("https://"))).toEqual([]);
  });

  test("can be adjusted by a team, which a run then says", () => {
    const ours = adjustmentsSchema.parse({
      codes: { "50144": { verdict: "right", meaning: "expired in Active Directory", source: "our own tests of May" } },
    });
    const table = adjustGrading(gradingTable, ours);
    expect(gradeOf(aFact({ code: "50144", protocol: "ropc" }), table).grade).toBe("right");
    expect(table.adjusted).toEqual(["50144 is right (ours: ambiguous)"]);
    expect(gradingTable.adjusted).toBeUndefined();
  });
});
