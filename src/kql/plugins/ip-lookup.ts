// ipv4_lookup, ipv6_lookup: rows of a table of networks for an address.
import { freshRelation, noColumns, scopeOf } from "../compilation.ts";
import { toText } from "../conversions.ts";
import { checkWidth } from "../operators/columns.ts";
import { isTabular, type SyntaxNode, schemaOf } from "../parser.ts";
import { expressionOf, type Relation } from "../relation.ts";
import { argumentsOf } from "./declared.ts";
import type { PluginCall } from "./evaluate.ts";

export function ipLookup(plugin: PluginCall): Relation {
  const { call, c, input, environment, node, pipe } = plugin;
  const { positional, named } = argumentsOf(plugin);
  const [table, source, key, ...more] = positional;
  if (!table || !source || !key || !isTabular(table))
    return c.refuse(call, "a table, an address and a column of networks are needed");
  const unmatched = unmatchedOf(named.get("return_unmatched") ?? more.pop(), plugin);
  if (more.length > 0) c.refuse(more[0] as SyntaxNode, "extra keys are not supported");
  const networks = c.tabular(table, environment);
  const column =
    networks.columns.find((own) => own.name === key.SimpleName) ??
    c.refuse(key, "there is no such column in the table of networks");
  const network = toText(expressionOf(column)).sql;
  const address = toText(c.scalar(source, scopeOf(input, environment))).sql;

  const v4 = call.Name.SimpleName === "ipv4_lookup";
  const left = c.step(
    `SELECT *, ${v4 ? `kql_parse_ipv4(${address}, NULL)::BIGINT` : address} AS "#address" FROM ${input.from}`,
  );
  const bounds = `kql_parse_ipv4(${network}, NULL)::BIGINT AS "#low", (1::BIGINT << (32 - kql_ipv4_suffix(${network})::INTEGER)) AS "#size"`;
  const right = c.step(`SELECT *, ${v4 ? bounds : `${network} AS "#network"`} FROM ${networks.from}`);
  const on = v4
    ? `l."#address" >= r."#low" AND l."#address" < r."#low" + r."#size"`
    : `kql_ipv6_in_any(l."#address", to_json([r."#network"])::VARCHAR)::BOOLEAN`;
  const expected = schemaOf(pipe);
  const own = input.columns.map((column) => ({ name: column.name, value: expressionOf(column, "l.") }));
  const found = networks.columns.map((column) => ({
    name: column.name,
    value: { ...expressionOf(column, "r."), present: false },
  }));
  // Names that both tables have get a number; then the binder's order tells which is which.
  const clash = own.some(({ name }) => found.some((column) => column.name === name));
  if (clash) c.refuse(call, "both tables have a column of the same name; rename one of them");
  const list = expected.map(
    ({ name }) =>
      [...own, ...found].find((column) => column.name === name) ??
      c.refuse(node, `the column ${name} is not expected`, "KQL_INTERNAL"),
  );
  const made = freshRelation(list, `FROM ${left} AS l ${unmatched ? "LEFT" : "INNER"} JOIN ${right} AS r ON ${on}`, c);
  return checkWidth(made, expected.length, node, c);
}

function unmatchedOf(given: SyntaxNode | undefined, { c, environment }: PluginCall): boolean {
  if (!given) return false;
  const value = c.scalar(given, noColumns(environment)).constant;
  return typeof value === "boolean" ? value : c.refuse(given, "return_unmatched must be true or false");
}
