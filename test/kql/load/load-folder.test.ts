import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { LoadError } from "../../../src/kql/load/load-error.ts";
import { aDatabase, aFolder, aRow, at, lines, loaded, loadedFrom, NOON } from "./a-folder.ts";

describe("files and tables", () => {
  test.each([
    ["SigninLogs.ndjson", lines(aRow())],
    ["SigninLogs.jsonl", lines(aRow())],
    ["signinlogs.NDJSON", lines(aRow())],
    ["SigninLogs.json", lines(aRow())],
    ["SigninLogs.json", JSON.stringify([aRow()], null, 2)],
    ["SigninLogs.json", JSON.stringify(aRow(), null, 2)],
    ["SigninLogs.csv", `TimeGenerated,UserPrincipalName\n${NOON},ana@contoso.example\n`],
    ["SigninLogs.csv", `TimeGenerated;UserPrincipalName\r\n${NOON};ana@contoso.example`],
    ["SigninLogs.ndjson.gz", gzipSync(lines(aRow()))],
    ["SigninLogs.json.gz", gzipSync(JSON.stringify([aRow()]))],
    ["SigninLogs.csv.gz", gzipSync(`UserPrincipalName,TimeGenerated\n"ana@contoso.example",${NOON}\n`)],
  ])("%s becomes the table SigninLogs", async (name, content) => {
    const { tables, warnings, rows } = await loaded({ [name]: content });
    expect(tables.map((table) => [table.definition.name, table.rows])).toEqual([["SigninLogs", 1]]);
    expect(warnings).toEqual([]);
    expect(await rows("TimeGenerated", "UserPrincipalName")).toEqual([["2026-11-21 12:00:00", "ana@contoso.example"]]);
  });

  test("the parts of one table are joined, and it is said that they may overlap", async () => {
    const { tables, warnings } = await loaded({
      "SigninLogs.ndjson": lines(aRow()),
      "SigninLogs-2.csv": `TimeGenerated,UserPrincipalName\n${NOON},bo@contoso.example\n`,
      "SigninLogs (3).json": JSON.stringify([aRow(), aRow()]),
    });
    expect(tables.map((table) => table.rows)).toEqual([4]);
    expect(warnings).toEqual([
      "SigninLogs is made up of SigninLogs (3).json, SigninLogs-2.csv, SigninLogs.ndjson. A row that is in two of them counts twice.",
    ]);
  });

  test("files that are no logs, and folders, are named and left", async () => {
    const { tables, warnings } = await loaded({
      "SigninLogs.ndjson": lines(aRow()),
      "README.md": "# logs",
      ".DS_Store": "",
      "AuditLogs.parquet.gz": "",
      "AuditLogs.ndjson/": "",
    });
    expect(tables).toHaveLength(1);
    expect(warnings.map((warning) => warning.split(" ", 1)[0])).toEqual([
      "AuditLogs.ndjson",
      "AuditLogs.parquet.gz",
      "README.md",
    ]);
  });

  test.each([
    ["does not exist", async () => join(await aFolder({}), "nowhere")],
    ["is not a folder", async () => join(await aFolder({ "SigninLogs.ndjson": "" }), "SigninLogs.ndjson")],
    ["holds no log files", () => aFolder({})],
    ["holds no log files (it holds notes.txt)", () => aFolder({ "notes.txt": "" })],
  ])("a folder that %s is refused with that reason", async (reason, folder) => {
    const refused = loadedFrom(await folder());
    await expect(refused).rejects.toThrow(reason);
    await expect(refused).rejects.toBeInstanceOf(LoadError);
  });

  test.skipIf(process.getuid?.() === 0)("a log that may not be read is refused by name", async () => {
    const folder = await aFolder({ "SigninLogs.ndjson": lines(aRow()) });
    await chmod(join(folder, "SigninLogs.ndjson"), 0);
    await expect(loadedFrom(folder)).rejects.toThrow("SigninLogs.ndjson cannot be read (EACCES)");
  });

  test.each(["SigninLogs.ndjson", "SigninLogs.json", "SigninLogs.csv"])(
    "an empty %s is an empty table",
    async (name) => {
      const { tables, warnings, rows } = await loaded({ [name]: "" });
      expect(tables.map((table) => [table.rows, table.span])).toEqual([[0, null]]);
      expect(warnings).toEqual([`${name} is empty.`]);
      expect(await rows("TimeGenerated", "Status")).toEqual([]);
    },
  );

  test("a table spans from its earliest to its latest row", async () => {
    const { tables } = await loaded({ "SigninLogs.ndjson": lines({ TimeGenerated: at(7) }, { TimeGenerated: at(3) }) });
    expect(tables[0]?.span).toEqual({ earliest: Date.parse(at(3)), latest: Date.parse(at(7)) });
  });
});

