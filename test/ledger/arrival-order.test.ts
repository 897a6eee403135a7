// Rows come in any order, up to a day late. What is told in the end is what an undisturbed run tells.
import fc from "fast-check";
import { expect, test } from "vitest";
import type { Hunt } from "../../src/hunts/hunt.ts";
import { duration, hours, type Instant, later, minutes } from "../../src/time.ts";
import { at, huntFile, huntOf, ownHunt } from "../builders.ts";
import { soaking } from "../soak.ts";
import { aSpray, SLIDING, type TestSignIn } from "../tenant.ts";
import { aTestApp } from "../test-app.ts";
import { readKnown, runUntil } from "./engine.ts";

const start = at("2026-11-21T12:00:00Z");
const end = later(start, hours(29));
const RUNS = soaking ? 60 : 2;

/** Up to three sprays within three hours, in any strength around the threshold. */
const attacks = fc.array(
  fc.record({
    minute: fc.integer({ min: 15, max: 170 }),
    accounts: fc.integer({ min: 20, max: 70 }),
    code: fc.constantFrom("50126", "50053"),
  }),
  { minLength: 1, maxLength: 3 },
);
/** A delay for each row, most of them short, some up to a day. */
const delays = fc.infiniteStream(
  fc.oneof(
    { weight: 3, arbitrary: fc.integer({ min: 1, max: 15 }) },
    { weight: 1, arbitrary: fc.integer({ min: 15, max: 24 * 60 }) },
  ),
);

const rowsOf = (many: readonly { minute: number; accounts: number; code: string }[]): readonly TestSignIn[] =>
  many.flatMap(({ minute, accounts, code }) => aSpray(later(start, minutes(minute)), { accounts, code }));

/** What is known at the end: of each group, which stretches were told, in which numbers. */
async function knownAfter(hunt: Hunt, signIns: readonly TestSignIn[]) {
  const app = aTestApp(start, { hunts: [hunt], environment: { FIRST_LOOK_BACK: "2h" } });
  app.tenant.signIns.push(...signIns);
  await runUntil(app, end, minutes(30));
  const incidents = app.queue.size;
  return {
    ...(await readKnown(app)),
    incidents,
    cards: new Set(app.said.cards.map(({ id }) => id)).size === app.said.cards.length,
  };
}

/** The same hunt with windows of half an hour that begin every ten minutes, so that late rows join what was apart. */
const sliding = (): Hunt =>
  huntOf(
    huntFile("single-factor-spray")
      .replace("query: |\n", `query: |\n  ${SLIDING}\n`)
      .replace("window: { column: Window, length: 10m }", "window: { column: Window, length: 30m, step: 10m }"),
    "sliding-spray.yaml",
  );

const hunts = {
  "a hunt in aligned windows": () => ownHunt("single-factor-spray"),
  "a hunt in sliding windows": sliding,
};

test.each(Object.entries(hunts))(
  "any delay of any row gives the findings of the undisturbed run: %s",
  async (_, hunt) => {
    await fc.assert(
      fc.asyncProperty(attacks, delays, async (many, late) => {
        const rows = rowsOf(many);
        const delayed = rows.map((row): TestSignIn => {
          const { value } = late.next();
          return { ...row, arrives: later(row.at, duration(minutes(1) * Number(value))) as Instant };
        });
        const undisturbed = await knownAfter(hunt(), rows);
        const disturbed = await knownAfter(hunt(), delayed);
        expect(disturbed.standing).toEqual(undisturbed.standing);
        expect(disturbed.cards).toBe(true);
      }),
      { numRuns: RUNS },
    );
  },
  600_000,
);
