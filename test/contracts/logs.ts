// What every place that holds logs keeps to, whatever is behind it.
import { describe, expect, test } from "vitest";
import type { Cell, Logs } from "../../src/ports.ts";
import { Problem } from "../../src/problems.ts";
import { later, minutes, parseInstant, type TimeWindow } from "../../src/time.ts";

/** Rows by table, in Log Analytics columns; a dynamic cell is a JSON value. */
export type LogTables = Readonly<Record<string, readonly Readonly<Record<string, Cell>>[]>>;

const noon = parseInstant("2026-11-21T12:00:00Z");
if (noon === undefined) throw new Error("noon is a time");
const window: TimeWindow = { from: noon, to: later(noon, minutes(10)) };
const ana = "ana@contoso.example";

const signIn = (TimeGenerated: string, changes: Readonly<Record<string, Cell>> = {}) => ({
  TimeGenerated,
  UserPrincipalName: ana,
  ResultType: "50126",
  ...changes,
});

async function problemOf(answer: Promise<unknown>): Promise<Problem> {
  const error = await answer.then(
    () => new Error("there was an answer"),
    (thrown: unknown) => thrown,
  );
  if (error instanceof Problem) return error;
  throw error;
}

/** `opened` gives logs that hold these tables and no others. */
export function logsContract(name: string, opened: (tables: LogTables) => Promise<Logs>): void {
  describe(`${name} as logs`, () => {
    test("an answer has its columns with their types and its rows by column, in the order of the query", async () => {
      const logs = await opened({
        SigninLogs: [signIn("2026-11-21T12:00:01.5Z"), signIn("2026-11-21T12:00:02Z", { UserPrincipalName: "" })],
      });
      const kql = "SigninLogs | sort by TimeGenerated asc | project UserPrincipalName, TimeGenerated";
      const answer = await logs.query({ kql, window });
      expect(answer.columns).toEqual([
        { name: "UserPrincipalName", type: "string" },
        { name: "TimeGenerated", type: "datetime" },
      ]);
      expect(answer.rows.map((row) => Object.entries(row))).toEqual([
        [
          ["UserPrincipalName", ana],
          ["TimeGenerated", "2026-11-21T12:00:01.5000000Z"],
        ],
        [
          ["UserPrincipalName", ""],
          ["TimeGenerated", "2026-11-21T12:00:02.0000000Z"],
        ],
      ]);
      expect(answer).toMatchObject({ whole: true, warnings: [] });
    });

    test("the beginning of the window is in it, its end is not", async () => {
      const times = [
        "2026-11-21T11:59:59.9Z",
        "2026-11-21T12:00:00Z",
        "2026-11-21T12:09:59.9Z",
        "2026-11-21T12:10:00Z",
      ];
      const logs = await opened({ SigninLogs: times.map((time) => signIn(time)) });
      const { rows } = await logs.query({
        kql: "SigninLogs | summarize min(TimeGenerated), max(TimeGenerated), count()",
        window,
      });
      expect(rows).toEqual([
        {
          min_TimeGenerated: "2026-11-21T12:00:00.0000000Z",
          max_TimeGenerated: "2026-11-21T12:09:59.9000000Z",
          count_: 2,
        },
      ]);
    });

    test("the window holds for every table of a query, however the query reaches it", async () => {
      const rows = [signIn("2026-11-20T12:00:00Z"), signIn("2026-11-21T12:00:00Z")];
      const logs = await opened({ SigninLogs: rows, AADNonInteractiveUserSignInLogs: rows });
      const kql = `let Earlier = AADNonInteractiveUserSignInLogs | project UserPrincipalName;
        union (table("SigninLogs") | project UserPrincipalName), Earlier
        | join kind=inner (SigninLogs | project UserPrincipalName, ResultType) on UserPrincipalName
        | count`;
      expect((await logs.query({ kql, window })).rows).toEqual([{ Count: 2 }]);
    });

    test("no rows are an answer, with its columns", async () => {
      const logs = await opened({ SigninLogs: [] });
      const answer = await logs.query({ kql: "SigninLogs | project UserId, DurationMs", window });
      expect(answer.columns.map((column) => column.type)).toEqual(["string", "long"]);
      expect(answer).toMatchObject({ rows: [], whole: true });
    });

    test("a missing value is null, a missing text is empty, a dynamic value is JSON", async () => {
      const Status = { errorCode: 50126, additionalDetails: null, steps: ["a", 1.5, true] };
      const logs = await opened({ SigninLogs: [signIn("2026-11-21T12:00:00Z", { Status, IsInteractive: true })] });
      const kql = "SigninLogs | project UserId, DurationMs, DeviceDetail, Status, IsInteractive, CreatedDateTime";
      expect((await logs.query({ kql, window })).rows).toEqual([
        { UserId: "", DurationMs: null, DeviceDetail: null, Status, IsInteractive: true, CreatedDateTime: null },
      ]);
    });

    test("a table whose text columns hold JSON gives them back as texts", async () => {
      const Status = '{"errorCode": 50126}';
      const logs = await opened({
        AADNonInteractiveUserSignInLogs: [signIn("2026-11-21T12:00:00Z", { Status, AutonomousSystemNumber: "64496" })],
      });
      const kql =
        "AADNonInteractiveUserSignInLogs | project Status, Code = toint(parse_json(Status).errorCode), AutonomousSystemNumber";
      expect((await logs.query({ kql, window })).rows).toEqual([
        { Status, Code: 50126, AutonomousSystemNumber: "64496" },
      ]);
    });

    test("numbers beyond what a double holds keep their digits, spans of time are texts", async () => {
      const logs = await opened({ SigninLogs: [] });
      const kql = "print big = 9007199254740993, small = 7, half = 0.5, span = 1d + 2h, none = long(null)";
      expect((await logs.query({ kql, window })).rows).toEqual([
        { big: "9007199254740993", small: 7, half: 0.5, span: "1.02:00:00", none: null },
      ]);
    });

    test("odd texts come back as they went in", async () => {
      const texts = ['O\'Brien "x" \\', "\u202Eevil", "**bold** | [x](y)", "line\nbreak", "💡", "%27"];
      const logs = await opened({
        SigninLogs: texts.map((UserId, second) => signIn(`2026-11-21T12:00:0${second}Z`, { UserId })),
      });
      const { rows } = await logs.query({ kql: "SigninLogs | sort by TimeGenerated asc | project UserId", window });
      expect(rows.map((row) => row.UserId)).toEqual(texts);
    });

    test("a table that is not there is a problem that names it and will not pass by itself", async () => {
      const logs = await opened({ SigninLogs: [] });
      for (const kql of [
        "AADNonInteractiveUserSignInLogs | count",
        'table("AADNonInteractiveUserSignInLogs") | count',
      ]) {
        const problem = await problemOf(logs.query({ kql, window }));
        expect(problem).toMatchObject({ code: "MissingTable", retry: false });
        expect(problem.message).toContain("AADNonInteractiveUserSignInLogs");
      }
    });

    test("a fuzzy union does without the table that is not there", async () => {
      const logs = await opened({ SigninLogs: [signIn("2026-11-21T12:00:00Z")] });
      const kql = "union isfuzzy=true SigninLogs, AADNonInteractiveUserSignInLogs | count";
      expect((await logs.query({ kql, window })).rows).toEqual([{ Count: 1 }]);
    });

    test.each([
      "SigninLogs | where",
      "SigninLogs | where NoSuchColumn == 1",
      "SigninLogs | summarize nonsense(UserId)",
    ])("a query that cannot be meant is a problem of the query: %s", async (kql) => {
      const problem = await problemOf((await opened({ SigninLogs: [] })).query({ kql, window }));
      expect(problem.retry).toBe(false);
      expect(problem.code).not.toBe("MissingTable");
      expect(problem.advice).not.toBe("");
    });

    test("a question that was called off has no answer", async () => {
      const logs = await opened({ SigninLogs: [] });
      const question = { kql: "SigninLogs | count", window, signal: AbortSignal.abort() };
      await expect(logs.query(question)).rejects.toThrow();
    });

    test("questions asked at once are answered each by itself", async () => {
      const logs = await opened({ SigninLogs: [signIn("2026-11-21T12:00:00Z")] });
      const asked = Array.from({ length: 8 }, (_, n) => logs.query({ kql: `SigninLogs | project n = ${n}`, window }));
      expect((await Promise.all(asked)).map(({ rows }) => rows[0]?.n)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    });
  });
}