describe("columns", () => {
  test("a missing column is null, a missing text is empty", async () => {
    const { rows } = await loaded({ "SigninLogs.ndjson": lines({ TimeGenerated: NOON }) });
    expect(await rows("UserId", "DurationMs", "Status", "CreatedDateTime", "IsInteractive")).toEqual([
      ["", null, null, null, null],
    ]);
  });

  test("a column that only a late row of a large log has is read all the same", async () => {
    const filler = "x".repeat(1000);
    const many = Array.from({ length: 20_000 }, () => ({ TimeGenerated: at(1), UserAgent: filler }));
    const late = { ...aRow({ TimeGenerated: at(2), SessionId: "late" }), UserAgent: filler };
    many.splice(10_000, 0, late); // the middle is in none of the blocks that are looked at first
    const { rows, tables } = await loadedFrom(await aFolder({ "SigninLogs.ndjson": lines(...many) }), 0);
    expect(tables[0]?.rows).toBe(20_001);
    expect((await rows("SessionId", "UserPrincipalName")).at(-1)).toEqual(["late", "ana@contoso.example"]);
  });

  test("a column that the table does not have is left out by name", async () => {
    const { warnings } = await loaded({ "SigninLogs.ndjson": lines(aRow(), aRow({ Colour: "red", userid: "" })) });
    expect(warnings).toEqual([
      "SigninLogs.ndjson has columns that SigninLogs does not have; they are left out: Colour, userid.",
    ]);
  });

  test("the columns that every table has are taken where the log has them", async () => {
    const { warnings, rows } = await loaded({ "AuditLogs.ndjson": lines(aRow({ _ItemId: "1", TenantId: "t" })) });
    expect(warnings.join()).not.toContain("_ItemId");
    expect(await rows("_ItemId", "TenantId")).toEqual([["1", "t"]]);
  });

  test("a diagnostic record of a storage account is recognised", async () => {
    const record = { time: NOON, category: "SignInLogs", properties: { userId: "1" } };
    const { warnings, broken } = await loaded({ "SigninLogs.json": lines(record) });
    expect(warnings[0]).toContain("diagnostic records");
    expect(broken).toEqual(["SigninLogs.json:1 no TimeGenerated"]);
  });

  test("an export of a union is put together again from its halves, with the portal's times", async () => {
    const csv = [
      "CreatedDateTime [UTC],Status_dynamic,Status_string,DeviceDetail_string",
      '"4/28/2021, 2:08:45.221 PM","{""errorCode"":50126}",,"{""browser"":""Edge""}"',
      '"4/28/2021, 12:08:46 AM",,"{""errorCode"":0}",',
    ];
    const { warnings, rows, broken } = await loaded({ "SigninLogs.csv": csv.join("\r\n") });
    expect(broken).toEqual([]);
    expect(warnings).toEqual(["SigninLogs.csv has no column TimeGenerated; CreatedDateTime [UTC] is taken for it."]);
    expect(await rows("TimeGenerated", "Status", "DeviceDetail")).toEqual([
      ["2021-04-28 00:08:46", '{"errorCode":0}', null],
      ["2021-04-28 14:08:45.221", '{"errorCode":50126}', '{"browser":"Edge"}'],
    ]);
  });

  test("dynamic columns load as objects and as JSON text, and what is neither stays a text", async () => {
    const values = [{ errorCode: 50126 }, '{"errorCode":50126}', null, "", "plain", ["a"], '["a"]', 'say "no"'];
    const { rows } = await loaded({
      "SigninLogs.ndjson": lines(...values.map((Status, second) => ({ TimeGenerated: at(second), Status }))),
    });
    expect((await rows("Status")).flat()).toEqual([
      '{"errorCode":50126}',
      '{"errorCode":50126}',
      null,
      null,
      '"plain"',
      '["a"]',
      '["a"]',
      '"say \\"no\\""',
    ]);
  });

  test("a text column that is given an object holds its JSON", async () => {
    const given = [{ errorCode: 50126, "b'": "ä" }, '{"errorCode": 50126}', 50126, true];
    const { rows } = await loaded({
      "AADNonInteractiveUserSignInLogs.ndjson": lines(
        ...given.map((Status, second) => ({ TimeGenerated: at(second), Status })),
      ),
    });
    expect((await rows("Status")).flat()).toEqual([
      '{"errorCode":50126,"b\'":"ä"}',
      '{"errorCode": 50126}',
      "50126",
      "true",
    ]);
  });

  test("odd texts arrive as they are", async () => {
    const texts = ['O\'Brien "x" \\', "a\u0000b", "\u202Eevil", "**bold** | x", "line\nbreak", "💡"];
    const { rows } = await loaded({
      "SigninLogs.ndjson": lines(...texts.map((UserId, second) => ({ TimeGenerated: at(second), UserId }))),
    });
    expect((await rows("UserId")).flat()).toEqual(texts);
  });
});

