// The whole way over the sample tenant: of two weeks of a company of 500 people hears nobody but of last night's attacks.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { generateSampleTenant } from "../src/local/sample-tenant/generate-sample-tenant.ts";
import { type CampaignReport, type Report, reportsSchema } from "../src/report.ts";
import { iso } from "../src/time.ts";
import { at } from "./builders.ts";
import { names } from "./judged.ts";
import { runCommand } from "./run-command.ts";

const to = at("2026-11-21T19:00:00Z");
const { story } = generateSampleTenant({ to });
let folder = "";
let reports: readonly Report[];

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sample-tenant-of-a-test-"));
  const { status, out } = await runCommand("hunt", "--to", iso(to), "--out", join(folder, "out"), "--json");
  expect(status).toBe(0);
  ({ reports } = reportsSchema.parse(JSON.parse(out)));
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

const found = () =>
  story.scenes.flatMap(({ name, expected }) => (expected.kind === "found" ? [{ name, expected }] : []));
const campaigns = (): readonly CampaignReport[] => reports.flatMap((report) => report.campaigns);
const campaignOf = (hunt: string) => campaigns().filter(({ hunts }) => hunts[0] === hunt);

test("every hunt ran over all of the logs, and says which of the team's exclusions hid failed sign-ins at the portal", () => {
  expect(reports.map(({ whole, problem, window }) => ({ whole, problem, window }))).toEqual(
    reports.map(() => ({ whole: true, window: { from: iso(story.window.from), to: iso(story.window.to) } })),
  );
  const portal = reports.find(({ hunt }) => hunt.slug === "failed-portal-sign-in");
  const hidden = portal?.setAside.filter(({ attempts }) => attempts > 0) ?? [];
  expect(hidden.map(({ exclusion }) => exclusion).toSorted()).toEqual(
    story.scenes.flatMap(({ expected }) => (expected.kind === "setAside" ? [expected.exclusion] : [])).toSorted(),
  );
});

test("nothing but the two attacks is told, each as one campaign", () => {
  expect(
    campaigns()
      .map(({ hunts }) => hunts[0])
      .toSorted(),
  ).toEqual(
    found()
      .map(({ expected }) => expected.hunt)
      .toSorted(),
  );
});

test("who got in and whose password is known is exactly who the story says, with the rows that prove it", () => {
  for (const { expected } of found()) {
    const [campaign] = campaignOf(expected.hunt);
    expect(names(campaign?.accounts.entered ?? [])).toEqual(names(expected.entered));
    expect(names(campaign?.accounts.known ?? [])).toEqual(names(expected.known));
    for (const { rows } of [...(campaign?.accounts.entered ?? []), ...(campaign?.accounts.known ?? [])]) {
      expect(rows.length).toBeGreaterThan(0);
      for (const row of rows) expect(row).toMatchObject({ Grade: "right", IPAddress: expect.stringMatching(/[.:]/) });
    }
  }
});

test("the entered campaign is High; the failed one is Low and nobody is woken for it", () => {
  expect(campaignOf("single-factor-spray")[0]?.assessment).toMatchObject({ level: "entered", severity: "High" });
  expect(campaignOf("failed-portal-sign-in")[0]?.assessment).toMatchObject({ level: "attempted", severity: "Low" });
});

test("the helpdesk's known password is said to be privileged", () => {
  const [known] = campaignOf("single-factor-spray")[0]?.accounts.known ?? [];
  expect(known).toMatchObject({ privileged: true, because: expect.stringContaining("second factor") });
});

test("the numbers are the story's", () => {
  for (const { name, expected } of found()) {
    const scene = story.scenes.find((each) => each.name === name);
    const [campaign] = campaignOf(expected.hunt);
    expect(campaign?.sources.map(({ address }) => address).toSorted()).toEqual(scene?.addresses.toSorted());
    expect(campaign?.accounts.attempted).toBe(scene?.accounts.length);
  }
});

test("the notes on triage are answered where the logs can, and handed over as tasks where they cannot", () => {
  const [campaign] = campaignOf("single-factor-spray");
  expect(campaign?.notes.map(({ note }) => note)).toEqual([
    "codes",
    "protocol",
    "habit",
    "network",
    "session",
    "processing",
  ]);
  expect(campaign?.tasks.length).toBeGreaterThan(0);
});
