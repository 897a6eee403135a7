import { expect, test } from "vitest";
import { turns } from "../../src/azure/turns.ts";

test("who waits comes in order, and a place that a failure left is free again", async () => {
  const turn = turns(1);
  const done: string[] = [];
  const first = Promise.withResolvers<void>();
  const tasks = [
    turn(() => first.promise),
    turn(async () => done.push("second")),
    turn(async () => done.push("third")),
  ];
  first.reject(new Error("it failed"));
  await expect(tasks[0]).rejects.toThrow("it failed");
  await Promise.all(tasks.slice(1));
  expect(done).toEqual(["second", "third"]);
  expect(await turn(async () => "free")).toBe("free");
});

test("who leaves the queue lets the next one through", async () => {
  const turn = turns(1);
  const first = Promise.withResolvers<void>();
  const leaver = new AbortController();
  const busy = turn(() => first.promise);
  const left = turn(async () => "never", leaver.signal);
  const next = turn(async () => "next");
  leaver.abort(new Error("gone"));
  await expect(left).rejects.toThrow("gone");
  first.resolve();
  await busy;
  expect(await next).toBe("next");
});

test("who has left already takes no place", async () => {
  const turn = turns(1);
  await expect(turn(async () => "never", AbortSignal.abort(new Error("gone")))).rejects.toThrow("gone");
  expect(await turn(async () => "free")).toBe("free");
});
