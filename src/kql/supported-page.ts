// The page of what is supported, as text. It is made of what the compiler runs by, so it cannot promise what is not there.

import { aggregates } from "./aggregates/all.ts";
import type { Aggregate } from "./aggregates/registry.ts";
import { functions } from "./functions/all.ts";
import type { Nulls, Parameter, ScalarFunction } from "./functions/registry.ts";
import { operators } from "./operators/tabular.ts";
import { plugins } from "./plugins/evaluate.ts";
import { TEXT_OPERATORS } from "./scalar/text-operators.ts";

const link = (name: string, page: string): string => `[${name}](https://learn.microsoft.com/kusto/query/${page})`;

const NULLS: Readonly<Record<Nulls, string>> = {
  null: "null",
  value: "a value",
  own: "as its page says",
};

const parameter = ({ name, type, optional, repeated }: Parameter): string =>
  repeated ? `${name}…: ${type}` : `${name}${optional ? "?" : ""}: ${type}`;

const spellings = (names: readonly string[]): string => (names.length > 0 ? `also ${names.join(", ")}` : "");

const notes = (...parts: (string | undefined)[]): string => parts.filter((part) => part).join("; ");

function functionRow(f: ScalarFunction): string {
  const returns = f.returns === "bound" ? "as its arguments" : f.returns;
  const cells = [
    link(f.name, f.page),
    f.parameters.map(parameter).join(", "),
    returns,
    NULLS[f.nulls],
    notes(spellings(f.spellings), f.note),
  ];
  return `| ${cells.join(" | ")} |`;
}

function aggregateRow(a: Aggregate): string {
  const cells = [
    link(a.name, a.page),
    a.parameters.map(parameter).join(", "),
    NULLS[a.nulls],
    notes(spellings(a.spellings), a.note),
  ];
  return `| ${cells.join(" | ")} |`;
}

const byName = <T extends { readonly name: string }>(list: readonly T[]): T[] =>
  [...list].sort((a, b) => (a.name < b.name ? -1 : 1));

/** Aggregates that fill several columns are no rows of a registry: summarize itself takes them apart. */
const SEVERAL_COLUMNS = [
  { name: "arg_max", page: "arg-max-aggregation-function" },
  { name: "arg_min", page: "arg-min-aggregation-function" },
  { name: "percentiles", page: "percentiles-aggregation-function" },
  { name: "percentilesw", page: "percentilesw-aggregation-function" },
  { name: "take_any", page: "take-any-aggregation-function" },
];

/** What people look for first and do not find, and why. */
const REFUSED = [
  ["externaldata, external_table, cluster(), database()", "nothing outside of the given tables is ever read"],
  [
    "series_decompose_anomalies(), series_fit_line() and the other series_ functions",
    "their estimates cannot be reproduced from their pages",
  ],
  ["geo_info_from_ip_address(), parse_user_agent()", "they need data that only the service has"],
  ["the other geo_ functions, sketches (hll, tdigest)", "not written"],
  ["hash_combine(), hash_many(), packing to base64, reduce", "what they give cannot be told from their pages"],
  ["base64_decode_toguid(), beta_inv()", "their pages contradict themselves"],
  ["fork, facet, graph operators, the other plugins of evaluate", "not written"],
  ["other options of set, alias, declare query_parameters", "not written"],
  ["a division of decimals", "28 digits of it cannot be kept"],
  ["datetime literals finer than a microsecond", "datetimes are kept to the microsecond"],
  ["sort, join, min and max by a dynamic value where types may mix", "the order of mixed types is not documented"],
] as const;

export function kqlPage(): string {
  return `${[
    "# KQL that the embedded engine runs",
    "",
    "Made by `scripts/kql-page.ts` from the engine's registries; do not edit. Everything that is not here is refused with its",
    "name and place. An argument that is not listed is refused as well, never ignored.",
    "",
    "## Statements and sources",
    "",
    "`let` (values, tables, functions with parameters and defaults, views), `declare pattern`, `set` of what bin_auto() takes, `datatable`, `print`, `range`, `table()`, `materialize()`,",
    '`toscalar()`, `_GetWatchlist("name")` from a folder of CSV files, several tables by a pattern in `union`.',
    "",
    "## Tabular operators",
    "",
    "| operator | remarks |",
    "| --- | --- |",
    ...byName(operators).map((o) => `| ${link(o.name, o.page)} | ${o.note ?? ""} |`),
    "",
    "## Plugins of evaluate",
    "",
    "| plugin | remarks |",
    "| --- | --- |",
    ...byName(plugins).map((p) => `| ${link(p.name, p.page)} | ${p.note ?? ""} |`),
    "",
    "## Operators in expressions",
    "",
    "Arithmetic (`+ - * / %`), comparison (`== != <> < <= > >=`), `=~ !~`, `and or`, `between !between`, `in !in in~ !in~` with lists, arrays,",
    "names and subqueries, `has_any has_all`, members (`D.a`, `D['a']`, `D[0]`), and on texts:",
    `${[...TEXT_OPERATORS].map((name) => `\`${name}\``).join(" ")}.`,
    "",
    "## Functions",
    "",
    "| function | arguments | gives | of null | remarks |",
    "| --- | --- | --- | --- | --- |",
    ...byName(functions).map(functionRow),
    "",
    "## Aggregates",
    "",
    `Of several columns: ${SEVERAL_COLUMNS.map(({ name, page }) => link(name, page)).join(", ")}. Of one:`,
    "",
    "| aggregate | arguments | of no values | remarks |",
    "| --- | --- | --- | --- |",
    ...byName(aggregates).map(aggregateRow),
    "",
    "## Refused, and why",
    "",
    "| what | why |",
    "| --- | --- |",
    ...REFUSED.map(([what, why]) => `| ${what} | ${why} |`),
    "",
    "## Known differences",
    "",
    "| what | the service | here |",
    "| --- | --- | --- |",
    "| datetimes | to 100 ns | to the microsecond; the seventh digit is 0, also at the ends of days, weeks, months and years |",
    "| dcount, percentile | estimates on large sets | exact; nearest rank |",
    "| make_set | any order | ascending |",
    "| `\\b` in regular expressions | boundaries of words of Unicode | of ASCII; other texts are refused |",
    "| a string compared with a number | not documented | compared as text, with a warning |",
    "| a string compared with a bool | not documented | True and False are; another text that tobool() reads is refused |",
    "| numbers in a dynamic beyond 2^53 | longs | texts in the answer |",
  ].join("\n")}\n`;
}
