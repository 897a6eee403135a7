import { existsSync } from "node:fs";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { DuckDBInstance } from "@duckdb/node-api";
import { describe, expect, onTestFinished, test } from "vitest";
import { type LogStore, type LogStoreOptions, openLogStore } from "../../src/local/log-store.ts";
import { Problem } from "../../src/problems.ts";
import { instant, later, minutes, seconds } from "../../src/time.ts";
import { logsContract } from "../contracts/logs.ts";
import { aFolder, lines, NOON } from "../kql/load/a-folder.ts";

const noon = instant(Date.parse(NOON));
const window = { from: noon, to: later(noon, minutes(10)) };

async function aStore(
  files: Readonly<Record<string, string | Buffer>>,
  options: Partial<LogStoreOptions> = {},
): Promise<LogStore> {
  const store = await openLogStore({ folder: await aFolder(files), threads: 1, ...options });
  onTestFinished(() => store.close());
  return store;
}

async function problemOf(work: Promise<unknown>): Promise<Problem> {
  const thrown = await work.then(
    () => undefined,
    (error: unknown) => error,
  );
  if (thrown instanceof Problem) return thrown;
  throw thrown ?? new Error("nothing was thrown");
}

logsContract("A folder of logs", (tables) =>
  aStore(Object.fromEntries(Object.entries(tables).map(([name, rows]) => [`${name}.ndjson`, lines(...rows)]))),
);

const signIns = lines(
  { TimeGenerated: NOON, UserId: "1" },
  { TimeGenerated: "2026-11-21T12:09:00.1234Z", UserId: "2" },
);

describe("what a folder of logs says of itself", () => {
  test("its span takes in the last row", async () => {
    const store = await aStore({
      "SigninLogs.ndjson": signIns,
      "AuditLogs.ndjson": lines({ TimeGenerated: "2026-11-21T11:00:00Z" }),
    });
    expect(store.span).toEqual({
      from: Date.parse("2026-11-21T11:00:00Z"),
      to: Date.parse("2026-11-21T12:09:00.124Z"),
    });
    const { rows } = await store.query({ kql: "union SigninLogs, AuditLogs | count", window: store.span ?? window });
    expect(rows).toEqual([{ Count: 3 }]);
  });

  test("without a row it has no span", async () => {
    expect((await aStore({ "SigninLogs.ndjson": "" })).span).toBeNull();
  });

  test("its tables with their rows, files and broken lines", async () => {
    const store = await aStore({ "SigninLogs.ndjson": `${signIns}oops\n`, "SigninLogs-2.ndjson": signIns });
    expect(store.tables).toEqual([
      { name: "SigninLogs", rows: 4, files: ["SigninLogs-2.ndjson", "SigninLogs.ndjson"], broken: 1 },
    ]);
    expect(store.broken).toEqual([{ file: "SigninLogs.ndjson", line: 3, reason: "not JSON" }]);
  });

  test.each([
    ["LogFolder", "/no/such/folder"],
    ["LogFolder", "package.json"],
  ])("a folder that cannot be read is the problem %s with advice", async (code, folder) => {
    const problem = await problemOf(openLogStore({ folder }));
    expect(problem).toMatchObject({ code, retry: false });
    expect(problem.advice).not.toBe("");
  });
});

