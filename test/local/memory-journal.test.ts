import { expect, test } from "vitest";
import { memoryJournal } from "../../src/local/memory-journal.ts";
import { journalContract } from "../contracts/journal.ts";

const journal = memoryJournal();
journalContract("the journal in memory", () => journal);

test("what is read cannot be changed, deep inside either", async () => {
  await journal.commit("p", [{ kind: "put", id: "a", value: { accounts: [{ name: "one" }] }, basedOn: null }]);
  const value = (await journal.read("p", "a"))?.value as { accounts: { name: string }[] };
  expect(() => value.accounts.push({ name: "two" })).toThrow(TypeError);
  expect(() => Object.assign(value.accounts[0] ?? {}, { name: "two" })).toThrow(TypeError);
});

test("two journals share nothing", async () => {
  const other = memoryJournal();
  await other.commit("q", [{ kind: "put", id: "a", value: 1, basedOn: null }]);
  expect(await journal.read("q", "a")).toBeNull();
});
