// One cheap question: what has arrived in the tables, when, and for which windows. It finds late rows and silence.
import { instantOf, numberOf, textOf } from "../findings/cells.ts";
import type { Hunt } from "../hunts/hunt.ts";
import { signInTablesOf } from "../hunts/prepare-query.ts";
import { MOST_READ, piecesOf } from "../pieces.ts";
import type { Logs, Row } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import {
  alignDown,
  between,
  DAY,
  type Duration,
  days,
  duration,
  earlier,
  HOUR,
  type Instant,
  instant,
  iso,
  later,
  minutes,
  type TimeWindow,
} from "../time.ts";

/**
 * The service gives rows that are more than two days old when they arrive the time of their arrival, so nothing is later.
 * https://learn.microsoft.com/azure/azure-monitor/logs/data-ingestion-time
 */
const LATEST = days(2);
/** `ingestion_time()` is approximate, and a row can be seen a little after it; counting a row twice does no harm. */
const MARGIN = minutes(10);
const BIN = minutes(10);
/** How often is looked for rows that arrive more than a day late. */
const FAR_EVERY = HOUR;

export interface TableArrivals {
  readonly table: string;
  readonly newestRow: Instant;
  readonly newestArrival: Instant;
  /** The mean time from a row's event to its arrival. */
  readonly usualDelay: Duration;
  readonly bins: readonly { readonly from: Instant; readonly rows: number; readonly lately: number }[];
}

export interface Arrivals {
  readonly at: Instant;
  /** Rows that were older than `MOST_READ` when they arrived are counted up to here. */
  readonly farBackTo: Instant;
  readonly tables: readonly TableArrivals[];
  /** Where rows have lately arrived of which only that was asked. */
  readonly farBack: readonly { readonly table: string; readonly from: Instant }[];
}

const NAME = /^[A-Za-z_]\w*$/;

/** The tables that a hunt reads: those of sign-ins by its text, others by the connectors that it names. */
export function tablesOf(hunt: Hunt): readonly string[] {
  const read = [hunt.query, hunt.responder?.judge ?? "", hunt.responder?.attempts ?? ""].flatMap(signInTablesOf);
  const named = hunt.connectors.flatMap((connector) => connector.dataTypes).filter((name) => NAME.test(name));
  return [...new Set(read.length > 0 ? read : named)].toSorted();
}

export function arrivalsQuery(tables: readonly string[], since: Instant): string {
  const legs = tables.map(
    (table) => `(${table} | project Table = "${table}", TimeGenerated, Arrived = ingestion_time())`,
  );
  return `union isfuzzy=true ${legs.join(", ")}
| summarize Rows = count(), Lately = countif(Arrived >= datetime(${iso(since)})), Newest = max(TimeGenerated),
    NewestArrival = max(Arrived), Delay = avg(datetime_diff("second", Arrived, TimeGenerated))
    by Table, Bin = bin(TimeGenerated, 10m)`;
}

/** What the ledgers know of earlier counts; null where there was none. */
export interface Counted {
  /** What has arrived since then is looked for. */
  readonly lately: Instant | null;
  /** The same of rows that were more than a day old by then. */
  readonly farBack: Instant | null;
  /** Late is what lies before this. */
  readonly settledTo: Instant | null;
}

/**
 * What arrived lately, by one question about the last day. What arrives later than that is counted once an hour, and a
 * table without a row in the last day is looked for in the day before. Throws a Problem where the logs cannot be asked.
 */
export async function askArrivals(
  tables: readonly string[],
  { lately, farBack, settledTo }: Counted,
  now: Instant,
  logs: Logs,
  deadline: Instant,
): Promise<Arrivals> {
  const ask = async (some: readonly string[], since: Instant | null, window: TimeWindow): Promise<readonly Row[]> => {
    const kql = arrivalsQuery(some, since === null ? now : earlier(since, MARGIN));
    const answer = await logs.query({ kql, window, deadline });
    // What is missing in it may be the very rows that are late.
    if (!answer.whole) throw new Problem(problemTexts.partialArrivals(answer.missing ?? "the service did not say why"));
    return answer.rows;
  };
  const dayAgo = earlier(now, MOST_READ);
  const rows = [...(await ask(tables, lately, { from: dayAgo, to: now }))];
  const quiet = tables.filter((table) => !rows.some((row) => textOf(row.Table) === table));
  const isDue = farBack !== null && alignDown(now, FAR_EVERY) > alignDown(farBack, FAR_EVERY);
  const far: Row[] = [];
  if (isDue) {
    const from = earlier(farBack, duration(LATEST + MARGIN));
    const to = instant(Math.min(dayAgo, settledTo ?? dayAgo));
    for (const piece of piecesOf({ from, to })) far.push(...(await ask(tables, farBack, piece)));
  }
  if (quiet.length > 0)
    rows.push(...(await lastSigns(() => ask(quiet, null, { from: earlier(dayAgo, DAY), to: dayAgo }))));
  return { ...readArrivals(rows, now, far), farBackTo: isDue ? now : (farBack ?? now) };
}

