// The sample tenant's story told to its end: found, proposed, approved, done, and watched.
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { userOfThisMachine } from "../src/approvals/approver.ts";
import { type LogStore, openLogStore } from "../src/local/log-store.ts";
import { sampleDirectory } from "../src/local/sample-directory.ts";
import { SAMPLE_EXCLUSIONS } from "../src/local/sample-tenant/exclusions.ts";
import type { Story } from "../src/local/sample-tenant/story.ts";
import { writeSampleTenant } from "../src/local/sample-tenant/write-sample-tenant.ts";
import type { Sessions } from "../src/ports.ts";
import { readExclusions, readQuestions } from "../src/rulebook.ts";
import { later, minutes } from "../src/time.ts";
import { decideOnApproval, showApproval } from "../src/triggers/approvals.ts";
import { runHunt } from "../src/triggers/run-hunt.ts";
import { tend } from "../src/triggers/tend.ts";
import { asking, ours } from "./approvals/visit.ts";
import { at, ownHunt } from "./builders.ts";
import { APP_URL, APPROVER } from "./response/rig.ts";
import { aClock, anInvocation, aTestApp, type TestApp } from "./test-app.ts";

const NOW = at("2026-11-21T09:00:00Z");
let folder = "";
let store: LogStore;
let story: Story;
const clock = aClock(NOW);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sample-story-"));
  ({ story } = await writeSampleTenant(folder, { to: NOW }));
  store = await openLogStore({ folder, now: clock.now });
}, 120_000);
afterAll(async () => {
  await store?.close();
  await rm(folder, { recursive: true, force: true });
});

interface Told {
  readonly app: TestApp;
  readonly writes: string[];
}

async function aTeam(environment: Record<string, string>): Promise<Told> {
  const writes: string[] = [];
  const sessions: Sessions = {
    revoke: async (id) => void writes.push(`revoke ${id}`),
    disable: async (id) => void writes.push(`disable ${id}`),
  };
  const app = aTestApp(NOW, {
    hunts: [ownHunt("single-factor-spray"), ownHunt("failed-portal-sign-in")],
    environment: {
      RESPONSE_MODES: "single-factor-spray=propose,failed-portal-sign-in=propose",
      RESPONSE_ACTIONS: "revokeSessions",
      APPROVALS: "on",
      APPROVERS: APPROVER,
      APP_URL,
      ...environment,
    },
    ports: { logs: store, clock, ...sampleDirectory(story.accounts, sessions, clock) },
    whoAsks: userOfThisMachine("responder"),
  });
  const questions = await readQuestions();
  return { app: { ...app, questions, exclusions: await readExclusions(SAMPLE_EXCLUSIONS), clock }, writes };
}

async function hunted({ app }: Told): Promise<void> {
  for (const { slug } of app.hunts) {
    const body = JSON.stringify({ from: "2026-11-20T12:00:00Z", act: true });
    const asked = { ...asking("POST", "", {}, body), params: { name: slug } };
    expect((await runHunt(asked, app, anInvocation())).status).toBe(200);
  }
  await tend(app, anInvocation());
}

const links = ({ app }: Told): readonly string[] => [
  ...new Set(
    app.said.cards.flatMap(({ card }) =>
      [...JSON.stringify(card).matchAll(/\/api\/approvals\/([\w-]{43})/g)].map(([, number = ""]) => number),
    ),
  ),
];

const proven = (): readonly string[] =>
  story.scenes.flatMap(({ expected }) =>
    expected.kind === "found" ? [...expected.entered, ...expected.known].map(({ id }) => id) : [],
  );

describe("the sample tenant's story", () => {
  test("is proposed, approved on the page, done to whom the evidence names and to nobody else, and watched", async () => {
    const told = await aTeam({});
    await hunted(told);
    expect(told.writes).toEqual([]);
    expect(links(told).length).toBeGreaterThan(0);
    for (const number of links(told)) {
      const shown = await showApproval(asking("GET", number, {}), told.app, anInvocation());
      const digest = /name="digest" value="([^"]+)"/.exec(String(shown.body))?.[1] ?? "";
      const form = new URLSearchParams({ part: "0", decision: "approve", digest });
      const answer = await decideOnApproval(asking("POST", number, ours, form.toString()), told.app, anInvocation());
      expect(/<h1>(.*?)<\/h1>/.exec(String(answer.body))?.[1]).toBe("Approved and done");
    }
    expect(told.writes.toSorted()).toEqual(
      proven()
        .map((id) => `revoke ${id}`)
        .toSorted(),
    );
    told.app.clock.set(later(NOW, minutes(10)));
    await tend(told.app, anInvocation());
    const cares = await told.app.ports.journal.list("response", "care ", 100);
    expect(cares.filter(({ id }) => id.startsWith("care "))).toHaveLength(proven().length);
  }, 240_000);
});
