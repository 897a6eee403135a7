// The examples of Microsoft's documentation against the results that its pages print; see conformance/README.md.
import { readFileSync } from "node:fs";
import { afterAll, describe, expect, test } from "vitest";
import { openEngine } from "../../src/kql/engine.ts";
import { knownLimits, pageSlips } from "./conformance/page-slips.ts";
import { difference, type PrintedTable } from "./conformance/printed-table.ts";

interface Example extends PrintedTable {
  readonly id: string;
  readonly kql: string;
}

const examplesIn = (file: string): readonly Example[] =>
  readFileSync(new URL(`conformance/${file}`, import.meta.url), "utf8")
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line) as Example); // ours, in this folder

const engine = await openEngine({ threads: 1 });
afterAll(() => engine.close());

const documented = examplesIn("microsoft-docs.ndjson");

describe("Microsoft's documentation", () => {
  const answered = documented.filter(({ id }) => !(id in knownLimits));
  test.each(answered)("$id is answered as its page prints it", async (example) => {
    const expected = { ...example, ...pageSlips[example.id] };
    expect(difference(example.kql, expected, await engine.query(example.kql))).toBeUndefined();
  });

  test.each(Object.keys(knownLimits))("%s is refused", async (id) => {
    const example = documented.find((each) => each.id === id) as Example;
    await expect(engine.query(example.kql)).rejects.toThrow(knownLimits[id]);
  });

  test.each(Object.keys(pageSlips))("%s still needs its correction", async (id) => {
    const example = documented.find((each) => each.id === id) as Example;
    expect(difference(example.kql, example, await engine.query(example.kql))).toBeDefined();
  });
});

describe("Queries that were once answered wrongly", () => {
  test.each(examplesIn("own.ndjson"))("$id", async (example) => {
    expect(difference(example.kql, example, await engine.query(example.kql))).toBeUndefined();
  });
});

test.each(["$[0]", "$", "$.a[1]"])(
  "the key of a bag that is the path %s is refused, not taken for a name",
  async (path) => {
    await expect(engine.query(`print d = bag_set_key(dynamic({"a":{"b":1}}), '${path}', 2)`)).rejects.toThrow("names");
  },
);

test("a path through a number is refused, for the number would be lost", async () => {
  await expect(engine.query(`print d = bag_set_key(dynamic({"a":1}), '$.a.b', 2)`)).rejects.toThrow("no bag");
});

test("a predicate in count() is refused, not left out", async () => {
  await expect(engine.query("range x from 1 to 2 step 1 | summarize count(x > 1)")).rejects.toThrow("countif()");
});
