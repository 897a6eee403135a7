// A reply of the Log Analytics query API, read as an answer or told as the Problem that it is.
// Shapes: https://learn.microsoft.com/azure/azure-monitor/logs/api/response-format and .../api/errors
import * as z from "zod";
import type { Answer, Cell, Column, ColumnType, Row } from "../ports.ts";
import { Problem, type ProblemText, problemTexts } from "../problems.ts";
import type { Duration, Instant } from "../time.ts";
import { type Far, looksLikeHtml, misfit, passingTrouble, type Reply, readJson, seen } from "./wire.ts";

export interface Asked {
  readonly far: Far;
  readonly workspace: string;
  /** How long the service was allowed to work. */
  readonly wait: Duration;
  readonly now: Instant;
  /** The role that reading takes. */
  readonly role: string;
}

/** Throws a Problem; an answer without rows means that the tables were read. */
export function readAnswer(reply: Reply, asked: Asked): Answer {
  if (reply.status !== 200) throw failure(reply, asked);
  const { service } = asked.far;
  const unreadable = (what: string) => new Problem(problemTexts.unreadableAnswer(service, what));
  // The service answers so where it could not read the request; it is not an answer without rows.
  if (reply.text.trim() === "") throw unreadable("status 200 without a body");
  if (looksLikeHtml(reply.text)) throw unreadable("a page of HTML with status 200");
  const json = exactJson(reply.text);
  const body = Body.safeParse(json);
  if (!body.success) throw unreadable(json === undefined ? "no JSON" : misfit(body.error));
  const { tables, error } = body.data;
  const table = tables.find((one) => one.name === "PrimaryResult") ?? tables[0];
  if (table === undefined) {
    throw error === undefined ? unreadable("no table") : failureOf(reasonsOf(error), reply, asked);
  }
  const columns: readonly Column[] = table.columns.map(({ name, type }) => ({ name, type: columnType(type) }));
  const rows = table.rows.map((cells) => {
    if (cells.length !== columns.length)
      throw unreadable(`a row of ${cells.length} cells under ${columns.length} columns`);
    return toRow(columns, cells);
  });
  const missing = error === undefined ? limitReached(rows.length) : partWords(error);
  return {
    columns,
    rows,
    whole: missing === undefined,
    ...(missing === undefined ? {} : { missing }),
    warnings: staleness(reply),
  };
}

const Body = z.object({
  tables: z
    .array(
      z.object({
        name: z.string(),
        columns: z.array(z.object({ name: z.string(), type: z.string() })),
        // Cells are converted one by one below; a schema for each of half a million rows would be checked twice.
        rows: z.array(z.array(z.unknown())),
      }),
    )
    .default([]),
  error: z.unknown().optional(),
});

// https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits: the most rows that one answer can have.
const MOST_ROWS = 500_000;

const limitReached = (rows: number): string | undefined =>
  rows < MOST_ROWS ? undefined : `The answer has as many rows as the service gives (${MOST_ROWS}); there may be more.`;

function staleness(reply: Reply): readonly string[] {
  const age = Number(reply.header("age") ?? 0);
  return age > 0 ? [`The service gave an answer that was ${age} seconds old, though a new one was asked for.`] : [];
}

const TYPES: readonly string[] = [
  "bool",
  "int",
  "long",
  "real",
  "decimal",
  "string",
  "datetime",
  "timespan",
  "guid",
  "dynamic",
] satisfies ColumnType[];

/** A type that we do not know is taken as JSON, which loses nothing. */
const columnType = (type: string): ColumnType => (TYPES.includes(type) ? (type as ColumnType) : "dynamic");

// fromEntries, since a column may be called "__proto__".
const toRow = (columns: readonly Column[], cells: readonly unknown[]): Row =>
  Object.fromEntries(columns.map((column, index) => [column.name, toCell(column.type, cells[index])]));

function toCell(type: ColumnType, value: unknown): Cell {
  if (value === null || value === undefined) return type === "string" ? "" : null;
  switch (type) {
    case "dynamic":
      return typeof value === "string" ? dynamicCell(value) : (value as Cell);
    case "bool":
      return typeof value === "number" ? value !== 0 : (value as Cell);
    case "datetime":
      return sevenDigits(String(value));
    case "decimal":
    case "string":
    case "guid":
    case "timespan":
      return typeof value === "object" ? JSON.stringify(value) : String(value);
    case "int":
    case "long":
    case "real":
      return value as Cell;
  }
}

/**
 * A dynamic cell travels as text. What is in braces, brackets or quotes is JSON; any other text stays text, since
 * "50126" or "1e3" cannot be told from a number: a query that wants a number says `toint(...)`.
 */
