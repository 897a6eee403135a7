import { DuckDBInstance } from "@duckdb/node-api";
import { expect, onTestFinished, test } from "vitest";
import { createMacros } from "../../src/kql/create-macros.ts";
import { openEngine } from "../../src/kql/engine.ts";
import { MACROS } from "../../src/kql/macros.ts";
import { nativeFunctions, registerNatives } from "../../src/kql/native/all.ts";

const namesIn = (text: string): readonly string[] => text.match(/\bkql_\w+/g) ?? [];
const definitions = new Map(MACROS.map((macro) => [namesIn(macro)[0] ?? "", macro]));
const natives = new Set(nativeFunctions.map((native) => native.name));

async function aDatabase() {
  const instance = await DuckDBInstance.create(":memory:", { threads: "1" });
  onTestFinished(() => instance.closeSync());
  const connection = await instance.connect();
  registerNatives(connection);
  return connection;
}

test("a macro is made with all that it calls, and with no other", async () => {
  const connection = await aDatabase();
  for (const name of definitions.keys()) {
    await connection.run(`ATTACH ':memory:' AS of_${name}; USE of_${name}`);
    await createMacros(connection)(`SELECT ${name}(1)`);
    const read = await connection.runAndReadAll(
      `SELECT DISTINCT function_name FROM duckdb_functions() WHERE database_name = 'of_${name}' AND function_type = 'macro' AND function_name LIKE 'kql%'`,
    );
    const made = read.getRows().map(([each]) => String(each));
    const needed = new Set([name]);
    for (const each of needed) for (const other of namesIn(definitions.get(each) ?? "")) needed.add(other);
    expect(made.sort()).toEqual([...needed].filter((each) => !natives.has(each)).sort());
  }
});

test("the first questions to an engine may come all at once", async () => {
  const engine = await openEngine({ threads: 2 });
  onTestFinished(() => engine.close());
  const asked = Array.from({ length: 8 }, (_, n) =>
    engine.query(`print a = "x ${n} y" has "${n}", b = tolong("${n}"), c = bin(1d, 1h)`),
  );
  const rows = (await Promise.all(asked)).map((answer) => answer.rows);
  expect(rows).toEqual(Array.from({ length: 8 }, (_, n) => [[true, n, "1.00:00:00"]]));
});

test("a question after one that failed has its macros", async () => {
  const connection = await aDatabase();
  const create = createMacros(connection);
  const [name = ""] = definitions.keys();
  await connection.run("BEGIN TRANSACTION READ ONLY");
  await expect(create(`SELECT ${name}(x)`)).rejects.toThrow(/read-only/);
  await connection.run("ROLLBACK");
  await expect(create(`SELECT ${name}(x)`)).resolves.toBeUndefined();
  const made = await connection.runAndReadAll(`SELECT 1 FROM duckdb_functions() WHERE function_name = '${name}'`);
  expect(made.getRows()).toHaveLength(1);
});
