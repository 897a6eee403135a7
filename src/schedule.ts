// The schedules of Azure Functions' timers (NCRONTAB): six fields, always UTC.
import { alignDown, DAY, type Instant, instant, later, SECOND, toDate } from "./time.ts";

export interface Schedule {
  /** As it was written. */
  readonly text: string;
  /** The first occurrence after that moment; undefined where there is none within nine years (30 February). */
  nextAfter(at: Instant): Instant | undefined;
}

interface Field {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly names?: readonly string[];
}

const MONTHS = ["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"];
const WEEKDAYS = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];
const FIELDS: readonly Field[] = [
  { name: "second", from: 0, to: 59 },
  { name: "minute", from: 0, to: 59 },
  { name: "hour", from: 0, to: 23 },
  { name: "day", from: 1, to: 31 },
  { name: "month", from: 1, to: 12, names: MONTHS },
  { name: "day of the week", from: 0, to: 6, names: WEEKDAYS },
];
// 29 February on a given weekday can be 28 years away, or 40 across a year like 2100; nobody schedules that.
const FURTHEST_DAYS = 9 * 366;
const PART = /^(?:\*|([a-z]+|\d+)(?:-([a-z]+|\d+))?)(?:\/(\d+))?$/;

/** Reads `{second} {minute} {hour} {day} {month} {day of the week}`, or says what is wrong with the text. */
export function readSchedule(text: string): Schedule | { readonly fault: string } {
  const words = text.trim().toLowerCase().split(/\s+/);
  if (words.length !== FIELDS.length) return { fault: `has ${words.length} fields where six are needed` };
  const values: number[][] = [];
  for (const [index, field] of FIELDS.entries()) {
    const read = readField(words[index] ?? "", field);
    if (typeof read === "string") return { fault: read };
    values.push(read);
  }
  const [seconds = [], minutes = [], hours = [], days, months, weekdays] = values;
  // Below a minute the platform keeps no record of what it ran and catches nothing up.
  if (seconds.length > 1) return { fault: "fires more than once a minute; the first field must be a single second" };
  const times = hours.flatMap((h) => minutes.flatMap((m) => seconds.map((s) => (h * 3600 + m * 60 + s) * SECOND)));

  return {
    text: text.trim(),
    nextAfter(at) {
      for (let day = alignDown(at, DAY), tried = 0; tried < FURTHEST_DAYS; day = later(day, DAY), tried++) {
        const date = toDate(day);
        const onThisDay =
          months?.includes(date.getUTCMonth() + 1) &&
          days?.includes(date.getUTCDate()) &&
          weekdays?.includes(date.getUTCDay());
        const time = onThisDay ? times.find((offset) => day + offset > at) : undefined;
        if (time !== undefined) return instant(day + time);
      }
      return undefined;
    },
  };
}

function readField(text: string, field: Field): number[] | string {
  const chosen = new Set<number>();
  for (const part of text.split(",")) {
    const match = PART.exec(part);
    if (!match) return `the field for the ${field.name} is "${part}"`;
    const [, first, last, step = "1"] = match;
    const from = first === undefined ? field.from : numberFor(first, field);
    // "5/10" means from 5 to the end, "5" means 5 alone.
    const open = first === undefined || (last === undefined && match[3] !== undefined);
    const to = open ? field.to : numberFor(last ?? first ?? "", field);
    if (from === undefined || to === undefined || from > to || Number(step) === 0) {
      return `the ${field.name} "${part}" is not within ${field.from} to ${field.to}`;
    }
    for (let value = from; value <= to; value += Number(step)) chosen.add(value);
  }
  return [...chosen].sort((a, b) => a - b);
}

function numberFor(text: string, field: Field): number | undefined {
  const named = field.names?.indexOf(text) ?? -1;
  const value = named >= 0 ? named + field.from : Number(text);
  return value >= field.from && value <= field.to ? value : undefined;
}
