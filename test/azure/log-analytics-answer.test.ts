import { describe, expect, test } from "vitest";
import { anAskedWorkspace, one, table, workspace } from "./asked-workspace.ts";

const far = anAskedWorkspace();
const { ask } = far;

describe("cells", () => {
  const cellOf = async (type: string, value: unknown) => {
    far.loopback.answer({
      headers: { "content-type": "application/json" },
      body: JSON.stringify({ tables: [table([["x", type]], [value])] }),
    });
    return (await ask()).rows[0]?.x;
  };

  test.each([
    ["a missing datetime is missing, not 1970", "datetime", null, null],
    [
      "the first second of 1970 is a datetime like any other",
      "datetime",
      "1970-01-01T00:00:00Z",
      "1970-01-01T00:00:00.0000000Z",
    ],
    ["a datetime keeps its seven digits", "datetime", "2026-11-21T10:00:00.1234567Z", "2026-11-21T10:00:00.1234567Z"],
    ["text in a dynamic column stays text", "dynamic", "50126", "50126"],
    ["text that looks like a power of ten stays text", "dynamic", "1e3", "1e3"],
    ["plain words in a dynamic column stay as they are", "dynamic", "Windows 10", "Windows 10"],
    ["a number that comes as a number is one", "dynamic", 50126, 50126],
    ["an object is an object", "dynamic", '{"errorCode":50126,"nested":[null]}', { errorCode: 50126, nested: [null] }],
    ["a list is a list", "dynamic", '["192.0.2.1"]', ["192.0.2.1"]],
    ["text that only begins like a list stays text", "dynamic", "[sic", "[sic"],
    ["a quoted text is a text", "dynamic", '"50126"', "50126"],
    ["a missing dynamic is missing", "dynamic", null, null],
    ["a missing text is empty", "string", null, ""],
    ["a decimal is text", "decimal", "0.10", "0.10"],
    ["a timespan is text as the service prints it", "timespan", "00:10:00", "00:10:00"],
    ["a missing timespan is missing", "timespan", null, null],
    ["a guid is text", "guid", workspace, workspace],
    ["a truth that comes as a number is a truth", "bool", 1, true],
    ["what is no number is told so", "real", "NaN", "NaN"],
    ["a missing number is missing", "long", null, null],
    ["a type that we do not know loses nothing", "novel", '{"a":1}', { a: 1 }],
  ])("%s", async (_title, type, value, expected) => {
    expect(await cellOf(type, value)).toEqual(expected);
  });

  test("a whole number that a double cannot hold is text, alone and inside a dynamic", async () => {
    const inside = JSON.stringify('{"id":9007199254740993,"n":7}');
    far.loopback.answer({
      headers: { "content-type": "application/json" },
      body: `{"tables":[{"name":"PrimaryResult","columns":[{"name":"a","type":"long"},{"name":"b","type":"dynamic"}],"rows":[[9007199254740993,${inside}],[-5,"{}"]]}]}`,
    });
    expect((await ask()).rows).toEqual([
      { a: "9007199254740993", b: { id: "9007199254740993", n: 7 } },
      { a: -5, b: {} },
    ]);
  });

  test("columns are found by name, in whatever order they come, and one may be called __proto__", async () => {
    far.loopback.answer({
      body: {
        tables: [
          table(
            [
              ["b", "string"],
              ["__proto__", "string"],
              ["a", "long"],
            ],
            ["x", "y", 1],
          ),
        ],
      },
    });
    const { rows } = await ask();
    expect(rows[0]?.a).toBe(1);
    expect(Object.keys(rows[0] ?? {})).toEqual(["b", "__proto__", "a"]);
  });

  test("the primary result is read where there are more tables", async () => {
    far.loopback.answer({ body: { tables: [{ ...table([["x", "long"]], [0]), name: "QueryStatus" }, one.tables[0]] } });
    expect((await ask()).rows).toEqual([{ Accounts: 31 }]);
  });

  test("an answer without rows says that the tables were read", async () => {
    far.loopback.answer({ body: { tables: [table([["x", "long"]])] }, gzip: true });
    expect(await ask()).toMatchObject({ rows: [], whole: true });
  });
});

describe("answers that are not the whole truth", () => {
  test("a partial answer brings its rows, and why there may be more", async () => {
    const error = {
      code: "PartialError",
      message: "There were some errors when processing your query.",
      details: [
        {
          code: "EngineError",
          message: "Something went wrong processing your query on the server.",
          innererror: {
            code: "-2133196797",
            message: "The results of this query exceed the set limit of 64000000 bytes",
            severity: 2,
            severityName: "Error",
          },
        },
      ],
    };
    far.loopback.answer({ body: { ...one, error } });
    expect(await ask()).toMatchObject({
      rows: [{ Accounts: 31 }],
      whole: false,
      missing: "The service answered in part: The results of this query exceed the set limit of 64000000 bytes.",
    });
  });

  test("an answer with as many rows as the service gives may lack some", async () => {
    const rows = Array.from({ length: 500_000 }, () => [1]);
    far.loopback.answer({ body: { tables: [{ ...table([["x", "int"]]), rows }] } });
    expect(await ask()).toMatchObject({ whole: false, missing: expect.stringContaining("500000") });
  });

  test("an answer that was kept somewhere on the way says how old it is", async () => {
    far.loopback.answer({ body: one, headers: { age: "90" } });
    expect((await ask()).warnings).toEqual([expect.stringContaining("90 seconds old")]);
  });
});
