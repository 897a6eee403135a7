// What the engine promises beside its answers: windows, clocks, checks, limits, and that nothing gets out.
import { mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import { openEngine } from "../../src/kql/engine.ts";
import { cellOf, engine, refusalOf, rowsOf } from "./ask.ts";

const at = (iso: string): number => Date.parse(iso);

beforeAll(async () => {
  await engine.connection.run(`CREATE TABLE "Sign""Ins" AS SELECT * FROM (VALUES
    (TIMESTAMP '2026-01-05 13:09:59', 'ada', '{"operatingSystem":"Windows","n":1}'::JSON, 'Windows'),
    (TIMESTAMP '2026-01-05 13:10:00', 'bob', '{"operatingSystem":null}'::JSON, NULL),
    (TIMESTAMP '2026-01-05 13:20:00', '', NULL, NULL)) AS t("TimeGenerated", "User", "Device", "os")`);
  engine.define({
    name: "SignIns",
    relation: '"Sign""Ins"',
    columns: [
      { name: "TimeGenerated", type: "datetime" },
      { name: "User", type: "string" },
      { name: "Device", type: "dynamic" },
    ],
    layouts: { Device: { operatingSystem: { column: '"os"', type: "string" } } },
  });
});

describe("the window", () => {
  const window = { from: at("2026-01-05T13:10:00Z"), to: at("2026-01-05T13:20:00Z") };
  test("takes its beginning and not its end", async () => {
    expect(await rowsOf("SignIns | project User", { window })).toEqual([["bob"]]);
  });
  test("holds for every way to a table", async () => {
    expect(await rowsOf('union SignIns, (table("SignIns")) | count', { window })).toEqual([[2]]);
    expect(await rowsOf("union Sign* | count", { window })).toEqual([[1]]);
  });
  test("gives ago() and now() its end, and a given clock goes before", async () => {
    expect(await cellOf("ago(1h)", { window })).toBe("2026-01-05T12:20:00.0000000Z");
    expect(await cellOf("now()", { window, now: at("2026-02-01T00:00:00Z") })).toBe("2026-02-01T00:00:00.0000000Z");
  });
});

test("a query asked again over the same window sees the rows and the columns of now", async () => {
  const own = await openEngine({ threads: 1 });
  const window = { from: 0, to: at("2026-01-05T13:20:00Z") };
  try {
    await own.connection.run("CREATE TABLE t AS SELECT 1::BIGINT AS a, 2::BIGINT AS b, '{\"k\":1}'::JSON AS d");
    own.define({
      name: "T",
      relation: "t",
      columns: [
        { name: "a", type: "long" },
        { name: "d", type: "dynamic" },
      ],
    });
    expect((await own.query("T | project-away d", { window })).rows).toEqual([[1]]);
    expect((await own.query("T | evaluate bag_unpack(d)", { window })).rows).toEqual([[1, 1]]);
    await own.connection.run('INSERT INTO t VALUES (3, 4, \'{"k":2,"more":3}\')');
    expect((await own.query("T | project-away d", { window })).rows).toEqual([[1], [3]]);
    expect((await own.query("T | evaluate bag_unpack(d) | sort by a asc", { window })).rows).toEqual([
      [1, 1, null],
      [3, 2, 3],
    ]);
    own.define({
      name: "T",
      relation: "t",
      columns: [
        { name: "b", type: "long" },
        { name: "d", type: "dynamic" },
      ],
    });
    expect((await own.query("T | project-away d", { window })).rows).toEqual([[2], [4]]);
    expect((await own.query("print ago(1h)", { window, now: 3_600_000 })).rows).toEqual([
      ["1970-01-01T00:00:00.0000000Z"],
    ]);
    expect((await own.query("print ago(1h)", { window, now: 7_200_000 })).rows).toEqual([
      ["1970-01-01T01:00:00.0000000Z"],
    ]);
  } finally {
    own.close();
  }
});

describe("a let of a table's name", () => {
  test("narrows the table for what follows, and table() still reaches all of it", async () => {
    const narrowed = 'let SignIns = table("SignIns") | where User != "ada";';
    expect(await rowsOf(`${narrowed} SignIns | count`)).toEqual([[2]]);
    expect(await rowsOf(`${narrowed} table("SignIns") | count`)).toEqual([[3]]);
    expect(await rowsOf(`${narrowed} let f = (name:string) { table(name) | count }; f("SignIns")`)).toEqual([[3]]);
  });
});

describe("a column with typed copies", () => {
  test("answers as its JSON does, also behind a projection", async () => {
    const rows = [
      ["Windows", 1],
      [null, null],
      [null, null],
    ];
    expect(await rowsOf("SignIns | project Device.operatingSystem, Device.n")).toEqual(rows);
    expect(await rowsOf("SignIns | extend D = Device | where User != 'x' | project D.operatingSystem, D['n']")).toEqual(
      rows,
    );
    expect(await rowsOf("SignIns | where Device has 'windows' | project tostring(Device.operatingSystem)")).toEqual([
      ["Windows"],
    ]);
  });
});

describe("checking", () => {
  test("tells the columns, the clock and how tables are reached, without running", () => {
    const check = engine.check('SignIns | where TimeGenerated > ago(1d) | union (table("SignIns")) | project User');
    expect(check).toMatchObject({
      diagnostics: [],
      refusals: [],
      clock: true,
      columns: [{ name: "User", type: "string" }],
    });
    expect(check.tables).toEqual([{ name: "SignIns", by: ["name", "table()"] }]);
  });
  test("keeps what no engine could run apart from what this one refuses", () => {
    const wrong = engine.check("SignIns\n| where Nope == 1");
    expect(wrong.diagnostics[0]).toMatchObject({ code: "KS142", severity: "error", line: 2, column: 9, length: 4 });
    expect(wrong.refusals).toEqual([]);
    const refused = engine.check("SignIns\n| reduce by User");
    expect(refused.diagnostics).toEqual([]);
    expect(refused.refusals[0]).toMatchObject({ code: "KQL_UNSUPPORTED", line: 2, column: 3 });
  });
  test("warns of a number compared with a string column", () => {
    expect(engine.check("SignIns | where User == 50126").warnings).toEqual([
      expect.stringContaining("line 1, column 17"),
    ]);
    expect(engine.check("SignIns | where User in (0, 50126)").warnings).toHaveLength(2);
  });
  test("does not know the columns that only rows can tell", () => {
    const check = engine.check("SignIns | evaluate bag_unpack(Device)");
    expect(check.columns).toBeUndefined();
    expect(check.refusals).toEqual([]);
    expect(check.warnings[0]).toContain("depend on the rows");
  });
});

describe("refusals name the construct and its place", () => {
  test.each([
    [
      "print 1 | extend x = series_fit_line(dynamic([1]))",
      "KQL_UNSUPPORTED 1:22 the function series_fit_line() is not supported",
    ],
    ["print 1 | evaluate basket()", "KQL_UNSUPPORTED 1:20 the plugin basket is not supported"],
    [
      "externaldata(x:string)['https://example.com/x']",
      "KQL_UNSUPPORTED 1:1 externaldata reads from the network, which this engine never does",
    ],
    [
      "let f = (s:string) { hash_many(s, s) };\nprint f('x')",
      "KQL_UNSUPPORTED 1:22 the function hash_many() is not supported",
    ],
    [
      "datatable(n:int)[1] | extend x = prev(n)",
      "KQL_NOT_SERIALIZED 1:34 prev(): needs rows in an order: sort or serialize them first",
    ],
    ["print d=dynamic([1]) | sort by d", "KS116 1:32 The value of type 'dynamic' is not allowed in this context."],
    ["print dynamic(1) + dynamic(2)", "KQL_TYPE 1:7 arithmetic on two dynamic values needs a conversion of them"],
    [
      "range n from 1 to 3 step 1 | summarize dcount(n, 9)",
      "KQL_RANGE 1:40 dcount(): the accuracy must be a constant between 0 and 4",
    ],
    [
      "range n from 1 to 3 step 1 | summarize make_set(n, 4, 2)",
      "KS119 1:40 The function 'make_set' expects 2 arguments.",
    ],
    [
      "datatable(s:string)['True', 'true']\n| where s == true",
      "KQL_TYPE 2:9 a text other than True and False is compared with a bool; say tobool()",
    ],
    ["print x='true' | where x in (true)", "KQL_TYPE 1:24 a string among bools needs a conversion"],
    ["print split('abc', '')", "KQL_UNSUPPORTED 1:7 split(): what an empty delimiter splits is not documented"],
    ["let s = 'a';\nset notruncation;\nprint s", "KQL_UNSUPPORTED 2:1 set notruncation is not supported"],
    [
      "let Sign1 = view() { print n = 5 };\nunion Sign*",
      "KQL_UNSUPPORTED 2:7 the view Sign1 fits Sign* too; name the tables one by one",
    ],
    ["union withsource=n (print n = 1), (print n = 2)", "KQL_UNSUPPORTED 1:1 a table has a column n of its own"],
    [
      "print extract_json('$..a', '{}')",
      "KQL_UNSUPPORTED 1:7 extract_json(): the path $..a has more in it than names and positions",
    ],
    [
      "print format_datetime(datetime(2026-11-21), 'dddd')",
      'KQL_UNSUPPORTED 1:7 format_datetime(): "dddd" in the format is not supported',
    ],
    [
      "print decimal(1) / decimal(3)",
      "KQL_UNSUPPORTED 1:7 a division of decimals has more digits than are kept; say todouble()",
    ],
    ["print trim('-', '--a')", "KQL_UNSUPPORTED 1:7 several matches in a row; say (…)+ to cut them all"],
    [
      "datatable(s:string)['ann', 'José']\n| where s matches regex @'\\bann'",
      "KQL_UNSUPPORTED 2:9 \\b in a text with characters beyond ASCII is not supported",
    ],
    ["print 'a' matches regex '[a-z&&[^b]]'", "KQL_UNSUPPORTED 1:7 && inside a class is not supported"],
    ["print 'a' matches regex @'\\<a'", "KQL_UNSUPPORTED 1:7 \\< is not supported in a regular expression"],
    [
      "datatable(s:string, r:string)['a', 'a.', 'b', @'\\w']\n| where s matches regex r",
      "KQL_UNSUPPORTED 2:9 a regular expression that only rows know has a class in it",
    ],
    ["print datetime(0)", "KQL_UNSUPPORTED 1:7 the datetime 0 cannot be read"],
    [
      "datatable(t:datetime)[datetime(2026-11-01)]\n| make-series count() on t in range(ago(36h), now(), 1d)",
      "KQL_UNSUPPORTED 2:28 the range must start on a bin of its step; or say from … to … step …",
    ],
    ["print 99999999999999999999", "KQL_RANGE 1:7 99999999999999999999 does not fit into long"],
    [
      "print datetime(2024-01-01 00:00:00.1234567)",
      "KQL_UNSUPPORTED 1:7 datetimes finer than a microsecond are not kept",
    ],
    [
      "let T = print t=1; let f = (h:long) { toscalar(T | summarize min(t) - h) }; range n from 1 to 2 step 1 | extend x = f(n)",
      "KQL_UNSUPPORTED 1:71 h is of a row, which this subquery cannot see",
    ],
    ["print 1; print 2", "KQL_UNSUPPORTED 1:10 more than one query in a text; end all but the last with let"],
    [
      "print x='a' | where x matches regex '(?=a)'",
      "KQL_REGEX 1:21 look-around and back references are not part of this dialect of regular expressions",
    ],
  ])("%s", async (kql, expected) => expect(await refusalOf(kql)).toBe(expected));
});

describe("the parser's own faults stay inside", () => {
  test("an exception of the parser becomes an error of ours, without its source", async () => {
    const graph =
      "datatable(a:string, b:string)['x', 'y'] | make-graph a --> b | graph-match (n)-[e]->(m) where n.z == 1 project n.q";
    const refusal = await refusalOf(graph);
    expect(refusal).toMatch(/^(K|KQL_|KS)/);
    expect(refusal.length).toBeLessThan(500);
  });
  test("what it does not see is refused all the same", async () => {
    expect(await refusalOf("range n from 1 to 2 step 1 | summarize by n | extend p = prev(n)")).toContain(
      "KQL_NOT_SERIALIZED",
    );
    expect(await refusalOf("print x = 1 | where x == guid(74be27de-1e4e-49d9-b579-fe0b331d3642)")).not.toBe("answered");
  });
  test("deep nesting and endless texts end in an error", async () => {
    expect(await refusalOf(`print ${"(".repeat(5000)}1${")".repeat(5000)}`)).toContain("KQL_TOO_LARGE");
    expect(await refusalOf(`print x=${"-".repeat(20_000)}1`)).not.toBe("");
    expect(await refusalOf(`print '${"x".repeat(250_000)}'`)).toContain("KQL_TOO_LARGE");
  });
  test("a long chain of or is no deep one", async () => {
    const chain = Array.from({ length: 150 }, (_, i) => `n == ${i}`).join(" or ");
    expect(await rowsOf(`range n from 1 to 1000 step 1 | where ${chain} | count`)).toEqual([[149]]);
    expect(await refusalOf(`print x=1${"| extend y = 1 ".repeat(1000)}`)).toContain("KQL_TOO_LARGE");
  });
  test("an expression that would double again and again is refused", async () => {
    const doubling = Array.from({ length: 10 }, () => "| extend a = array_concat(a, a)").join(" ");
    expect(await rowsOf(`print a = dynamic([1]) ${doubling} | project array_length(a)`)).toEqual([[1024]]);
    let nested = "x";
    for (let i = 0; i < 40; i++) nested = `strcat(array_slice(split(${nested}, 'a'), 0, -1))`;
    expect(await refusalOf(`print x='a' | extend y = ${nested}`)).toContain("KQL_TOO_LARGE");
  });
});

describe("limits", () => {
  const endless = "range a from 1 to 1000000000 step 1 | extend k = a % 7 | summarize dcount(strcat(a, k))";
  test("a query that runs too long is stopped", async () => {
    expect(await refusalOf(endless, { timeLimit: 100 })).toContain("KQL_TIME_LIMIT");
  });
  test("a query can be cancelled before and while it runs", async () => {
    expect(await refusalOf("print 1", { signal: AbortSignal.abort() })).toContain("KQL_CANCELLED");
    expect(await refusalOf(endless, { signal: AbortSignal.timeout(100) })).toContain("KQL_CANCELLED");
  });
  test("more rows than allowed are an error, never a part of the answer", async () => {
    expect(await refusalOf("range n from 1 to 11 step 1", { rowLimit: 10 })).toContain("KQL_ROW_LIMIT");
    expect(await rowsOf("range n from 1 to 10 step 1", { rowLimit: 10 })).toHaveLength(10);
  });
  test("the engine goes on after each of them", async () => {
    expect(await cellOf("1")).toBe(1);
  });
});

describe("no way out", () => {
  test("texts and names reach the database only as texts and names", async () => {
    const evil = `a'; DROP TABLE x; -- "b" \\ \u0000 €`;
    expect(await rowsOf(`print x = ${JSON.stringify(evil).replace("\\u0000", "\\0")}`)).toEqual([[evil]]);
    const columns = (await engine.query(`print ['a" FROM x; --'] = 1, ['b\\'c'] = 2 | extend ['d\\'e'] = 3`)).columns;
    expect(columns.map(({ name }) => name)).toEqual(['a" FROM x; --', "b'c", "d'e"]);
    expect(
      await rowsOf(`print d=dynamic({"a\\"b": 1, "c'd": 2, "e.f": 3}) | project d['a"b'], d["c'd"], d["e.f"]`),
    ).toEqual([[1, 2, 3]]);
    expect(await rowsOf(`print s="x' OR 1=1 --" | where s has "x' OR" | count`)).toEqual([[1]]);
  });
  test("names that differ only in case stay apart", async () => {
    expect(await rowsOf("print a=1, A=2 | extend b = a + A | project A, a, b")).toEqual([[2, 1, 3]]);
  });
  test("after the first query the database reads no file and takes no setting", async () => {
    await rowsOf("print 1");
    await expect(engine.connection.run("SELECT * FROM read_csv('/etc/hostname')")).rejects.toThrow(/disabled/);
    await expect(engine.connection.run("SET enable_external_access = true")).rejects.toThrow();
  });
  test("files that were allowed can still be read behind a view, others not", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kql-"));
    await writeFile(join(folder, "in.csv"), "a\n1\n");
    await writeFile(join(folder, "out.csv"), "a\n2\n");
    const own = await openEngine({ threads: 1 });
    try {
      for (const name of ["in", "out"]) {
        await own.connection.run(
          `CREATE VIEW "${name}" AS SELECT a::BIGINT AS a FROM read_csv('${join(folder, name)}.csv')`,
        );
        own.define({ name, relation: `"${name}"`, columns: [{ name: "a", type: "long" }] });
      }
      await own.lock([join(folder, "in.csv")]);
      expect((await own.query("['in']")).rows).toEqual([[1]]);
      await expect(own.query("out")).rejects.toMatchObject({ code: "KQL_RUN" });
    } finally {
      own.close();
    }
  });
});

describe("watchlists", () => {
  test("are CSV files of a folder, their columns bound by name", async () => {
    const folder = await mkdtemp(join(tmpdir(), "kql-"));
    await writeFile(join(folder, "VIP users.csv"), 'User,Note\nada@contoso.example,"first, of course"\n');
    const own = await openEngine({ threads: 1, watchlists: folder });
    try {
      const kql = `let vip = _GetWatchlist('VIP users') | project User, SearchKey;\n// _GetWatchlist('VIP users')\nvip | extend text = "_GetWatchlist('VIP users')"`;
      expect((await own.query(kql)).rows).toEqual([
        ["ada@contoso.example", "ada@contoso.example", "_GetWatchlist('VIP users')"],
      ]);
      const check = own.check("_GetWatchlist('VIP users')\n| where Nope == 1");
      expect(check.diagnostics[0]).toMatchObject({ code: "KS142", line: 2, column: 9 });
      expect(own.check("_GetWatchlist('no such list')").diagnostics[0]).toMatchObject({ severity: "error" });
      expect(own.tables).toEqual([]);
    } finally {
      own.close();
    }
  });
});
