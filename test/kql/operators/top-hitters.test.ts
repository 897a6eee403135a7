// top-hitters: the values that come most often, or have the largest sum.
import { expect, test } from "vitest";
import { columnsOf, refusalOf, rowsOf } from "../ask.ts";

const ROWS = "datatable(User: string, N: int)['a', 1, 'b', 9, 'a', 2, 'c', 3, '', int(null), 'a', 1, 'c', 1]";

test("the values that come most often, the most frequent first", async () => {
  expect(await rowsOf(`${ROWS} | top-hitters 2 of User`)).toEqual([
    ["a", 3],
    ["c", 2],
  ]);
  expect(await columnsOf(`${ROWS} | top-hitters 2 of User`)).toBe("User:string, approximate_count_User:long");
});

test("the values with the largest sum", async () => {
  const kql = `${ROWS} | top-hitters 3 of User by N`;
  expect(await rowsOf(kql)).toEqual(await rowsOf(`${ROWS} | summarize sum(N) by User | top 3 by sum_N`));
  expect(await columnsOf(kql)).toBe("User:string, approximate_sum_N:long");
});

test("values that are no numbers have no sum", async () => {
  expect(await refusalOf(`${ROWS} | top-hitters 1 of N by User`)).toContain("KS");
});
