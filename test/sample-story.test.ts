// The sample tenant's story told to its end: found, proposed, approved, done, watched, and contained or not.
import { createReadStream } from "node:fs";
import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { userOfThisMachine } from "../src/approvals/approver.ts";
import { type LogStore, openLogStore } from "../src/local/log-store.ts";
import { sampleDirectory } from "../src/local/sample-directory.ts";
import { SAMPLE_EXCLUSIONS } from "../src/local/sample-tenant/exclusions.ts";
import type { Story } from "../src/local/sample-tenant/story.ts";
import { writeSampleTenant } from "../src/local/sample-tenant/write-sample-tenant.ts";
import type { Sessions } from "../src/ports.ts";
import { readExclusions, readQuestions } from "../src/rulebook.ts";
import { hours, iso, later, minutes } from "../src/time.ts";
import { decideOnApproval, showApproval } from "../src/triggers/approvals.ts";
import { runHunt } from "../src/triggers/run-hunt.ts";
import { tend } from "../src/triggers/tend.ts";
import { asking, ours } from "./approvals/visit.ts";
import { at, ownHunt } from "./builders.ts";
import { APP_URL, APPROVER } from "./response/rig.ts";
import { soaking } from "./soak.ts";
import { aClock, anInvocation, aTestApp, type TestApp } from "./test-app.ts";

const NOW = at("2026-11-21T09:00:00Z");
let folder = "";
let store: LogStore;
let story: Story;
const clock = aClock(NOW);

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sample-story-"));
  // The company goes on working while its accounts are watched; one of them the attacker comes back to.
  const { story: written, tables } = await writeSampleTenant(folder, { to: later(NOW, hours(5)) });
  story = written;
  for (const { file } of Object.values(tables)) await comeBack(file);
  store = await openLogStore({ folder, threads: 1, now: clock.now });
}, 120_000);
afterAll(async () => {
  await store?.close();
  await rm(folder, { recursive: true, force: true });
});

/** When the attacker signs in again, with the same password from the same address. */
const AGAIN = later(NOW, minutes(80));
const spray = () => {
  const scene = story.scenes.find(({ expected }) => expected.kind === "found" && expected.entered.length > 0);
  if (scene?.expected.kind !== "found") throw new Error("The story has no account that was entered.");
  return { addresses: scene.addresses, victim: scene.expected.entered[0]!, ...scene.expected };
};

/** Appends the attacker's own sign-in once more, at another time, to whichever table it lies in. */
async function comeBack(file: string): Promise<void> {
  const { addresses, victim } = spray();
  for await (const line of createInterface({ input: createReadStream(file) })) {
    if (!line.includes(victim.id)) continue;
    const row: Record<string, unknown> = JSON.parse(line);
    if (row.UserId !== victim.id || row.ResultType !== "0" || !addresses.includes(String(row.IPAddress))) continue;
    const again = {
      ...row,
      Id: "0d0d0d0d-0000-4000-8000-000000000001",
      TimeGenerated: iso(AGAIN),
      CreatedDateTime: iso(AGAIN),
    };
    return appendFile(file, `${JSON.stringify(again)}\n`);
  }
}

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

// In the soak: each of its steps is asked by tests of its own, and the finding of it by sample-tenant-story.test.ts.
describe.runIf(soaking)("the sample tenant's story", () => {
  test("is proposed, approved on the page, done to whom the evidence names and to nobody else, and ends contained or not", async () => {
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
    expect(endings(told)).toEqual([]);

    // Two hours later the logs speak beyond the first hour: of one account the attacker is back in, of the others no sign.
    told.app.clock.set(later(NOW, minutes(120)));
    await tend(told.app, anInvocation());
    const { victim, entered, known } = spray();
    const others = [...entered, ...known].filter(({ id }) => id !== victim.id);
    const [bad, good, ...more] = endings(told);
    expect(more).toEqual([]);
    expect(bad).toMatch(/Not contained .*The attacker still has 1 account/);
    expect(bad).toContain(`${victim.name} – 2026-11-21 10:20 UTC: got in from the campaign's`);
    expect(good).toMatch(/Contained so far .*No sign of the attacker in \d+ accounts? up to 2026-11-21 10:\d\d UTC/);
    for (const { name } of others) expect(good).toContain(name);
    expect(good).not.toContain(victim.name);
    // Nobody exports AuditLogs from the sample tenant, and sessions that were ended leave the password as it was.
    for (const words of ["AuditLogs is not exported", "the password still works"]) expect(good).toContain(words);
    expect([...told.app.queue.values()].filter(({ raises }) => raises === "not-contained")).toMatchObject([
      { severity: "High" },
    ]);
    const comments = told.app.said.comments.map(({ text }) => text);
    expect(comments.filter((text) => text.startsWith("Not contained."))).toHaveLength(1);
    expect(comments.filter((text) => text.includes("contained so far."))).toHaveLength(1);

    // The same is not told again.
    told.app.clock.set(later(NOW, minutes(130)));
    await tend(told.app, anInvocation());
    expect(endings(told)).toHaveLength(2);
  }, 240_000);
});

/** What the cards about how it went on say, in a line each. */
const endings = ({ app }: Told): readonly string[] =>
  app.said.cards
    .filter(({ id }) => /\.(not-contained|so-far|to-the-end|not-known)$/.test(id))
    .map(({ card }) =>
      [...JSON.stringify(card).matchAll(/"(?:text|value)":"([^"]*)"/g)]
        .map(([, text]) => text)
        .join(" ")
        .replaceAll(/ +/g, " "),
    );
