// One tabular expression of the bound tree to a relation.
import { bindingOf, type Compilation, type Environment, noColumns } from "../compilation.ts";
import { userCall } from "../functions/call.ts";
import { elements, kindOf, type SyntaxNode, textOf } from "../parser.ts";
import { evaluate } from "../plugins/evaluate.ts";
import type { Relation } from "../relation.ts";
import { tableOf } from "../statements.ts";
import {
  count,
  distinct,
  extend,
  filter,
  getSchema,
  named,
  project,
  projectByNames,
  rename,
  selectColumns,
  serialize,
} from "./columns.ts";
import { find } from "./find.ts";
import { join } from "./join.ts";
import { makeSeries } from "./make-series.ts";
import { mvApply, partition } from "./mv-apply.ts";
import { mvExpand } from "./mv-expand.ts";
import { sort, take, top } from "./order.ts";
import { parse, parseKeyValues } from "./parse.ts";
import { sample, sampleDistinct } from "./sample.ts";
import { scan } from "./scan.ts";
import { search } from "./search.ts";
import { databaseTable, dataTable, print, range, tableCall } from "./sources.ts";
import { summarize } from "./summarize.ts";
import { topHitters } from "./top-hitters.ts";
import { topNested } from "./top-nested.ts";
import { union } from "./union.ts";

export function tabular(node: SyntaxNode, environment: Environment, c: Compilation): Relation {
  switch (kindOf(node)) {
    case "PipeExpression":
      return operator(node.Operator, tabular(node.Expression, environment, c), node, environment, c);
    case "ParenthesizedExpression":
    case "MaterializeExpression":
      return tabular(node.Expression, environment, c);
    case "NameReference": {
      const name = node.SimpleName as string;
      const bound = bindingOf(environment, name);
      if (bound?.kind === "table") return bound.value;
      if (bound?.kind === "function") {
        const called = userCall(node, environment, undefined, c);
        if (called?.kind === "table") return { ...called.value, name };
        return c.refuse(node, `${name} is no table`);
      }
      return databaseTable(name, "name", node, c);
    }
    case "FunctionCallExpression": {
      const called = userCall(node, environment, undefined, c);
      if (called?.kind === "table") return called.value;
      const matched = patternOf(node, undefined, environment, c);
      if (matched) return matched;
      if (node.Name.SimpleName === "table") return tableCall(node, environment, c);
      return c.refuse(node.Name, `the tabular function ${node.Name.SimpleName}() is not supported`);
    }
    case "PathExpression":
      return (
        patternOf(node.Expression, node.Selector, environment, c) ?? c.refuse(node, `${textOf(node)} is not supported`)
      );
    case "DataTableExpression":
      return dataTable(node, c);
    case "PrintOperator":
      return print(node, environment, c);
    case "RangeOperator":
      return range(node, environment, c);
    case "UnionOperator":
      return union(node, undefined, node, environment, c);
    case "SearchOperator":
      return search(node, undefined, node, environment, c);
    case "FindOperator":
      return find(node, environment, c);
    case "ExternalDataExpression":
      return c.refuse(node, "externaldata reads from the network, which this engine never does");
    default:
      return c.refuse(node, `${nameOf(node)} is not supported`);
  }
}

/** `country("Canada").Alberta`: what the pattern is for these texts. */
function patternOf(
  call: SyntaxNode,
  path: SyntaxNode | undefined,
  environment: Environment,
  c: Compilation,
): Relation | undefined {
  if (kindOf(call) !== "FunctionCallExpression") return undefined;
  const bound = bindingOf(environment, call.Name.SimpleName);
  if (bound?.kind !== "pattern") return undefined;
  const texts: unknown[] = elements(call.ArgumentList.Expressions).map(
    (e) => c.scalar(e, noColumns(environment)).constant,
  );
  if (path) texts.push(path.SimpleName);
  const found = bound.cases.find((one) => one.texts.join("\0") === texts.join("\0"));
  return found ? tableOf({ ...found, home: bound.home }, c) : c.refuse(call, "the pattern knows no such texts");
}

