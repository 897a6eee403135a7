// One tabular expression of the bound tree to a relation.
import { bindingOf, type Compilation, type Environment } from "../compilation.ts";
import { userCall } from "../functions/call.ts";
import { kindOf, type SyntaxNode, textOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import {
  count,
  distinct,
  extend,
  filter,
  getSchema,
  named,
  project,
  rename,
  selectColumns,
  serialize,
} from "./columns.ts";
import { join } from "./join.ts";
import { evaluate } from "../plugins/evaluate.ts";
import { makeSeries } from "./make-series.ts";
import { mvApply, partition } from "./mv-apply.ts";
import { mvExpand } from "./mv-expand.ts";
import { parse, parseKeyValues } from "./parse.ts";
import { sample, sampleDistinct } from "./sample.ts";
import { scan } from "./scan.ts";
import { search } from "./search.ts";
import { topNested } from "./top-nested.ts";
import { sort, take, top } from "./order.ts";
import { databaseTable, dataTable, print, range, tableCall } from "./sources.ts";
import { summarize } from "./summarize.ts";
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
      if (node.Name.SimpleName === "table") return tableCall(node, environment, c);
      return c.refuse(node.Name, `the tabular function ${node.Name.SimpleName}() is not supported`);
    }
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
    case "ExternalDataExpression":
      return c.refuse(node, "externaldata reads from the network, which this engine never does");
    default:
      return c.refuse(node, `${nameOf(node)} is not supported`);
  }
}

const nameOf = (node: SyntaxNode): string => textOf(node).split(/[\s(]/)[0] || kindOf(node);

/** `pipe` is the whole expression that ends with this operator; the binder's columns hang there. */
export function operator(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  switch (kindOf(node)) {
    case "FilterOperator":
      return filter(node, input, environment, c);
    case "ExtendOperator":
      return extend(node, input, pipe, environment, c);
    case "SerializeOperator":
      return serialize(node, input, pipe, environment, c);
    case "ProjectOperator":
      return project(node, input, pipe, environment, c);
    case "ProjectAwayOperator":
    case "ProjectKeepOperator":
    case "ProjectReorderOperator":
      return selectColumns(node, input, pipe, c);
    case "ProjectRenameOperator":
      return rename(node, input, c);
    case "SortOperator":
      return sort(node, input, environment, c);
    case "TopOperator":
      return top(node, input, environment, c);
    case "TakeOperator":
      return take(node, input, environment, c);
    case "CountOperator":
      return count(input, pipe, c);
    case "DistinctOperator":
      return distinct(node, input, pipe, environment, c);
    case "SummarizeOperator":
      return summarize(node, input, pipe, environment, c);
    case "JoinOperator":
    case "LookupOperator":
      return join(node, input, pipe, environment, c);
    case "UnionOperator":
      return union(node, input, pipe, environment, c);
    case "MvExpandOperator":
      return mvExpand(node, input, pipe, environment, c);
    case "MvApplyOperator":
      return mvApply(node, input, pipe, environment, c);
    case "PartitionOperator":
      return partition(node, input, pipe, environment, c);
    case "MakeSeriesOperator":
      return makeSeries(node, input, pipe, environment, c);
    case "ParseOperator":
    case "ParseWhereOperator":
      return parse(node, input, pipe, environment, c);
    case "ParseKvOperator":
      return parseKeyValues(node, input, pipe, environment, c);
    case "ScanOperator":
      return scan(node, input, pipe, environment, c);
    case "EvaluateOperator":
      return evaluate(node, input, pipe, environment, c);
    case "TopNestedOperator":
      return topNested(node, input, pipe, environment, c);
    case "SampleOperator":
      return sample(node, input, environment, c);
    case "SampleDistinctOperator":
      return sampleDistinct(node, input, pipe, environment, c);
    case "SearchOperator":
      return search(node, input, pipe, environment, c);
    case "InvokeOperator": {
      const called = userCall(node.Function, environment, undefined, c, input);
      return called?.kind === "table"
        ? called.value
        : c.refuse(node, "only a user-defined tabular function can be invoked");
    }
    case "AsOperator":
      return named(node, input, environment, c);
    case "GetSchemaOperator":
      if (input.partition) c.refuse(node, "getschema inside mv-apply or partition is not supported");
      return getSchema(input, c);
    case "RenderOperator":
      c.warn(node, "render is left out: the rows are returned");
      return input;
    default:
      return c.refuse(node, `the operator ${nameOf(node)} is not supported`);
  }
}
