// What an analyst has closed: it stays closed, and only what is new is told again.
import { beforeEach, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { exclusionSchema } from "../../src/hunts/exclusion.ts";
import { recallCampaigns } from "../../src/ledger/campaigns.ts";
import type { Classification, Incidents } from "../../src/ports.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import { days, hours, type Instant, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { aSuccess, evident } from "../evident.ts";
import { aSpray, aTrickle } from "../tenant.ts";
import { aTestApp, type TestApp } from "../test-app.ts";
import { runUntil, withPorts } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");
const closing = later(start, hours(1));
const PROTECTED = "root@contoso.example";

interface Closable {
  readonly app: TestApp;
  /** The analyst closes everything that is open. */
  close(as: Classification): void;
  reopen(): void;
}

function aClosableApp(): Closable {
  const plain = aTestApp(start, {
    environment: { FIRST_LOOK_BACK: "2h", PROTECTED_ACCOUNTS: PROTECTED },
  });
  plain.tenant.signIns.push(...aTrickle(later(start, hours(72)), later(start, hours(500))));
  const closed = new Map<string, { readonly classification: Classification; readonly closedAt: Instant }>();
  const incidents: Incidents = {
    ...plain.ports.incidents,
    openOrUpdate: async (incident) => {
      const as = closed.get(incident.id);
      if (as === undefined) return plain.ports.incidents.openOrUpdate(incident);
      const url = `https://portal.example/${incident.id}`;
      return { id: incident.id, url, state: "closed", owner: "sam@contoso.example", ...as };
    },
  };
  return {
    app: evident(withPorts(plain, { incidents })),
    close: (classification) => {
      for (const id of plain.queue.keys()) closed.set(id, { classification, closedAt: plain.clock.now() });
    },
    reopen: () => closed.clear(),
  };
}

const titles = ({ queue }: TestApp): readonly string[] => [...queue.values()].map(({ title }) => title);
const closedAs = async ({ ports }: TestApp): Promise<readonly (string | null)[]> =>
  (await recallCampaigns(ports.journal, ports.clock.now())).map(({ memory }) => memory.closed?.classification ?? null);

describe("an incident that an analyst has closed", () => {
  let it: Closable;
  beforeEach(async () => {
    it = aClosableApp();
    await runUntil(it.app, later(start, minutes(20)));
    it.app.tenant.signIns.push(...aSpray(at("2026-11-21T12:12:00Z")));
    await runUntil(it.app, closing);
    expect(titles(it.app)).toHaveLength(1);
  });
  const goesOn = (from: Instant, change: Parameters<typeof aSpray>[1] = {}) =>
    it.app.tenant.signIns.push(...aSpray(later(from, minutes(2)), change));

  test("mutes its campaign: more of the same opens no other and writes into none", async () => {
    it.close("Undetermined");
    goesOn(closing);
    goesOn(later(closing, hours(3)));
    await runUntil(it.app, later(closing, hours(5)));
    expect(titles(it.app)).toHaveLength(1);
    expect(await closedAs(it.app)).toEqual(["Undetermined"]);
  });

  test("is followed by one that names it when a password is proven, hours after the closing was noticed", async () => {
    it.close("FalsePositive");
    goesOn(closing);
    await runUntil(it.app, later(closing, hours(3)));
    it.app.tenant.signIns.push(aSuccess(later(closing, hours(3)), "user3@contoso.example"));
    await runUntil(it.app, later(closing, hours(5)));
    const [old, follower, ...more] = [...it.app.queue.values()];
    expect([follower?.title, more]).toEqual([expect.stringContaining("1 got in"), []]);
    expect(follower?.description).toContain(`closed as FalsePositive: https://portal.example/${old?.id}`);
    expect(follower?.description).toContain("new proof: user3@contoso.example");
    expect(it.app.said.cards.filter(({ id }) => id.endsWith(".opened"))).toHaveLength(1);
  });

  test("the one that follows keeps its link when it grows, and is muted by its own closing", async () => {
    it.close("FalsePositive");
    goesOn(closing, { accounts: 90 });
    await runUntil(it.app, later(closing, hours(1)));
    goesOn(later(closing, hours(1)), { accounts: 95 });
    await runUntil(it.app, later(closing, hours(2)));
    expect(titles(it.app)).toEqual([expect.stringContaining("40 att"), expect.stringContaining("95 att")]);
    expect([...it.app.queue.values()][1]?.description).toMatch(
      /^This goes on .*\nIt was opened for twice the accounts/,
    );
    it.close("Undetermined");
    goesOn(later(closing, hours(2)), { accounts: 100 });
    await runUntil(it.app, later(closing, hours(3)));
    expect(titles(it.app)).toHaveLength(2);
  });

  test("is followed by one when an account that the team has named is attempted for the first time", async () => {
    it.close("BenignPositive");
    goesOn(closing);
    await runUntil(it.app, later(closing, hours(1)));
    expect(titles(it.app)).toHaveLength(1);
    const [one] = aSpray(later(closing, minutes(62)));
    goesOn(later(closing, hours(1)));
    if (one) it.app.tenant.signIns.push({ ...one, account: PROTECTED });
    await runUntil(it.app, later(closing, hours(2)));
    expect([...it.app.queue.values()][1]?.description).toContain(`a privileged account newly attempted: ${PROTECTED}`);
  });

  test("is followed by one though Sentinel fails in the very run that first sees the reason", async () => {
    it.close("BenignPositive");
    const [one] = aSpray(later(closing, minutes(2)));
    goesOn(closing);
    if (one) it.app.tenant.signIns.push({ ...one, account: PROTECTED });
    const failing = async (): Promise<never> => {
      throw new Problem(problemTexts.serviceFailed("Sentinel", "status 500"));
    };
    await runUntil(
      withPorts(it.app, { incidents: { ...it.app.ports.incidents, openOrUpdate: failing } }),
      later(closing, minutes(40)),
    );
    expect(titles(it.app)).toHaveLength(1);
    goesOn(later(closing, minutes(40)));
    await runUntil(it.app, later(closing, hours(2)));
    expect([...it.app.queue.values()][1]?.description).toContain(`a privileged account newly attempted: ${PROTECTED}`);
    // It was told, and is no reason for a third.
    it.close("BenignPositive");
    goesOn(later(closing, hours(2)));
    await runUntil(it.app, later(closing, hours(3)));
    expect(titles(it.app)).toHaveLength(2);
  });

  test("stays closed for what comes after days of quiet, though nobody had noticed the closing", async () => {
    it.app.tenant.signIns.push(...aTrickle(later(start, hours(72)), later(start, days(12))));
    it.close("FalsePositive");
    goesOn(later(closing, days(3)));
    it.app.clock.set(later(closing, days(3)));
    await runUntil(it.app, later(it.app.clock.now(), hours(1)));
    expect([titles(it.app).length, await closedAs(it.app)]).toEqual([1, ["FalsePositive"]]);
  });

  test("is followed by one that names it for activity after seven quiet days", async () => {
    it.close("FalsePositive");
    goesOn(closing);
    await runUntil(it.app, later(closing, hours(2)));
    goesOn(later(closing, days(8)));
    it.app.clock.set(later(closing, days(8)));
    await runUntil(it.app, later(it.app.clock.now(), hours(1)));
    const [old, follower, ...more] = [...it.app.queue.values()];
    expect(more).toEqual([]);
    expect(follower?.description).toContain(`closed as FalsePositive: https://portal.example/${old?.id}`);
    expect(follower?.description).toContain("activity after seven quiet days");
  });

  test("goes on by itself once the analyst opens it again", async () => {
    it.close("Undetermined");
    goesOn(closing);
    await runUntil(it.app, later(closing, hours(1)));
    it.reopen();
    goesOn(later(closing, hours(1)), { accounts: 50 });
    await runUntil(it.app, later(closing, hours(2)));
    expect(titles(it.app)).toEqual([expect.stringContaining("50 att")]);
    expect(await closedAs(it.app)).toEqual([null]);
  });

  test("as harmless makes the digest offer the exclusion for what goes on, signed for by whoever closed it", async () => {
    it.close("BenignPositive");
    goesOn(later(closing, hours(12)));
    await runUntil(it.app, later(start, hours(20)));
    const digest = it.app.said.cards.find(({ id }) => id.startsWith("digest-"));
    const line = /"text":"(- \{name: (?:[^"\\]|\\.)*)"/.exec(JSON.stringify(digest))?.[1] ?? "";
    const [offered] = parse(JSON.parse(`"${line}"`));
    expect(exclusionSchema.parse(offered)).toMatchObject({
      addresses: ["203.0.113.7"],
      owner: "sam@contoso.example",
      until: at("2027-02-20T00:00:00Z"),
    });
  });
});
