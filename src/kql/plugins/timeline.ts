// What plugins over a timeline have in common: rows in bins of a constant size that begin at a given time.
import { type NamedExpression, scopeOf } from "../compilation.ts";
import { convert } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { kindOf, type SyntaxNode, schemaOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { argumentsOf } from "./declared.ts";
import type { PluginCall } from "./evaluate.ts";

export interface Timeline {
  /** A step whose columns are k0, k1, … for the dimensions, id, and at: microseconds since the start. */
  readonly rows: string;
  /** k0, k1, … */
  readonly keys: readonly string[];
  /** SQL: microseconds from the start to the end. */
  readonly length: string;
  /** Of the arguments between the end and the dimensions: constant lengths of time, in microseconds. */
  readonly sizes: readonly bigint[];
  /** The binder's columns: first the time of a bin, given in microseconds since the start, then the dimensions, then these. */
  columns(bin: string, values: readonly Expression[]): NamedExpression[];
}

/** id, timeline, start, end, lengths of time, dimensions. */
export function timelineOf(plugin: PluginCall, lengths: number): Timeline {
  const { call, c, input, environment, node, pipe } = plugin;
  const { positional, named } = argumentsOf(plugin);
  if (positional.length < 4 + lengths || named.size > 0) c.refuse(call, `${4 + lengths} arguments are needed`);
  const [id, timeline, start, end] = positional as [SyntaxNode, SyntaxNode, SyntaxNode, SyntaxNode];
  const dimensions = positional.slice(4 + lengths);
  const scope = scopeOf(input, environment);
  const at = c.scalar(timeline, scope);
  if (at.type !== "datetime") c.refuse(timeline, `bins over a ${at.type} are not supported`);
  const sizes = positional.slice(4, 4 + lengths).map((argument) => {
    const size = c.scalar(argument, scope);
    if (size.type !== "timespan" || typeof size.constant !== "bigint" || size.constant < 10n)
      return c.refuse(argument, "only a positive constant length of time is supported", "KQL_RANGE");
    return size.constant / 10n;
  });
  const [from, to] = [start, end].map((e) => `epoch_us(${convert(c.scalar(e, scope), "datetime").sql})`);
  const values = dimensions.map((e) =>
    kindOf(e) === "NameReference" ? c.scalar(e, scope) : c.refuse(e, "only a column can be a dimension"),
  );
  const keys = values.map((_, i) => `k${i}`);
  const rows = c.step(
    `SELECT ${[...values.map((value, i) => `${value.sql} AS k${i}`), `${convert(c.scalar(id, scope), "string").sql} AS id`].join(", ")},
     epoch_us(${at.sql}) - ${from} AS "at" FROM ${input.from}`,
  );
  return {
    rows,
    keys,
    length: `(${to} - ${from})`,
    sizes,
    columns: (bin, results) => {
      const expected = schemaOf(pipe);
      const counts = new Set(expected.slice(1 + values.length).map(({ name }) => name));
      const taken = [timeline, ...dimensions].find((e) => counts.has(String(e.SimpleName)));
      if (taken) c.refuse(taken, `the column ${taken.SimpleName} has the name of a count`, "KQL_CONFLICT");
      const all: Expression[] = [
        { type: "datetime", sql: `make_timestamp((${from} + ${bin})::BIGINT)` },
        ...values.map(({ type, present }, i): Expression => ({ type, sql: `k${i}`, present })),
        ...results,
      ];
      return all.map((value, i) => ({
        name: expected[i]?.name ?? c.refuse(node, "this column needs a name", "KQL_INTERNAL"),
        value,
      }));
    },
  };
}

/** The rows come in the order of their first column. */
export const byTime = (relation: Relation): Relation => {
  const [time] = relation.columns;
  return time ? { ...relation, order: [{ id: time.id, descending: false, nullsFirst: true }] } : relation;
};