describe("answers from a folder of logs", () => {
  test("ago() and now() count from the end of the window, and the answer says so", async () => {
    const store = await aStore({ "SigninLogs.ndjson": signIns });
    const kql = "SigninLogs | where TimeGenerated > ago(2m) | project UserId, now = now()";
    const answer = await store.query({ kql, window });
    expect(answer.rows).toEqual([{ UserId: "2", now: "2026-11-21T12:10:00.0000000Z" }]);
    expect(answer.warnings).toEqual(["ago() and now() count from the end of the window, 2026-11-21T12:10:00.000Z."]);
  });

  test("an answer over broken lines is not whole, and says which", async () => {
    const store = await aStore({ "SigninLogs.ndjson": `${signIns}oops\n`, "AuditLogs.ndjson": signIns });
    const broken = "SigninLogs.ndjson: 1 broken line left out (line 3: not JSON).";
    expect(await store.query({ kql: "SigninLogs | count", window })).toMatchObject({
      rows: [{ Count: 2 }],
      whole: false,
      missing: "SigninLogs.ndjson: 1 broken line left out (line 3: not JSON)",
      warnings: [broken],
    });
    expect(store.warnings).toContain(broken);
    expect(await store.query({ kql: "AuditLogs | count", window })).toMatchObject({ whole: true, warnings: [] });
  });

  test.each(["AuditLogs", "let a = AuditLogs; a | count", "['AuditLogs'] | count", 'table("AuditLogs") | take 1'])(
    "a table that the folder lacks is named with the folder: %s",
    async (kql) => {
      const folder = await aFolder({ "SigninLogs.ndjson": signIns });
      const store = await openLogStore({ folder });
      onTestFinished(() => store.close());
      const problem = await problemOf(store.query({ kql, window }));
      expect(problem.code).toBe("MissingTable");
      expect(problem.message).toBe(`The table AuditLogs is not in the folder ${folder}.`);
    },
  );

  test("a mistake in a query is told with its line and column", async () => {
    const store = await aStore({ "SigninLogs.ndjson": signIns });
    const problem = await problemOf(store.query({ kql: "SigninLogs\n| where Nope == 1", window }));
    expect(problem.message).toContain("(line 2, column 9)");
  });

  test("a question past its deadline is given up", async () => {
    const store = await aStore({ "SigninLogs.ndjson": signIns }, { now: () => noon });
    const kql =
      "range a from 1 to 100000 step 1 | extend k = 1 | join kind=inner (range b from 1 to 100000 step 1 | extend k = 1) on k | summarize sum(a * b)";
    const asked = store.query({ kql, window, deadline: later(noon, seconds(0.05)) });
    expect((await problemOf(asked)).code).toBe("KQL_TIME_LIMIT");
    expect((await store.query({ kql: "SigninLogs | count", window })).rows).toEqual([{ Count: 2 }]);
  });

  test.each(["logs", "logs*"])("a Parquet file is asked where it lies, and no other file can be: %s", async (name) => {
    const folder = join(await aFolder({}), name);
    await mkdir(folder);
    await writeFile(join(folder, "secret.csv"), "TimeGenerated\n");
    const instance = await DuckDBInstance.create(":memory:");
    const connection = await instance.connect();
    const path = join(folder, "SigninLogs.parquet");
    await connection.run(
      `COPY (SELECT TIMESTAMP '2026-11-21 12:00:00' AS "TimeGenerated") TO '${path}' (FORMAT parquet)`,
    );
    instance.closeSync();
    const store = await openLogStore({ folder });
    onTestFinished(() => store.close());
    expect((await store.query({ kql: "SigninLogs | count", window })).rows).toEqual([{ Count: 1 }]);
    const read = store.engine.connection.run(`SELECT * FROM read_csv('${join(folder, "secret.csv")}')`);
    await expect(read).rejects.toThrow(/disabled/);
  });

  test("watchlists are read from a folder of their own", async () => {
    const watchlists = await aFolder({ "vips.csv": "User\n1\n" });
    const store = await aStore({ "SigninLogs.ndjson": signIns }, { watchlists });
    const kql = 'SigninLogs | where UserId in ((_GetWatchlist("vips") | project User)) | count';
    expect((await store.query({ kql, window })).rows).toEqual([{ Count: 1 }]);
  });

  test("logs too large for memory lie in a folder that closing removes", async () => {
    const filler = "x".repeat(3000);
    const row = (n: number) => JSON.stringify({ TimeGenerated: NOON, UserId: String(n), UserAgent: filler });
    const store = await openLogStore({
      folder: await aFolder({ "SigninLogs.ndjson": Array.from({ length: 25_000 }, (_, n) => row(n)).join("\n") }),
      memoryLimit: "300MB",
    });
    const kql = "SigninLogs | summarize dcount(UserId), take_any(strlen(UserAgent))";
    expect(Object.values((await store.query({ kql, window })).rows[0] ?? {})).toEqual([25_000, 3000]);
    const read = await store.engine.connection.runAndReadAll("SELECT current_setting('allowed_paths')[1]");
    const path = String(read.getRows()[0]?.[0]);
    expect(existsSync(path)).toBe(true);
    await store.close();
    expect(existsSync(path)).toBe(false);
  });
});
