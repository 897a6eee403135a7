// Proof less than an hour old may still change. Sessions are ended on it; nobody is locked out on it without a person.
import { describe, expect, test } from "vitest";
import type { Campaign } from "../../src/findings/campaign.ts";
import { CASES, RESPONSE } from "../../src/ledger/response-records.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import { answerCase } from "../../src/response/cases.ts";
import { isProvisional } from "../../src/response/provisional.ts";
import { hours, type Instant, iso, later, minutes } from "../../src/time.ts";
import { responseRulesOf } from "../../src/triggers/response-rules.ts";
import { aBreach, aProven, idOf, PROVEN } from "./people.ts";
import { aRig, type Rig } from "./rig.ts";

const FRESH = later(PROVEN, minutes(5));
const breach = aBreach([aProven(1)]);
const partly = { ...breach, assessment: { ...breach.assessment, whole: false } };
const writes = ({ test: { writes: all } }: Rig): readonly string[] => all.map(({ kind, id }) => `${kind} ${id}`);
const cards = ({ app }: Rig): string => JSON.stringify(app.said.cards);

async function found(actions: string, mode: "automatic" | "propose" = "automatic"): Promise<Rig> {
  const rig = aRig({ mode, environment: { RESPONSE_ACTIONS: actions } });
  await rig.found(breach, { seenAt: FRESH });
  await rig.tend();
  return rig;
}

/** The timer, an hour after the proof, with what the logs say by then. */
async function anHourLater(rig: Rig, again: () => Promise<Campaign | null>): Promise<number> {
  let asked = 0;
  rig.pass(minutes(60));
  const [record] = await rig.app.ports.journal.list(RESPONSE, CASES, 1);
  if (record?.id.startsWith(CASES)) {
    const askAgain = () => {
      asked += 1;
      return again();
    };
    await answerCase(record, rig.app.hunts, responseRulesOf(rig.app), askAgain, rig.app.ports);
  }
  await rig.tend();
  return asked;
}

describe("without asking, on proof that is five minutes old", () => {
  test("sessions are ended at once: that costs an employee a sign-in, and waiting would cost an hour", async () => {
    expect(writes(await found("revokeSessions"))).toEqual([`revoke ${idOf(1)}`]);
  });

  test("nobody is disabled: a person is asked at once, and told why", async () => {
    const rig = await found("revokeSessions,disableAccount");
    expect(writes(rig)).toEqual([]);
    expect(rig.app.said.cards).toHaveLength(1);
    expect(cards(rig)).toContain("Decision asked");
    expect(cards(rig)).toContain("Proof less than an hour old may still change");
  });

  test("an hour later the logs are asked again, and whoever is still proven is disabled", async () => {
    const rig = await found("revokeSessions,disableAccount");
    expect(await anHourLater(rig, async () => breach)).toBe(1);
    expect(writes(rig)).toEqual([`disable ${idOf(1)}`, `revoke ${idOf(1)}`]);
  });

  test("whose proof went away by then is left alone, and is not looked at again", async () => {
    for (const now of [aBreach([]), null]) {
      const rig = await found("revokeSessions,disableAccount");
      await anHourLater(rig, async () => now);
      expect(writes(rig)).toEqual([]);
      expect(await rig.records(CASES)).toEqual([]);
    }
  });

  test.each([
    ["answer in part", async () => partly],
    ["cannot be asked", async () => Promise.reject(new Problem(problemTexts.throttled("Log Analytics", undefined)))],
  ])("where the logs %s by then nothing is done, and they are asked again", async (_, again) => {
    const rig = await found("revokeSessions,disableAccount");
    await anHourLater(rig, again);
    expect(writes(rig)).toEqual([]);
    expect(await rig.records(CASES)).toHaveLength(1);
    await anHourLater(rig, async () => breach);
    expect(writes(rig)).toHaveLength(2);
  });

  test("the question to a person ends with that: no reminder of it, and no incident raised when its time is over", async () => {
    const rig = await found("revokeSessions,disableAccount");
    await anHourLater(rig, async () => breach);
    const before = rig.app.said.cards.length;
    rig.pass(hours(5));
    await rig.tend();
    expect(rig.app.said.cards.slice(before).map(({ id }) => id)).toEqual([]);
    expect(rig.app.said.incidents).toEqual([]);
    expect(rig.app.said.comments.map(({ text }) => text).join()).not.toContain("Nobody decided");
  });
});

test("where a person is asked anyway the age of the proof changes nothing", async () => {
  expect(cards(await found("revokeSessions,disableAccount", "propose"))).not.toContain("Proof less than an hour old");
});

test("a case whose directory could not be asked for an hour is not answered on what the logs said then", async () => {
  const rig = aRig({ mode: "automatic", environment: { RESPONSE_ACTIONS: "revokeSessions" } });
  const person = rig.test.people.get(idOf(1))!;
  person.unreadable = ["user"];
  await rig.found(breach, { seenAt: FRESH });
  await rig.tend();
  person.unreadable = [];
  await anHourLater(rig, async () => aBreach([]));
  expect(writes(rig)).toEqual([]);
});

describe("proof is provisional", () => {
  const row = (first: Instant, last: Instant) => ({ rows: [{ FirstTime: iso(first), LastTime: iso(last) }] });
  const seen = later(PROVEN, minutes(90));
  test("until its first sign-in was an hour old when the logs were asked", () => {
    expect(isProvisional(row(PROVEN, PROVEN), null, later(PROVEN, minutes(59)))).toBe(true);
    expect(isProvisional(row(PROVEN, PROVEN), null, later(PROVEN, minutes(60)))).toBe(false);
    expect(isProvisional(row(PROVEN, later(PROVEN, minutes(85))), null, seen)).toBe(false);
  });
  test("again where only what came after an earlier answer is younger than that", () => {
    expect(isProvisional(row(PROVEN, later(PROVEN, minutes(85))), later(PROVEN, minutes(5)), seen)).toBe(true);
    expect(isProvisional(row(PROVEN, later(PROVEN, minutes(20))), later(PROVEN, minutes(5)), seen)).toBe(false);
  });
  test("where no row says when", () => {
    expect(isProvisional({ rows: [{}] }, null, seen)).toBe(true);
  });
});
