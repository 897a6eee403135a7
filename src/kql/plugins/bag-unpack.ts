// bag_unpack: a column for every key of a bag.
import { asList, type NamedExpression, reshape, scopeOf } from "../compilation.ts";
import { convert, plainJson } from "../conversions.ts";
import { checkWidth } from "../operators/columns.ts";
import { kindOf, schemaOf, startOf } from "../parser.ts";
import type { Relation } from "../relation.ts";
import { property } from "../scalar/paths.ts";
import type { ColumnType, ResultColumn } from "../types.ts";
import { argumentsOf, askColumns, declaredSchema } from "./declared.ts";
import type { PluginCall } from "./evaluate.ts";

/** The binder refuses to have more columns than this, and no incident needs them. */
const MOST_COLUMNS = 1000;

const TYPES: Readonly<Record<string, ColumnType>> = {
  VARCHAR: "string",
  BIGINT: "long",
  UBIGINT: "long",
  DOUBLE: "real",
  BOOLEAN: "bool",
};

export function bagUnpack(plugin: PluginCall): Relation {
  const { call, c, input, environment, node, pipe } = plugin;
  const { positional, named } = argumentsOf(plugin);
  const scope = scopeOf(input, environment);
  const bagNode = positional[0] ?? c.refuse(call, "bag_unpack() needs a column");
  if (kindOf(bagNode) !== "NameReference") c.refuse(bagNode, "only a plain column can be unpacked");
  const bag = c.scalar(bagNode, scope);
  const option = (name: string, position: number) => {
    const given = named.get(name) ?? positional[position];
    return given && c.scalar(given, scope);
  };
  const prefix = String(option("OutputColumnPrefix", 1)?.constant ?? "");
  const conflict = String(option("columnsConflict", 2)?.constant ?? "error");
  if (!["error", "replace_source", "keep_source"].includes(conflict))
    c.refuse(call, `columnsConflict=${conflict} is not known`);
  const ignored = option("ignoredProperties", 3)?.json ?? [];
  if (!Array.isArray(ignored)) c.refuse(call, "ignoredProperties must be a constant array");
  const kept = asList(input).filter((column) => column.name !== bagNode.SimpleName);

  const schema = declaredSchema(plugin);
  if (!schema) {
    const keys = `SELECT unnest(json_keys(${plainJson(bag).sql})) AS k, ${plainJson(bag).sql} AS j FROM ${input.from} WHERE json_type(${plainJson(bag).sql}) = 'OBJECT'`;
    const typed = `SELECT k, json_type(kql_member(j, k)) AS t FROM (${keys})`;
    return askColumns(
      plugin,
      `SELECT k, list(DISTINCT t) FILTER (WHERE t <> 'NULL') FROM (${typed}) GROUP BY k ORDER BY k LIMIT ${MOST_COLUMNS + 1}`,
      (rows) => {
        if (rows.length > MOST_COLUMNS) c.refuse(call, `the bags have more than ${MOST_COLUMNS} keys`, "KQL_TOO_LARGE");
        const found = rows.map(([key, types]) => ({
          name: prefix + String(key),
          type: typeOf(types),
          key: String(key),
        }));
        const wanted = found.filter(({ key }) => !(ignored as unknown[]).includes(key));
        const clash = wanted.find(({ name }) => kept.some((column) => column.name === name));
        if (clash && conflict === "error")
          c.refuse(call, `the column ${clash.name} is already there; say columnsConflict`, "KQL_CONFLICT");
        const replaced = conflict === "replace_source" ? wanted : [];
        c.replaced.set(c.original(startOf(call)), new Set(replaced.map(({ name }) => name)));
        const old = kept.map(({ name, value }) => ({
          name,
          type: replaced.find((w) => w.name === name)?.type ?? value.type,
        }));
        return [...old, ...wanted.filter(({ name }) => !kept.some((column) => column.name === name))].map(
          ({ name, type }): ResultColumn => ({ name, type }),
        );
      },
    );
  }

  const unpacked = (name: string, type: ColumnType): NamedExpression => {
    const key = name.startsWith(prefix) ? name.slice(prefix.length) : name;
    return { name, value: convert(property({ type: "dynamic", sql: plainJson(bag).sql }, key, call, c), type) };
  };
  // Behind a schema that the rows have told, it is known which of the source's columns the bags replace.
  const inBags =
    c.replaced.get(c.original(startOf(call))) ??
    new Set(conflict === "replace_source" ? schema.columns.map((column) => column.name) : []);
  const list = schema.columns.map(({ name, type }) => {
    const source = kept.find((column) => column.name === name);
    if (source && (conflict !== "replace_source" || !inBags.has(name))) return source;
    return unpacked(name, type);
  });
  const all = schema.star
    ? [...kept.filter(({ name }) => !schema.columns.some((column) => column.name === name)), ...list]
    : list;
  return checkWidth(reshape(input, all, c), schemaOf(pipe).length, node, c);
}

function typeOf(types: unknown): ColumnType {
  const names = (types as { items?: readonly unknown[] } | null)?.items ?? [];
  const [first, second] = [...new Set(names.map((name) => TYPES[String(name)] ?? "dynamic"))];
  return second === undefined && first !== undefined ? first : "dynamic";
}
