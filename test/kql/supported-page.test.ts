// The page of what is supported says what the registries say, and every name on it is one that the parser knows.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { functions } from "../../src/kql/functions/all.ts";
import { kqlPage } from "../../src/kql/supported-page.ts";
import { engine } from "./ask.ts";

test("docs/kql.md is current (node scripts/kql-page.ts writes it)", () => {
  expect(readFileSync(new URL("../../docs/kql.md", import.meta.url), "utf8")).toBe(kqlPage());
});

test("no function stands twice in the registry, under any of its spellings", () => {
  const names = functions.flatMap((f) => [f.name, ...f.spellings]);
  expect(names.filter((name, i) => names.indexOf(name) !== i)).toEqual([]);
});

test("every spelling is known to the parser", () => {
  const unknown = functions
    .flatMap((f) => [f.name, ...f.spellings])
    .filter((name) => engine.check(`print ${name}()`).diagnostics.some((d) => d.code === "KS211"));
  expect(unknown).toEqual([]);
});
