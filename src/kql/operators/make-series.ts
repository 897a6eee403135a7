// make-series: aggregates per step of an axis, laid into arrays, with a default where a step has no rows.
import {
  type Compilation,
  type Environment,
  freshRelation,
  type NamedExpression,
  refusalSql,
  type Scope,
  scopeOf,
} from "../compilation.ts";
import { convert, plainJson } from "../conversions.ts";
import { type Expression, MICROSECONDS_BEFORE_1970, realConstant, TICKS_PER_MICROSECOND } from "../expression.ts";
import { elements, type SyntaxNode, schemaOf, textOf, unnamed } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { stagesOver } from "../stages.ts";
import { type ColumnType, isNumber } from "../types.ts";
import { checkWidth, refuseParameters } from "./columns.ts";

/** The service makes no longer array either. */
const LONGEST_SERIES = 1_048_576;

interface Axis {
  readonly name: string;
  /** Position on the axis as a number: microseconds, ticks, or the number itself. */
  readonly at: string;
  readonly from: string | undefined;
  /** Not included. */
  readonly to: string | undefined;
  /** Said instead of answering where there are rows behind `to` that the last bin would hold. */
  readonly refusal?: string;
  readonly step: string;
  /** Where bins are counted from when the series has no beginning. */
  readonly origin: string;
  /** An axis value of a position, as it stands in the array. */
  readonly print: (position: string) => string;
}

export function makeSeries(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c, ["kind"]);
  const kind = elements(node.Parameters).find((p) => p.Name.SimpleName === "kind");
  const nonEmpty = kind !== undefined && textOf(kind.Expression) === "nonempty";
  if (kind && !nonEmpty) c.refuse(kind, `kind=${textOf(kind.Expression)} is not supported`);
  if (input.partition) c.refuse(node, "make-series inside mv-apply or partition is not supported");
  const stages = stagesOver(input, c, true);
  const scope = { ...scopeOf(input, environment), stages };
  const expected = schemaOf(pipe);
  const by = elements(node.ByClause?.Expressions);
  const nameAt = (i: number): string => expected[i]?.name ?? c.refuse(node, "this column needs a name", "KQL_INTERNAL");
  const keys: NamedExpression[] = by.map((e, i) => ({ name: nameAt(i), value: c.scalar(unnamed(e), scope) }));
  const aggregates = elements(node.Aggregates).map((a, i) => seriesOf(a, nameAt(keys.length + i)));
  const axis = axisOf(node, nameAt(keys.length + aggregates.length), scope, c);

  const keyIds = keys.map((_, i) => `k${i}`);
  const keySql = keys.map(({ value }, i) => `${value.type === "dynamic" ? plainJson(value).sql : value.sql} AS k${i}`);
  const aggregateSql = aggregates.map(({ value }, i) => `${value.sql} AS a${i}`);
  const origin = axis.from ?? axis.origin;
  const bin = `((${axis.at} - ${origin}) - (((${axis.at} - ${origin}) % ${axis.step}) + ${axis.step}) % ${axis.step}) // ${axis.step}`;
  const inside = [
    `${axis.at} IS NOT NULL`,
    ...(axis.from ? [`${axis.at} >= ${axis.from}`] : []),
    ...(axis.to ? [axis.refusal ? clearlyBefore(axis, origin) : `${axis.at} < ${axis.to}`] : []),
  ];
  const groups = c.step(
    `SELECT ${[...keySql, `${bin} AS bin`, ...aggregateSql].join(", ")} FROM ${stages.relation().from} WHERE ${inside.join(" AND ")}` +
      ` GROUP BY ${Array.from({ length: keys.length + 1 }, (_, i) => i + 1).join(", ")}`,
  );
  if (nonEmpty && (keyIds.length > 0 || !axis.from || !axis.to))
    c.refuse(node, "kind=nonempty needs from and to, and no by");
  const first = axis.from ? "0" : "min(bin)";
  const last = axis.to ? `((${axis.to} - ${origin} - 1) // ${axis.step})` : "max(bin)";
  const grouped = keyIds.length > 0 ? ` GROUP BY ${keyIds.join(", ")}` : " HAVING count(*) > 0";
  const spans = c.step(
    `SELECT ${[...keyIds, `${first} AS low`, `${last} AS high`].join(", ")}${nonEmpty ? "" : ` FROM ${groups}${grouped}`}`,
  );
  const points = c.step(
    `SELECT ${[
      ...keyIds,
      "unnest(generate_series(low, CASE WHEN high - low < " +
        LONGEST_SERIES +
        " THEN high" +
        ` ELSE ${refusalSql(node, `a series is longer than ${LONGEST_SERIES}`, "KQL_RANGE", c)} END)) AS bin`,
    ].join(", ")} FROM ${spans}`,
  );
  const same = [...keyIds.map((id) => `g.${id} IS NOT DISTINCT FROM p.${id}`), "g.bin = p.bin"].join(" AND ");
  const list: NamedExpression[] = [
    ...keys.map(({ name, value }, i) => ({
      name,
      value: { type: value.type, sql: `p.k${i}`, present: value.present },
    })),
    ...aggregates.map(({ name, value, otherwise }, i): NamedExpression => {
      // Only an empty step takes the default; an aggregate that is null stays null.
      const point = `CASE WHEN g.bin IS NULL THEN ${otherwise.sql} ELSE g.a${i} END`;
      const json =
        value.type === "real"
          ? `kql_real_json(${point})`
          : value.type === "long" || value.type === "int"
            ? point
            : plainJson({ ...value, sql: point }).sql;
      return { name, value: { type: "dynamic", sql: `to_json(list(${json} ORDER BY p.bin))`, present: true } };
    }),
    {
      name: axis.name,
      value: {
        type: "dynamic",
        sql: `to_json(list(${axis.print(`(${origin} + p.bin * ${axis.step})`)} ORDER BY p.bin))`,
        present: true,
      },
    },
  ];
  const tail = keyIds.length > 0 ? ` GROUP BY ${keyIds.map((id) => `p.${id}`).join(", ")}` : " HAVING count(*) > 0";
  const made = freshRelation(list, `FROM ${points} AS p LEFT JOIN ${groups} AS g ON ${same}${tail}`, c);
  return checkWidth(made, expected.length, node, c);

  function seriesOf(a: SyntaxNode, name: string): NamedExpression & { readonly otherwise: Expression } {
    const value = c.scalar(unnamed(a.Expression), { ...scope, aggregates: true });
    if (!isNumber(value.type))
      c.refuse(a, `an aggregate that gives a ${value.type} cannot become a series`, "KQL_TYPE");
    const given = a.DefaultExpression ? c.scalar(a.DefaultExpression.Expression, scope) : undefined;
    const fallback = given ?? realConstant(0);
    return { name, value, otherwise: convert(fallback, given && given.type === "real" ? "real" : value.type) };
  }
}

