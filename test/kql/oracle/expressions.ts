// Expressions as data: what is asked, its text in KQL, and its value for one row.
import { operations } from "./operations.ts";
import { type Column, literal, nameText, type Type, type Value } from "./values.ts";

export type Expression =
  | { readonly kind: "column"; readonly name: string; readonly type: Type }
  | { readonly kind: "literal"; readonly value: Value; readonly type: Type }
  | { readonly kind: "in"; readonly of: Expression; readonly values: readonly Value[]; readonly negated: boolean }
  | { readonly kind: "call"; readonly operation: string; readonly args: readonly Expression[] };

/** A row by the names of its columns. */
export type Row = ReadonlyMap<string, Value>;

const operation = (name: string) => {
  const found = operations[name];
  if (!found) throw new Error(`no operation ${name}`);
  return found;
};

export function typeOf(e: Expression): Type {
  if (e.kind === "call") return operation(e.operation).gives;
  return e.kind === "in" ? "bool" : e.type;
}

export function expressionText(e: Expression): string {
  switch (e.kind) {
    case "column":
      return nameText(e.name);
    case "literal":
      return literal(e.value, e.type);
    case "in": {
      const values = e.values.map((value) => literal(value, typeOf(e.of)));
      return `(${expressionText(e.of)} ${e.negated ? "!in" : "in"} (${values.join(", ")}))`;
    }
    case "call":
      return operation(e.operation).text(...e.args.map(expressionText));
  }
}

export function evaluate(e: Expression, row: Row): Value {
  switch (e.kind) {
    case "column":
      return row.get(e.name) ?? null;
    case "literal":
      return e.value;
    case "in":
      return e.values.includes(evaluate(e.of, row)) !== e.negated;
    case "call":
      return operation(e.operation).of(...e.args.map((arg) => evaluate(arg, row)));
  }
}

export const rowOf = (columns: readonly Column[], values: readonly Value[]): Row =>
  new Map(columns.map((column, at) => [column.name, values[at] ?? null]));
