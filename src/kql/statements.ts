// let, set and patterns: what stands ahead of the query itself.
import { bindingOf, type Compilation, type Environment, inside, noColumns, type View } from "./compilation.ts";
import { toJson } from "./conversions.ts";
import type { Expression } from "./expression.ts";
import { elements, isTabular, kindOf, type SyntaxNode, visit } from "./parser.ts";
import type { Relation } from "./relation.ts";

/** Takes up one statement that is not the query itself. */
export function declare(statement: SyntaxNode, environment: Environment, c: Compilation): void {
  switch (kindOf(statement)) {
    case "LetStatement":
      declareName(statement, environment, c);
      return;
    case "SetOptionStatement":
      setOption(statement, environment, c);
      return;
    case "PatternStatement":
      declarePattern(statement, environment, c);
      return;
    default:
      c.refuse(statement, `${kindOf(statement)} is not supported`);
  }
}

/** What functions here look at; other options are for the service to obey. */
const OPTIONS: ReadonlySet<string> = new Set(["query_bin_auto_size", "query_bin_auto_at"]);

function setOption(statement: SyntaxNode, environment: Environment, c: Compilation): void {
  const name = statement.Name.SimpleName as string;
  if (!OPTIONS.has(name)) c.refuse(statement, `set ${name} is not supported`);
  const value: SyntaxNode = statement.ValueClause?.Expression ?? c.refuse(statement, `set ${name} needs a value`);
  c.settings.set(name, c.scalar(value, noColumns(environment)));
}

function declarePattern(statement: SyntaxNode, environment: Environment, c: Compilation): void {
  const text = (node: SyntaxNode): string => {
    const { constant } = c.scalar(node, noColumns(environment));
    return typeof constant === "string" ? constant : c.refuse(node, "a pattern is matched by constant texts");
  };
  const cases = elements(statement.Pattern?.Patterns).map((one) => ({
    texts: [
      ...elements(one.ParameterValues.Expressions),
      ...(one.PathValue ? [one.PathValue.Value as SyntaxNode] : []),
    ].map(text),
    body: one.Body as SyntaxNode,
  }));
  const home = { outer: environment.outer, names: new Map(environment.names) };
  environment.names.set(statement.Name.SimpleName, { kind: "pattern", home, cases });
}

/** What stands in the braces of a view or a pattern, which take nothing from where they are named. */
export function tableOf({ body, home }: Omit<View, "name">, c: Compilation): Relation {
  const local = inside(home);
  for (const statement of elements(body.Statements)) declare(statement, local, c);
  return c.tabular(body.Expression ?? c.refuse(body, "there is no result in the braces"), local);
}

function declareName(statement: SyntaxNode, environment: Environment, c: Compilation): void {
  const name = statement.Name.SimpleName as string;
  const expression: SyntaxNode = statement.Expression;
  if (kindOf(expression) === "FunctionDeclaration") {
    // The home is what stands before this statement: a copy, for a later let may not change what the body sees.
    const home = { outer: environment.outer, names: new Map(environment.names) };
    environment.names.set(name, { kind: "function", home, view: expression.ViewKeyword ? expression.Body : undefined });
  } else if (isTabular(expression)) {
    environment.names.set(name, { kind: "table", value: { ...c.tabular(expression, environment), name } });
  } else {
    const value = c.scalar(expression, noColumns(environment));
    const depth = depthOfRow(expression, environment);
    // What is made of a row's value, inside a function, is of that row and cannot be computed ahead of it.
    environment.names.set(name, { kind: "scalar", value: depth === undefined ? once(value, c) : value, depth });
  }
}

/** How deep the row stands that an expression takes a value of; undefined where it takes none. */
function depthOfRow(expression: SyntaxNode, environment: Environment): number | undefined {
  let deepest: number | undefined;
  visit(expression, (node) => {
    if (kindOf(node) !== "NameReference") return;
    const bound = bindingOf(environment, node.SimpleName);
    if (bound?.kind !== "scalar" || bound.depth === undefined) return;
    deepest = Math.max(deepest ?? bound.depth, bound.depth);
  });
  return deepest;
}

/** What gives another value each time; a text that only looks so is computed more than once, and nothing else. */
const RANDOM = /\b(?:random|uuid)\(\)/;

/**
 * A value that is not constant is computed in a step of its own, so that using its name twice does not compute it twice.
 * A random one is drawn anew for every row and every use, unless toscalar() holds it: /kusto/query/named-expressions
 */
function once(e: Expression, c: Compilation): Expression {
  if (e.constant !== undefined || e.json !== undefined || RANDOM.test(e.sql)) return e;
  const from = c.step(`SELECT ${e.type === "dynamic" ? toJson(e).sql : e.sql} AS v`);
  return { type: e.type, sql: `(SELECT v FROM ${from})`, present: e.present };
}
