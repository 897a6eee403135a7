// Watchlists: CSV files that `_GetWatchlist("name")` reads.
import { readdir } from "node:fs/promises";
import { join, parse } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { nameSql, textSql } from "./sql-text.ts";
import type { TableDefinition } from "./types.ts";

/** Watchlists lie beside the tables under names that no table has. */
const PREFIX = "watchlist:";
const CALL = /_GetWatchlist\s*\(\s*(?:"([^"\\\n]*)"|'([^'\\\n]*)')\s*\)/y;

/**
 * Puts the watchlist's own table where its function is called, in as many characters, so that positions stay true. The
 * binder must know the columns of each watchlist, and a function has the same columns whatever it is called with.
 */
export function nameWatchlists(kql: string): string {
  if (!kql.includes("_GetWatchlist")) return kql;
  let made = "";
  for (let i = 0; i < kql.length; ) {
    CALL.lastIndex = i;
    const call = kql[i] === "_" && !/\w/.test(kql[i - 1] ?? " ") ? CALL.exec(kql) : null;
    if (call) {
      const name = `['${PREFIX}${call[1] ?? call[2]}']`;
      made += name.padEnd(call[0].length);
      i += call[0].length;
      continue;
    }
    const end = endOfQuiet(kql, i);
    made += kql.slice(i, end);
    i = end;
  }
  return made;
}

/** Past a comment or a string, else one character on. */
function endOfQuiet(kql: string, at: number): number {
  const c = kql[at];
  if (c === "/" && kql[at + 1] === "/") {
    const end = kql.indexOf("\n", at);
    return end < 0 ? kql.length : end;
  }
  if (c !== '"' && c !== "'") return at + 1;
  const verbatim = kql[at - 1] === "@";
  for (let i = at + 1; i < kql.length; i++) {
    if (kql[i] === "\\" && !verbatim) i++;
    else if (kql[i] === c || kql[i] === "\n") return i + 1;
  }
  return kql.length;
}

/** Every CSV file of a folder as a table of texts. */
export async function loadWatchlists(
  folder: string | undefined,
  connection: DuckDBConnection,
): Promise<TableDefinition[]> {
  if (folder === undefined) return [];
  const files = (await readdir(folder)).filter((file) => file.toLowerCase().endsWith(".csv")).sort();
  const tables: TableDefinition[] = [];
  for (const file of files) {
    const name = `${PREFIX}${parse(file).name}`;
    const relation = nameSql(name);
    const source = `read_csv(${textSql(join(folder, file))}, header = true, all_varchar = true)`;
    const described = await connection.runAndReadAll(`DESCRIBE SELECT * FROM ${source}`);
    const own = described.getRows().map((row) => String(row[0]));
    const [key] = own;
    if (key === undefined) continue;
    // The service adds these; the search key is chosen when a watchlist is made, and its first column is the usual choice.
    const added = own.includes("SearchKey") ? "" : `coalesce(${nameSql(key)}, '') AS "SearchKey", `;
    const columns = own.map((column) => `coalesce(${nameSql(column)}, '') AS ${nameSql(column)}`).join(", ");
    await connection.run(`CREATE TABLE ${relation} AS SELECT ${added}${columns} FROM ${source}`);
    const names = own.includes("SearchKey") ? own : ["SearchKey", ...own];
    tables.push({ name, relation, columns: names.map((column) => ({ name: column, type: "string" })) });
  }
  return tables;
}
