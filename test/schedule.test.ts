import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { readSchedule, type Schedule } from "../src/schedule.ts";
import { type Instant, instant, iso, MINUTE, parseInstant } from "../src/time.ts";

const at = (text: string): Instant => parseInstant(text)!;

function aSchedule(text: string): Schedule {
  const read = readSchedule(text);
  if ("fault" in read) throw new Error(read.fault);
  return read;
}

function nextOf(text: string, after: string): string | undefined {
  const next = aSchedule(text).nextAfter(at(after));
  return next === undefined ? undefined : iso(next);
}

describe("a timer wakes when its schedule says", () => {
  test.each([
    ["0 */10 * * * *", "2026-11-21T03:00:00Z", "2026-11-21T03:10:00.000Z"],
    ["0 */10 * * * *", "2026-11-21T03:09:59.999Z", "2026-11-21T03:10:00.000Z"],
    ["30 5/10 * * * *", "2026-11-21T03:05:30Z", "2026-11-21T03:15:30.000Z"],
    ["30 5/10 * * * *", "2026-11-21T03:55:31Z", "2026-11-21T04:05:30.000Z"],
    ["0 0 2 * * 1-5", "2026-11-20T02:00:00Z", "2026-11-23T02:00:00.000Z"],
    ["0 30 8,17 * * *", "2026-11-21T08:30:00Z", "2026-11-21T17:30:00.000Z"],
    ["0 0 0 1 jan *", "2026-11-21T00:00:00Z", "2027-01-01T00:00:00.000Z"],
    ["0 0 0 29 2 *", "2026-11-21T00:00:00Z", "2028-02-29T00:00:00.000Z"],
    ["0 0 0 13 * fri", "2026-11-21T00:00:00Z", "2027-08-13T00:00:00.000Z"],
    ["15 0 0 * * MON-WED", "2026-11-25T00:00:15Z", "2026-11-30T00:00:15.000Z"],
  ])("%s after %s is %s", (schedule, after, expected) => {
    expect(nextOf(schedule, after)).toBe(expected);
  });

  test("a day that never comes has no next time", () => {
    expect(nextOf("0 0 0 30 2 *", "2026-11-21T00:00:00Z")).toBeUndefined();
  });

  test("the next time is after the moment asked about and none lies between", () => {
    const everySeven = aSchedule("0 */7 3-5 * * *");
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 4_102_444_800_000 }), (ms) => {
        const next = everySeven.nextAfter(instant(ms))!;
        expect(next).toBeGreaterThan(ms);
        expect(next % MINUTE).toBe(0);
        // What lies just before it is led to it as well.
        expect(everySeven.nextAfter(instant(next - 1))).toBe(next);
      }),
    );
  });
});

describe("a schedule that could not work is refused", () => {
  test.each([
    ["*/10 * * * *", "5 fields"],
    ["* * * * * *", "more than once a minute"],
    ["0,30 * * * * *", "more than once a minute"],
    ["0 60 * * * *", 'minute "60" is not within 0 to 59'],
    ["0 0 24 * * *", 'hour "24" is not within 0 to 23'],
    ["0 0 0 0 * *", 'day "0"'],
    ["0 0 0 * foo *", 'month "foo"'],
    ["0 0 0 * * 7", 'day of the week "7"'],
    ["0 */0 * * * *", 'minute "*/0"'],
    ["0 9-5 * * * *", 'minute "9-5"'],
    ["0 @hourly * * * *", 'the minute is "@hourly"'],
    ["00:10:00", "1 fields"],
  ])("%s", (schedule, because) => {
    const read = readSchedule(schedule);
    expect("fault" in read ? read.fault : "accepted").toContain(because);
  });
});
