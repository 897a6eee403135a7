// When things happen: the sample tenant keeps office hours in UTC, and its story is always about last night.
import {
  alignDown,
  DAY,
  days,
  earlier,
  HOUR,
  type Instant,
  instant,
  later,
  minutes,
  type TimeWindow,
} from "../../time.ts";

export interface Calendar {
  readonly window: TimeWindow;
  /** Midnight at the start of last night. */
  readonly night: Instant;
  /** Midnights of every day that the window touches. */
  readonly days: readonly Instant[];
  /** Midnights of the Mondays to Fridays that lie wholly between the window's start and last night's midnight. */
  readonly workdays: readonly Instant[];
}

/** The night's last scene is over by then; a window that ends earlier in the day tells of the night before. */
const STORY_ENDS = minutes(4 * 60 + 15);
/** Four scenes of the quiet crowd need a workday each, whatever day of the week the window ends on. */
const FEWEST_DAYS = 8;
/** What a workspace keeps without being asked to keep more. */
const MOST_DAYS = 90;

/** 1970-01-01 was a Thursday. */
const weekday = (midnight: Instant): number => (Math.floor(midnight / DAY) + 4) % 7;
export const isWorkday = (midnight: Instant): boolean => weekday(midnight) >= 1 && weekday(midnight) <= 5;

export function calendarUntil(to: Instant, length: number): Calendar {
  if (!Number.isInteger(length) || length < FEWEST_DAYS || length > MOST_DAYS) {
    throw new RangeError(
      `The sample tenant covers ${FEWEST_DAYS} to ${MOST_DAYS} whole days; ${length} were asked for.`,
    );
  }
  const from = earlier(to, days(length));
  const night = alignDown(earlier(to, STORY_ENDS), DAY);
  const midnights: Instant[] = [];
  for (let day = alignDown(from, DAY); day < to; day = later(day, DAY)) midnights.push(day);
  return {
    window: { from, to },
    night,
    days: midnights,
    workdays: midnights.filter((day) => isWorkday(day) && day >= from && day < night),
  };
}

/** A time of day, in hours: `clock(day, 9.5)` is half past nine. */
export const clock = (midnight: Instant, hour: number): Instant => instant(midnight + Math.round(hour * HOUR));
