// The words that every part of the engine shares: types of columns, and what a table is.

export type ColumnType =
  | "bool"
  | "int"
  | "long"
  | "real"
  | "decimal"
  | "string"
  | "datetime"
  | "timespan"
  | "guid"
  | "dynamic";

export interface ResultColumn {
  readonly name: string;
  readonly type: ColumnType;
}

/**
 * Typed copies of values inside a dynamic column, by path from the column ("operatingSystem", "geoCoordinates.latitude").
 * `column` is the quoted SQL name of a column of the relation; it must hold NULL where the value is missing or null, and
 * exactly the value otherwise, so it may only be declared when every row's value has that type.
 */
export type Layout = Readonly<Record<string, { readonly column: string; readonly type: ColumnType }>>;

/** A table that queries can name. */
export interface TableDefinition {
  readonly name: string;
  readonly columns: readonly ResultColumn[];
  /**
   * Quoted SQL name of a DuckDB table or view with these columns in these physical types: string VARCHAR NOT NULL ('' for
   * missing), datetime TIMESTAMP, bool BOOLEAN, int INTEGER, long BIGINT, real DOUBLE, decimal DECIMAL(38,10), guid UUID,
   * timespan BIGINT (ticks of 100 ns), dynamic JSON (SQL NULL for missing; the JSON text must be valid).
   */
  readonly relation: string;
  /** Per dynamic column. Optional: queries answer the same without, only slower. */
  readonly layouts?: Readonly<Record<string, Layout>>;
}

/** How each type lies in DuckDB. */
export const physicalType: Readonly<Record<ColumnType, string>> = {
  bool: "BOOLEAN",
  int: "INTEGER",
  long: "BIGINT",
  real: "DOUBLE",
  decimal: "DECIMAL(38,10)",
  string: "VARCHAR",
  datetime: "TIMESTAMP",
  timespan: "BIGINT",
  guid: "UUID",
  dynamic: "JSON",
};

export const isNumber = (type: ColumnType): boolean =>
  type === "int" || type === "long" || type === "real" || type === "decimal";

export const isWhole = (type: ColumnType): boolean => type === "int" || type === "long";
