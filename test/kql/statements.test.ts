// What stands ahead of a query: patterns, options, views.
import { expect, test } from "vitest";
import { refusalOf, rowsOf } from "./ask.ts";

const PATTERN = `let level = 3;
declare pattern signs = (app:string)[way:string] {
  ('portal').['interactive'] = { let n = level; print App = 'portal', N = n };
  ('portal').['silent one'] = { print App = 'portal', N = 7 };
  ('mail').['interactive'] = { range N from 1 to 2 step 1 | project App = 'mail', N };
};`;

test("a pattern is what stands beside its texts, and sees what was said before it", async () => {
  expect(await rowsOf(`${PATTERN} signs('portal').interactive`)).toEqual([["portal", 3]]);
  expect(await rowsOf(`${PATTERN} signs('portal').['silent one']`)).toEqual([["portal", 7]]);
});

test("patterns are tables among others", async () => {
  const kql = `${PATTERN} union signs('mail').interactive, signs('portal').['silent one'] | sort by N asc`;
  expect(await rowsOf(kql)).toEqual([
    ["mail", 1],
    ["mail", 2],
    ["portal", 7],
  ]);
});

test.each([
  [`${PATTERN} signs('Portal').interactive`, "KS188"],
  [`${PATTERN} signs('portal')`, "gives a value and no table"],
  ["declare pattern signs; signs('portal')", "KS"],
  ["set query_take_max_records = 5; print x = 1", "KQL_UNSUPPORTED 1:1 set query_take_max_records is not supported"],
  ["print x = bin_auto(7)", "set query_bin_auto_size first"],
  ["set query_bin_auto_size = 1h; print x = bin_auto(7)", "what is set does not fit a long"],
])("%s is refused", async (kql, why) => expect(await refusalOf(kql)).toContain(why));

test("bins without a size of their own take the size that was set, from 0 where no point was set", async () => {
  const kql = "set query_bin_auto_size = 7; print a = bin_auto(20), b = bin_auto(-1)";
  expect(await rowsOf(kql)).toEqual([[14, -7]]);
  expect(await rowsOf(`set query_bin_auto_at = 3; ${kql}`)).toEqual([[17, -4]]);
});

test("a search without tables of its own searches the views that can be seen", async () => {
  const kql = `let Failed = view() { print User = 'a', Code = 50126 };
    let Plain = () { print User = 'a', Code = 0 };
    let inner = () { let Deep = view() { print User = 'a' }; search User == 'a' };
    union (search User == 'a'), (search in (Failed) Code > 0) | project Table = column_ifexists('$table', ''), Code`;
  expect(await rowsOf(kql)).toEqual([
    ["Failed", 50126],
    ["Failed", 50126],
  ]);
});
