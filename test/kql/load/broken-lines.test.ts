import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { aRow, at, lines, loaded, NOON } from "./a-folder.ts";

describe("broken lines", () => {
  const good = [aRow({ TimeGenerated: at(1), UserId: "1" }), aRow({ TimeGenerated: at(2), UserId: "2" })];

  test.each<[string, string | Buffer, string]>([
    ["text that is no JSON", '{"TimeGenerated":', "not JSON"],
    ["two objects on one line", '{"TimeGenerated":"2026-11-21T12:00:00Z"}{"a":1}', "not JSON"],
    ["a list", "[1]", "JSON, but no object"],
    ["a word", "null", "JSON, but no object"],
    ["bytes that are no UTF-8", Buffer.from('{"UserId":"\xff"}', "latin1"), "not UTF-8"],
    ["a NUL byte", '{"UserId":"a\0"}', "a control character, not JSON"],
    ["a bare control character", '{"UserId":"a\x01"}', "a control character, not JSON"],
    ["no time", '{"UserId":"a"}', "no TimeGenerated"],
    ["an empty time", '{"TimeGenerated":""}', "no TimeGenerated"],
    ["words for a time", '{"TimeGenerated":"yesterday"}', "TimeGenerated is no datetime"],
    ["a number for a time", '{"TimeGenerated":1790000000}', "TimeGenerated is no datetime"],
    ["a day that is in no calendar", '{"TimeGenerated":"2026-02-30T00:00:00Z"}', "TimeGenerated is no datetime"],
    ["text in a whole number", `{"TimeGenerated":"${NOON}","DurationMs":"soon"}`, "DurationMs is no long"],
    ["a fraction in a whole number", `{"TimeGenerated":"${NOON}","DurationMs":1.5}`, "DurationMs is no long"],
    ["text in a boolean", `{"TimeGenerated":"${NOON}","IsInteractive":"perhaps"}`, "IsInteractive is no bool"],
    ["one key twice", `{"TimeGenerated":"${NOON}","UserId":"a","UserId":"b"}`, "an object with one key twice"],
  ])("%s is reported with its line and never a row", async (_what, line, reason) => {
    const before = Buffer.from(`\n${JSON.stringify(good[0])}\r\n  \n`);
    const content = Buffer.concat([before, Buffer.from(line), Buffer.from(`\n${JSON.stringify(good[1])}`)]);
    const { rows, broken, tables } = await loaded({ "SigninLogs.ndjson": content });
    expect(broken).toEqual([`SigninLogs.ndjson:4 ${reason}`]);
    expect(tables[0]?.files[0]?.broken).toBe(1);
    expect((await rows("UserId")).flat()).toEqual(["1", "2"]);
  });

  test("a log that breaks off in the middle of its last line keeps the rows before", async () => {
    const { broken, rows, warnings } = await loaded({ "SigninLogs.ndjson": lines(...good).slice(0, -20) });
    expect(broken).toEqual(["SigninLogs.ndjson:2 not JSON"]);
    expect(await rows("UserId")).toEqual([["1"]]);
    expect(warnings).toEqual(["SigninLogs.ndjson: 1 broken line left out (line 2: not JSON)."]);
  });

  test("of many broken lines the first twenty are told and all are counted", async () => {
    const { broken, tables, warnings } = await loaded({
      "SigninLogs.ndjson": `${"oops\n".repeat(50)}${lines(...good)}`,
    });
    expect(broken).toHaveLength(20);
    expect(broken.at(-1)).toBe("SigninLogs.ndjson:20 not JSON");
    expect(tables[0]).toMatchObject({ rows: 2, files: [{ broken: 50 }] });
    expect(warnings[0]).toMatch(
      /^SigninLogs.ndjson: 50 broken lines left out \(line 1: not JSON; .*; and 30 more\)\.$/,
    );
  });

  test("a line of tens of megabytes is broken, the line after it is read", async () => {
    const huge = JSON.stringify(aRow({ UserAgent: "x".repeat(40_000_000) }));
    const { broken, rows } = await loaded({
      "SigninLogs.ndjson": `${JSON.stringify(good[0])}\n${huge}\n${JSON.stringify(good[1])}\n`,
    });
    expect(broken).toEqual(["SigninLogs.ndjson:2 longer than 32 MiB"]);
    expect((await rows("UserId")).flat()).toEqual(["1", "2"]);
  });

  test("a record of many megabytes is a row, beside a broken line too", async () => {
    const long = JSON.stringify(aRow({ UserId: "x".repeat(9_000_000) }));
    for (const beside of ["", "oops\n"]) {
      const { rows, tables } = await loaded({ "SigninLogs.ndjson": `${long}\n${beside}` });
      expect(tables[0]?.rows).toBe(1);
      expect(String((await rows("UserId"))[0]?.[0])).toHaveLength(9_000_000);
    }
  });

  test("byte order marks and UTF-16, as Windows writes them, are read", async () => {
    const text = lines(...good);
    const utf16 = Buffer.from(`\ufeff${text}`, "utf16le");
    for (const content of [Buffer.from(`\ufeff${text}`), utf16, Buffer.from(utf16).swap16()]) {
      const { rows, broken } = await loaded({ "SigninLogs.ndjson": content });
      expect(broken).toEqual([]);
      expect((await rows("UserId")).flat()).toEqual(["1", "2"]);
    }
  });

  test("a compressed log that was cut off is not taken for a whole one", async () => {
    const text = lines(...Array.from({ length: 5000 }, (_, n) => aRow({ UserId: String(n), Id: String(Math.sin(n)) })));
    const packed = gzipSync(text);
    const { broken, tables } = await loaded({ "SigninLogs.ndjson.gz": packed.subarray(0, packed.length - 6) });
    expect(broken).toHaveLength(1);
    expect(broken[0]).toContain("the compressed file is damaged or ends early");
    expect(tables[0]?.rows).toBeGreaterThan(1000);
  });

  test("a file that only claims to be compressed is broken from its first line", async () => {
    const { broken, tables } = await loaded({ "SigninLogs.ndjson.gz": lines(...good) });
    expect(broken[0]).toMatch(/^SigninLogs.ndjson.gz:1 the compressed file is damaged/);
    expect(tables[0]?.rows).toBe(0);
  });

  test("in a list of objects the broken ones are found by their lines", async () => {
    const json = `[\n${JSON.stringify(good[0], null, 1)},\n{"TimeGenerated": "never"},\n7,\n{"UserId": oops},\n${JSON.stringify(good[1])}\n]`;
    const { broken, rows } = await loaded({ "SigninLogs.json": json });
    expect(broken).toEqual([
      "SigninLogs.json:7 TimeGenerated is no datetime",
      "SigninLogs.json:8 JSON, but no object",
      "SigninLogs.json:9 not JSON",
    ]);
    expect((await rows("UserId")).flat()).toEqual(["1", "2"]);
  });

  test("a list that is never closed keeps the objects before its end", async () => {
    const { broken, rows } = await loaded({ "SigninLogs.json": JSON.stringify(good, null, 1).slice(0, -10) });
    expect(broken).toEqual(["SigninLogs.json:7 the file ends inside the record that begins here"]);
    expect(await rows("UserId")).toEqual([["1"]]);
  });

  test("in a CSV file rows with too few or too many values, and open quotes, are broken", async () => {
    const csv = [
      "TimeGenerated,UserId,UserAgent",
      `${at(1)},1,"two`,
      'lines, ""quoted"""',
      `${at(2)},few`,
      `${at(2)},too,many,values`,
      "",
      `${at(2)},"open,x`,
      `${at(2)},2,`,
      "soon,3,",
      "",
    ].join("\n");
    const { broken, rows } = await loaded({ "SigninLogs.csv": csv });
    expect(broken).toEqual([
      "SigninLogs.csv:4 2 values under 3 columns",
      "SigninLogs.csv:5 4 values under 3 columns",
      "SigninLogs.csv:7 a quote that is never closed",
      "SigninLogs.csv:9 TimeGenerated is no datetime",
    ]);
    expect(await rows("UserId", "UserAgent")).toEqual([
      ["1", 'two\nlines, "quoted"'],
      ["2", ""],
    ]);
  });
});
