// One statement of SQL asked of DuckDB: within its limits, stopped when it is to be, its errors told without the SQL.
import type { DuckDBInstance } from "@duckdb/node-api";
import { REFUSED_BY_A_ROW } from "./compilation.ts";
import { KqlError } from "./kql-error.ts";

export interface RunLimits {
  /** Milliseconds. Default: ten minutes, as on the service. */
  readonly timeLimit?: number;
  /** More rows than this are an error, never a part of the answer. Default: 500,000, as on the service. */
  readonly rowLimit?: number;
  readonly signal?: AbortSignal;
}

const TEN_MINUTES = 600_000;
export const MOST_ROWS = 500_000;
/** An interrupt that comes before DuckDB began is lost, so it is repeated until the query has ended. */
const INTERRUPT_EVERY = 25;
/** DuckDB looks for an interrupt between batches of rows; when one batch takes longer than this, nobody waits for it. */
const LONGEST_STOP = 2000;
/** The longest SQL that is handed to DuckDB. */
const LONGEST_SQL = 4_000_000;

/** Throws a KqlError that names `kql`. */
export async function rowsOf(
  instance: DuckDBInstance,
  sql: string,
  kql: string,
  limits: RunLimits,
): Promise<(readonly unknown[])[]> {
  const { timeLimit = TEN_MINUTES, rowLimit = MOST_ROWS, signal } = limits;
  if (sql.length > LONGEST_SQL) throw new KqlError("KQL_TOO_LARGE", "the query grows too large", kql, 0, kql.length);
  const whole = (code: string, message: string, start = 0): KqlError => new KqlError(code, message, kql, start, 0);
  if (signal?.aborted) throw whole("KQL_CANCELLED", "the query was cancelled");
  // A connection of its own, so that an interrupt reaches this query and no other.
  const connection = await instance.connect();
  let stopped: KqlError | undefined;
  let interrupting: NodeJS.Timeout | undefined;
  let overdue: NodeJS.Timeout | undefined;
  const givenUp = Promise.withResolvers<never>();
  const stop = (code: string, message: string) => (): void => {
    stopped ??= whole(code, message);
    const reason = stopped;
    connection.interrupt();
    interrupting ??= setInterval(() => connection.interrupt(), INTERRUPT_EVERY);
    overdue ??= setTimeout(() => givenUp.reject(reason), LONGEST_STOP);
  };
  const timer = setTimeout(stop("KQL_TIME_LIMIT", `the query ran longer than ${timeLimit} ms`), timeLimit);
  const cancel = stop("KQL_CANCELLED", "the query was cancelled");
  signal?.addEventListener("abort", cancel);
  const fetched = async (): Promise<(readonly unknown[])[]> => {
    try {
      const result = await connection.stream(`${sql} LIMIT ${rowLimit + 1}`);
      const rows: (readonly unknown[])[] = [];
      for await (const chunk of result.yieldRows()) {
        for (const row of chunk) rows.push(row);
        if (stopped) throw stopped;
        if (rows.length > rowLimit) throw whole("KQL_ROW_LIMIT", `the answer has more than ${rowLimit} rows`);
      }
      return rows;
    } catch (error) {
      throw error instanceof KqlError ? error : (stopped ?? runError(error, whole));
    } finally {
      clearTimeout(timer);
      clearInterval(interrupting);
      clearTimeout(overdue);
      signal?.removeEventListener("abort", cancel);
      connection.closeSync();
    }
  };
  return Promise.race([fetched(), givenUp.promise]);
}

/** The message of DuckDB's without its SQL, which nobody wrote. */
function runError(error: unknown, whole: (code: string, message: string, start?: number) => KqlError): KqlError {
  const text = (error instanceof Error ? error.message : String(error)).split("\n")[0]?.slice(0, 300) ?? "";
  const refused = REFUSED_BY_A_ROW.exec(text);
  if (refused) return whole(refused[1] ?? "KQL_RUN", refused[3] ?? "", Number(refused[2]));
  if (/^Out of Memory/i.test(text)) return whole("KQL_MEMORY", "the query needs more memory than it may have");
  if (/regex|regular expression|missing \)|missing \]|invalid escape|no argument for repetition/i.test(text)) {
    return whole("KQL_REGEX", text.replace(/^[\w ]+ Error: /, ""));
  }
  if (/^(Out of Range|Conversion)/i.test(text)) return whole("KQL_RANGE", text.replace(/^[\w ]+ Error: /, ""));
  return whole("KQL_RUN", text);
}
