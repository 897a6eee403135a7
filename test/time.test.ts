import { describe, expect, test } from "vitest";
import {
  alignDown,
  alignUp,
  DAY,
  formatDuration,
  HOUR,
  iso,
  isoDuration,
  MINUTE,
  minutes,
  parseDuration,
  parseInstant,
  within,
} from "../src/time.ts";
import { at } from "./builders.ts";

describe("points in time", () => {
  test.each([
    ["2026-11-21", "2026-11-21T00:00:00.000Z"],
    ["2026-11-21T03:04:05", "2026-11-21T03:04:05.000Z"],
    ["2026-11-21 03:04:05.1234567Z", "2026-11-21T03:04:05.123Z"],
    ["2026-11-21T03:04+02:00", "2026-11-21T01:04:00.000Z"],
    ["2024-02-29", "2024-02-29T00:00:00.000Z"],
  ])("%s is read as UTC", (text, expected) => {
    expect(iso(at(text))).toBe(expected);
  });

  test.each(["", "yesterday", "2026-02-29", "2026-13-01", "2026-11-21T25:00:00Z", "1763700000000"])(
    "%j is no point in time",
    (text) => {
      expect(parseInstant(text)).toBeUndefined();
    },
  );

  test("a window holds its beginning and not its end", () => {
    const window = { from: at("2026-11-21"), to: at("2026-11-22") };
    expect([within(window.from, window), within(window.to, window)]).toEqual([true, false]);
  });

  test("aligning counts from the clock, in both directions", () => {
    expect(iso(alignDown(at("2026-11-21T13:09:59.999Z"), minutes(10)))).toBe("2026-11-21T13:00:00.000Z");
    expect(iso(alignUp(at("2026-11-21T13:00:00.001Z"), minutes(10)))).toBe("2026-11-21T13:10:00.000Z");
    expect(iso(alignUp(at("2026-11-21T13:10:00Z"), minutes(10)))).toBe("2026-11-21T13:10:00.000Z");
  });
});

describe("lengths of time", () => {
  test.each([
    ["90s", 90_000],
    ["1.5h", 1.5 * HOUR],
    ["PT1H30M", 90 * MINUTE],
    ["P1W", 7 * DAY],
    ["2.03:04:05", 2 * DAY + 3 * HOUR + 4 * MINUTE + 5_000],
  ])("%s is read", (text, expected) => {
    expect(parseDuration(text)).toBe(expected);
  });

  test.each(["", "1", "h", "P", "PT", "1y", "-1h", "1:2:3"])("%j is no length of time", (text) => {
    expect(parseDuration(text)).toBeUndefined();
  });

  test("they are printed as Sentinel's files and the service write them", () => {
    expect([14 * DAY, HOUR, 10 * MINUTE, 90_000].map((n) => formatDuration(n as never))).toEqual([
      "14d",
      "1h",
      "10m",
      "90s",
    ]);
    expect([14 * DAY, HOUR, 10 * MINUTE, 90_000].map((n) => isoDuration(n as never))).toEqual([
      "P14D",
      "PT1H",
      "PT10M",
      "PT90S",
    ]);
  });
});
