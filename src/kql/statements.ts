// let, and what a query's text is made of.
import { type Compilation, type Environment, noColumns } from "./compilation.ts";
import { toJson } from "./conversions.ts";
import type { Expression } from "./expression.ts";
import { isTabular, kindOf, type SyntaxNode } from "./parser.ts";

/** Takes up one statement that is not the query itself. */
export function declare(statement: SyntaxNode, environment: Environment, c: Compilation): void {
  switch (kindOf(statement)) {
    case "LetStatement":
      declareName(statement, environment, c);
      return;
    case "SetOptionStatement":
      c.refuse(statement, "set statements are not supported");
      return;
    default:
      c.refuse(statement, `${kindOf(statement)} is not supported`);
  }
}

function declareName(statement: SyntaxNode, environment: Environment, c: Compilation): void {
  const name = statement.Name.SimpleName as string;
  const expression: SyntaxNode = statement.Expression;
  if (kindOf(expression) === "FunctionDeclaration") {
    // The home is what stands before this statement: a copy, for a later let may not change what the body sees.
    const home = { outer: environment.outer, names: new Map(environment.names) };
    environment.names.set(name, { kind: "function", home });
  } else if (isTabular(expression)) {
    environment.names.set(name, { kind: "table", value: { ...c.tabular(expression, environment), name } });
  } else {
    environment.names.set(name, { kind: "scalar", value: once(c.scalar(expression, noColumns(environment)), c) });
  }
}

/** A value that is not constant is computed in a step of its own, so that using its name twice does not compute it twice. */
function once(e: Expression, c: Compilation): Expression {
  if (e.constant !== undefined || e.json !== undefined) return e;
  const from = c.step(`SELECT ${e.type === "dynamic" ? toJson(e).sql : e.sql} AS v`);
  return { type: e.type, sql: `(SELECT v FROM ${from})`, present: e.present };
}
