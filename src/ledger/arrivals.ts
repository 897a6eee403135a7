// One cheap question: what has arrived in the tables, when, and for which windows. It finds late rows and silence.
import { instantOf, numberOf, textOf } from "../findings/cells.ts";
import type { Hunt } from "../hunts/hunt.ts";
import { signInTablesOf } from "../hunts/prepare-query.ts";
import type { Answer, Logs } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import {
  between,
  DAY,
  type Duration,
  days,
  duration,
  earlier,
  type Instant,
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
  readonly tables: readonly TableArrivals[];
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

/** `since` is when was last asked; null counts nothing as lately arrived. Throws a Problem where the logs cannot be asked. */
export async function askArrivals(
  tables: readonly string[],
  since: Instant | null,
  now: Instant,
  logs: Logs,
  deadline: Instant,
): Promise<Arrivals> {
  const answer = await logs.query({
    kql: arrivalsQuery(tables, since === null ? now : earlier(since, MARGIN)),
    window: { from: earlier(now, LATEST), to: now },
    deadline,
  });
  // What is missing in it may be the very rows that are late.
  if (!answer.whole) throw new Problem(problemTexts.partialArrivals(answer.missing ?? "the service did not say why"));
  return readArrivals(answer, now);
}

export function readArrivals(answer: Answer, at: Instant): Arrivals {
  const byTable = Map.groupBy(answer.rows, (row) => textOf(row.Table));
  const tables = [...byTable].map(([table, rows]): TableArrivals => {
    const bins = rows.flatMap((row) => {
      const from = instantOf(row.Bin);
      return from === null ? [] : [{ from, rows: numberOf(row.Rows), lately: numberOf(row.Lately) }];
    });
    const count = bins.reduce((sum, bin) => sum + bin.rows, 0);
    const waited = rows.reduce((sum, row) => sum + numberOf(row.Rows) * Math.max(0, numberOf(row.Delay)), 0);
    const newest = (column: string): Instant =>
      rows.reduce((most, row) => Math.max(most, instantOf(row[column]) ?? 0), 0) as Instant; // the latest of instants is one
    return {
      table,
      newestRow: newest("Newest"),
      newestArrival: newest("NewestArrival"),
      usualDelay: duration(count === 0 ? 0 : Math.round((waited / count) * 1000)),
      bins,
    };
  });
  return { at, tables };
}

/** The stretches before `settledTo` in which rows have lately arrived, of these tables, oldest first. */
export function lateStretches(
  arrivals: Arrivals,
  tables: readonly string[],
  settledTo: Instant,
): readonly TimeWindow[] {
  const starts = arrivals.tables
    .filter(({ table }) => tables.includes(table))
    .flatMap(({ bins }) => bins.filter((bin) => bin.lately > 0 && bin.from < settledTo).map((bin) => bin.from));
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
