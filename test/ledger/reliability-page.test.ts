import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { MOST_TRIES } from "../../src/ledger/deliveries.ts";
import { REMEMBERED } from "../../src/ledger/forget.ts";
import { settingGroups } from "../../src/setting-table.ts";
import { days } from "../../src/time.ts";

const page = readFileSync(join(import.meta.dirname, "..", "..", "docs", "reliability.md"), "utf8");

test("the page on reliability says the numbers that the code has", () => {
  expect(page).toContain(`${MOST_TRIES} times in all`);
  expect(page).toContain(`${REMEMBERED / days(1)} days after their last window`);
});

test("the page on reliability names settings that there are", () => {
  const names = new Set(settingGroups.flatMap(({ settings }) => Object.values(settings).map(({ name }) => name)));
  const mentioned = [...page.matchAll(/`([A-Z][A-Z_]{5,})`/g)].map(([, name]) => name ?? "");
  expect(mentioned.filter((name) => !names.has(name) && name !== "RUN")).toEqual([]);
  expect(mentioned.length).toBeGreaterThan(5);
});
