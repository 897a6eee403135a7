import { readdir } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { gzipSync } from "node:zlib";
import { describe, expect, test } from "vitest";
import { aFolder, aRow, at, lines, loadedFrom, NOON } from "./a-folder.ts";

describe("many rows", () => {
  const texts = ['say "no"', "a\u0000b", "💡", "", "line\nbreak", "null", "x".repeat(70_000)];
  const values = [{ errorCode: 50126, "b'": "ä" }, '{"errorCode": 0}', "plain", null, "", ["a", 1.5], 7, true];
  const folder = () =>
    aFolder({
      "AADNonInteractiveUserSignInLogs.csv": `TimeGenerated,UserId,Status\n${at(1)},"a\nb",{}\n${at(2)},few\n`,
      "AuditLogs.json.gz": gzipSync(JSON.stringify([aRow({ ActivityDateTime: at(3), DurationMs: 5 })])),
      "SigninLogs.ndjson":
        lines(
          ...texts.map((UserId, second) =>
            aRow({ TimeGenerated: at(second), UserId, IsInteractive: second % 2 === 0 }),
          ),
        ) +
        'oops\n[1]\n{"TimeGenerated":"never"}\n{"UserId":"\u0001"}\n' +
        lines(...values.map((Status, second) => aRow({ Status, Id: String(second), DurationMs: second * 1e12 }))),
      "SigninLogs-2.ndjson": Buffer.from(`${lines(aRow())}{"UserId":"\xff"}\n`, "latin1"),
      "Vpn_CL.ndjson": lines(
        { TimeGenerated: NOON, Count: 3, Ratio: 0.1, Far: -1e300, Ok: true, Bag: { a: [] }, Id_g: crypto.randomUUID() },
        { TimeGenerated: NOON, Seen: "0001-01-01T00:00:00Z", Until_t: "9999-12-31T23:59:59.999999Z", Number_d: 5 },
      ),
    });

  test("laid on disk they are what they are in memory, broken lines and all", async () => {
    const logs = await folder();
    const inMemory = await loadedFrom(logs);
    const onDisk = await loadedFrom(logs, 0);
    expect([inMemory.readable.length, onDisk.readable.length]).toEqual([0, 5]);
    expect(onDisk.tables).toEqual(inMemory.tables);
    expect(onDisk.warnings).toEqual(inMemory.warnings);
    expect(await onDisk.everything()).toEqual(await inMemory.everything());
    expect(onDisk.tables.map(({ rows, files }) => [rows, ...files.map((file) => file.broken)])).toEqual([
      [1, 1],
      [1, 0],
      [16, 1, 4],
      [2, 0],
    ]);
  });

  const log = lines(aRow(), aRow());
  test.each([
    ["with a broken line", "SigninLogs.ndjson", `${log}oops\n`],
    ["that breaks off", "SigninLogs.ndjson.gz", gzipSync(log).subarray(0, -6)],
  ])("a file %s is on disk once all the same", async (_what, name, content) => {
    const { readable, broken } = await loadedFrom(await aFolder({ [name]: content }), 0);
    expect(broken).toHaveLength(1);
    const [only = "", ...others] = readable;
    expect(others).toEqual([]);
    expect(await readdir(dirname(only))).toEqual([basename(only)]);
  });
});
