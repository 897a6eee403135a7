import { expect, test } from "vitest";
import { type Ladder, shorten } from "../../src/response/shorten.ts";

const ladder: Ladder<"minor" | "major"> = {
  order: ["minor", "major"],
  full: { minor: 8, major: 8 },
  floor: { minor: 2, major: 4 },
  names: { minor: "the small", major: "the great" },
};
const built = (limit: number) =>
  shorten(
    ladder,
    (detail, shortened) => ({ ...detail, shortened }),
    ({ minor, major }) => minor + major <= limit,
  );

test("what fits is not shortened", () => {
  expect(built(16)).toEqual({ minor: 8, major: 8, shortened: [] });
});

test("what matters least is shortened first, and is named", () => {
  expect(built(12)).toEqual({ minor: 4, major: 8, shortened: ["the small"] });
});

test("a part keeps its floor until every other has been shortened too", () => {
  expect(built(6)).toEqual({ minor: 2, major: 4, shortened: ["the small", "the great"] });
  expect(built(4)).toEqual({ minor: 0, major: 4, shortened: ["the small", "the great"] });
});
