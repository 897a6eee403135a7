// Paths of files, command lines, versions and sizes. What no page tells is refused where a row asks for it.
import { refusalSql } from "../compilation.ts";
import { convert } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type Call, define } from "./registry.ts";

const undocumented = (sql: string, { node, c }: Call, what: string): string =>
  `coalesce(${sql}, ${refusalSql(node, `what ${what} gives is not documented`, "KQL_UNSUPPORTED", c)})`;

/** Eight digits per part, which a decimal here holds up to a first part of four. */
function parseVersion(call: Call): string {
  const s = call.args[0]?.sql ?? "";
  const parts = `string_split(${s}, '.')`;
  const digits = [2, 3, 4].map((i) => `lpad(coalesce(${parts}[${i}], '0'), 8, '0')`).join(" || ");
  const large = refusalSql(call.node, "a version above 9999 cannot be kept", "KQL_RANGE", call.c);
  const first = `CASE WHEN ${parts}[1]::BIGINT > 9999 THEN ${large} ELSE ${parts}[1] END`;
  return `CASE WHEN regexp_full_match(${s}, '[0-9]{1,8}(\\.[0-9]{1,8}){0,3}') THEN (${first} || ${digits})::DECIMAL(38,10) END`;
}

export const paths = [
  define(
    "parse_path",
    "path:string",
    "dynamic",
    "value",
    (call) => `${undocumented(`kql_parse_path(${call.args[0]?.sql})`, call, "this path")}::JSON`,
    {
      note: "refused for what the page shows no example of: files at a root, empty paths, schemes other than file, names of devices",
    },
  ),
  define(
    "parse_command_line",
    "line:string, parser:string",
    "dynamic",
    "value",
    (call) => {
      if (call.args[1]?.constant !== "windows") call.refuse("the parser must be 'windows'");
      return `${undocumented(`kql_parse_command_line(${call.args[0]?.sql})`, call, "this command line")}::JSON`;
    },
    { note: "an empty line is refused, and a quotation mark right behind a closing one" },
  ),
  define("parse_version", "version:string", "decimal", "own", parseVersion, {
    note: "refused where its first part is above 9999",
  }),
  define(
    "format_bytes",
    "size:number, precision?:long, unit?:string",
    "string",
    "own",
    (call) => {
      const [size, precision, unit] = call.args as [Expression, Expression | undefined, Expression | undefined];
      const bytes = convert(size, "real").sql;
      const given = [`(${bytes})::VARCHAR`, `(${precision?.sql ?? "0"})::VARCHAR`, unit?.sql ?? "''"];
      return `CASE WHEN ${bytes} IS NOT NULL THEN ${undocumented(`kql_format_bytes(${given.join(", ")})`, call, "this size")} END`;
    },
    { note: "refused for negative sizes, and where the last digit behind the point is a zero or lies halfway" },
  ),
];
