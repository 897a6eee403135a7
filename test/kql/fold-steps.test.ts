import { expect, test } from "vitest";
import { foldSteps, type Step } from "../../src/kql/fold-steps.ts";

const rows: Step = { name: "s0", select: "*", from: '"SigninLogs"', where: '"TimeGenerated" > 1' };
const last = "SELECT * FROM s9";

test("a filter, and a choice of columns, is taken into the one step that reads it", () => {
  const steps: readonly Step[] = [
    rows,
    { name: "s1", select: '"a", "b""c"', from: "s0" },
    { name: "s2", select: "*", from: "s1", where: '"a" = 1' },
    { name: "s9", select: 'count(*) AS "n"', from: "s2", groups: ' GROUP BY "a"' },
  ];
  expect(foldSteps(steps, last)).toEqual([
    `s9 AS (SELECT count(*) AS "n" FROM "SigninLogs" WHERE "TimeGenerated" > 1 AND "a" = 1 GROUP BY "a")`,
  ]);
});

test("columns that were left out do not come back", () => {
  const steps: readonly Step[] = [
    { name: "s1", select: '"a"', from: '"T"' },
    { name: "s9", select: "*", from: "s1", where: '"a" = 1' },
  ];
  expect(foldSteps(steps, last)).toEqual([`s9 AS (SELECT "a" FROM "T" WHERE "a" = 1)`]);
});

test("conditions that are joined keep their meaning", () => {
  const steps: readonly Step[] = [
    { name: "s1", select: "*", from: '"T"', where: '"a" = 1 OR "b" = 2' },
    { name: "s9", select: "*", from: "s1", where: '"c" = 3' },
  ];
  expect(foldSteps(steps, last)).toEqual([`s9 AS (SELECT * FROM "T" WHERE ("a" = 1 OR "b" = 2) AND "c" = 3)`]);
});

test("a step that more than one reads stays, so that it is worked out once", () => {
  const twice = { name: "s9", select: "*", from: "s0", where: '"a" IN (SELECT "a" FROM s0)' };
  expect(foldSteps([rows, twice], last)).toHaveLength(2);
  const alsoText: readonly Step[] = [rows, { name: "s9", select: "*", from: "s0" }, "s8 AS (SELECT 1 FROM s0)"];
  expect(foldSteps(alsoText, last)).toHaveLength(3);
  expect(foldSteps([rows], "SELECT * FROM s0")).toHaveLength(1);
});

test.each([
  ["makes a column", { select: '"a", lower("a") AS "b"' }],
  ["gives a column another name", { select: '"a" AS "b"' }],
  ["leaves out what repeats", { select: '"a"', distinct: true }],
  ["puts rows together", { select: '"a"', groups: " GROUP BY 1" }],
])("a step that %s stays", (_, parts) => {
  const steps: readonly Step[] = [
    { name: "s1", from: '"T"', ...parts },
    { name: "s9", select: "*", from: "s1", where: '"b" = 1' },
  ];
  expect(foldSteps(steps, last)).toHaveLength(2);
});
