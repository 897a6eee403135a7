// What every place for run records has to do.
import { describe, expect, test } from "vitest";
import { type RunRecords, recordId } from "../../src/run-record.ts";
import { at } from "../builders.ts";

export function runRecordsContract(name: string, open: () => RunRecords): void {
  const id = (day: string, run: string): string => recordId(at(`${day}T12:00:00Z`), "single-factor-spray", "live", run);

  describe(`run records in ${name}`, () => {
    test("are read as they were kept", async () => {
      const records = open();
      const bytes = new Uint8Array([0, 1, 2, 250, 255]);
      await records.keep(id("2026-11-21", "one"), bytes);
      expect([...((await records.read(id("2026-11-21", "one"))) ?? [])]).toEqual([...bytes]);
    });

    test("that were never kept are not there, and neither is what is no id", async () => {
      const records = open();
      expect(await records.read(id("2026-11-21", "never"))).toBeNull();
      expect(await records.read("../../etc/passwd")).toBeNull();
    });

    test("are erased by their day, and the later ones stay", async () => {
      const records = open();
      for (const day of ["2026-09-01", "2026-10-01", "2026-12-01"])
        await records.keep(id(day, day), new Uint8Array([1]));
      expect(await records.eraseBefore(at("2026-11-01T08:00:00Z"))).toBe(2);
      expect(await records.read(id("2026-10-01", "2026-10-01"))).toBeNull();
      expect(await records.read(id("2026-12-01", "2026-12-01"))).not.toBeNull();
      expect(await records.eraseBefore(at("2026-11-01T08:00:00Z"))).toBe(0);
    });
  });
}
