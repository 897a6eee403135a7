// The whole way over the sample tenant: of two weeks of a company of 500 people hears nobody but of last night's attacks.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openLogStore } from "../src/local/log-store.ts";
import { SAMPLE_EXCLUSIONS } from "../src/local/sample-tenant/exclusions.ts";
import type { Story } from "../src/local/sample-tenant/story.ts";
import { writeSampleTenant } from "../src/local/sample-tenant/write-sample-tenant.ts";
import { readExclusions } from "../src/rulebook.ts";
import { at } from "./builders.ts";
import { type Judged, judgeWith, names } from "./judged.ts";

let folder = "";
let story: Story;
let judged: Judged;

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sample-tenant-of-a-test-"));
  const written = await writeSampleTenant(folder, { to: at("2026-11-21T19:00:00Z") });
  story = written.story;
  const store = await openLogStore({ folder });
  try {
    const roles = async (id: string) => story.accounts.find((account) => account.id === id)?.roles ?? [];
    judged = await judgeWith(store, {
      window: story.window,
      exclusions: await readExclusions(SAMPLE_EXCLUSIONS),
      roles,
    });
  } finally {
    await store.close();
  }
}, 240_000);

afterAll(() => rm(folder, { recursive: true, force: true }));

const found = () =>
  story.scenes.flatMap(({ name, expected }) => (expected.kind === "found" ? [{ name, expected }] : []));
const campaignOf = (hunt: string) => judged.campaigns.filter(({ findings }) => findings[0]?.hunt.slug === hunt);

test("nothing but the two attacks is told, each as one campaign", () => {
  expect(judged.campaigns.map(({ findings }) => findings[0]?.hunt.slug).toSorted()).toEqual(
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
      expect(rows.every(({ Grade }) => Grade === "right")).toBe(true);
    }
  }
});

test("the entered campaign is High; the failed one is Low and nobody is woken for it", () => {
  expect(campaignOf("single-factor-spray")[0]?.assessment).toMatchObject({ level: "entered", severity: "High" });
  expect(campaignOf("failed-portal-sign-in")[0]?.assessment).toMatchObject({ level: "attempted", severity: "Low" });
});

test("the helpdesk's known password is said to be privileged", () => {
  const [known] = campaignOf("single-factor-spray")[0]?.accounts.known ?? [];
  expect(known?.privileged).toBe(true);
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
  expect(campaign?.notes?.map(({ note }) => note)).toEqual([
    "codes",
    "protocol",
    "habit",
    "network",
    "session",
    "processing",
  ]);
  expect(campaign?.tasks.length).toBeGreaterThan(0);
});
