// The tables of a workspace without a row: enough to bind a query and to run it into nothing.
import type { Engine } from "../kql/engine.ts";
import { knownTables } from "../kql/schemas/known-tables.ts";
import { nameSql } from "../kql/sql-text.ts";
import { physicalType } from "../kql/types.ts";

/** Tables that the engine already has are left alone. */
export async function defineEmptyTables(engine: Engine): Promise<void> {
  const there = new Set(engine.tables.map((table) => table.name));
  const missing = knownTables.filter((table) => !there.has(table.name));
  const statements = missing.map(({ name, columns }) => {
    const parts = columns.map((column) => `${nameSql(column.name)} ${physicalType[column.type]}`);
    return `CREATE TABLE ${nameSql(name)} (${parts.join(", ")});`;
  });
  await engine.connection.run(statements.join("\n"));
  for (const { name, columns } of missing) engine.define({ name, columns, relation: nameSql(name) });
}
