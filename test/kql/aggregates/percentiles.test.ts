// Percentiles with weights and in arrays.
import { expect, test } from "vitest";
import { refusalOf, rowsOf } from "../ask.ts";

test("a value of a weight is a value that comes so many times", async () => {
  const kql = `let weighed = datatable(v: long, w: long)[10, 8, 20, 6, 30, 3, 40, 1];
    let asked = range share from 1 to 100 step 1;
    let weighted = weighed | summarize percentilesw(v, w, 5, 44.4, 44.5, 50, 77.7, 77.8, 94.4, 95);
    let repeated = weighed | mv-expand range(1, w) | summarize percentiles(v, 5, 44.4, 44.5, 50, 77.7, 77.8, 94.4, 95);
    union weighted, repeated`;
  const [weighted, repeated] = await rowsOf(kql);
  expect(weighted).toEqual(repeated);
});

test("what is null, or has no weight, is not there", async () => {
  const rows =
    "datatable(k: string, v: long, w: long)['a', 1, 1, 'a', long(null), 9, 'a', 7, 0, 'a', 8, long(null), 'b', long(null), 1]";
  const asked =
    "summarize percentilew(v, w, 99), percentilesw_array(v, w, 1, 99), percentiles_array(v, dynamic([1, 99])) by k";
  expect(await rowsOf(`${rows} | ${asked} | sort by k asc`)).toEqual([
    ["a", 1, [1, 1], [1, 8]],
    ["b", null, null, null],
  ]);
});

test.each([
  ["percentilew(v, v, 101)", "between 0 and 100"],
  ["percentilesw(v, v, v)", "must be a constant"],
  ["percentiles_array(v, dynamic(['x']))", "must be numbers"],
  ["percentiles_array(todouble(v), 50)", "of a real"],
])("%s is refused", async (aggregate, why) =>
  expect(await refusalOf(`datatable(v: long)[1] | summarize ${aggregate}`)).toContain(why),
);
