import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { COMMENT_LIMIT, changeComment, deedsComment, tasksComment } from "../../src/response/comments.ts";
import { tasksOf } from "../../src/response/tasks.ts";
import { instant, minutes } from "../../src/time.ts";
import { aCampaign, aFinding, anAccount, portal } from "./examples.ts";
import { hostileText } from "./hostile-text.ts";

const before = aCampaign("attempted");

describe("an update", () => {
  test("that brings nothing new is no comment", () => {
    expect(changeComment(before, before)).toBe("");
  });

  test("says who got in since, before the numbers", () => {
    const after = aCampaign("entered", { attempts: 1_300, last: instant(before.last + minutes(10)) });
    expect(changeComment(before, after)).toBe(`What changed: 2 got in, 1 known but stopped, 409 attempted.

Got in since (2):
- ada.lovelace@contoso.example: signed in from 203.0.113.7 at 03:21 UTC after a password step that succeeded
- adm-grace@contoso.example (privileged): signed in over ropc with a single factor from 198.51.100.23 at 03:34 UTC

Password known since (1):
- alan.turing@contoso.example: right password, stopped by MFA (50076) from 203.0.113.7

- Level: Attempted → Entered
- Attempts: 1,204 → 1,300
- Last attempt: 2026-11-21 04:02 UTC`);
  });

  test("does not tell an account again because its name changed", () => {
    const was = aCampaign("entered", {
      accounts: { ...aCampaign("entered").accounts, entered: [anAccount("old@contoso.example")] },
    });
    const is = aCampaign("entered", {
      accounts: { ...aCampaign("entered").accounts, entered: [anAccount("new@contoso.example")] },
    });
    expect(changeComment(was, is)).toBe("");
  });

  test("says which hunt found it too", () => {
    const both = aCampaign("attempted", { findings: [aFinding(), aFinding({ hunt: portal })] });
    expect(changeComment(before, both)).toContain("- Also found by: failed portal sign-ins");
  });
});

test("tasks come with a query that can be copied", () => {
  const text = tasksComment(tasksOf(aCampaign("entered")));
  expect(text).toContain("1. Set a new password under MFA\n");
  expect(text.match(/^```kql$/gm)).toHaveLength(9);
  expect(text.match(/^```$/gm)).toHaveLength(9);
});

test("tasks beyond the limit of a comment are counted", () => {
  const tasks = Array.from({ length: 60 }, (_, at) => ({ title: `Task ${at}`, text: "text ".repeat(200), kql: "" }));
  const text = tasksComment(tasks);
  expect(text.length).toBeLessThanOrEqual(COMMENT_LIMIT);
  expect(text).toMatch(/and \d+ more$/);
});

test("what was done names each account, who approved, and what failed", () => {
  const text = deedsComment(
    [
      { kind: "revokeSessions", account: "ada@contoso.example", outcome: { kind: "done", detail: "" } },
      {
        kind: "revokeSessions",
        account: "bob@contoso.example",
        outcome: {
          kind: "failed",
          code: "NoPermission",
          detail: "Graph refused.",
          advice: "Do it by hand.",
          retry: false,
        },
      },
    ],
    "oncall@contoso.example",
  );
  expect(text).toBe(`What was done, approved by oncall@contoso.example.
- ada@contoso.example: sessions revoked.
- bob@contoso.example: could not revoke sessions. Graph refused. Do it by hand.`);
});

test("no comment lets a hostile text become markup or close a block of code", () => {
  fc.assert(
    fc.property(hostileText, hostileText, (name, reason) => {
      const account = anAccount(name, { id: "", because: reason });
      const campaign = aCampaign("entered", {
        accounts: { ...before.accounts, entered: [account] },
        accountNames: [name],
      });
      const tasks = tasksComment(tasksOf(campaign));
      expect(tasks.match(/```/g)).toHaveLength(18);
      const prose = tasks.replace(/```kql\n[\s\S]*?\n```/g, "");
      for (const text of [prose, changeComment(before, campaign)]) expect(text).not.toMatch(/[<>[\]*`\\|]|:\/\/|\{\{/);
      expect(changeComment(before, campaign).split("\n")).toHaveLength(6);
    }),
    { numRuns: 500 },
  );
});
