// tostring() and its kin, and what type a value has.
import { refusalSql } from "../compilation.ts";
import { convert, dynamicTextSql, toJson, toText } from "../conversions.ts";
import { type Expression, jsonConstant, stringConstant, writtenConstant } from "../expression.ts";
import { parseDynamic } from "../format.ts";
import { read, write } from "../native/json.ts";
import { UNDOCUMENTED_XML } from "../native/xml.ts";
import type { ColumnType } from "../types.ts";
import { type Call, define } from "./registry.ts";

const to = (name: string, type: ColumnType, also: readonly string[] = [], page?: string) =>
  define(name, "value:any", type, "own", ({ args: [e] }) => convert(e as Expression, type), {
    also,
    ...(page ? { page } : {}),
  });

function parsed(e: Expression): Expression {
  if (e.type === "dynamic") return dynamicAgain(e);
  if (typeof e.constant !== "string") return { type: "dynamic", sql: `kql_parse_json(${toText(e).sql})` };
  if (e.constant === "") return jsonConstant(null);
  try {
    return writtenConstant(parseDynamic(e.constant), write(read(e.constant)));
  } catch {
    return jsonConstant(e.constant);
  }
}

/** parse_json() of a dynamic that holds a text reads the text; anything else stays. */
function dynamicAgain(e: Expression): Expression {
  if (e.json !== undefined) return typeof e.json === "string" ? parsed(stringConstant(e.json)) : e;
  if (e.list) return e;
  if (e.leaf) return e.leaf.type === "string" ? { type: "dynamic", sql: `kql_parse_json(${e.leaf.sql})` } : e;
  const json = toJson(e).sql;
  return {
    type: "dynamic",
    sql: `CASE json_type(${json}) WHEN 'VARCHAR' THEN kql_parse_json(${dynamicTextSql(e)}) ELSE ${json} END`,
  };
}

function parsedXml({ args, node, c }: Call): string {
  const found = `kql_parse_xml(${args[0]?.sql})`;
  const refused = refusalSql(node, "the page of parse_xml leaves open what becomes of this text", "KQL_UNSUPPORTED", c);
  return `CASE WHEN ${found} = '${UNDOCUMENTED_XML}' THEN ${refused} ELSE ${found}::JSON END`;
}

const TYPE_OF_JSON =
  "WHEN 'ARRAY' THEN 'array' WHEN 'OBJECT' THEN 'dictionary' WHEN 'VARCHAR' THEN 'string' WHEN 'BOOLEAN' THEN 'bool' " +
  "WHEN 'DOUBLE' THEN 'double' WHEN 'UBIGINT' THEN 'long' WHEN 'BIGINT' THEN 'long'";

export const conversion = [
  to("tostring", "string"),
  to("toint", "int"),
  to("tolong", "long"),
  to("todouble", "real", ["toreal"]),
  to("todecimal", "decimal"),
  to("tobool", "bool", ["toboolean"]),
  to("todatetime", "datetime"),
  to("totimespan", "timespan", ["totime"]),
  to("toguid", "guid"),
  define("parse_json", "text:any", "dynamic", "own", ({ args: [e] }) => parsed(e as Expression), {
    also: ["todynamic", "toobject", "parsejson"],
  }),
  define("parse_xml", "xml:string", "dynamic", "own", parsedXml, {
    note: "refused where the page leaves open what comes out: numbers, true and false, CDATA, <a></a>, several texts in one element",
  }),
  define("gettype", "value:any", "string", "own", ({ args: [e] }) => {
    const value = e as Expression;
    if (value.type !== "dynamic") return stringConstant(value.type);
    return {
      type: "string",
      sql: `coalesce(CASE json_type(${toJson(value).sql}) ${TYPE_OF_JSON} END, 'null')`,
      present: true,
    };
  }),
  define("dynamic_to_json", "value:any", "string", "own", ({ args: [e] }) => {
    const value = e as Expression;
    return value.type === "dynamic" ? `kql_canonical_json((${toJson(value).sql})::VARCHAR)` : toText(value);
  }),
];
