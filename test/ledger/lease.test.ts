import { expect, test } from "vitest";
import { takeLease } from "../../src/ledger/lease.ts";
import { memoryJournal } from "../../src/local/memory-journal.ts";
import { later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";
import { aClock } from "../test-app.ts";

const noon = at("2026-11-21T12:00:00Z");
const aHouse = () => ({ journal: memoryJournal(), clock: aClock(noon) });

test("one holder at a time: the second is told that there is another", async () => {
  const house = aHouse();
  expect(await takeLease("watch", "first", house)).not.toBeNull();
  expect(await takeLease("watch", "second", house)).toBeNull();
  expect(await takeLease("tend", "second", house)).not.toBeNull();
});

test("a lease that was given back can be taken at once", async () => {
  const house = aHouse();
  await (await takeLease("watch", "first", house))?.release();
  expect(await takeLease("watch", "second", house)).not.toBeNull();
});

test("a holder that is gone loses it after five minutes, and its token is older", async () => {
  const house = aHouse();
  const first = await takeLease("watch", "first", house);
  house.clock.set(later(noon, minutes(5)));
  const second = await takeLease("watch", "second", house);
  expect(second?.token).toBeGreaterThan(first?.token ?? Number.POSITIVE_INFINITY);
  expect(await first?.renew()).toBe(false);
  expect(await second?.renew()).toBe(true);
});

test("who gives back what was stolen takes nothing from the thief", async () => {
  const house = aHouse();
  const first = await takeLease("watch", "first", house);
  house.clock.set(later(noon, minutes(6)));
  await takeLease("watch", "second", house);
  await first?.release();
  expect(await takeLease("watch", "third", house)).toBeNull();
});

test("of two that ask in the same moment one gets it", async () => {
  const house = aHouse();
  const both = await Promise.all([takeLease("watch", "first", house), takeLease("watch", "second", house)]);
  expect(both.filter((lease) => lease !== null)).toHaveLength(1);
});
