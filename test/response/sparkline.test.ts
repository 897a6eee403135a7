import { expect, test } from "vitest";
import { merged, sparkline } from "../../src/response/sparkline.ts";

test("the highest number is the highest bar, and a single attempt can still be seen", () => {
  expect(sparkline([0, 1, 500, 1_000], 10)).toBe("▁▂▄█");
});

test("many numbers are summed until they fit, and none is lost", () => {
  const numbers = Array.from({ length: 1_000 }, () => 1);
  expect(sparkline(numbers, 24).length).toBeLessThanOrEqual(24);
  expect(merged(numbers, 24).reduce((sum, n) => sum + n, 0)).toBe(1_000);
});

test("nothing at all is a flat line", () => {
  expect(sparkline([0, 0, 0], 10)).toBe("▁▁▁");
});
