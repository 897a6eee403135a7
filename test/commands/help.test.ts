import { expect, test } from "vitest";
import * as help from "../../src/commands/help.ts";

test.each(Object.entries(help))("%s fits a terminal of 80 columns, in ASCII but for the ellipsis", (_, text) => {
  for (const line of text.split("\n")) {
    expect(line.length).toBeLessThanOrEqual(80);
    expect(line).toMatch(/^[ -~…]*$/);
  }
});
