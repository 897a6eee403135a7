import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { aDatabase, aFolder, loaded, loadedFrom } from "./a-folder.ts";

describe("Parquet", () => {
  const parquet = async (select: string): Promise<string> => {
    const folder = await aFolder({});
    await (await aDatabase()).run(`COPY (${select}) TO '${join(folder, "SigninLogs.parquet")}' (FORMAT parquet)`);
    return folder;
  };

  test("a file with the table's own types is queried where it lies", async () => {
    const { rows, warnings, tables } = await loadedFrom(
      await parquet(
        `SELECT TIMESTAMPTZ '2026-11-21 12:00:00+02' AS "TimeGenerated", 'a' AS "UserId", NULL::VARCHAR AS "Id",
         {errorCode: 50126} AS "Status", '{"browser":"Edge"}' AS "DeviceDetail", 7::INTEGER AS "DurationMs"`,
      ),
    );
    expect(warnings).toEqual([]);
    expect(tables[0]?.rows).toBe(1);
    expect(await rows("TimeGenerated", "UserId", "Id", "Status", "DeviceDetail", "DurationMs", "IsRisky")).toEqual([
      ["2026-11-21 10:00:00", "a", "", '{"errorCode":50126}', '{"browser":"Edge"}', "7", null],
    ]);
  });

  test("texts are read as they are elsewhere, and what does not fit is a broken row with its number", async () => {
    const { rows, broken, warnings } = await loadedFrom(
      await parquet(
        `SELECT * FROM (VALUES ('2026-11-21T12:00:00Z', 'true', '1'), ('2026-11-21T12:00:01Z', 'perhaps', '2'),
         (NULL, 'false', '3'), ('2026-11-21T12:00:03Z', NULL, '4')) t("TimeGenerated", "IsInteractive", "UserId")`,
      ),
    );
    expect(broken).toEqual(["SigninLogs.parquet:2 IsInteractive is no bool", "SigninLogs.parquet:3 no TimeGenerated"]);
    expect(warnings[0]).toContain("2 broken rows left out (row 2: IsInteractive is no bool; row 3");
    expect(await rows("UserId", "IsInteractive")).toEqual([
      ["1", true],
      ["4", null],
    ]);
  });

  test("what is no Parquet file is refused by name", async () => {
    await expect(loaded({ "SigninLogs.parquet": "PAR1" })).rejects.toThrow("SigninLogs.parquet is no Parquet file");
  });
});
