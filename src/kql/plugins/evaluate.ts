// evaluate: plugins by name.
import type { Compilation, Environment } from "../compilation.ts";
import { refuseParameters } from "../operators/columns.ts";
import type { SyntaxNode } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { activityCounts } from "./activity-counts.ts";
import { activityMetrics } from "./activity-metrics.ts";
import { bagUnpack } from "./bag-unpack.ts";
import { ipLookup } from "./ip-lookup.ts";
import { narrow } from "./narrow.ts";
import { pivot } from "./pivot.ts";
import { rollingPercentile } from "./rolling-percentile.ts";
import { slidingWindowCounts } from "./sliding-window-counts.ts";

export interface Plugin {
  readonly name: string;
  /** Name of its page below https://learn.microsoft.com/kusto/query/ */
  readonly page: string;
  readonly note?: string;
  readonly run: (call: PluginCall) => Relation;
}

export interface PluginCall {
  readonly node: SyntaxNode;
  /** The call itself. */
  readonly call: SyntaxNode;
  readonly input: Relation;
  readonly pipe: SyntaxNode;
  readonly environment: Environment;
  readonly c: Compilation;
}

export const plugins: readonly Plugin[] = [
  { name: "bag_unpack", page: "bag-unpack-plugin", run: bagUnpack },
  { name: "pivot", page: "pivot-plugin", run: pivot },
  { name: "narrow", page: "narrow-plugin", run: narrow },
  { name: "ipv4_lookup", page: "ipv4-lookup-plugin", run: ipLookup, note: "extra keys are refused" },
  {
    name: "ipv6_lookup",
    page: "ipv6-lookup-plugin",
    run: ipLookup,
    note: "extra keys are refused; the columns of the input come first, as with ipv4_lookup, which its page prints last",
  },
  { name: "rolling_percentile", page: "rolling-percentile-plugin", run: rollingPercentile },
  {
    name: "activity_metrics",
    page: "activity-metrics-plugin",
    run: activityMetrics,
    note: "with a start, an end and a length of time; refused where a bin has no id",
  },
  {
    name: "sliding_window_counts",
    page: "sliding-window-counts-plugin",
    run: slidingWindowCounts,
    note: "steps by calendar are refused, and rows just outside of start and end; the counts are named as Microsoft's parser names them",
  },
  {
    name: "activity_counts_metrics",
    page: "activity-counts-metrics-plugin",
    run: activityCounts,
    note: "steps by calendar are refused",
  },
];

export function evaluate(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c);
  const name = node.FunctionCall.Name.SimpleName as string;
  const plugin =
    plugins.find((p) => p.name === name) ?? c.refuse(node.FunctionCall, `the plugin ${name} is not supported`);
  if (input.partition) c.refuse(node, "evaluate inside mv-apply or partition is not supported");
  return plugin.run({ node, call: node.FunctionCall, input, pipe, environment, c });
}
