import { expect, test } from "vitest";
import { measuredText } from "../../src/findings/measured-text.ts";

const measure = (column: string, value = 7) => ({ column, value, threshold: 6 });

test.each([
  ["Users", "7 users (threshold 6)"],
  ["DayFailures", "7 day failures (threshold 6)"],
  ["day_failures", "7 day failures (threshold 6)"],
  ["IPCount", "7 IP count (threshold 6)"],
  ["UsersIn24Hours", "7 users in 24 hours (threshold 6)"],
  ["rows", "7 rows (threshold 6)"],
])("the column %s is read as words: %s", (column, text) => {
  expect(measuredText([measure(column)])).toBe(text);
});

test("what two findings measured alike is said once, and no more than four things are", () => {
  const columns = ["Users", "Users", "A", "B", "C", "D"].map((column) => measure(column));
  expect(measuredText(columns)).toBe("7 users (threshold 6), 7 a (threshold 6), 7 b (threshold 6), 7 c (threshold 6)");
});
