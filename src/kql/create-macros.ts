// The macros of a database, each made when the first statement calls it: making all of them took longer than opening it.
import type { DuckDBConnection } from "@duckdb/node-api";
import { MACROS } from "./macros.ts";

const CALL = /\bkql_\w+/g;
const nameOf = (macro: string): string => macro.slice(0, macro.indexOf("("));
const called = (sql: string): ReadonlySet<string> => new Set(sql.match(CALL));

/** Each macro with all that it calls, in the order in which they can be made. */
const withCalls: ReadonlyMap<string, readonly string[]> = MACROS.reduce((known, macro) => {
  const name = nameOf(macro);
  const others = [...called(macro)].filter((other) => other !== name).flatMap((other) => known.get(other) ?? []);
  return known.set(name, [...new Set([...others, macro])]);
}, new Map<string, readonly string[]>());

/** Gives what makes the macros that a statement calls. Statements may come at once; no macro is made twice. */
export function createMacros(connection: DuckDBConnection): (sql: string) => Promise<void> {
  const made = new Set<string>();
  let last = Promise.resolve();
  return (sql) => {
    const making = last.then(async () => {
      const needed = [...called(sql)].flatMap((name) => withCalls.get(name) ?? []);
      const missing = [...new Set(needed)].filter((macro) => !made.has(macro));
      if (missing.length === 0) return;
      await connection.run(missing.map((macro) => `CREATE OR REPLACE MACRO ${macro};`).join("\n"));
      for (const macro of missing) made.add(macro);
    });
    last = making.catch(() => {});
    return making;
  };
}
