// pivot: a column for every value of a column.

import { aggregateNamed } from "../aggregates/all.ts";
import { asList, freshRelation, type NamedExpression, type Scope, scopeOf } from "../compilation.ts";
import { plainJson, toText } from "../conversions.ts";
import { checkWidth } from "../operators/columns.ts";
import { kindOf, type SyntaxNode, schemaOf, visit } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { textSql } from "../sql-text.ts";
import { argumentsOf, askColumns, declaredSchema } from "./declared.ts";
import type { PluginCall } from "./evaluate.ts";

const MOST_COLUMNS = 1000;

export function pivot(plugin: PluginCall): Relation {
  const { call, c, input, environment, node, pipe } = plugin;
  const { positional } = argumentsOf(plugin);
  const scope = scopeOf(input, environment);
  const pivotNode = positional[0] ?? c.refuse(call, "pivot() needs a column");
  const pivotText = toText(c.scalar(pivotNode, scope)).sql;
  const second = positional[1];
  const aggregate = second && isAggregate(second) ? second : undefined;
  const chosen = positional.slice(aggregate ? 2 : 1);
  const inside = aggregate ? namesIn(aggregate) : new Set<string>();
  const keys =
    chosen.length > 0
      ? chosen.map((e): NamedExpression => ({ name: columnName(e, plugin), value: c.scalar(e, scope) }))
      : asList(input).filter(({ name }) => name !== pivotNode.SimpleName && !inside.has(name));

  const schema = declaredSchema(plugin);
  const cell = (filter: string) =>
    aggregate
      ? c.scalar(aggregate, { ...scope, aggregates: true, aggregateFilter: filter } satisfies Scope)
      : ({ type: "long", sql: `count(*) FILTER (WHERE ${filter})`, present: true } as const);
  if (!schema) {
    const type = cell("TRUE").type;
    return askColumns(
      plugin,
      `SELECT DISTINCT ${pivotText} AS v FROM ${input.from} ORDER BY v LIMIT ${MOST_COLUMNS + 1}`,
      (rows) => {
        if (rows.length > MOST_COLUMNS)
          c.refuse(call, `the column has more than ${MOST_COLUMNS} values`, "KQL_TOO_LARGE");
        return [
          ...keys.map(({ name, value }) => ({ name, type: value.type })),
          ...rows.map(([value]) => {
            const name = String(value);
            if (keys.some((key) => key.name === name))
              c.refuse(call, `the value ${name} has the name of a column that stays`, "KQL_CONFLICT");
            return { name, type };
          }),
        ];
      },
    );
  }
  if (schema.star) c.refuse(node, "* in the schema of pivot is not supported");
  const list = schema.columns.map(({ name }): NamedExpression => {
    const key = keys.find((k) => k.name === name);
    if (key)
      return {
        name,
        value: key.value.type === "dynamic" ? plainJson(key.value) : { ...key.value, shadows: undefined },
      };
    return { name, value: cell(`${pivotText} = ${textSql(name)}`) };
  });
  const grouping = list.flatMap(({ name }, i) => (keys.some((key) => key.name === name) ? [i + 1] : []));
  const tail = `FROM ${input.from}${grouping.length > 0 ? ` GROUP BY ${grouping.join(", ")}` : ""}`;
  return checkWidth(freshRelation(list, tail, c), schemaOf(pipe).length, node, c);
}

const isAggregate = (e: SyntaxNode): boolean =>
  kindOf(e) === "FunctionCallExpression" && aggregateNamed(e.Name.SimpleName) !== undefined;

function namesIn(e: SyntaxNode): Set<string> {
  const names = new Set<string>();
  visit(e, (inner) => {
    if (kindOf(inner) === "NameReference") names.add(inner.SimpleName);
  });
  return names;
}

const columnName = (e: SyntaxNode, { c }: PluginCall): string =>
  kindOf(e) === "NameReference" ? (e.SimpleName as string) : c.refuse(e, "only plain columns can be named here");
