import { expect, test } from "vitest";
import { type Errand, usualPatience, withPatience } from "../../src/azure/patience.ts";
import { Problem, problemTexts } from "../../src/problems.ts";
import { later, minutes, seconds } from "../../src/time.ts";
import { aClock, noon, problemOf } from "./test-ports.ts";

const failed = () => Promise.reject(new Problem(problemTexts.serviceFailed("Teams", "status 503")));
const errand = (over: Partial<Errand<string>>): Errand<string> => ({
  service: "Teams",
  longest: minutes(1),
  patience: usualPatience,
  clock: aClock(),
  chance: () => 1,
  attempt: failed,
  ...over,
});

test("waits grow from try to try, and chance spreads them", async () => {
  const [full, half] = [aClock(), aClock()];
  await problemOf(withPatience(errand({ clock: full, chance: () => 1 })));
  await problemOf(withPatience(errand({ clock: half, chance: () => 0 })));
  expect(full.pauses).toEqual([seconds(1), seconds(2), seconds(4)]);
  expect(half.pauses).toEqual([seconds(0.5), seconds(1), seconds(2)]);
});

test("what is final is not tried again", async () => {
  let tries = 0;
  const attempt = () => {
    tries++;
    return Promise.reject(new Problem(problemTexts.requestRefused("Teams", "status 400")));
  };
  await problemOf(withPatience(errand({ attempt })));
  expect(tries).toBe(1);
});

test("a bug is neither tried again nor turned into a Problem", async () => {
  const clock = aClock();
  const attempt = () => Promise.reject(new TypeError("x is not a function"));
  expect(await problemOf(withPatience(errand({ attempt, clock })))).toBeInstanceOf(TypeError);
  expect(clock.pauses).toEqual([]);
});

test("no wait begins that would end after the deadline", async () => {
  const clock = aClock();
  const problem = await problemOf(withPatience(errand({ clock, deadline: later(noon, seconds(2.5)) })));
  expect(problem).toMatchObject({ code: "ServiceFailed" });
  expect(clock.pauses).toEqual([seconds(1)]);
});

test("a wait longer than is worth holding a run for is told instead, however much time is left", async () => {
  const clock = aClock();
  const throttled = new Problem(problemTexts.throttled("Teams", minutes(2)));
  const attempt = () => Promise.reject(throttled);
  const problem = await problemOf(withPatience(errand({ attempt, clock, longest: minutes(60) })));
  expect(problem).toBe(throttled);
  expect(clock.pauses).toEqual([]);
});

test("nothing is waited for in a run that was stopped", async () => {
  const stop = new AbortController();
  const clock = aClock();
  const attempt = () => {
    stop.abort();
    return failed();
  };
  expect(await problemOf(withPatience(errand({ attempt, clock, signal: stop.signal })))).toMatchObject({
    code: "Cancelled",
  });
  expect(clock.pauses).toEqual([]);
});

test("each try knows how long is left, and none has longer than a try may take", async () => {
  const left: number[] = [];
  const attempt = (_signal: AbortSignal, remaining: number) => {
    left.push(remaining);
    return failed();
  };
  await problemOf(withPatience(errand({ attempt, longest: seconds(32) })));
  expect(left).toEqual([seconds(30), seconds(30), seconds(29), seconds(25)]);
});

test("a wait ends when the run is stopped", async () => {
  const stop = new AbortController();
  const clock = {
    ...aClock(),
    pause: (_length: number, signal?: AbortSignal) => {
      const ended = new Promise<void>((resolve) => signal?.addEventListener("abort", () => resolve()));
      stop.abort();
      return ended;
    },
  };
  expect(await problemOf(withPatience(errand({ clock, signal: stop.signal })))).toMatchObject({ code: "Cancelled" });
});

test("what does not listen to its signal is left behind, and its late failure disturbs nobody", async () => {
  const late = Promise.withResolvers<string>();
  const problem = await problemOf(withPatience(errand({ attempt: () => late.promise, longest: seconds(0.05) })));
  expect(problem).toMatchObject({ code: "TooSlow" });
  late.reject(new Error("too late to matter"));
});
