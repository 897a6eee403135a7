import { expect, test } from "vitest";
import { columnsOf } from "../../src/response/safe-text.ts";
import { type RunToShow, terminalSummary } from "../../src/response/terminal.ts";
import { unprovenAccounts } from "../../src/response/unproven.ts";
import { HOUR, instant } from "../../src/time.ts";
import { ATTACK_BEGAN, aCampaign, aContext, anAccount, spray } from "./examples.ts";

const PLAIN = { width: 80, colour: false } as const;

const aRun = (change: Partial<RunToShow> = {}): RunToShow => ({
  hunt: spray,
  window: { from: ATTACK_BEGAN, to: instant(ATTACK_BEGAN + 6 * HOUR) },
  whole: true,
  rows: 12,
  failed: null,
  campaigns: [
    {
      campaign: aCampaign("entered"),
      actions: [
        { kind: "openIncident", reason: aCampaign("entered").assessment.because, target: "some id" },
        { kind: "postCard", reason: aCampaign("entered").assessment.because, target: "some card" },
        { kind: "revokeSessions", reason: "proven by a password step", target: "ada.lovelace@contoso.example" },
      ],
      heldBack: aContext().heldBack,
    },
  ],
  setAside: aContext().setAside,
  warnings: ["2 rows have no network number"],
  ...change,
});

test("a run is told in ten seconds: the hunt, what was found, how sure, what would be done and why", () => {
  expect(terminalSummary([aRun()], PLAIN)).toBe(`Azure Entra excessive single-factor non-interactive sign-ins
single-factor-spray · 2026-11-21 03:10–09:10 UTC · 6 hours

  ENTERED    2 got in, 1 known but stopped, 409 attempted
             amber-otter · 2026-11-21 03:10–03:52 UTC
  why        2 accounts signed in from the attacker's addresses after a
             password step that succeeded.
  got in     ada.lovelace@contoso.example: signed in from 203.0.113.7 at 03:21
             UTC after a password step that succeeded
             adm-grace@contoso.example (privileged): signed in over ropc with a
             single factor from 198.51.100.23 at 03:34 UTC
  known      alan.turing@contoso.example: right password, stopped by MFA
             (50076) from 203.0.113.7
  from       3 addresses, 2 networks, 2 countries
  results    1,090 × wrong password (50126); 96 × locked out or blocked address
             (50053); 15 × no such account (50034); and 2 more
  over time  ▂▂▂▃▄▇██▆▄▃▂▂▂▁▁▂▂▂▂▂
  would      open an incident, post a card
  would      revoke sessions of ada.lovelace@contoso.example: proven by a
             password step
  would not  revoke sessions, adm-grace@contoso.example: a privileged account
             is never touched automatically

  set aside  240 monitoring-job: the monitoring account signs in from its own
             address
             31 password-reset: the reset application tests new passwords
  warning    2 rows have no network number`);
});

test("the sign-ins that prove it stand below the account, a line each", () => {
  const row = {
    FirstTime: "2026-11-21T03:21:09.000Z",
    IPAddress: "203.0.113.7",
    AutonomousSystemNumber: "64500",
    Location: "NL",
    ResultType: "0",
    AppDisplayName: "Azure Portal",
    AuthenticationProtocol: "none",
    AuthenticationDetails: [{ method: "Password", succeeded: true, result: "Correct password" }],
  };
  const proven = [anAccount("ada@contoso.example", { because: "a step says so", rows: [row, row, row] })];
  const campaign = aCampaign("entered");
  const campaigns = [
    { campaign: { ...campaign, accounts: { ...campaign.accounts, entered: proven } }, actions: [], heldBack: [] },
  ];
  expect(terminalSummary([aRun({ campaigns })], { width: 120, colour: false })).toContain(`
  got in     ada@contoso.example: a step says so
             → 2026-11-21 03:21 UTC · 203.0.113.7 AS64500 NL · Azure Portal · 0 · Correct password
             → 2026-11-21 03:21 UTC · 203.0.113.7 AS64500 NL · Azure Portal · 0 · Correct password
             and 1 more
`);
});

