// A tenant whose logs are a list of failed non-interactive sign-ins, each with the moment at which it arrives. It answers
// the questions of the single-factor hunt, and those about what has arrived, as the service would at that moment.
import type { Answer, Cell, Clock, Logs, Question, Row } from "../src/ports.ts";
import { Problem, problemTexts } from "../src/problems.ts";
import { alignDown, DAY, duration, earlier, type Instant, iso, MINUTE, minutes, parseInstant } from "../src/time.ts";

export interface TestSignIn {
  readonly at: Instant;
  readonly arrives: Instant;
  readonly account: string;
  readonly code: string;
  readonly address: string;
}

export interface TestTenant extends Logs {
  readonly asked: Question[];
  readonly signIns: TestSignIn[];
  /** Whatever it throws or gives instead of the tenant's own answer. */
  before: (question: Question) => Partial<Answer> | undefined | Promise<Partial<Answer> | undefined>;
}

const BIN = minutes(10);
const TABLE = "AADNonInteractiveUserSignInLogs";

export function aTenant(clock: Clock, signIns: readonly TestSignIn[] = []): TestTenant {
  const tenant: TestTenant = {
    asked: [],
    signIns: [...signIns],
    before: () => undefined,
    async query(question) {
      tenant.asked.push(question);
      const instead = await tenant.before(question);
      const seen = tenant.signIns.filter(
        ({ at, arrives }) => arrives <= clock.now() && at >= question.window.from && at < question.window.to,
      );
      const rows = rowsFor(question.kql, seen, clock.now());
      return { columns: columnsOf(rows), rows, whole: true, warnings: [], ...instead };
    },
  };
  return tenant;
}

function rowsFor(kql: string, seen: readonly TestSignIn[], now: Instant): readonly Row[] {
  if (kql.includes("Arrived = ingestion_time()")) return arrivals(kql, seen);
  if (kql.includes("RowsLastDay")) return freshness(kql, seen, now);
  if (kql.startsWith("SecurityIncident")) return [{ Incidents: 0 }];
  if (kql.includes("| extend Exclusion =")) return [{ Exclusion: "", Attempts: seen.length }];
  if (kql.includes("Users = count_distinct(Account)")) return windows(seen, kql.includes(SLIDING) ? 3 : 1);
  // Whatever else is asked: nobody got in, nothing is usual for anybody, nothing came after.
  return [];
}

/** A comment in the query of a hunt whose windows are three bins long and begin with every bin. */
export const SLIDING = "// sliding";

function windows(seen: readonly TestSignIn[], length: number): readonly Row[] {
  const placed = seen.flatMap((signIn) =>
    Array.from({ length }, (_, back) => ({ signIn, window: alignDown(earlier(signIn.at, duration(back * BIN)), BIN) })),
  );
  const groups = Map.groupBy(placed, ({ window, signIn }) => `${iso(window)} ${signIn.code}`);
  return [...groups].map(([key, members]): Row => {
    const signIns = members.map(({ signIn }) => signIn);
    const [window = "", code = ""] = key.split(" ");
    const accounts = [...new Set(signIns.map(({ account }) => account))].toSorted();
    const times = signIns.map(({ at }) => at);
    return {
      Window: window,
      ResultType: code,
      Users: accounts.length,
      Attempts: signIns.length,
      First: iso(Math.min(...times) as Instant),
      Last: iso(Math.max(...times) as Instant),
      Accounts: accounts,
      Addresses: [...new Set(signIns.map(({ address }) => address))].toSorted(),
      Networks: [],
      Countries: [],
      Cut: [],
    };
  });
}

function arrivals(kql: string, seen: readonly TestSignIn[]): readonly Row[] {
  const since = parseInstant(/Arrived >= datetime\(([^)]+)\)/.exec(kql)?.[1] ?? "");
  const bins = Map.groupBy(seen, ({ at }) => alignDown(at, BIN));
  return [...bins].map(([bin, signIns]): Row => {
    const delays = signIns.map(({ at, arrives }) => (arrives - at) / 1000);
    return {
      Table: TABLE,
      Bin: iso(bin),
      Rows: signIns.length,
      Lately: signIns.filter(({ arrives }) => since === undefined || arrives >= since).length,
      Newest: latest(signIns.map(({ at }) => at)),
      NewestArrival: latest(signIns.map(({ arrives }) => arrives)),
      Delay: delays.reduce((a, b) => a + b, 0) / delays.length,
    };
  });
}

function freshness(kql: string, seen: readonly TestSignIn[], now: Instant): readonly Row[] {
  if (!kql.startsWith(TABLE)) throw new Problem(problemTexts.missingTable("SigninLogs", "the test's tenant"));
  const lastDay = seen.filter(({ at }) => at >= earlier(now, DAY)).length;
  return [
    {
      NewestRow: latest(seen.map(({ at }) => at)),
      NewestIngestion: latest(seen.map(({ arrives }) => arrives)),
      RowsLastDay: lastDay,
      RowsBefore: seen.length - lastDay,
    },
  ];
}

const latest = (times: readonly Instant[]): Cell => (times.length === 0 ? null : iso(Math.max(...times) as Instant));

export const columnsOf = (rows: readonly Row[]): Answer["columns"] =>
  Object.keys(rows[0] ?? { Window: "", ResultType: "", Users: 0 }).map((name) => ({ name, type: "dynamic" }));

/** A spray: so many accounts that fail with one code within a few minutes. */
export const aSpray = (
  at: Instant,
  { accounts = 40, delay = minutes(5), address = "203.0.113.7", code = "50126" } = {},
): readonly TestSignIn[] =>
  Array.from({ length: accounts }, (_, n) => {
    const moment = (at + n * 1000) as Instant;
    return { at: moment, arrives: (moment + delay) as Instant, account: `user${n}@contoso.example`, code, address };
  });

/** One failed sign-in every ten minutes: nothing to find, and no silence. */
export const aTrickle = (from: Instant, to: Instant, delay = minutes(5)): readonly TestSignIn[] => {
  const signIns: TestSignIn[] = [];
  for (let at = from; at < to; at = (at + 10 * MINUTE) as Instant) {
    signIns.push({
      at,
      arrives: (at + delay) as Instant,
      account: "printer@contoso.example",
      code: "50126",
      address: "192.0.2.10",
    });
  }
  return signIns;
};