describe("times", () => {
  test.each([
    ["2026-11-21T12:00:00.1234567Z", "2026-11-21 12:00:00.123456"],
    ["2026-11-21T12:59:59.9999999Z", "2026-11-21 12:59:59.999999"],
    ["2026-11-21 12:00:00", "2026-11-21 12:00:00"],
    ["2026-11-21T12:00:00+02:00", "2026-11-21 10:00:00"],
    ["2026-11-21T23:30:00.5-0330", "2026-11-22 03:00:00.5"],
    ["2026-11-21T12:00Z", "2026-11-21 12:00:00"],
    ["2026-11-21", "2026-11-21 00:00:00"],
  ])("%s is %s", async (written, time) => {
    const { rows } = await loaded({ "SigninLogs.ndjson": lines({ TimeGenerated: written }) });
    expect(await rows("TimeGenerated")).toEqual([[time]]);
  });

  test.each(["2026-1-5T00:00:00Z", "epoch", "infinity", "12:00", "11/21/2026, 12:00:00 PM"])(
    "%s is no time",
    async (written) => {
      const { broken } = await loaded({ "SigninLogs.ndjson": lines({ TimeGenerated: written }) });
      expect(broken).toEqual(["SigninLogs.ndjson:1 TimeGenerated is no datetime"]);
    },
  );
});

describe("tables that nobody documented", () => {
  test("their columns get the types that their rows suggest, and this is said", async () => {
    const row = {
      TimeGenerated: NOON,
      Name: "a",
      Count: 3,
      Ratio: 0.5,
      Seen: NOON,
      Ok: true,
      Bag: { a: 1 },
      Mixed: "x",
    };
    const { tables, warnings } = await loaded({ "Vpn_CL.ndjson": lines(row, { ...row, Ratio: 1, Mixed: 1 }) });
    expect(Object.fromEntries(tables[0]?.definition.columns.map(({ name, type }) => [name, type]) ?? [])).toEqual({
      TimeGenerated: "datetime",
      Name: "string",
      Count: "long",
      Ratio: "real",
      Seen: "datetime",
      Ok: "bool",
      Bag: "dynamic",
      Mixed: "string",
    });
    expect(warnings).toEqual([
      "Vpn_CL is no table that is known; its columns have the types that the rows of Vpn_CL.ndjson suggest.",
    ]);
  });

  test("in CSV the texts decide, and the endings of custom logs win over both", async () => {
    const csv = `TimeGenerated,Count,Code,Bag,Number_s,When_t\n${NOON},3,007,"{""a"":1}",5,\n`;
    const { tables } = await loaded({ "Vpn_CL.csv": csv });
    expect(tables[0]?.definition.columns.map((column) => column.type)).toEqual([
      "datetime",
      "long",
      "string",
      "dynamic",
      "string",
      "datetime",
    ]);
  });

  test("without TimeGenerated a file is no log, and its own rows may say what it should be called", async () => {
    const { tables, warnings } = await loaded({
      "SigninLogs.ndjson": lines(aRow()),
      "query_data.csv": "Type,UserId\nSigninLogs,1\n",
    });
    expect(tables).toHaveLength(1);
    expect(warnings).toEqual([
      "query_data.csv was not read: query_data is no table that is known, and has no column TimeGenerated." +
        " Its rows say that they are of SigninLogs: to load them as such, name the file after that table.",
    ]);
  });

  test("of two columns that differ in case alone the first is kept", async () => {
    const { tables, warnings } = await loaded({ "Vpn_CL.ndjson": lines({ TimeGenerated: NOON, a: 1, A: 2 }) });
    expect(tables[0]?.definition.columns.map((column) => column.name)).toEqual(["TimeGenerated", "a"]);
    expect(warnings[0]).toContain("the column A is left out");
  });
});

describe("a folder whose name would be a pattern", () => {
  test.each(["logs*", "logs?", "logs[ab]", "[logs]"])("%s is that folder and no other", async (name) => {
    const around = await aFolder({ [`${name}/`]: "", "logsa/": "" });
    for (const [folder, user] of [
      [name, "mine"],
      ["logsa", "theirs"],
    ] as const) {
      const row = { ...aRow(), UserId: user };
      await writeFile(join(around, folder, "SigninLogs.ndjson"), lines(row));
      await writeFile(join(around, folder, "AuditLogs.json"), JSON.stringify([row, "broken"]));
      await (await aDatabase()).run(
        `COPY (SELECT TIMESTAMP '2026-11-21 12:00:00' AS "TimeGenerated", '${user}' AS "UserId") ` +
          `TO '${join(around, folder, "AADNonInteractiveUserSignInLogs.parquet")}' (FORMAT parquet)`,
      );
    }
    for (const memoryBelow of [0, undefined]) {
      const { everything, tables } = await loadedFrom(join(around, name), memoryBelow);
      expect(tables).toHaveLength(3);
      expect(tables.map(({ rows }) => rows)).toEqual([1, 1, 1]);
      expect(JSON.stringify(await everything())).not.toContain("theirs");
    }
  });
});
