// A query's text to one SQL statement.
import {
  type Compilation,
  type CompilationOptions,
  type Environment,
  inside,
  refuser,
  type TableUse,
  withSteps,
} from "./compilation.ts";
import { plainJson } from "./conversions.ts";
import type { Step } from "./fold-steps.ts";
import { positionAt } from "./kql-error.ts";
import { operator, tabular } from "./operators/tabular.ts";
import { elements, isTabular, kindOf, type SyntaxNode, startOf } from "./parser.ts";
import { expressionOf, orderSql, type Relation } from "./relation.ts";
import { condition, scalar } from "./scalar/scalar.ts";
import { declare } from "./statements.ts";
import type { ResultColumn } from "./types.ts";

export interface Compiled {
  readonly sql: string;
  readonly columns: readonly ResultColumn[];
  readonly warnings: readonly string[];
  /** The query asked for the time: ago(), now(). */
  readonly clock: boolean;
  readonly tables: ReadonlyMap<string, ReadonlySet<TableUse>>;
}

export function compile(root: SyntaxNode, options: CompilationOptions): Compiled {
  const c = compilation(options);
  const relation = query(root, inside(), c);
  const columns = relation.columns.map((column) => {
    const value = expressionOf(column);
    return `${value.type === "dynamic" ? `(${plainJson(value).sql})::VARCHAR` : value.sql} AS ${column.id}`;
  });
  return {
    sql: withSteps(c, `SELECT ${columns.join(", ")} FROM ${relation.from}${orderSql(relation.order)}`),
    columns: relation.columns.map(({ name, type }) => ({ name, type })),
    warnings: [...c.warnings],
    clock: c.used.clock,
    tables: c.used.tables,
  };
}

function compilation(options: CompilationOptions): Compilation {
  let count = 0;
  const steps: Step[] = [];
  const warnings = new Set<string>();
  const c: Compilation = {
    ...options,
    scalar: (node, scope) => scalar(node, scope, c),
    condition: (node, scope) => condition(node, scope, c),
    tabular: (node, environment) => tabular(node, environment, c),
    subquery: (node, input, environment) => subquery(node, input, environment, c),
    step: (select) => {
      const name = `s${steps.length}`;
      steps.push(typeof select === "string" ? `${name} AS (${select})` : { ...select, name });
      return name;
    },
    fresh: () => count++,
    refuse: refuser(options),
    warn: (node, message) => {
      const at = positionAt(options.asked, options.original(startOf(node)));
      warnings.add(`line ${at.line}, column ${at.column}: ${message}`);
    },
    settings: new Map(),
    steps,
    warnings,
    used: { clock: false, depth: 0, tables: new Map() },
  };
  return c;
}

/** Operators of a pipe whose rows are given, as in the brackets of mv-apply. */
function subquery(node: SyntaxNode, input: Relation, environment: Environment, c: Compilation): Relation {
  if (kindOf(node) !== "PipeExpression") return operator(node, input, node, environment, c);
  const before = subquery(node.Expression, input, environment, c);
  return operator(node.Operator, before, node, environment, c);
}

function query(root: SyntaxNode, environment: Environment, c: Compilation): Relation {
  let result: Relation | undefined;
  for (const statement of elements(root.Statements)) {
    if (kindOf(statement) !== "ExpressionStatement") {
      declare(statement, environment, c);
      continue;
    }
    if (result) c.refuse(statement, "more than one query in a text; end all but the last with let");
    const expression: SyntaxNode = statement.Expression;
    if (!isTabular(expression)) c.refuse(expression, "the query gives a value and no table", "KQL_TYPE");
    result = c.tabular(expression, environment);
  }
  return result ?? c.refuse(root, "the text has no query", "KQL_TYPE");
}
