// GET /api/health: can the workspace be asked, are the tables fresh, did the hunts succeed, is an incident seen where the team works.
import { instantOf, numberOf } from "../findings/cells.ts";
import { tablesOf } from "../ledger/arrivals.ts";
import { readLedger } from "../ledger/ledger.ts";
import type { Logs, Row } from "../ports.ts";
import { Problem } from "../problems.ts";
import {
  between,
  DAY,
  days,
  earlier,
  formatDuration,
  type Instant,
  iso,
  later,
  minutes,
  type TimeWindow,
} from "../time.ts";
import { json } from "./answers.ts";
import { type App, isDisabled } from "./app.ts";
import type { HttpHandler } from "./trigger.ts";

/** Far enough back to tell a table that has stopped from one that was never there. */
const LOOK_BACK = days(7);
/** Somebody waits for the answer. */
const PATIENCE = minutes(1);

interface Reason {
  readonly code: string;
  readonly message: string;
  readonly advice: string;
}

interface TableHealth {
  readonly table: string;
  readonly newestRow: string | null;
  readonly newestIngestion: string | null;
  readonly rowsLastDay: number;
  readonly reasons: readonly Reason[];
}

export const freshnessQuery = (table: string, dayAgo: Instant): string => `${table}
| summarize NewestRow = max(TimeGenerated), NewestIngestion = max(ingestion_time()),
    RowsLastDay = countif(TimeGenerated >= datetime(${iso(dayAgo)})), RowsBefore = countif(TimeGenerated < datetime(${iso(dayAgo)}))`;

export const xdrQuery = `SecurityIncident
| summarize Incidents = countif(ProviderName == "Microsoft XDR")`;

const ask = async (logs: Logs, kql: string, now: Instant, window: TimeWindow): Promise<Row> =>
  (await logs.query({ kql, window, deadline: later(now, PATIENCE) })).rows[0] ?? {};

const reasonOf = (error: unknown): Reason => {
  if (!(error instanceof Problem)) throw error;
  return { code: error.code, message: error.message, advice: error.advice };
};

async function tableHealth(table: string, app: App, now: Instant): Promise<TableHealth> {
  const window = { from: earlier(now, LOOK_BACK), to: now };
  const { silence } = app.settings.coverage;
  try {
    const row = await ask(app.ports.logs, freshnessQuery(table, earlier(now, DAY)), now, window);
    const newest = instantOf(row.NewestRow);
    const arrival = instantOf(row.NewestIngestion);
    const rowsLastDay = numberOf(row.RowsLastDay);
    const stale =
      newest === null
        ? `has had no row for ${formatDuration(LOOK_BACK)}`
        : between(newest, now) > silence
          ? `has had no row since ${iso(newest)}`
          : "";
    const reasons =
      stale === ""
        ? []
        : [
            {
              code: "SilentTable",
              message: `${table} ${stale}.`,
              advice:
                "Look at the diagnostic setting of Entra ID that sends this table, and at the workspace's daily cap.",
            },
          ];
    return { table, newestRow: newest && iso(newest), newestIngestion: arrival && iso(arrival), rowsLastDay, reasons };
  } catch (error) {
    return { table, newestRow: null, newestIngestion: null, rowsLastDay: 0, reasons: [reasonOf(error)] };
  }
}

async function huntHealth(app: App, now: Instant) {
  const enabled = app.hunts.filter((hunt) => !isDisabled(app, hunt));
  return Promise.all(
    enabled.map(async (hunt) => {
      const { coverage } = await readLedger(hunt, app.ports.journal);
      const success = coverage?.lastSuccess ?? null;
      // Before its first success a hunt is given as long as the app has been up.
      const waiting = between(success ?? coverage?.since ?? app.startedAt, now);
      const late = waiting > 3 * hunt.queryFrequency + minutes(10);
      const outcome = coverage?.lastRun ?? null;
      const reasons: readonly Reason[] = late
        ? [
            {
              code: "HuntLate",
              message: `${hunt.slug} has not succeeded ${success === null ? "yet" : `since ${iso(success)}`}, and is due every ${formatDuration(hunt.queryFrequency)}.`,
              advice:
                outcome?.outcome === "failed"
                  ? `Its last run failed: ${outcome.code}.`
                  : "Look whether the timer fires; until then POST /api/hunts/{name}/runs runs it.",
            },
          ]
        : [];
      return {
        name: hunt.slug,
        lastSuccess: success && iso(success),
        lastOutcome: outcome?.outcome ?? null,
        open: coverage?.open.length ?? 0,
        reasons,
      };
    }),
  );
}

/** Recent incidents of this provider mean that the workspace is onboarded to the Defender portal. */
async function visibility(app: App, now: Instant): Promise<readonly string[]> {
  try {
    const row = await ask(app.ports.logs, xdrQuery, now, { from: earlier(now, LOOK_BACK), to: now });
    if (numberOf(row.Incidents) === 0) return [];
    return [
      "This workspace has incidents of Microsoft XDR, so the team works in the Defender portal: incidents that this app makes through the API are seen in the Azure portal only.",
    ];
  } catch (error) {
    const { code, message } = reasonOf(error);
    // A workspace without Sentinel's table has simply had no incident yet.
    return code === "MissingTable" ? [] : [`Where incidents are seen could not be found out: ${message}`];
  }
}

export const health: HttpHandler = async (_, app) => {
  const now = app.ports.clock.now();
  const enabled = app.hunts.filter((hunt) => !isDisabled(app, hunt));
  const names = [...new Set(enabled.flatMap(tablesOf))];
  const [tables, hunts, notices] = await Promise.all([
    Promise.all(names.map((name) => tableHealth(name, app, now))),
    huntHealth(app, now),
    visibility(app, now),
  ]);
  const reasons = [...tables, ...hunts].flatMap((each) => each.reasons);
  const distinct = reasons.filter((reason, at) => reasons.findIndex((each) => each.message === reason.message) === at);
  const body = {
    well: distinct.length === 0,
    at: iso(now),
    logs: app.logs,
    reasons: distinct,
    notices,
    tables: tables.map(({ reasons: _reasons, ...table }) => table),
    hunts: hunts.map(({ reasons: _reasons, ...hunt }) => hunt),
  };
  return json(body, distinct.length === 0 ? 200 : 503);
};