/** A table that is not there has none; whatever else stands in the way is left to whoever counts what is late. */
async function lastSigns(work: () => Promise<readonly Row[]>): Promise<readonly Row[]> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    return [];
  }
}

export function readArrivals(rows: readonly Row[], at: Instant, far: readonly Row[] = []): Arrivals {
  const byTable = Map.groupBy(rows, (row) => textOf(row.Table));
  const tables = [...byTable].map(([table, own]): TableArrivals => {
    const bins = own.flatMap((row) => {
      const from = instantOf(row.Bin);
      return from === null ? [] : [{ from, rows: numberOf(row.Rows), lately: numberOf(row.Lately) }];
    });
    const count = bins.reduce((sum, bin) => sum + bin.rows, 0);
    const waited = own.reduce((sum, row) => sum + numberOf(row.Rows) * Math.max(0, numberOf(row.Delay)), 0);
    const newest = (column: string): Instant =>
      own.reduce((most, row) => Math.max(most, instantOf(row[column]) ?? 0), 0) as Instant; // the latest of instants is one
    return {
      table,
      newestRow: newest("Newest"),
      newestArrival: newest("NewestArrival"),
      usualDelay: duration(count === 0 ? 0 : Math.round((waited / count) * 1000)),
      bins,
    };
  });
  const farBack = far.flatMap((row) => {
    const from = instantOf(row.Bin);
    return from === null || numberOf(row.Lately) === 0 ? [] : [{ table: textOf(row.Table), from }];
  });
  return { at, farBackTo: at, tables, farBack };
}

/** The stretches before `settledTo` in which rows have lately arrived, of these tables, oldest first. */
export function lateStretches(
  arrivals: Arrivals,
  tables: readonly string[],
  settledTo: Instant,
): readonly TimeWindow[] {
  const near = arrivals.tables.flatMap(({ table, bins }) =>
    bins.filter(({ lately }) => lately > 0).map(({ from }) => ({ table, from })),
  );
  const starts = [...near, ...arrivals.farBack]
    .filter(({ table, from }) => tables.includes(table) && from < settledTo)
    .map(({ from }) => from);
  const stretches: { from: Instant; to: Instant }[] = [];
  for (const from of [...new Set(starts)].toSorted((a, b) => a - b)) {
    const last = stretches.at(-1);
    if (last !== undefined && last.to >= from) last.to = later(from, BIN);
    else stretches.push({ from, to: later(from, BIN) });
  }
  return stretches;
}

/** How far the newest row lags behind the present, of the table that lags most; null where nothing is known. */
export function lagOf(arrivals: Arrivals | null, tables: readonly string[]): Duration | null {
  const known = arrivals?.tables.filter(({ table }) => tables.includes(table)) ?? [];
  if (arrivals === null || known.length === 0) return null;
  return duration(Math.max(...known.map(({ newestRow }) => between(newestRow, arrivals.at))));
}

export interface Silence {
  readonly table: string;
  readonly lastRow: Instant;
  readonly because: string;
}

/**
 * A table is silent when nothing arrived for `limit` though it had rows a day earlier, or when its newest row is older
 * than three times its usual delay (and than `limit`: a table that is quick is not silent after five quiet minutes).
 */
export function silencesOf({ at, tables }: Arrivals, limit: Duration): readonly Silence[] {
  return tables.flatMap(({ table, newestRow, newestArrival, usualDelay, bins }): readonly Silence[] => {
    const age = between(newestRow, at);
    const dayBefore = bins.some(
      ({ from, rows }) => rows > 0 && from >= earlier(at, duration(DAY + limit)) && from < earlier(at, limit),
    );
    const none = between(newestArrival, at) >= limit && dayBefore;
    const slow = age > Math.max(3 * usualDelay, limit);
    if (!none && !slow) return [];
    return [
      {
        table,
        lastRow: newestRow,
        because: none
          ? "no row has arrived, and there were rows the day before"
          : "its newest row is older than three times its usual delay",
      },
    ];
  });
}
