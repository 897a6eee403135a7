// find, over the two tables of its page.
import { afterAll, beforeAll, expect, test } from "vitest";
import { type Engine, openEngine } from "../../../src/kql/engine.ts";

const SESSION = "acbd207d-51aa-4df7-bfa7-be70eb68f04e";
const EVENTS_1 = `datatable(Session_Id: string, Level: string, EventText: string, Version: string)[
  '${SESSION}', 'Information', 'Some Text1', 'v1.0.0',
  '${SESSION}', 'Error', 'Some Text2', 'v1.0.0',
  '28b8e46e-3c31-43cf-83cb-48921c3986fc', 'Error', 'Some Text3', 'v1.0.1',
  '8f057b11-3281-45c3-a856-05ebb18a3c59', 'Information', 'Some Text4', 'v1.1.0']`;
const EVENTS_2 = `datatable(Session_Id: string, Level: string, EventText: string, EventName: string)[
  'f7d5f95f-f580-4ea6-830b-5776c8d64fdd', 'Information', 'Some Other Text1', 'Event1',
  '${SESSION}', 'Information', 'Some Other Text2', 'Event2',
  '${SESSION}', 'Error', 'Some Other Text3', 'Event3',
  '15eaeab5-8576-4b58-8fc6-478f75d8fee4', 'Error', 'Some Other Text4', 'Event4']`;
const VIEWS = `let EventsTable1 = view() { ${EVENTS_1} }; let EventsTable2 = view() { ${EVENTS_2} };`;

let engine: Engine;
beforeAll(async () => {
  engine = await openEngine({ threads: 1 });
});
afterAll(() => engine.close());

const asked = async (kql: string) => {
  const { columns, rows } = await engine.query(`${VIEWS} ${kql}`);
  return { names: columns.map(({ name }) => name).join(" "), rows };
};

test("the page's search for a session: columns of all, and the rest in a bag", async () => {
  expect(await asked(`find Session_Id == '${SESSION}'`)).toEqual({
    names: "source_ Session_Id Level EventText pack_",
    rows: [
      ["EventsTable1", SESSION, "Information", "Some Text1", { Version: "v1.0.0" }],
      ["EventsTable1", SESSION, "Error", "Some Text2", { Version: "v1.0.0" }],
      ["EventsTable2", SESSION, "Information", "Some Other Text2", { EventName: "Event2" }],
      ["EventsTable2", SESSION, "Error", "Some Other Text3", { EventName: "Event3" }],
    ],
  });
});

test("the page's search for a version or an event", async () => {
  const kql = "find Version == 'v1.0.0' or EventName == 'Event1' project Session_Id, EventText, Version, EventName";
  expect(await asked(kql)).toEqual({
    names: "source_ Session_Id EventText Version EventName",
    rows: [
      ["EventsTable1", SESSION, "Some Text1", "v1.0.0", ""],
      ["EventsTable1", SESSION, "Some Text2", "v1.0.0", ""],
      ["EventsTable2", "f7d5f95f-f580-4ea6-830b-5776c8d64fdd", "Some Other Text1", "", "Event1"],
    ],
  });
});

test("all of a row in a bag", async () => {
  const kql = `find in (EventsTable2) where Session_Id == '${SESSION}' and Level == 'Error' project pack(*)`;
  expect((await asked(kql)).rows).toEqual([
    ["EventsTable2", { Session_Id: SESSION, Level: "Error", EventText: "Some Other Text3", EventName: "Event3" }],
  ]);
});

test("a table without any column of the condition is left out, though the condition holds of nulls", async () => {
  const kql = "find withsource = From where isempty(EventName) or EventName == 'Event4' project EventText";
  expect(await asked(kql)).toEqual({ names: "From EventText", rows: [["EventsTable2", "Some Other Text4"]] });
});

test("a term is looked for in every column", async () => {
  expect((await asked("find 'text4' project EventText")).rows.map(([, text]) => text)).toEqual([
    "Some Text4",
    "Some Other Text4",
  ]);
});

test.each([
  ["find Level == 'Error' project Level, pack(*)", "pack beside other columns"],
  [
    "let Third = EventsTable2 | extend EventText = 1; find in (EventsTable1, Third) where Level == 'Error' project EventText",
    "several types",
  ],
  ["find Level == 'Error' project Level:string", "types in the project of find"],
  [
    "find * has 'x' and (Version == 'v1.0.0' or EventName == 'x') project Level",
    "* beside a column that not every table has",
  ],
])("%s is refused", async (kql, why) => {
  await expect(asked(kql)).rejects.toThrow(why);
});

test("tables are found and searched by a pattern of their names", async () => {
  const own = await openEngine({ threads: 1 });
  for (const [name, user] of [
    ["SignedIn", "ann"],
    ["SignedOut", "bob"],
    ["Audited", "ann"],
  ])
    own.define({
      name: String(name),
      columns: [{ name: "User", type: "string" }],
      relation: `(SELECT '${user}' AS "User")`,
    });
  try {
    const found = await own.query("find in (Signed*) where User != '' project User");
    expect(found.rows).toEqual([
      ["SignedIn", "ann"],
      ["SignedOut", "bob"],
    ]);
    expect((await own.query("search in (Signed*) 'ann'")).rows).toEqual([["SignedIn", "ann"]]);
    expect((await own.query("find 'ann' project User")).rows.map(([table]) => table)).toEqual(["SignedIn", "Audited"]);
  } finally {
    own.close();
  }
});
