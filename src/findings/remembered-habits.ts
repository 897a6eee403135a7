// What was usual, kept for a day: an answer over two weeks need not be asked for again with every run. Pure.
import type { HabitsRequest } from "../hunts/evidence-query.ts";
import type { Answer, Row } from "../ports.ts";
import { DAY, type Instant, later } from "../time.ts";
import { textOf } from "./cells.ts";

/**
 * "tenant" is what everything else is measured by, and "size" how many accounts are active: the value of both is "". A
 * "known-source" is one with the hours in which somebody got in from it; its value "" is the earliest success of all.
 */
export const HABIT_KINDS = [
  "account",
  "source",
  "network",
  "client",
  "session",
  "tenant",
  "size",
  "known-source",
] as const;
export type HabitKind = (typeof HABIT_KINDS)[number];

/** Holds personal data. */
export interface RememberedHabit {
  readonly kind: HabitKind;
  readonly value: string;
  /** What was usual before then. */
  readonly before: Instant;
  readonly askedAt: Instant;
  /** The rows of the answer that speak of it; none where nobody had ever got in with it. */
  readonly rows: readonly Row[];
}

/** Where they are kept. A cache: what it does not give, or fails to take, is asked of the logs. */
export interface HabitMemory {
  recall(): Promise<readonly RememberedHabit[]>;
  keep(habits: readonly RememberedHabit[]): Promise<void>;
}

export const REMEMBERED_FOR = DAY;
/** What has more rows is asked for again. */
const MOST_ROWS = 300;

export type Remembered = (kind: HabitKind, value: string, before: Instant) => RememberedHabit | undefined;

/**
 * What is remembered and may still be taken for an answer. What was usual before an earlier moment is taken for a later
 * one of the same day, and never the other way round: what an attacker did meanwhile cannot make it usual.
 */
export function rememberedAt(habits: readonly RememberedHabit[], now: Instant): Remembered {
  const fresh = habits.filter(({ askedAt }) => askedAt <= now && now < later(askedAt, REMEMBERED_FOR));
  const byName = Map.groupBy(fresh, ({ kind, value }) => `${kind} ${value}`);
  return (kind, value, before) =>
    byName
      .get(`${kind} ${value}`)
      ?.find((each) => each.before <= before && before <= later(each.before, REMEMBERED_FOR));
}

export const nothingRemembered: Remembered = () => undefined;

/** Of which kind of subject a row of the answer speaks, and of which subject. */
function subjectOf(row: Row): readonly [HabitKind, string] | null {
  switch (textOf(row.Kind)) {
    case "account":
    case "account-source":
    case "account-network":
    case "account-device":
      return ["account", textOf(row.Subject)];
    case "source":
      return ["source", textOf(row.Subject)];
    case "network":
      return ["network", textOf(row.Subject)];
    case "client":
      return ["client", textOf(row.Subject)];
    case "session":
      return ["session", textOf(row.Value)];
    case "tenant":
    case "table":
      return ["tenant", ""];
    default:
      return null;
  }
}

/** An answer as it is remembered, subject by subject; nothing of one that is not whole. `to` is where it ends. */
export function habitsToRemember(
  answer: Answer,
  asked: HabitsRequest,
  to: Instant,
  now: Instant,
): readonly RememberedHabit[] {
  if (!answer.whole) return [];
  const rows = Map.groupBy(answer.rows, (row) => subjectOf(row)?.join(" ") ?? "");
  const remember = (kind: HabitKind, value: string, before: Instant): readonly RememberedHabit[] => {
    const own = rows.get(`${kind} ${value}`) ?? [];
    return own.length > MOST_ROWS ? [] : [{ kind, value, before, askedAt: now, rows: own.map(slim) }];
  };
  return [
    ...asked.accounts.flatMap(({ value, before }) => remember("account", value, before)),
    ...asked.addresses.flatMap(({ value, before }) => remember("source", value, before)),
    ...asked.networks.flatMap(({ value, before }) => remember("network", value, before)),
    ...asked.clients.flatMap(({ value, before }) => remember("client", value, before)),
    ...asked.sessions.flatMap((value) => remember("session", value, to)),
    ...remember("tenant", "", to),
  ];
}

/** Without the columns that say nothing. */
const slim = (row: Row): Row =>
  Object.fromEntries(Object.entries(row).filter(([, cell]) => cell !== null && cell !== ""));
