// Which of a file's own columns fill which columns of its table.
import type { ColumnType, ResultColumn } from "../types.ts";

export interface PlannedColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** The file's columns that hold it, the first with a value wins. Empty where the file does not have it. */
  readonly sources: readonly string[];
  /** True where the portal wrote it, with times in its own format. */
  readonly portalTime: boolean;
}

export interface ColumnPlan {
  readonly columns: readonly PlannedColumn[];
  /** Columns of the file that the table does not have. */
  readonly unknown: readonly string[];
  /** Set where TimeGenerated is missing from the whole file and another column stands in for it. */
  readonly timeFrom?: string;
}

const PORTAL_SUFFIX = " [UTC]";
// A union of tables that give one column two types splits it; the export of such a query has both halves.
const SPLIT_SUFFIX = /_(?:string|dynamic|datetime|bool|int|long|real|guid|timespan|decimal)$/;

/** `seen` are the names of the file's columns, exactly as it spells them. */
export function planColumns(columns: readonly ResultColumn[], seen: readonly string[]): ColumnPlan {
  const byName = new Map(columns.map((column) => [column.name, column]));
  const sources = new Map<string, string[]>();
  const unknown: string[] = [];
  // Exact names first: they win over halves and portal names of the same column.
  const ordered = [...seen.filter((name) => byName.has(name)), ...seen.filter((name) => !byName.has(name))];
  for (const name of ordered) {
    const target = targetOf(name, byName);
    if (target === undefined) unknown.push(name);
    else sources.set(target, [...(sources.get(target) ?? []), name]);
  }
  const standIn = sources.has("TimeGenerated") ? undefined : sources.get("CreatedDateTime");
  const planned = columns.map(({ name, type }): PlannedColumn => {
    const from = sources.get(name) ?? (name === "TimeGenerated" ? (standIn ?? []) : []);
    return { name, type, sources: from, portalTime: from.some((source) => source.endsWith(PORTAL_SUFFIX)) };
  });
  return { columns: planned, unknown, ...(standIn?.[0] !== undefined && { timeFrom: standIn[0] }) };
}

function targetOf(name: string, columns: ReadonlyMap<string, ResultColumn>): string | undefined {
  if (columns.has(name)) return name;
  if (name.endsWith(PORTAL_SUFFIX)) {
    const base = name.slice(0, -PORTAL_SUFFIX.length);
    return columns.get(base)?.type === "datetime" ? base : undefined;
  }
  const base = name.replace(SPLIT_SUFFIX, "");
  return base !== name && columns.has(base) ? base : undefined;
}