const nameOf = (node: SyntaxNode): string => textOf(node).split(/[\s(]/)[0] || kindOf(node);

/** What an operator is to the engine: data, as with functions. */
export interface Operator {
  /** The parser's name for it. */
  readonly kind: string;
  readonly name: string;
  /** Name of its page below https://learn.microsoft.com/kusto/query/ */
  readonly page: string;
  /** What of it is refused, or is not as on the service. */
  readonly note?: string;
  /** `pipe` is the whole expression that ends with this operator; the binder's columns hang there. */
  readonly run: (
    node: SyntaxNode,
    input: Relation,
    pipe: SyntaxNode,
    environment: Environment,
    c: Compilation,
  ) => Relation;
}

const define = (kind: string, name: string, run: Operator["run"], note?: string): Operator => ({
  kind,
  name,
  page: `${name}-operator`,
  run,
  ...(note === undefined ? {} : { note }),
});

const columnsOnly: Operator["run"] = (node, input, pipe, _environment, c) => selectColumns(node, input, pipe, c);
const LEFT_OUT = "left out, with a warning: the rows are returned";

export const operators: readonly Operator[] = [
  define("FilterOperator", "where", (node, input, _pipe, environment, c) => filter(node, input, environment, c)),
  define("ExtendOperator", "extend", extend),
  define("ProjectOperator", "project", project),
  define("ProjectAwayOperator", "project-away", columnsOnly),
  define("ProjectKeepOperator", "project-keep", columnsOnly),
  define("ProjectByNamesOperator", "project-by-names", projectByNames),
  define("ProjectReorderOperator", "project-reorder", columnsOnly),
  define("ProjectRenameOperator", "project-rename", (node, input, _pipe, _environment, c) => rename(node, input, c)),
  define("SummarizeOperator", "summarize", summarize),
  define("DistinctOperator", "distinct", distinct),
  define("CountOperator", "count", (_node, input, pipe, _environment, c) => count(input, pipe, c)),
  define("SortOperator", "sort", (node, input, _pipe, environment, c) => sort(node, input, environment, c)),
  define("TopOperator", "top", (node, input, _pipe, environment, c) => top(node, input, environment, c)),
  define("TakeOperator", "take", (node, input, _pipe, environment, c) => take(node, input, environment, c)),
  define("TopHittersOperator", "top-hitters", topHitters, "exact; the service estimates"),
  define("TopNestedOperator", "top-nested", topNested, "with others is refused"),
  define(
    "SampleOperator",
    "sample",
    (node, input, _pipe, environment, c) => sample(node, input, environment, c),
    "gives the first rows, so that it can be repeated",
  ),
  define("SampleDistinctOperator", "sample-distinct", sampleDistinct, "gives the first values"),
  define("SerializeOperator", "serialize", serialize),
  define(
    "JoinOperator",
    "join",
    join,
    "keys are columns, joined by equality and and; innerunique keeps any one row of the left per key",
  ),
  define("LookupOperator", "lookup", join),
  define("UnionOperator", "union", union, "names that collide even with their types are refused"),
  define("MvExpandOperator", "mv-expand", mvExpand),
  define(
    "MvApplyOperator",
    "mv-apply",
    mvApply,
    "a row whose array is empty gives no row; join, union and mv-apply within are refused",
  ),
  define("PartitionOperator", "partition", partition, "only with a subquery in round brackets"),
  define("ParseOperator", "parse", parse),
  define("ParseWhereOperator", "parse-where", parse),
  define("ParseKvOperator", "parse-kv", parseKeyValues),
  define(
    "MakeSeriesOperator",
    "make-series",
    makeSeries,
    "the functions that work on series are refused; a range() must be constant, begin on a bin of its step and leave no rows behind its stop in the last bin",
  ),
  define(
    "ScanOperator",
    "scan",
    scan,
    "order by, partition by and output=last are refused; row by row, so best on some ten thousand rows",
  ),
  define("EvaluateOperator", "evaluate", evaluate, "with the plugins below"),
  define("InvokeOperator", "invoke", (node, input, _pipe, environment, c) => {
    const called = userCall(node.Function, environment, undefined, c, input);
    return called?.kind === "table"
      ? called.value
      : c.refuse(node, "only a user-defined tabular function can be invoked");
  }),
  define("AsOperator", "as", (node, input, _pipe, environment, c) => named(node, input, environment, c)),
  define("GetSchemaOperator", "getschema", (node, input, _pipe, _environment, c) => {
    if (input.partition) c.refuse(node, "getschema inside mv-apply or partition is not supported");
    return getSchema(input, c);
  }),
  define(
    "FindOperator",
    "find",
    (node, _input, _pipe, environment, c) => find(node, environment, c),
    "columns of several types, types in project, and pack(*) beside other columns are refused",
  ),
  define("SearchOperator", "search", search, "wildcards in terms are refused"),
  define(
    "RenderOperator",
    "render",
    (node, input, _pipe, _environment, c) => {
      c.warn(node, `render is ${LEFT_OUT}`);
      return input;
    },
    LEFT_OUT,
  ),
];

const byKind = new Map(operators.map((one) => [one.kind, one]));

export function operator(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  const found = byKind.get(kindOf(node)) ?? c.refuse(node, `the operator ${nameOf(node)} is not supported`);
  return found.run(node, input, pipe, environment, c);
}
