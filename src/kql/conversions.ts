// From one KQL type to another, in SQL. Conversions never raise: what cannot be converted is null.
import {
  type Expression,
  jsonConstant,
  nullOf,
  pathText,
  realConstant,
  stringConstant,
  TICKS_BEFORE_1970,
  timespanConstant,
  wholeConstant,
} from "./expression.ts";
import { formatReal, formatTimespan } from "./format.ts";
import { type ColumnType, isNumber, physicalType } from "./types.ts";

/** Text of a dynamic value, SQL NULL where it is null or missing: what all conversions of dynamics start from. */
export function dynamicTextSql(e: Expression): string {
  if (e.leaf) return e.leaf.type === "string" ? e.leaf.sql : textOrNull(e.leaf);
  if (e.list) return `${listJson(e.list)}::VARCHAR`;
  if (e.json !== undefined && !e.written)
    return e.json === null ? "NULL::VARCHAR" : stringConstant(textOfJson(e.json)).sql;
  if (e.path) return `json_extract_string(${e.path.base}, ${pathText(e.path.steps)})`;
  return `json_extract_string(${e.sql}, '$')`;
}

const textOfJson = (value: unknown): string => (typeof value === "string" ? value : JSON.stringify(value));

/** As KQL's tostring() gives it; '' for null. */
export function toText(e: Expression): Expression {
  if (e.type === "string") return e.present ? e : { type: "string", sql: `coalesce(${e.sql}, '')`, present: true };
  if (e.constant === null) return stringConstant("");
  if (e.constant !== undefined) {
    if (e.type === "int" || e.type === "long") return stringConstant(String(e.constant));
    if (e.type === "bool") return stringConstant(e.constant ? "True" : "False");
    if (e.type === "timespan") return stringConstant(formatTimespan(e.constant as bigint));
    if (e.type === "real") return stringConstant(formatReal(e.constant as number));
  }
  if (e.type === "dynamic" && e.json !== undefined && !e.written)
    return stringConstant(e.json === null ? "" : textOfJson(e.json));
  const sql = e.type === "dynamic" ? dynamicTextSql(e) : textOrNull(e);
  return { type: "string", sql: e.present && e.type !== "dynamic" ? sql : `coalesce(${sql}, '')`, present: true };
}

/** As toText, but a null stays one: for comparisons, in which a null is not an empty text. */
export function toTextOrNull(e: Expression): Expression {
  if (e.type === "dynamic") return { type: "string", sql: dynamicTextSql(e) };
  return e.present || e.constant !== undefined ? toText(e) : { type: "string", sql: textOrNull(e) };
}

/** Text of a value that is not dynamic; SQL NULL for null. */
function textOrNull(e: Expression): string {
  switch (e.type) {
    case "datetime":
      return `kql_datetime_text(${e.sql})`;
    case "timespan":
      return `kql_timespan_text(${e.sql})`;
    case "bool":
      return `CASE WHEN ${e.sql} THEN 'True' WHEN NOT ${e.sql} THEN 'False' END`;
    case "real":
      return `kql_real_text(${e.sql})`;
    case "decimal":
      return `kql_decimal_text(${e.sql})`;
    default:
      return `(${e.sql})::VARCHAR`;
  }
}

export function toJson(e: Expression): Expression {
  if (e.constant === null) return jsonConstant(null);
  switch (e.type) {
    case "dynamic":
      if (e.list) return { type: "dynamic", sql: listJson(e.list), present: e.present };
      return e;
    case "string":
      return typeof e.constant === "string"
        ? jsonConstant(e.constant)
        : { type: "dynamic", sql: `to_json(${e.sql})`, present: e.present };
    case "real":
      // JSON has no NaN or infinity; the service writes them as texts.
      return { type: "dynamic", sql: `kql_real_json(${e.sql})`, present: e.present };
    case "int":
    case "long":
    case "bool":
      return { type: "dynamic", sql: `to_json(${e.sql})`, present: e.present };
    default:
      return { type: "dynamic", sql: `to_json(${textOrNull(e)})`, present: e.present };
  }
}

