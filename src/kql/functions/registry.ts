// What a function is to the engine: data. The compiler checks arguments by it, and the page of what is supported is made of it.
import type { Compilation, Scope } from "../compilation.ts";
import type { Expression } from "../expression.ts";
import type { SyntaxNode } from "../parser.ts";
import type { ColumnType } from "../types.ts";

/** "any" takes the argument as it is; "number" any of the number types; of a "table" it takes the names of its columns. */
export type ParameterType = ColumnType | "any" | "number" | "table";

export interface Parameter {
  readonly name: string;
  readonly type: ParameterType;
  readonly optional: boolean;
  /** Takes all further arguments. */
  readonly repeated: boolean;
}

export interface Call {
  /** Arguments, converted to the parameters' types. */
  readonly args: readonly Expression[];
  readonly nodes: readonly SyntaxNode[];
  readonly node: SyntaxNode;
  /** The type that the binder gives the call. */
  readonly type: ColumnType;
  readonly scope: Scope;
  readonly filtering: boolean;
  readonly c: Compilation;
  refuse(message: string, code?: string): never;
}

/** What a null argument gives: "null" is null, "value" is an ordinary value, "own" is what the function's page says. */
export type Nulls = "null" | "value" | "own";

export interface ScalarFunction {
  readonly name: string;
  /** Further spellings that mean the same. */
  readonly spellings: readonly string[];
  readonly parameters: readonly Parameter[];
  /** "bound": the type that the binder gives. */
  readonly returns: ColumnType | "bound";
  readonly nulls: Nulls;
  /** Name of its page below https://learn.microsoft.com/kusto/query/ */
  readonly page: string;
  /** What of the function is refused, or is not as on the service. */
  readonly note?: string | undefined;
  readonly sql: (call: Call) => Expression | string;
}

/**
 * Reads "text:string, start:long, length?:long, more*:any". Written so because a line per function can be read and compared
 * with its page, and an object per parameter cannot.
 */
export function parameters(text: string): Parameter[] {
  if (text === "") return [];
  return text.split(",").map((part) => {
    const [, name = "", mark = "", type = "any"] = /^\s*(\w+)([?*]?):(\w+)\s*$/.exec(part) ?? [];
    return { name, type: type as ParameterType, optional: mark !== "", repeated: mark === "*" };
  });
}

export interface Details {
  readonly also?: readonly string[];
  readonly page?: string;
  readonly note?: string;
}

/** `sql` may give only the SQL; its type is then `returns`, and it is never null where `nulls` and the arguments say so. */
export function define(
  name: string,
  takes: string,
  returns: ColumnType | "bound",
  nulls: Nulls,
  sql: (call: Call) => Expression | string,
  details: Details = {},
): ScalarFunction {
  return {
    name,
    spellings: details.also ?? [],
    parameters: parameters(takes),
    returns,
    nulls,
    page: details.page ?? `${name.replaceAll("_", "-")}-function`,
    note: details.note,
    sql,
  };
}

/** For functions that are one SQL expression over their arguments' SQL. */
export const plain =
  (make: (...sql: string[]) => string) =>
  (call: Call): string =>
    make(...call.args.map((arg) => arg.sql));

/** A JavaScript function that DuckDB calls, for what has no form in SQL. It gets texts, and null where KQL has null. */
export interface NativeFunction {
  readonly name: string;
  readonly arguments: number;
  readonly run: (...args: (string | null)[]) => string | null;
}
