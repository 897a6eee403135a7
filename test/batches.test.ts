import { expect, test } from "vitest";
import { batchesOf } from "../src/batches.ts";

test.each([
  [[], []],
  [["a"], [["a"]]],
  [["a", "b"], [["a", "b"]]],
  [
    ["a", "b", "c"],
    [["a", "b"], ["c"]],
  ],
])("%j comes in parts of two as %j", (all, parts) => {
  expect(batchesOf(all, 2)).toEqual(parts);
});