/** A typed list as a JSON array of what its elements are in JSON. */
export function listJson({ sql, type }: NonNullable<Expression["list"]>): string {
  const json = toJson({ type, sql: "i" }).sql;
  return json === "to_json(i)" ? `to_json(${sql})` : `to_json(list_transform(${sql}, lambda i: ${json}))`;
}

/** Without any typed form beside the JSON. */
export const plainJson = (e: Expression): Expression => ({ type: "dynamic", sql: toJson(e).sql, present: e.present });

export function convert(e: Expression, to: ColumnType): Expression {
  if (e.type === to) return e;
  if (e.constant === null || e.json === null) return nullOf(to);
  if (to === "string") return toText(e);
  if (to === "dynamic") return toJson(e);
  if (e.leaf && e.leaf.type !== "string") return convert(e.leaf, to);
  if (e.type === "string" || e.type === "dynamic")
    return fromText(e.type === "dynamic" ? dynamicTextSql(e) : e.sql, to);
  if (isNumber(e.type) && (to === "int" || to === "long" || to === "real") && typeof e.constant === "bigint") {
    if (to === "real") return realConstant(Number(e.constant));
    if (BigInt.asIntN(to === "int" ? 32 : 64, e.constant) === e.constant) return wholeConstant(e.constant, to);
  }
  return { type: to, sql: betweenScalars(e, to), present: e.present && alwaysFits(e.type, to) };
}

const alwaysFits = (from: ColumnType, to: ColumnType): boolean =>
  (isNumber(from) && to === "real") ||
  (from === "int" && to === "long") ||
  (isNumber(from) && to === "bool") ||
  from === "bool";

function fromText(text: string, to: ColumnType): Expression {
  switch (to) {
    case "int":
    case "long":
      return { type: to, sql: `kql_text_to_${to}(${text})` };
    case "real":
      return { type: to, sql: `kql_text_to_real(${text})` };
    case "decimal":
      return { type: to, sql: `TRY_CAST(${text} AS ${physicalType.decimal})` };
    case "bool":
      return { type: to, sql: `kql_text_to_bool(${text})` };
    case "datetime":
      return { type: to, sql: `kql_text_to_datetime(${text})` };
    case "timespan":
      return { type: to, sql: `kql_text_to_timespan(${text})` };
    default:
      return { type: to, sql: `TRY_CAST(${text} AS ${physicalType[to]})` };
  }
}

function betweenScalars(e: Expression, to: ColumnType): string {
  const { sql, type } = e;
  switch (to) {
    case "int":
    case "long":
      if (type === "datetime") return `TRY_CAST(epoch_us(${sql}) * 10 + ${TICKS_BEFORE_1970} AS ${physicalType[to]})`;
      // DuckDB's casts round where KQL cuts off.
      if (type === "real" || type === "decimal") return `TRY_CAST(trunc(${sql}) AS ${physicalType[to]})`;
      return `TRY_CAST(${sql} AS ${physicalType[to]})`;
    case "datetime":
      return isNumber(type) || type === "timespan"
        ? `TRY(make_timestamp((${sql}::BIGINT - ${TICKS_BEFORE_1970}) // 10))`
        : `NULL::${physicalType[to]}`;
    case "timespan":
      return isNumber(type) ? `TRY_CAST(${sql} AS BIGINT)` : `NULL::${physicalType[to]}`;
    case "bool":
      return `(${sql} <> 0)`;
    case "guid":
      return `NULL::${physicalType.guid}`;
    default:
      return `TRY_CAST(${sql} AS ${physicalType[to]})`;
  }
}

/** What `-x` means for a timespan or a number constant. */
export function negated(e: Expression): Expression {
  if (typeof e.constant === "bigint") {
    if (e.type === "timespan") return timespanConstant(-e.constant);
    if (e.type === "int" || e.type === "long") return wholeConstant(-e.constant, e.type);
  }
  if (typeof e.constant === "number") return realConstant(-e.constant);
  return { type: e.type, sql: `(-(${e.sql}))`, present: e.present };
}
