// What every journal keeps to, whatever it is made of.
import { randomBytes, randomUUID } from "node:crypto";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Cell, Change, Committed, Journal } from "../../src/ports.ts";

const put = (id: string, value: Cell, basedOn: string | null | "any" = null): Change => ({
  kind: "put",
  id,
  value,
  basedOn,
});
const remove = (id: string, basedOn: string | "any" = "any"): Change => ({ kind: "delete", id, basedOn });

function versionOf(committed: Committed, id: string): string {
  if (committed.kind !== "committed") throw new Error(`conflict over ${committed.ids.join(", ")}`);
  return committed.versions[id] ?? "";
}

/** Any text, with the characters that stores choke on more often than chance would bring them. */
const anyId = fc.oneof(
  fc.string({ unit: "binary", maxLength: 12 }),
  fc.string({
    unit: fc.constantFrom(..."aZ09-_.:@/\\#?%'\"!~[]{}<>;= \t\n\u0000\u007f\u0085\u00e9\ud83d\udca1\ud800\uffff"),
    maxLength: 12,
  }),
);
const anyValue = fc.jsonValue({ maxDepth: 3 }).map((value) => JSON.parse(JSON.stringify(value)) as Cell);

export function journalContract(name: string, opened: () => Journal): void {
  const aPartition = (): string => `campaign ${randomUUID()}`;

  describe(`${name} as a journal`, () => {
    test("what was committed is read back with the version that the commit gave", async () => {
      const partition = aPartition();
      const committed = await opened().commit(partition, [put("a", { told: ["card", 1.5, null, true] })]);
      const version = versionOf(committed, "a");
      expect(version).not.toBe("");
      expect(await opened().read(partition, "a")).toEqual({
        id: "a",
        version,
        value: { told: ["card", 1.5, null, true] },
      });
    });

    test("a record that nobody wrote is null, in a new partition too", async () => {
      const partition = aPartition();
      expect(await opened().read(partition, "a")).toBeNull();
      expect(await opened().list(partition, "", 10)).toEqual([]);
      await opened().commit(partition, [put("a", 1)]);
      expect(await opened().read(partition, "b")).toBeNull();
      expect(await opened().read(aPartition(), "a")).toBeNull();
    });

    test("each write gives another version, an equal value too", async () => {
      const partition = aPartition();
      const first = versionOf(await opened().commit(partition, [put("a", 1)]), "a");
      const second = versionOf(await opened().commit(partition, [put("a", 1, first)]), "a");
      const third = versionOf(await opened().commit(partition, [put("a", 1, "any")]), "a");
      expect(new Set([first, second, third]).size).toBe(3);
    });

    test("what was read stays as it was when its reader tries to change it, and when its writer does", async () => {
      const partition = aPartition();
      const value = { accounts: ["one"] };
      await opened().commit(partition, [put("a", value)]);
      value.accounts.push("two");
      const read = await opened().read(partition, "a");
      try {
        (Object(read?.value).accounts as string[]).push("three");
      } catch {
        // A frozen copy refuses; one of its own does not mind.
      }
      expect((await opened().read(partition, "a"))?.value).toEqual({ accounts: ["one"] });
    });

    test("a record that is to be new is not written over one that is there", async () => {
      const partition = aPartition();
      await opened().commit(partition, [put("a", "first")]);
      expect(await opened().commit(partition, [put("a", "second")])).toEqual({ kind: "conflict", ids: ["a"] });
      expect((await opened().read(partition, "a"))?.value).toBe("first");
    });

    test("a change based on a version that moved on is a conflict", async () => {
      const partition = aPartition();
      const stale = versionOf(await opened().commit(partition, [put("a", 1)]), "a");
      await opened().commit(partition, [put("a", 2, stale)]);
      expect(await opened().commit(partition, [put("a", 3, stale)])).toEqual({ kind: "conflict", ids: ["a"] });
      expect(await opened().commit(partition, [remove("a", stale)])).toEqual({ kind: "conflict", ids: ["a"] });
      expect((await opened().read(partition, "a"))?.value).toBe(2);
    });

    test("a change based on a record that is gone is a conflict", async () => {
      const partition = aPartition();
      const version = versionOf(await opened().commit(partition, [put("a", 1)]), "a");
      await opened().commit(partition, [remove("a")]);
      expect(await opened().commit(partition, [put("a", 2, version)])).toEqual({ kind: "conflict", ids: ["a"] });
      expect(await opened().commit(partition, [remove("a", version)])).toEqual({ kind: "conflict", ids: ["a"] });
      expect(await opened().read(partition, "a")).toBeNull();
    });

    test.each(["*", "", 'W/"x"\r\nIf-Match: *', "any other text"])(
      "%j is no version that was ever given, so nothing is based on it",
      async (version) => {
        const partition = aPartition();
        await opened().commit(partition, [put("a", 1)]);
        expect(await opened().commit(partition, [put("a", 2, version)])).toEqual({ kind: "conflict", ids: ["a"] });
        expect(await opened().commit(partition, [remove("a", version)])).toEqual({ kind: "conflict", ids: ["a"] });
        expect((await opened().read(partition, "a"))?.value).toBe(1);
      },
    );

    test("an overwrite asks for nothing and replaces all of the record", async () => {
      const partition = aPartition();
      await opened().commit(partition, [put("a", { long: "x".repeat(100_000) }, "any")]);
      await opened().commit(partition, [put("a", { short: 1 }, "any")]);
      expect((await opened().read(partition, "a"))?.value).toEqual({ short: 1 });
    });

    test("a delete of the version that was read removes the record, and only that one of several", async () => {
      const partition = aPartition();
      const committed = await opened().commit(partition, [put("a", 1), put("b", 2), put("c", 3)]);
      const stale = versionOf(committed, "b");
      await opened().commit(partition, [put("b", 5, stale)]);
      const changes = [remove("a", versionOf(committed, "a")), put("d", 4), remove("c"), remove("b", stale)];
      expect(await opened().commit(partition, changes)).toEqual({ kind: "conflict", ids: ["b"] });
      expect(await opened().commit(partition, changes.slice(0, 3))).toMatchObject({ kind: "committed" });
      expect((await opened().list(partition, "", 10)).map(({ id }) => id)).toEqual(["b", "d"]);
    });

    test("a delete of whatever is there is content with nothing, and holds up nothing else", async () => {
      const partition = aPartition();
      expect(await opened().commit(partition, [remove("a")])).toEqual({ kind: "committed", versions: {} });
      const committed = await opened().commit(partition, [remove("a"), put("b", 1), remove("c")]);
      expect(Object.keys(committed.kind === "committed" ? committed.versions : {})).toEqual(["b"]);
      expect((await opened().read(partition, "b"))?.value).toBe(1);
    });

    test("one conflict among many changes, and none of them is made", async () => {
      const partition = aPartition();
      await opened().commit(partition, [put("taken", 0), put("doomed", 0)]);
      const answer = await opened().commit(partition, [
        put("a", 1),
        put("doomed", 1, "any"),
        remove("doomed-too"),
        put("taken", 1),
        put("z", 1),
      ]);
      expect(answer).toEqual({ kind: "conflict", ids: ["taken"] });
      expect((await opened().list(partition, "", 10)).map(({ id, value }) => [id, value])).toEqual([
        ["doomed", 0],
        ["taken", 0],
      ]);
    });

    test("of many who claim the same record at once, one gets it", async () => {
      const partition = aPartition();
      const claims = Array.from({ length: 12 }, (_, n) =>
        opened().commit(partition, [put("lease", n), put(`own-${n}`, n)]),
      );
      const answers = await Promise.all(claims);
      expect(answers.filter(({ kind }) => kind === "committed")).toHaveLength(1);
      const winner = answers.findIndex(({ kind }) => kind === "committed");
      expect((await opened().list(partition, "", 100)).map(({ id }) => id)).toEqual(["lease", `own-${winner}`]);
    });

    test("of many who raise the same count at once, each is counted", async () => {
      const partition = aPartition();
      await opened().commit(partition, [put("count", 0)]);
      const raise = async (): Promise<void> => {
        for (;;) {
          const read = await opened().read(partition, "count");
          const answer = await opened().commit(partition, [
            put("count", Number(read?.value) + 1, read?.version ?? null),
          ]);
          if (answer.kind === "committed") return;
        }
      };
      await Promise.all(Array.from({ length: 6 }, raise));
      expect((await opened().read(partition, "count"))?.value).toBe(6);
    });

    test("a hundred changes are one commit; one more, or a record named twice, is a mistake of the caller", async () => {
      const partition = aPartition();
      const changes = Array.from({ length: 101 }, (_, n) => put(`n${n}`, n));
      await expect(opened().commit(partition, changes)).rejects.toThrow(/101 changes/);
      await expect(opened().commit(partition, [put("a", 1), remove("a")])).rejects.toThrow(/twice/);
      expect(await opened().list(partition, "", 10)).toEqual([]);
      const committed = await opened().commit(partition, changes.slice(1));
      expect(Object.keys(committed.kind === "committed" ? committed.versions : {})).toHaveLength(100);
      expect(await opened().list(partition, "", 1000)).toHaveLength(100);
    });

    test("a commit of nothing is made, and nothing happens", async () => {
      expect(await opened().commit(aPartition(), [])).toEqual({ kind: "committed", versions: {} });
    });

    test("a list starts at its first id, is in order and ends at its limit", async () => {
      const partition = aPartition();
      await opened().commit(
        partition,
        ["b", "a", "C", "10", "9", "a/1", "ä", "__proto__"].map((id) => put(id, id)),
      );
      const list = async (from: string, limit: number): Promise<readonly string[]> =>
        (await opened().list(partition, from, limit)).map(({ id }) => id);
      expect(await list("", 100)).toEqual(["10", "9", "C", "__proto__", "a", "a/1", "b", "ä"]);
      expect(await list("a", 2)).toEqual(["a", "a/1"]);
      expect(await list("a/", 1)).toEqual(["a/1"]);
      expect(await list("b", 100)).toEqual(["b", "ä"]);
      expect(await list("\uffff", 100)).toEqual([]);
      expect(await list("", 0)).toEqual([]);
    });

    test("any text can be a partition or an id, any JSON a value, and lists go by code unit", async () => {
      await fc.assert(
        fc.asyncProperty(
          anyId,
          fc.uniqueArray(anyId, { minLength: 1, maxLength: 8 }),
          anyId,
          anyValue,
          async (prefix, ids, from, value) => {
            const partition = `${prefix}${randomUUID()}`;
            const committed = await opened().commit(
              partition,
              ids.map((id) => put(id, value)),
            );
            const records = await opened().list(partition, from, 100);
            const expected = ids.filter((id) => id >= from).sort((a, b) => (a < b ? -1 : 1));
            expect(records.map(({ id }) => id)).toEqual(expected);
            for (const record of records) {
              expect(record).toEqual({ id: record.id, version: versionOf(committed, record.id), value });
            }
            expect(await opened().read(partition, ids[0] ?? "")).toMatchObject({ id: ids[0], value });
          },
        ),
        { numRuns: 40 },
      );
    });

    test.each(["{a}", '{"odata.error":{}}', "--changesetresponse_1", "ETag: W/1", "a'b", "RowKey='b'"])(
      "%j is an id like any other, though it looks like a piece of an answer",
      async (id) => {
        const partition = `${aPartition()} ${id}`;
        const committed = await opened().commit(partition, [put(id, 1), put("z", 2)]);
        expect(await opened().read(partition, id)).toEqual({ id, version: versionOf(committed, id), value: 1 });
        expect(await opened().commit(partition, [put("y", 1), put(id, 1)])).toEqual({ kind: "conflict", ids: [id] });
      },
    );

    test("a key of 512 plain characters is the longest; a longer one is refused and named", async () => {
      const longest = "k".repeat(512);
      await opened().commit(longest, [put(longest, 1, "any")]);
      expect((await opened().read(longest, longest))?.value).toBe(1);
      await expect(opened().commit("p", [put(`${longest}k`, 1)])).rejects.toThrow(/513 characters.*512 are possible/);
      await expect(opened().read(`${longest}k`, "a")).rejects.toThrow(/513 characters/);
      await expect(opened().list("p", "/".repeat(200), 1)).rejects.toThrow(/600 characters/);
    });

    test("a value of more than half a million characters comes back as it was, whatever its letters", async () => {
      const partition = aPartition();
      const text = 'a"\\\u{1f4a1}é'.repeat(120_000);
      await opened().commit(partition, [put("a", { text })]);
      expect((await opened().read(partition, "a"))?.value).toEqual({ text });
      const middling = `x${"\u{1f4a1}".repeat(40_000)}`;
      await opened().commit(partition, [put("b", middling)]);
      expect((await opened().read(partition, "b"))?.value).toBe(middling);
    });

    test("a value that fits in no record, and a commit that fits in no request, are refused with advice", async () => {
      const partition = aPartition();
      const noise = (length: number): string => randomBytes((length / 4) * 3).toString("base64");
      await expect(opened().commit(partition, [put("a", noise(1_500_000))])).rejects.toMatchObject({
        code: "RecordTooLarge",
        retry: false,
      });
      const changes = Array.from({ length: 15 }, (_, n) => put(`n${n}`, noise(300_000)));
      await expect(opened().commit(partition, changes)).rejects.toMatchObject({ code: "CommitTooLarge", retry: false });
      expect(await opened().list(partition, "", 10)).toEqual([]);
      await opened().commit(partition, changes.slice(0, 9));
      expect(await opened().list(partition, "", 10)).toHaveLength(9);
    });

    test("what JSON cannot say is refused instead of changed on the way", async () => {
      await expect(opened().commit(aPartition(), [put("a", { rate: Number.NaN })])).rejects.toThrow(/NaN/);
    });
  });
}
