// Days of an attack that never gets anywhere: two weeks of them in the soak.
import { expect, test, vi } from "vitest";
import { days, earlier, hours, type Instant, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { evident } from "../evident.ts";
import { soaking } from "../soak.ts";
import { aSpray, aTrickle, type TestSignIn } from "../tenant.ts";
import { aTestApp } from "../test-app.ts";
import { runUntil } from "./engine.ts";

vi.setConfig({ testTimeout: soaking ? 900_000 : 180_000 });

const start = at("2026-11-01T12:00:00Z");
const DAYS = soaking ? 14 : 4;
const end = later(start, days(DAYS));

/** One each four hours. */
const A_DAY = 6;

/** Every four hours 40 of the same accounts, each time from another address; nobody ever gets in. */
function theNoise(): readonly TestSignIn[] {
  const noise: TestSignIn[] = [];
  for (let n = 0, from: Instant = start; from < end; n += 1, from = later(from, hours(4)))
    noise.push(...aSpray(later(from, minutes(12)), { address: `198.51.100.${n}` }));
  return noise;
}

test(`${DAYS} days of constant failures are one incident, and no card but the digest of each day`, async () => {
  const app = evident(aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" } }));
  await runUntil(app, later(start, minutes(10)));
  app.said.cards.length = 0;
  app.tenant.signIns.push(...theNoise(), ...aTrickle(later(start, days(3)), end));
  expect(await runUntil(app, end, soaking ? minutes(10) : hours(1))).toBe(0);

  expect(app.queue.size).toBe(1);
  expect([...app.queue.values()]).toMatchObject([{ severity: "Low", title: expect.stringMatching(/^40 attempted/) }]);
  // It was written to again and again: the silence is not that of an app that has stopped.
  expect(app.said.incidents.at(-1)?.lastActivity).toBeGreaterThan(earlier(end, hours(5)));
  const digests = app.said.cards.filter(({ id }) => id.startsWith("digest-"));
  expect([digests.length, app.said.cards.length]).toEqual([DAYS, DAYS]);
  const [, addresses] = /40 accounts from (\d+) addresses/.exec(JSON.stringify(digests.at(-1)?.card)) ?? [];
  expect(Number(addresses)).toBeGreaterThan((DAYS - 1) * A_DAY);
});