/** Whether the last bin of a `range()` holds what comes behind its stop is not documented, so no row may come there. */
function clearlyBefore({ at, to, step, refusal }: Axis, origin: string): string {
  const end = `(${origin} + ((${to} - 1 - ${origin}) // ${step} + 1) * ${step})`;
  return `CASE WHEN ${at} < ${to} THEN TRUE WHEN ${at} < ${end} THEN ${refusal} ELSE FALSE END`;
}

function axisOf(node: SyntaxNode, name: string, scope: Scope, c: Compilation): Axis {
  const value = c.scalar(unnamed(node.OnClause.Expression), scope);
  if (value.type !== "datetime" && value.type !== "timespan" && value.type !== "long" && value.type !== "int") {
    c.refuse(node.OnClause, `an axis of type ${value.type} is not supported`);
  }
  const position = (e: Expression): string =>
    e.type === "datetime" ? `epoch_us(${e.sql})` : value.type === "datetime" ? `(${e.sql} // 10)` : e.sql;
  const range: SyntaxNode = node.RangeClause;
  const print = (at: string): string =>
    value.type === "datetime"
      ? `kql_datetime_text(make_timestamp(${at}))`
      : value.type === "timespan"
        ? `kql_timespan_text(${at})`
        : at;
  const origin = value.type === "datetime" ? `(-${MICROSECONDS_BEFORE_1970})` : "0";
  const common = { name, at: position(value), origin, print };
  const inRange = elements(range.Arguments?.Expressions).map((e) => c.scalar(e, scope));
  if (inRange.length > 0) return axisInRange(common, inRange, value.type, position, range, c);
  const part = (clause: SyntaxNode | undefined): Expression | undefined =>
    clause?.Expression ? c.scalar(clause.Expression, scope) : undefined;
  const [from, to, step] = [
    part(range.MakeSeriesFromClause),
    part(range.MakeSeriesToClause),
    part(range.MakeSeriesStepClause),
  ];
  if (!step) return c.refuse(range, "make-series needs a step");
  if (typeof step.constant === "bigint" && step.constant <= 0n)
    c.refuse(range, "the step must be positive", "KQL_RANGE");
  if (from && from.type !== value.type && !isNumber(from.type))
    c.refuse(range, "from is not of the axis's type", "KQL_TYPE");
  return { ...common, from: from && position(from), to: to && position(to), step: position(step) };
}

/** `in range(start, stop, step)`: the stop is included, and bins are those of bin(), so only a start on a bin is clear. */
function axisInRange(
  common: Omit<Axis, "from" | "to" | "step">,
  [start, stop, step]: readonly Expression[],
  type: ColumnType,
  position: (e: Expression) => string,
  node: SyntaxNode,
  c: Compilation,
): Axis {
  if (!start || !stop || !step) return c.refuse(node, "range() takes a start, a stop and a step");
  const [at, size] = [start.constant, step.constant];
  if (typeof at !== "bigint" || typeof size !== "bigint" || size <= 0n)
    return c.refuse(node, "the range must be constant");
  const width = type === "datetime" ? size / TICKS_PER_MICROSECOND : size;
  const since = type === "datetime" ? at + MICROSECONDS_BEFORE_1970 : at;
  if (width <= 0n || since % width !== 0n)
    return c.refuse(node, "the range must start on a bin of its step; or say from … to … step …");
  const refusal = refusalSql(
    node,
    "rows lie behind the stop, in its bin; say from … to … step …",
    "KQL_UNSUPPORTED",
    c,
  );
  return { ...common, from: position(start), to: `(${position(stop)} + 1)`, step: position(step), refusal };
}
