import { expect, test } from "vitest";
import { startTimers } from "../../src/host/timers.ts";
import { readSchedule, type Schedule } from "../../src/schedule.ts";
import { type Duration, type Instant, iso, later } from "../../src/time.ts";
import type { TimerTrigger } from "../../src/triggers/trigger.ts";
import { at } from "../builders.ts";
import { aTestApp } from "../test-app.ts";

const noon = at("2026-11-21T12:00:00Z");
const everyTenMinutes = readSchedule("0 */10 * * * *") as Schedule;

/** A clock on which a pause is over at once, so many times; then it never is. */
function aFastClock(pauses: number) {
  let now = noon;
  let left = pauses;
  return {
    now: (): Instant => now,
    pause: (length: Duration, signal?: AbortSignal): Promise<void> => {
      if (left === 0) return new Promise((resolve) => signal?.addEventListener("abort", () => resolve()));
      left -= 1;
      now = later(now, length);
      return Promise.resolve();
    },
  };
}

function rig(pauses: number, work: () => Promise<void>) {
  const clock = aFastClock(pauses);
  const app = aTestApp(noon, { ports: { clock } });
  const fired: string[] = [];
  const said: string[] = [];
  const trigger: TimerTrigger = {
    kind: "timer",
    name: "watch",
    purpose: "",
    schedule: "WATCH_SCHEDULE",
    load: async () => async () => {
      fired.push(iso(clock.now()).slice(11, 16));
      await work();
    },
  };
  const timers = startTimers({
    timers: [{ trigger, schedule: everyTenMinutes }],
    app,
    newInvocation: () => ({ id: "one", say: (text) => void said.push(text) }),
  });
  return { timers, trigger, fired, said };
}

const settled = () => new Promise((resolve) => setImmediate(resolve));

test("a timer fires by its schedule, again and again", async () => {
  const { timers, fired } = rig(3, async () => undefined);
  await settled();
  expect(fired).toEqual(["12:10", "12:20", "12:30"]);
  await timers.stop();
});

test("a run that fails is told, and the next one comes all the same", async () => {
  const { timers, fired, said } = rig(2, async () => {
    throw new TypeError("broken");
  });
  await settled();
  expect(fired).toHaveLength(2);
  expect(said).toEqual([expect.stringContaining("by a bug: TypeError: broken"), expect.any(String)]);
  await timers.stop();
});

test("a timer that is fired by hand waits for what is under way, and stopping waits for both", async () => {
  let running = 0;
  let most = 0;
  const gate = Promise.withResolvers<void>();
  const { timers, trigger, fired } = rig(0, async () => {
    running += 1;
    most = Math.max(most, running);
    await gate.promise;
    running -= 1;
  });
  const first = timers.run(trigger);
  const second = timers.run(trigger);
  await settled();
  expect(fired).toHaveLength(1);
  gate.resolve();
  await Promise.all([first, second]);
  expect([fired.length, most]).toEqual([2, 1]);
  await timers.stop();
});

test("nothing fires after it was stopped", async () => {
  const { timers, trigger, fired } = rig(0, async () => undefined);
  await timers.stop();
  await timers.run(trigger);
  expect(fired).toEqual([]);
});
