// What an aggregate is to the engine: data, as with functions.
import type { Compilation, Scope } from "../compilation.ts";
import type { Expression } from "../expression.ts";
import { type Nulls, type Parameter, parameters } from "../functions/registry.ts";
import type { SyntaxNode } from "../parser.ts";
import type { ColumnType } from "../types.ts";

export interface AggregateCall {
  readonly args: readonly Expression[];
  readonly nodes: readonly SyntaxNode[];
  readonly node: SyntaxNode;
  readonly type: ColumnType;
  readonly scope: Scope;
  readonly c: Compilation;
  /** " FILTER (WHERE …)" for the …if forms, else "". */
  readonly filter: string;
  /** Adds to the filter. */
  where(sql: string): string;
  refuse(message: string, code?: string): never;
}

export interface Aggregate {
  readonly name: string;
  readonly spellings: readonly string[];
  readonly parameters: readonly Parameter[];
  /** Which parameter is the predicate of an …if form. */
  readonly predicate?: number | undefined;
  /** What it gives over no values: "null", "value", or "own". */
  readonly nulls: Nulls;
  readonly page: string;
  readonly note?: string | undefined;
  readonly sql: (call: AggregateCall) => Expression;
}

export function defineAggregate(
  name: string,
  takes: string,
  nulls: Nulls,
  sql: (call: AggregateCall) => Expression,
  details: {
    readonly also?: readonly string[];
    readonly page?: string;
    readonly note?: string;
    readonly predicate?: number;
  } = {},
): Aggregate {
  return {
    name,
    spellings: details.also ?? [],
    parameters: parameters(takes),
    predicate: details.predicate,
    nulls,
    page: details.page ?? `${name.replaceAll("_", "-")}-aggregation-function`,
    note: details.note,
    sql,
  };
}
