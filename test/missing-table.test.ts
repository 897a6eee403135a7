// Logs that lack one of the two tables of sign-ins: what nobody can see is said, and nothing is taken for harmless.
import { describe, expect, test, vi } from "vitest";
import { type Evidence, readEvidence } from "../src/findings/evidence.ts";
import { evidenceQuery } from "../src/hunts/evidence-query.ts";
import { readQuestions } from "../src/rulebook.ts";
import { iso, later, minutes, seconds } from "../src/time.ts";
import { at, ownHunt } from "./builders.ts";
import { judgeTables } from "./judged.ts";
import { type Tables, withLogs } from "./log-folder.ts";
import { each, portalFailure, sprayFailure, success } from "./sign-in-rows.ts";

// Every judgement opens logs of its own.
vi.setConfig({ testTimeout: 60_000 });

const window = { from: at("2026-11-20"), to: at("2026-11-21") };
const hunts = [ownHunt("failed-portal-sign-in")];
const begins = at("2026-11-20T10:00:00Z");
const history = each(120, (n) =>
  success(iso(later(at("2026-11-08T09:00:00Z"), minutes(n * 120))), n % 40, { IPAddress: "203.0.113.8" }),
);
const failures = each(30, (n) =>
  portalFailure(iso(later(begins, seconds(n * 20))), 500 + n, { IPAddress: "192.0.2.50" }),
);
const unattended = sprayFailure("2026-11-20T03:00:00Z", 1);

describe("logs without AADNonInteractiveUserSignInLogs", () => {
  test("make a campaign a lower bound, and say in one plain sentence what cannot be seen", async () => {
    const { campaigns, warnings } = await judgeTables(
      { SigninLogs: [...history, ...failures] },
      { window, hunts, size: "auto" },
    );
    expect(campaigns).toHaveLength(1);
    expect(campaigns[0]?.assessment).toMatchObject({ level: "possible", whole: false });
    expect(campaigns[0]?.assessment.because).toContain("the logs have no table AADNonInteractiveUserSignInLogs");
    expect(campaigns[0]?.assessment.because).not.toContain("no right password came from");
    expect(warnings.filter((text) => text.includes("AADNonInteractiveUserSignInLogs"))).toEqual([
      "The evidence is incomplete: the logs have no table AADNonInteractiveUserSignInLogs, so passwords that were tried without a prompt, and sign-ins by tokens, cannot be seen.",
    ]);
    expect(warnings.join("\n")).not.toMatch(/line \d+, column \d+/);
  });

  test("say so even where the evidence finds nothing at all", async () => {
    const evidence = await evidenceOfNothing({ SigninLogs: history });
    expect(evidence).toMatchObject({ facts: [], whole: false });
    expect(evidence.missing).toContain("no table AADNonInteractiveUserSignInLogs");
  });
});

test("logs without SigninLogs say that nobody can be seen signing in", async () => {
  const evidence = await evidenceOfNothing({ AADNonInteractiveUserSignInLogs: [unattended] });
  expect(evidence.whole).toBe(false);
  expect(evidence.missing).toBe(
    "the logs have no table SigninLogs, so sign-ins in a browser or an app, and passwords that were typed there, cannot be seen",
  );
});

test("logs with both tables are whole, though one of them has no row in the window", async () => {
  const { campaigns, warnings } = await judgeTables(
    {
      SigninLogs: [...history, ...failures],
      AADNonInteractiveUserSignInLogs: [{ ...unattended, TimeGenerated: "2026-11-09T00:00:00Z" }],
    },
    { window, hunts },
  );
  expect(campaigns[0]?.assessment).toMatchObject({ level: "attempted", whole: true });
  expect(warnings.join("\n")).not.toContain("no table");
});

test("a table that is there and has held no row for two weeks is as good as none, and is said to be", async () => {
  const { campaigns, warnings } = await judgeTables(
    {
      SigninLogs: [...history, ...failures],
      AADNonInteractiveUserSignInLogs: [{ ...unattended, TimeGenerated: "2026-11-01T00:00:00Z" }],
    },
    { window, hunts },
  );
  expect(campaigns[0]?.assessment).toMatchObject({ level: "possible", whole: false });
  expect(campaigns[0]?.assessment.because).toContain("AADNonInteractiveUserSignInLogs has held no row for 14 days");
  expect(warnings).toContain(
    "The evidence is incomplete: the table AADNonInteractiveUserSignInLogs has held no row for 14 days, so passwords that were tried without a prompt, and sign-ins by tokens, cannot be seen.",
  );
});

async function evidenceOfNothing(tables: Tables): Promise<Evidence> {
  const { evidence } = await readQuestions();
  const request = { sources: [], fingerprints: [], attemptCodes: ["50126"], codes: [], accounts: [] };
  return withLogs(tables, async (logs) =>
    readEvidence(await logs.query({ kql: evidenceQuery(evidence, request), window })),
  );
}
