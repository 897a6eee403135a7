import fc from "fast-check";
import { expect, test } from "vitest";
import { cutCleanly } from "../../src/response/cut-cleanly.ts";

const note = "\n\n[cut]";

test("a text that fits is left as it is", () => {
  expect(cutCleanly("It grew.", 8, note)).toBe("It grew.");
});

test("a long text ends at a paragraph, else at a line, a sentence or a word", () => {
  expect(cutCleanly(`${"a".repeat(75)}\n\nsecond line\nhere and on and on`, 100, note)).toBe(
    `${"a".repeat(75)}${note}`,
  );
  expect(cutCleanly(`${"a".repeat(75)}\nsecond. Line and on and on and on`, 100, note)).toBe(
    `${"a".repeat(75)}${note}`,
  );
  expect(cutCleanly(`${"a".repeat(75)}. Second and on and on and on`, 100, note)).toBe(`${"a".repeat(75)}.${note}`);
  expect(cutCleanly(`${"a".repeat(75)} second-and-on-and-on-and-on`, 100, note)).toBe(`${"a".repeat(75)}${note}`);
});

test("a block of code that is cut is closed, so that the note is not part of it", () => {
  const cut = cutCleanly(`\`\`\`kql\n${"SigninLogs\n".repeat(40)}\`\`\``, 200, note);
  expect(cut).toMatch(/SigninLogs\n```\n\n\[cut\]$/);
});

test("whatever the text, it keeps to its limit and halves no character", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme", maxLength: 300 }), fc.integer({ min: 40, max: 120 }), (text, limit) => {
      const cut = cutCleanly(text, limit, note);
      expect(cut.length).toBeLessThanOrEqual(limit);
      expect(cut.isWellFormed()).toBe(text.isWellFormed());
    }),
  );
});
