// What was usual, kept in the journal for a day. A cache: whoever is quicker has written, and what is lost is asked again.
import {
  HABIT_KINDS,
  type HabitKind,
  type HabitMemory,
  REMEMBERED_FOR,
  type RememberedHabit,
} from "../findings/remembered-habits.ts";
import type { Journal, JournalRecord } from "../ports.ts";
import { type Instant, later } from "../time.ts";
import { cellOf, HABITS, records } from "./records.ts";

/** Of each kind, the newest; a day of the most important fifty every ten minutes would be more than anybody needs. */
const MOST_REMEMBERED = 2_000;
/** Of the JSON of one record, which may take 1 MiB. */
const MOST_CHARACTERS = 600_000;

const recordOf = (kind: HabitKind): string => `habits ${kind}`;
/** What an older version wrote, or nobody can read, is as good as nothing. */
const knownIn = ({ value }: JournalRecord): readonly RememberedHabit[] => {
  const read = records.habits.schema.safeParse(value);
  return read.success ? read.data.known : [];
};
const isFresh = ({ askedAt }: RememberedHabit, now: Instant): boolean => now < later(askedAt, REMEMBERED_FOR);

/** A run that writes nothing (`keeps` is false) still reads what others have asked. */
export function habitMemory(journal: Journal, keeps: boolean): HabitMemory {
  return {
    recall: async () => (await journal.list(HABITS, "", HABIT_KINDS.length)).flatMap(knownIn),
    async keep(habits) {
      if (!keeps) return;
      for (const [kind, fresh] of Map.groupBy(habits, (habit) => habit.kind)) {
        const record = await journal.read(HABITS, recordOf(kind));
        const known = within([...fresh, ...notAmong(fresh, record === null ? [] : knownIn(record))]);
        const basedOn = record?.version ?? null;
        await journal.commit(HABITS, [{ kind: "put", id: recordOf(kind), value: cellOf({ known }), basedOn }]);
      }
    },
  };
}

/** The others of what is remembered, as far as they may still be used beside these. */
function notAmong(fresh: readonly RememberedHabit[], known: readonly RememberedHabit[]): readonly RememberedHabit[] {
  const values = new Set(fresh.map(({ value }) => value));
  const now = fresh[0]?.askedAt;
  return known.filter((habit) => !values.has(habit.value) && (now === undefined || isFresh(habit, now)));
}

function within(habits: readonly RememberedHabit[]): readonly RememberedHabit[] {
  let characters = 0;
  return habits.slice(0, MOST_REMEMBERED).filter((habit) => {
    characters += JSON.stringify(habit).length;
    return characters <= MOST_CHARACTERS;
  });
}

/** Names and addresses are not kept for longer than they are of use. */
export async function forgetHabits(now: Instant, journal: Journal): Promise<void> {
  for (const record of await journal.list(HABITS, "", HABIT_KINDS.length)) {
    const known = knownIn(record);
    const kept = known.filter((habit) => isFresh(habit, now));
    if (kept.length === known.length && kept.length > 0) continue;
    await journal.commit(HABITS, [
      kept.length === 0
        ? { kind: "delete", id: record.id, basedOn: record.version }
        : { kind: "put", id: record.id, value: cellOf({ known: kept }), basedOn: record.version },
    ]);
  }
}
