// Some plugins make columns out of what the rows hold. The compiler then stops and asks for them.
import type { ResultColumn } from "./types.ts";

/** Thrown while compiling; the engine asks the database, writes the schema behind the call and compiles again. */
export class SchemaNeeded extends Error {
  /** Offset behind the call in the text that was compiled. */
  readonly position: number;
  readonly sql: string;
  readonly columns: (rows: readonly (readonly unknown[])[]) => readonly ResultColumn[];

  constructor(position: number, sql: string, columns: SchemaNeeded["columns"]) {
    super("the columns depend on the rows");
    this.name = "SchemaNeeded";
    this.position = position;
    this.sql = sql;
    this.columns = columns;
  }
}

/** Thrown while compiling where the binder has to see something that the text does not say. */
export class TextNeeded extends Error {
  readonly position: number;
  readonly text: string;

  constructor(position: number, text: string) {
    super("the text is to be completed");
    this.name = "TextNeeded";
    this.position = position;
    this.text = text;
  }
}

/** ": (a:long, ['b c']:string)" */
export function schemaText(columns: readonly ResultColumn[]): string {
  const parts = columns.map(({ name, type }) => `[${quoted(name)}]:${type}`);
  return ` : (${parts.join(", ")})`;
}

const quoted = (name: string): string =>
  `'${name.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("\n", "\\n").replaceAll("\r", "\\r").replaceAll("\t", "\\t")}'`;
