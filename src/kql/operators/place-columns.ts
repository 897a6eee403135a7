// Where the columns of several tables go when their rows are put together.

import { escapeRegex } from "../sql-text.ts";
import type { ResultColumn } from "../types.ts";

/**
 * By name and type of a table's own column, the name that it has in the result: its own, or name_type where tables give one
 * name to different types, or name_type with a number where that name is taken. Undefined where that cannot be told.
 * https://learn.microsoft.com/kusto/query/union-operator
 */
export function placesOf(
  expected: readonly ResultColumn[],
  tables: readonly { readonly columns: readonly ResultColumn[] }[],
): (own: ResultColumn) => string | undefined {
  const given = new Set(tables.flatMap(({ columns }) => columns.map(({ name }) => name)));
  const ofType = new Map<string, ResultColumn[]>();
  for (const column of expected) ofType.set(column.type, [...(ofType.get(column.type) ?? []), column]);
  const asTheyAre = new Set(expected.map(({ name, type }) => `${type} ${name}`));
  return (own) => {
    if (asTheyAre.has(`${own.type} ${own.name}`)) return own.name;
    const fitting = ofType.get(own.type) ?? [];
    const split = `${own.name}_${own.type}`;
    if (!given.has(split)) return fitting.find(({ name }) => name === split)?.name;
    const numbered = new RegExp(`^${escapeRegex(split)}\\d+$`);
    const free = fitting.filter(({ name }) => numbered.test(name) && !given.has(name));
    return free.length === 1 ? free[0]?.name : undefined;
  };
}

/**
 * The binder lays name_type where the first of several tables has the name, also where it gives that column a number because
 * another table has a column name_type of its own; the service lays the numbered one there, and the other where its table has it.
 */
export function laidOut(
  expected: readonly ResultColumn[],
  tables: readonly { readonly columns: readonly ResultColumn[] }[],
  place: (own: ResultColumn) => string | undefined,
): readonly ResultColumn[] {
  const laid = [...expected];
  for (const own of tables.flatMap(({ columns }) => columns)) {
    const split = `${own.name}_${own.type}`;
    const placed = place(own);
    if (placed === own.name || placed === split) continue;
    const numbered = laid.findIndex(({ name }) => name === placed);
    const other = laid.findIndex(({ name }) => name === split);
    const [a, b] = [laid[numbered], laid[other]];
    if (a && b && other < numbered) [laid[numbered], laid[other]] = [b, a];
  }
  return laid;
}
