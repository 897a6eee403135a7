// A compiled table: where its rows come from, its columns, and the order they are promised in.
import { listJson, toJson } from "./conversions.ts";
import { columnExpression, type Expression } from "./expression.ts";
import { nameSql } from "./sql-text.ts";
import type { ColumnType } from "./types.ts";

export interface RelationColumn {
  readonly name: string;
  readonly type: ColumnType;
  /** Quoted SQL identifier in the relation. DuckDB folds the case of names and KQL does not, so it may differ from the name. */
  readonly id: string;
  readonly present?: boolean | undefined;
  /** Set where a dynamic column lies as a typed value. */
  readonly leaf?: ColumnType | undefined;
  /** Set where a dynamic column lies as a LIST of non-null elements. */
  readonly listOf?: ColumnType | undefined;
  /** Typed copies of values inside a dynamic column. */
  readonly shadows?: Readonly<Record<string, { readonly id: string; readonly type: ColumnType }>> | undefined;
}

export interface SortKey {
  readonly id: string;
  readonly descending: boolean;
  readonly nullsFirst: boolean;
}

export interface Relation {
  /** Name of a step of the query, or the quoted name of a table. */
  readonly from: string;
  readonly columns: readonly RelationColumn[];
  /** Columns that only carry the order. */
  readonly hidden: readonly RelationColumn[];
  /** Order is carried along, not made at each step: only what depends on it sorts. */
  readonly order?: readonly SortKey[] | undefined;
  /** Window functions may be used. */
  readonly serialized?: boolean | undefined;
  /**
   * Hidden columns that cut the rows into parts, each taken for itself by every operator: the rows of one array in mv-apply,
   * of one key in partition.
   */
  readonly partition?: readonly string[] | undefined;
  /** For `withsource`: the table's name, or what `as` gave. */
  readonly name?: string | undefined;
}

export function expressionOf(column: RelationColumn, alias = ""): Expression {
  const id = alias + column.id;
  if (column.type !== "dynamic") {
    return { type: column.type, sql: id, present: column.present || column.type === "string" };
  }
  if (column.leaf) {
    const leaf = columnExpression(column.leaf, id);
    return { type: "dynamic", sql: toJson(leaf).sql, leaf };
  }
  if (column.listOf) {
    const list = { sql: id, type: column.listOf };
    return { type: "dynamic", sql: listJson(list), list, present: column.present };
  }
  const shadows =
    column.shadows &&
    Object.fromEntries(Object.entries(column.shadows).map(([path, s]) => [path, { type: s.type, sql: alias + s.id }]));
  return { type: "dynamic", sql: id, present: column.present, shadows };
}

/** An identifier that no column of the relation has, for one that is put beside them. */
export function freeId(relation: Relation, name: string): string {
  const taken = new Set([...relation.columns, ...relation.hidden].map(({ id }) => id.toLowerCase()));
  let id = nameSql(name);
  for (let n = 2; taken.has(id.toLowerCase()); n++) id = nameSql(`${name}~${n}`);
  return id;
}

/** "PARTITION BY … ORDER BY …" for a window over rows in their order. */
export function windowSql(relation: Relation): string {
  const parts = relation.partition?.length ? `PARTITION BY ${relation.partition.join(", ")}` : "";
  return `${parts}${orderSql(relation.order)}`.trim();
}

export function orderSql(order: readonly SortKey[] | undefined): string {
  if (!order?.length) return "";
  const keys = order.map((k) => `${k.id} ${k.descending ? "DESC" : "ASC"} NULLS ${k.nullsFirst ? "FIRST" : "LAST"}`);
  return ` ORDER BY ${keys.join(", ")}`;
}
