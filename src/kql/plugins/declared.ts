// The schema written behind a plugin's call.
import { withSteps } from "../compilation.ts";
import { elements, type SyntaxNode, startOf, textOf, typeNamed } from "../parser.ts";
import { SchemaNeeded } from "../schema-needed.ts";
import type { ColumnType, ResultColumn } from "../types.ts";
import type { PluginCall } from "./evaluate.ts";

export interface Declared {
  /** `*`: the columns of the input as well. */
  readonly star: boolean;
  readonly columns: readonly ResultColumn[];
}

export function declaredSchema({ node }: PluginCall): Declared | undefined {
  const schema: SyntaxNode | undefined = node.Schema?.Schema;
  if (!schema) return undefined;
  const columns = elements(schema.Columns).map((column) => ({
    name: column.Name.SimpleName as string,
    type: typeNamed(textOf(column.Type)) as ColumnType,
  }));
  return { star: /^\(\s*\*/.test(textOf(schema)), columns };
}

/** Stops compiling until the database has told the columns. */
export function askColumns({ call, c }: PluginCall, select: string, columns: SchemaNeeded["columns"]): never {
  const position = startOf(call) + (call.End - call.TextStart);
  throw new SchemaNeeded(position, withSteps(c, `SELECT * FROM (${select})`), columns);
}

/** Arguments by position and by name. */
export function argumentsOf({ call }: PluginCall): {
  readonly positional: SyntaxNode[];
  readonly named: Map<string, SyntaxNode>;
} {
  const positional: SyntaxNode[] = [];
  const named = new Map<string, SyntaxNode>();
  for (const argument of elements(call.ArgumentList.Expressions)) {
    if (argument.Name && argument.Expression && textOf(argument).includes("="))
      named.set(argument.Name.SimpleName, argument.Expression);
    else positional.push(argument);
  }
  return { positional, named };
}
