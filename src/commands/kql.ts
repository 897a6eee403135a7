// npm run kql: KQL on the embedded engine, one query or a batch of them.
import { open, readFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { type Engine, openEngine, type QueryOptions, type QueryResult } from "../kql/engine.ts";
import { KqlError } from "../kql/kql-error.ts";
import { defineEmptyTables } from "../local/empty-tables.ts";
import { systemClock, type TimeWindow } from "../time.ts";
import { kqlHelp } from "./help.ts";
import { openLogs } from "./open-logs.ts";
import { askedPeriod, windowOver } from "./period.ts";
import { progressOn } from "./progress.ts";
import { tableText } from "./table-text.ts";
import { UsageError, usageErrorOf } from "./usage.ts";

const OPTIONS = {
  logs: { type: "string" },
  from: { type: "string" },
  to: { type: "string" },
  watchlists: { type: "string" },
  file: { type: "string" },
  batch: { type: "string" },
  json: { type: "boolean" },
  help: { type: "boolean", short: "h" },
} as const;

function parse(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true });
  } catch (error) {
    throw usageErrorOf(error, "kql");
  }
}

async function textOf(path: string, option: string): Promise<string> {
  return readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `${option} ${path} cannot be read (${error.code ?? error.message}).`,
      "Check the path; it is read from the project's folder.",
    );
  });
}

interface Session {
  readonly engine: Engine;
  /** Absent where nobody asked for a period: then every row counts. */
  readonly window: TimeWindow | undefined;
  readonly warnings: readonly string[];
  close(): Promise<void>;
}

async function openSession(values: ReturnType<typeof parse>["values"]): Promise<Session> {
  const period = askedPeriod(values.from, values.to);
  const watchlists = values.watchlists;
  if (values.logs === undefined && values.batch !== undefined) {
    const engine = await openEngine(watchlists === undefined ? {} : { watchlists });
    await defineEmptyTables(engine);
    const asked = period.from !== undefined || period.to !== undefined;
    return {
      engine,
      window: asked ? windowOver(period, null, systemClock()).window : undefined,
      warnings: [],
      close: async () => engine.close(),
    };
  }
  const progress = progressOn(process.stderr);
  const logs = await openLogs({ logs: values.logs, to: period.to, watchlists }, progress);
  progress.clear();
  const asked = period.from !== undefined || period.to !== undefined;
  return {
    engine: logs.store.engine,
    window: asked ? windowOver(period, logs.store.span, systemClock()).window : undefined,
    warnings: logs.store.warnings,
    close: logs.close,
  };
}

const optionsOf = ({ window }: Session): QueryOptions => (window ? { window, now: window.to } : {});

/** One line of a batch; a line that is no question is answered with an error, as any other. */
async function answerLine(line: string, session: Session): Promise<unknown> {
  let asked: { id?: unknown; kql?: unknown };
  try {
    asked = JSON.parse(line) as typeof asked; // checked below
  } catch (error) {
    return {
      id: null,
      error: { code: "BAD_LINE", message: error instanceof Error ? error.message : String(error), line: 1, column: 1 },
    };
  }
  const id = asked?.id ?? null;
  if (typeof asked?.kql !== "string")
    return { id, error: { code: "BAD_LINE", message: 'The line has no "kql" text.', line: 1, column: 1 } };
  try {
    const { columns, rows } = await session.engine.query(asked.kql, optionsOf(session));
    return { id, columns, rows };
  } catch (error) {
    // One line's trouble, even a fault of ours, must not cost the lines after it.
    const known =
      error instanceof KqlError ? error : { code: "KQL_INTERNAL", message: String(error), line: 1, column: 1 };
    return { id, error: { code: known.code, message: known.message, line: known.line, column: known.column } };
  }
}

async function batch(path: string, session: Session): Promise<number> {
  for (const warning of session.warnings) console.error(`Warning: ${warning}`);
  const file = await open(path).catch((error: NodeJS.ErrnoException) => {
    throw new UsageError(
      `--batch ${path} cannot be read (${error.code ?? error.message}).`,
      "Name a file with one JSON line for each query.",
    );
  });
  for await (const line of file.readLines()) {
    if (line.trim() !== "") process.stdout.write(`${JSON.stringify(await answerLine(line, session))}\n`);
  }
  return 0;
}

function show(result: QueryResult, json: boolean, warnings: readonly string[]): void {
  const told = [...warnings, ...result.warnings];
  if (json) {
    console.log(JSON.stringify({ columns: result.columns, rows: result.rows, warnings: told }));
    return;
  }
  console.log(tableText(result, process.stdout.columns ?? 0));
  for (const warning of told) console.error(`Warning: ${warning}`);
}

/** Exit status: 0 the query ran, 1 it failed, 2 wrong use. */
export async function kqlCommand(args: readonly string[]): Promise<number> {
  const { values, positionals } = parse(args);
  if (values.help) {
    console.log(kqlHelp);
    return 0;
  }
  const given = [positionals.length > 0, values.file !== undefined, values.batch !== undefined].filter(Boolean).length;
  if (given !== 1 || positionals.length > 1) {
    const seen = positionals.length > 1 ? `${positionals.length} texts` : given === 0 ? "no query" : "several of them";
    throw new UsageError(
      `Give one query in quotes, or --file, or --batch: there is ${seen}.`,
      "`npm run kql -- --help` shows examples.",
    );
  }
  const kql = values.file === undefined ? (positionals[0] ?? "") : await textOf(values.file, "--file");
  const session = await openSession(values);
  try {
    if (values.batch !== undefined) return await batch(values.batch, session);
    const clock = session.window !== undefined && session.engine.check(kql).clock;
    const warnings = clock
      ? [...session.warnings, "now() and ago() count from the end of the period."]
      : session.warnings;
    show(await session.engine.query(kql, optionsOf(session)), values.json ?? false, warnings);
    return 0;
  } catch (error) {
    if (!(error instanceof KqlError)) throw error;
    const { code, message, line, column } = error;
    if (values.json) console.log(JSON.stringify({ error: { code, message, line, column } }));
    else console.error(`${code}: ${message} (line ${line}, column ${column})`);
    return 1;
  } finally {
    await session.close();
  }
}
