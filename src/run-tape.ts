// Everything that a run hears from outside, in the order in which it heard it; and ports that say it again.
import { createHash } from "node:crypto";
import type { Answer, Cell, Clock, Directory, Journal, JournalRecord, Logs, Ports, Question } from "./ports.ts";
import { Problem, type ProblemText } from "./problems.ts";
import { type Instant, instant, iso } from "./time.ts";

export const digestOf = (value: unknown): string => createHash("sha256").update(JSON.stringify(value)).digest("hex");

export interface AskedQuestion {
  readonly kql: string;
  readonly from: string;
  readonly to: string;
  readonly rows: number;
  /** Of the rows, whether or not they are kept. */
  readonly digest: string;
  /** Null where it was too large to keep, or where there was none. */
  readonly answer: Answer | null;
  readonly problem: ProblemText | null;
}

interface Heard {
  readonly call: string;
  readonly answer: Cell;
  readonly problem: ProblemText | null;
}

export interface Tape {
  readonly questions: readonly AskedQuestion[];
  /** What the journal held where the run looked, before it wrote. */
  readonly journal: readonly { readonly partition: string; readonly id: string; readonly value: Cell }[];
  readonly directory: readonly Heard[];
  /** The time, each time it was asked for. */
  readonly times: readonly number[];
}

const textOf = ({ code, message, advice, retry }: Problem): ProblemText => ({ code, message, advice, retry });

async function heard<T>(
  work: () => Promise<T>,
): Promise<{ readonly value: T | null; readonly problem: ProblemText | null; readonly thrown: unknown }> {
  try {
    return { value: await work(), problem: null, thrown: undefined };
  } catch (error) {
    return { value: null, problem: error instanceof Problem ? textOf(error) : null, thrown: error };
  }
}

/** The same ports, with a tape that runs along. */
export function recording(ports: Ports): { readonly ports: Ports; readonly tape: () => Tape } {
  const questions: AskedQuestion[] = [];
  const directory: Heard[] = [];
  const times: number[] = [];
  const journal = new Map<string, { partition: string; id: string; value: Cell }>();
  const written = new Set<string>();

  const saw = (partition: string, record: JournalRecord): void => {
    const key = JSON.stringify([partition, record.id]);
    if (!written.has(key) && !journal.has(key)) journal.set(key, { partition, id: record.id, value: record.value });
  };
  const listening =
    <A extends readonly unknown[], T>(name: string, call: (...args: A) => Promise<T>) =>
    async (...args: A): Promise<T> => {
      const { value, problem, thrown } = await heard(() => call(...args));
      directory.push({ call: callOf(name, args), answer: (value ?? null) as Cell, problem });
      if (thrown !== undefined) throw thrown;
      return value as T;
    };
  return {
    tape: () => ({ questions, journal: [...journal.values()], directory, times }),
    ports: {
      ...ports,
      logs: {
        async query(question) {
          const { value, problem, thrown } = await heard(() => ports.logs.query(question));
          const rows = value?.rows ?? [];
          questions.push({ ...placeOf(question), rows: rows.length, digest: digestOf(rows), answer: value, problem });
          if (thrown !== undefined) throw thrown;
          return value as Answer;
        },
      },
      journal: {
        async read(partition, id) {
          const record = await ports.journal.read(partition, id);
          if (record !== null) saw(partition, record);
          return record;
        },
        async list(partition, from, limit) {
          const found = await ports.journal.list(partition, from, limit);
          for (const record of found) saw(partition, record);
          return found;
        },
        async commit(partition, changes) {
          for (const { id } of changes) written.add(JSON.stringify([partition, id]));
          return ports.journal.commit(partition, changes);
        },
      },
      directory: {
        user: listening("user", ports.directory.user),
        groupsAmong: listening("groupsAmong", ports.directory.groupsAmong),
        roles: listening("roles", ports.directory.roles),
      },
      clock: {
        now() {
          const now = ports.clock.now();
          times.push(now);
          return now;
        },
        pause: ports.clock.pause,
      },
    },
  };
}

const placeOf = ({ kql, window }: Question) => ({ kql, from: iso(window.from), to: iso(window.to) });
/** Limits are this process's own affair. */
const callOf = (name: string, args: readonly unknown[]): string =>
  JSON.stringify([name, ...args.filter((arg) => typeof arg === "string" || Array.isArray(arg))]);

const notOnRecord = (what: string): Problem =>
  new Problem({
    code: "NotOnRecord",
    message: `The record has no answer to ${what}.`,
    advice: "The rows were too many to keep, or this version of the app asks something that the run did not.",
    retry: false,
  });

/** Logs, directory and clock as the run heard them; everything that would be said goes nowhere. */
export function replaying(tape: Tape, journal: Journal): Ports {
  const receipt = { url: "", state: "unchanged" as const };
  return {
    logs: logsOf(tape),
    directory: directoryOf(tape),
    clock: clockOf(tape),
    journal,
    incidents: { openOrUpdate: async ({ id }) => ({ id, ...receipt }), comment: async () => undefined },
    cards: { post: async () => undefined },
    sessions: { revoke: async () => undefined, disable: async () => undefined },
    events: { emit() {}, flush: async () => undefined },
  };
}

function logsOf(tape: Tape): Logs {
  const left = [...tape.questions];
  return {
    async query(question) {
      const { kql, from, to } = placeOf(question);
      const at = left.findIndex((each) => each.kql === kql && each.from === from && each.to === to);
      const [asked] = at < 0 ? [] : left.splice(at, 1);
      if (asked?.problem) throw new Problem(asked.problem);
      if (!asked?.answer)
        throw notOnRecord(`the question about ${from} to ${to} that begins with "${kql.slice(0, 60)}"`);
      return asked.answer;
    },
  };
}

function directoryOf(tape: Tape): Directory {
  const answer = async (name: string, args: readonly unknown[]): Promise<Cell> => {
    const call = callOf(name, args);
    const found = tape.directory.find((each) => each.call === call);
    if (found === undefined) throw notOnRecord(`the question to the directory ${call}`);
    if (found.problem) throw new Problem(found.problem);
    return found.answer;
  };
  // What was recorded from these calls has their types.
  return {
    user: async (...args) => (await answer("user", args)) as unknown as Awaited<ReturnType<Directory["user"]>>,
    groupsAmong: async (...args) => (await answer("groupsAmong", args)) as readonly string[],
    roles: async (...args) => (await answer("roles", args)) as readonly string[],
  };
}

function clockOf({ times }: Tape): Clock {
  let asked = 0;
  return {
    now(): Instant {
      const at = times[Math.min(asked, times.length - 1)] ?? 0;
      asked += 1;
      return instant(at);
    },
    pause: async () => undefined,
  };
}
