// Operators that look at one row at a time: where, extend, project and its kin, distinct, count, as, getschema.
import {
  asList,
  type Compilation,
  type Environment,
  freshRelation,
  type NamedExpression,
  noColumns,
  partsOf,
  reshape,
  scopeOf,
} from "../compilation.ts";
import { type Expression, stringConstant, wholeConstant } from "../expression.ts";
import { namePattern } from "../name-pattern.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, unnamed, widthOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { item } from "../scalar/paths.ts";
import { stagesOver } from "../stages.ts";
import type { ColumnType } from "../types.ts";
import { multiColumn } from "./multi-column.ts";

export function filter(node: SyntaxNode, input: Relation, environment: Environment, c: Compilation): Relation {
  refuseParameters(node, c);
  const stages = stagesOver(input, c);
  const condition = c.condition(node.Condition, { ...scopeOf(input, environment), stages });
  // Window functions are not allowed in WHERE; QUALIFY takes both.
  const relation = stages.relation();
  const from = / OVER \(/.test(condition)
    ? c.step(`SELECT * FROM ${relation.from} QUALIFY ${condition}`)
    : c.step({ select: "*", from: relation.from, where: condition });
  return { ...relation, from, name: undefined };
}

/** Parameters change what an operator does; those that are only hints are let through. */
export function refuseParameters(node: SyntaxNode, c: Compilation, known: readonly string[] = []): void {
  for (const parameter of elements(node.Parameters)) {
    const name = String(parameter.Name?.SimpleName ?? "").toLowerCase();
    if (!known.includes(name) && !name.startsWith("hint."))
      c.refuse(parameter, `the parameter ${name} is not supported`);
  }
}

export function extend(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  return extended(node, input, pipe, environment, c, input.serialized);
}

export function serialize(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  return extended(node, { ...input, serialized: true }, pipe, environment, c, true);
}

function extended(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
  serialized: boolean | undefined,
): Relation {
  const stages = stagesOver(input, c);
  const scope = { ...scopeOf(input, environment), stages };
  const expected = schemaOf(pipe);
  const list = asList(input);
  let added = input.columns.length;
  const put = (name: string, value: Expression): void => {
    const at = list.findIndex((column) => column.name === name);
    if (at >= 0) list[at] = { name, value };
    else list.push({ name, value });
    added = list.length;
  };
  for (const definition of elements(node.Expressions)) {
    if (kindOf(definition) === "CompoundNamedExpression") {
      for (const { name, value } of multiColumn(definition, scope, c)) put(name, value);
      continue;
    }
    const value = c.scalar(unnamed(definition), scope);
    const width = widthOf(unnamed(definition));
    if (width > 1) {
      // A name that is given is that of the first.
      const given = kindOf(definition) === "SimpleNamedExpression" ? (definition.Name.SimpleName as string) : undefined;
      for (let i = 0; i < width; i++)
        put((i === 0 ? given : undefined) ?? expected[list.length]?.name ?? "", item(value, i, definition, c));
      continue;
    }
    const name =
      kindOf(definition) === "SimpleNamedExpression"
        ? (definition.Name.SimpleName as string)
        : (expected.find((column) => column.source === definition)?.name ??
          expected[added]?.name ??
          c.refuse(definition, "this column needs a name"));
    put(name, value);
  }
  const made = reshape(stages.relation(), list, c, serialized === undefined ? {} : { serialized });
  return checkWidth(made, expected.length, node, c);
}

/** The binder and the compiler must agree, or values would stand under other names. */
export function checkWidth(made: Relation, expected: number, node: SyntaxNode, c: Compilation): Relation {
  if (made.columns.length !== expected) {
    c.refuse(node, `${made.columns.length} columns are made where ${expected} are expected`, "KQL_INTERNAL");
  }
  return made;
}

export function project(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  const stages = stagesOver(input, c);
  const scope = { ...scopeOf(input, environment), stages };
  const expected = schemaOf(pipe);
  const list: NamedExpression[] = [];
  for (const definition of elements(node.Expressions)) {
    if (kindOf(definition) === "CompoundNamedExpression") {
      list.push(...multiColumn(definition, scope, c));
      continue;
    }
    const value = c.scalar(unnamed(definition), scope);
    const width = widthOf(unnamed(definition));
    for (let i = 0; i < width; i++) {
      const name = expected[list.length]?.name ?? c.refuse(definition, "this column needs a name");
      list.push({ name, value: width === 1 ? value : item(value, i, definition, c) });
    }
  }
  return checkWidth(reshape(stages.relation(), list, c), expected.length, node, c);
}

/** project-away, -keep and -reorder: which columns and in which order, the binder has worked out. */
export function selectColumns(node: SyntaxNode, input: Relation, pipe: SyntaxNode, c: Compilation): Relation {
  const byName = new Map(asList(input).map((column) => [column.name, column]));
  const list = schemaOf(pipe).map(
    ({ name }) => byName.get(name) ?? c.refuse(node, `the column ${name} is not there`, "KQL_INTERNAL"),
  );
  return reshape(input, list, c);
}

/** Names, arrays of names and patterns with *, in their order; what no column has is passed over. */
export function projectByNames(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  const wanted = elements(node.Expressions).flatMap((e) => {
    const { constant, json } = c.scalar(e, noColumns(environment));
    const names = Array.isArray(json) ? json : [constant ?? json];
    return names.every((name) => typeof name === "string") ? names : c.refuse(e, "only constant names can stand here");
  });
  const all = asList(input);
  const found = wanted.flatMap((name) => {
    const fits = namePattern(name);
    return all.filter((column) => fits(column.name));
  });
  const list = [...new Set(found)];
  if (list.length === 0) c.refuse(node, "none of the columns has such a name");
  const expected = schemaOf(pipe).map(({ name }) => name);
  if (list.map(({ name }) => name).join("\n") !== expected.join("\n"))
    c.refuse(node, "the columns are not those that the parser finds", "KQL_INTERNAL");
  return reshape(input, list, c);
}

export function rename(node: SyntaxNode, input: Relation, c: Compilation): Relation {
  const names = new Map<string, string>();
  for (const part of elements(node.Expressions)) {
    if (kindOf(part) !== "SimpleNamedExpression") c.refuse(part, "this form of project-rename is not supported");
    names.set(part.Expression.SimpleName, part.Name.SimpleName);
  }
  return reshape(
    input,
    asList(input).map(({ name, value }) => ({ name: names.get(name) ?? name, value })),
    c,
  );
}

export function count(input: Relation, pipe: SyntaxNode, c: Compilation): Relation {
  const name = schemaOf(pipe)[0]?.name ?? "Count";
  const parts = partsOf(input);
  const groups = parts.length > 0 ? ` GROUP BY ${parts.map((part) => part.id).join(", ")}` : "";
  const value: Expression = { type: "long", sql: "count(*)", present: true };
  return freshRelation([{ name, value }], { from: input.from, groups }, c, parts);
}

export function distinct(
  node: SyntaxNode,
  input: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  refuseParameters(node, c);
  const scope = scopeOf(input, environment);
  const expected = schemaOf(pipe);
  const asked = elements(node.Expressions);
  const all = asked.length === 1 && asked[0] !== undefined && kindOf(asked[0]) === "StarExpression";
  const list = all
    ? asList(input)
    : asked.map((e, i) => ({ name: expected[i]?.name ?? "", value: c.scalar(unnamed(e), scope) }));
  const values = list.map(({ name, value }) => ({ name, value: { ...value, shadows: undefined } }));
  const made = freshRelation(values, { from: input.from, distinct: true }, c, partsOf(input));
  return checkWidth(made, expected.length, node, c);
}

export function named(node: SyntaxNode, input: Relation, environment: Environment, c: Compilation): Relation {
  refuseParameters(node, c);
  const relation = { ...input, name: node.Name.SimpleName as string };
  environment.names.set(relation.name, { kind: "table", value: relation });
  return relation;
}

const NET_TYPES: Readonly<Record<ColumnType, string>> = {
  bool: "System.SByte",
  int: "System.Int32",
  long: "System.Int64",
  real: "System.Double",
  decimal: "System.Data.SqlTypes.SqlDecimal",
  string: "System.String",
  datetime: "System.DateTime",
  timespan: "System.TimeSpan",
  guid: "System.Guid",
  dynamic: "System.Object",
};

export function getSchema(input: Relation, c: Compilation): Relation {
  const rows = input.columns.map((column, ordinal) => [
    stringConstant(column.name).sql,
    wholeConstant(BigInt(ordinal)).sql,
    stringConstant(NET_TYPES[column.type]).sql,
    stringConstant(column.type).sql,
  ]);
  const text = (name: string, sql: string): NamedExpression => ({
    name,
    value: { type: "string", sql, present: true },
  });
  return freshRelation(
    [
      text("ColumnName", "c0"),
      { name: "ColumnOrdinal", value: { type: "long", sql: "c1", present: true } },
      text("DataType", "c2"),
      text("ColumnType", "c3"),
    ],
    `FROM (VALUES ${rows.map((row) => `(${row.join(", ")})`).join(", ")}) AS t(c0, c1, c2, c3)`,
    c,
  );
}