function dynamicCell(text: string): Cell {
  if (!/^\s*[[{"]/.test(text)) return text;
  const json = exactJson(text);
  return json === undefined ? text : (json as Cell);
}

const DATETIME = /^(\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2})(?:\.(\d{1,7}))?Z$/;

/** With all digits that a datetime has, so that datetimes also sort as texts. */
function sevenDigits(text: string): string {
  const [, seconds, fraction = ""] = DATETIME.exec(text) ?? [];
  return seconds === undefined ? text : `${seconds}.${fraction.padEnd(7, "0")}Z`;
}

/** JSON, with whole numbers that a double cannot hold left as texts. Undefined where it is none. */
function exactJson(text: string): unknown {
  if (!/\d{16}/.test(text)) return readJson(text);
  try {
    return JSON.parse(text, (_key, value, context?: { readonly source?: string }) => {
      const { source = "" } = context ?? {};
      return typeof value === "number" && !Number.isSafeInteger(value) && /^-?\d+$/.test(source) ? source : value;
    });
  } catch {
    return undefined;
  }
}

interface Reason {
  readonly code: string;
  readonly message: string;
  readonly line?: number;
  readonly column?: number;
}

/** Every code and message of an error, the outermost first. Older replies hide the inner ones in a JSON text under `information`. */
function reasonsOf(error: unknown): readonly Reason[] {
  if (typeof error === "string") {
    const json = readJson(error);
    return json === undefined ? reasonInText(error) : reasonsOf(json);
  }
  if (Array.isArray(error)) return error.flatMap(reasonsOf);
  if (typeof error !== "object" || error === null) return [];
  const {
    code,
    message,
    line,
    pos,
    error: inside,
    innererror,
    innerError,
    details,
    information,
  } = error as Record<string, unknown>;
  const own: Reason = {
    code: typeof code === "string" || typeof code === "number" ? String(code) : "",
    message: typeof message === "string" ? message : "",
    ...(typeof line === "number" && typeof pos === "number" ? { line, column: pos } : {}),
  };
  const named = own.code !== "" || own.message !== "" ? [own] : [];
  return [...named, ...[inside, innererror, innerError, details, information].flatMap(reasonsOf)];
}

// "SEM0100: 'where' operator: …" inside a longer text.
function reasonInText(text: string): readonly Reason[] {
  const [, code, message] = /\b((?:SEM|SYN|KS)\d{3,5})\b[:\s]*(.*)/s.exec(text) ?? [];
  return code === undefined || message === undefined ? [] : [{ code, message: message.trim() }];
}

function partWords(error: unknown): string {
  const reasons = reasonsOf(error);
  // The outer ones only say that there is an inner one, and several details can say the same.
  const inside = reasons.filter(
    ({ code, message }) => message !== "" && !["PartialError", "EngineError"].includes(code),
  );
  const told = inside.map((reason) => reason.message.replace(/\.$/, ""));
  const inner = [...new Set(told)].join("; ");
  return `The service answered in part: ${inner === "" ? (reasons[0]?.code ?? "it does not say why") : inner}.`;
}

function failure(reply: Reply, asked: Asked): Problem {
  return failureOf(reasonsOf(readJson(reply.text)), reply, asked);
}

const WORKSPACE_UNKNOWN = ["PathNotFoundError", "FailedToResolveResource", "WorkspaceNotFoundError"];

function failureOf(reasons: readonly Reason[], reply: Reply, asked: Asked): Problem {
  const { far, workspace, wait, now, role } = asked;
  const problem = (text: ProblemText) => new Problem(text);
  const has = (...codes: readonly string[]) => reasons.some((reason) => codes.includes(reason.code));
  const words = seen(reply);
  switch (reply.status) {
    case 204:
      return problem(problemTexts.unreadableAnswer(far.service, "status 204: the workspace holds no data at all"));
    case 401:
      return problem(problemTexts.tokenRefused(far.service, words));
    case 403: {
      const token = reasons.some((reason) => reason.code.startsWith("InvalidAuthenticationToken"));
      if (token) return problem(problemTexts.tokenRefused(far.service, words));
      return problem(problemTexts.noPermission(far.service, words, role, "the workspace"));
    }
    case 504:
      return problem(problemTexts.queryTimedOut(wait));
  }
  const passing = passingTrouble(far, reply, now);
  if (passing !== undefined) return passing;
  if (has(...WORKSPACE_UNKNOWN)) return problem(problemTexts.wrongWorkspace(far.service, workspace, words));
  if (reply.status === 400 || reply.status === 200) return problem(queryTrouble(reasons, asked, words));
  if (reply.status === 404) return problem(problemTexts.wrongWorkspace(far.service, workspace, words));
  return problem(problemTexts.requestRefused(far.service, words));
}

const ON_PLAN = /\b(?:Basic|Auxiliary|Lake)(?: or \w+)? (?:logs? )?tables?\b/i;
const TABLE_UNRESOLVED = /Failed to resolve (?:table|entity)[^']*'([^']+)'/;

function queryTrouble(reasons: readonly Reason[], asked: Asked, words: string): ProblemText {
  const onPlan = reasons.find(
    ({ code, message }) => code === "UnsupportedApiQueryValidationError" || ON_PLAN.test(message),
  );
  if (onPlan !== undefined) return problemTexts.tableOnPlan(onPlan.message.split("\n")[0] ?? "");
  const table = reasons.map(({ message }) => TABLE_UNRESOLVED.exec(message)?.[1]).find((name) => name !== undefined);
  if (table !== undefined) return problemTexts.missingTable(table, `the workspace ${asked.workspace}`);
  const reason = reasons.findLast(({ code }) => /^(SEM|SYN|KS)\d+$/.test(code)) ?? reasons.at(-1);
  if (reason === undefined) return problemTexts.requestRefused(asked.far.service, words);
  const { line, column } = reason.line === undefined ? positionIn(reason.message) : reason;
  const code = reason.code === "" ? "RejectedQuery" : reason.code;
  if (line === undefined || column === undefined) return problemTexts.rejectedQuery(code, reason.message);
  return problemTexts.badQuery(code, reason.message, line, column);
}

/** "… on line [2,20]" */
function positionIn(message: string): { readonly line?: number; readonly column?: number } {
  const [, line, column] = /\[(\d+),(\d+)\]/.exec(message) ?? [];
  return line === undefined ? {} : { line: Number(line), column: Number(column) };
}