test("colours are there only when asked for, and change nothing but colours", () => {
  const coloured = terminalSummary([aRun()], { width: 80, colour: true });
  expect(coloured).toContain("\u001b[1;31mENTERED\u001b[0m");
  // biome-ignore lint/suspicious/noControlCharactersInRegex: the colours are taken off
  expect(coloured.replace(/\u001b\[[\d;]*m/g, "")).toBe(terminalSummary([aRun()], PLAIN));
});

test.each([60, 80, 100])("no line is wider than %i columns", (width) => {
  for (const line of terminalSummary([aRun()], { width, colour: false }).split("\n")) {
    expect(columnsOf(line)).toBeLessThanOrEqual(width);
  }
});

test("the worst comes first", () => {
  const levels = ["attempted", "known", "entered"] as const;
  const campaigns = levels.map((level) => ({ campaign: aCampaign(level), actions: [], heldBack: [] }));
  const [shown = ""] = terminalSummary([aRun({ campaigns })], PLAIN).split("In short");
  expect(shown.match(/^ {2}[A-Z]+\b/gm)).toEqual(["  ENTERED", "  KNOWN", "  ATTEMPTED"]);
});

test("what failed only is told in few lines", () => {
  const campaigns = [{ campaign: aCampaign("attempted"), actions: [], heldBack: aContext().heldBack }];
  expect(terminalSummary([aRun({ campaigns, setAside: [], warnings: [] })], PLAIN).split("\n")).toHaveLength(10);
});

test("a hunt that found nothing says that it looked, and at how much", () => {
  expect(terminalSummary([aRun({ campaigns: [], setAside: [], warnings: [] })], PLAIN)).toContain(
    "  found      nothing over the thresholds, in 12 rows of the hunt's query",
  );
});

test("a hunt that failed does not look as if it had found nothing", () => {
  const failed = { message: "The table AADNonInteractiveUserSignInLogs is not in logs.", advice: "Send it there." };
  const shown = terminalSummary([aRun({ campaigns: [], failed, rows: 0 })], PLAIN);
  expect(shown).toContain("  failed     The table AADNonInteractiveUserSignInLogs is not in logs.");
  expect(shown).not.toContain("found ");
});

test("the end says it in short, the worst first: the rest has scrolled away on a screen of 24 lines", () => {
  const told = (level: "attempted" | "entered") => ({ campaign: aCampaign(level), actions: [], heldBack: [] });
  const failed = { message: "The service is away.", advice: "Try again." };
  const runs = [
    aRun({ campaigns: [told("attempted"), told("entered")] }),
    aRun({ campaigns: [], failed, hunt: { name: "Another", slug: "another-hunt" } }),
  ];
  expect(terminalSummary(runs, PLAIN).split("\n").slice(-7).join("\n")).toBe(`
In short
  FAILED     another-hunt
  ENTERED    amber-otter: 2 got in, 1 known but stopped, 409 attempted
             ada.lovelace@contoso.example, adm-grace@contoso.example,
             alan.turing@contoso.example
  ATTEMPTED  amber-otter: 409 attempted`);
});

test("whoever is merely attacked is told of in one line", () => {
  const campaign = aCampaign("entered");
  const heldBack = [...unprovenAccounts(campaign), ...aContext().heldBack];
  const summary = terminalSummary([aRun({ campaigns: [{ campaign, actions: [], heldBack }] })], PLAIN);
  expect(summary).toContain("  would not  touch the 4 accounts whose password nothing proves to be known\n");
  expect(summary).toContain("adm-grace@contoso.example: a privileged account");
  expect(summary).not.toContain("merely attacked");
});

test("a text that is cut ends with a whole word", () => {
  const campaign = aCampaign("entered");
  const because = "because of a very long story that was told by somebody who ".repeat(8);
  const assessment = { ...campaign.assessment, because };
  const runs = [aRun({ campaigns: [{ campaign: { ...campaign, assessment }, actions: [], heldBack: [] }] })];
  const cut = terminalSummary(runs, PLAIN)
    .split("\n")
    .find((line) => line.endsWith("…"));
  expect(because.split(" ")).toContain(cut?.split(" ").at(-2));
});
