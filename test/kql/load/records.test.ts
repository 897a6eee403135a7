import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { csvHeader, csvRecords } from "../../../src/kql/load/csv-records.ts";
import { jsonLines, jsonValues } from "../../../src/kql/load/json-records.ts";
import type { Cutter } from "../../../src/kql/load/read-records.ts";
import { readRecords } from "../../../src/kql/load/read-records.ts";
import { aFolder } from "./a-folder.ts";

/** Records as the cutter finds them when the file arrives in pieces of these sizes. */
function cutInPieces(cutter: Cutter, bytes: Buffer, sizes: readonly number[]): unknown[] {
  const found: unknown[] = [];
  let have = 0;
  let from = 0;
  for (let piece = 0; have < bytes.length; piece++) {
    have = Math.min(bytes.length, have + (sizes[piece % sizes.length] ?? 1));
    const last = have === bytes.length;
    while (from < have) {
      const cut = cutter.cut(bytes.subarray(0, have), from, last);
      if (cut.kind === "more") break;
      if (cut.kind === "record") found.push(JSON.parse(cut.text.toString()));
      if (cut.kind === "broken") found.push(cut.reason);
      from = cut.next;
    }
  }
  return found;
}

const sizes = fc.array(fc.integer({ min: 1, max: 40 }), { minLength: 1, maxLength: 5 });
const oddText = fc.string({ unit: fc.constantFrom(..."ab,;\"\\\n\r{}[]:' ü💡\t") });
const objects = fc.array(
  fc.dictionary(fc.constantFrom("a", "b", '"', "\n"), fc.oneof(oddText, fc.jsonValue({ maxDepth: 2 }))),
);
// What JSON keeps of a value: no -0.
const asJson = (values: readonly unknown[]): unknown[] => JSON.parse(JSON.stringify(values));

describe("however the pieces of a file arrive, its records are the same", () => {
  test("objects on a line each", () => {
    fc.assert(
      fc.property(objects, sizes, fc.constantFrom("\n", "\r\n", "\n\n \n"), (rows, pieces, end) => {
        const text = rows.map((row) => JSON.stringify(row)).join(end);
        expect(cutInPieces(jsonLines, Buffer.from(text), pieces)).toEqual(asJson(rows));
      }),
    );
  });

  test("a list of objects, with any space between", () => {
    fc.assert(
      fc.property(objects, sizes, fc.constantFrom(0, 2, "\t"), (rows, pieces, indent) => {
        const text = JSON.stringify(rows, null, indent);
        expect(cutInPieces(jsonValues(), Buffer.from(text), pieces)).toEqual(asJson(rows));
      }),
    );
  });

  test("objects one after the other, over many lines", () => {
    fc.assert(
      fc.property(objects, sizes, (rows, pieces) => {
        const text = rows.map((row) => JSON.stringify(row, null, 2)).join("\n");
        expect(cutInPieces(jsonValues(), Buffer.from(text), pieces)).toEqual(asJson(rows));
      }),
    );
  });

  test("CSV with quotes, delimiters and line breaks in its values", () => {
    const row = fc.record({ a: oddText, "b,c": oddText, d: oddText });
    fc.assert(
      fc.property(fc.array(row), sizes, fc.constantFrom("\n", "\r\n"), (rows, pieces, end) => {
        const quote = (text: string): string => `"${text.replaceAll('"', '""')}"`;
        const header = ["a", "b,c", "d"];
        const records = [header, ...rows.map((each) => [each.a, each["b,c"], each.d])];
        const bytes = Buffer.from(records.map((values) => values.map(quote).join(",")).join(end));
        expect(csvHeader(bytes)).toEqual({ columns: header, delimiter: "," });
        expect(cutInPieces(csvRecords(header, ","), bytes, pieces)).toEqual(rows);
      }),
    );
  });
});

test("every record knows the line that it begins on", async () => {
  const folder = await aFolder({});
  const path = join(folder, "SigninLogs.json");
  await writeFile(path, '[\n{"a":\n1},\n\n  {"a":2}, {"a":3}\n]\n');
  const file = { table: "SigninLogs", name: "SigninLogs.json", path, format: "json", gzip: false, size: 1 } as const;
  const found: unknown[] = [];
  for await (const records of readRecords(file, jsonValues())) {
    for (const record of records) found.push([record.line, "text" in record ? record.text.toString() : record.reason]);
  }
  expect(found).toEqual([
    [2, '{"a": 1}'],
    [5, '{"a":2}'],
    [5, '{"a":3}'],
  ]);
});
