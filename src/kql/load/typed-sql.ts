// From the text that a log holds to a value of its column's type, in SQL, and whether it is one.
import type { ColumnType } from "../types.ts";
import { physicalType } from "../types.ts";

/** How a raw value lies before it is typed: as text, or (dynamic columns of JSON files) as JSON. */
export type RawForm = "text" | "json";

const DAY = "\\d{4}-\\d\\d-\\d\\d";
const SECONDS = ":\\d\\d(?:\\.\\d+)?";
const UTC_TEXT = `(?i)${DAY}[T ]\\d\\d:\\d\\d${SECONDS}Z?`;
const ZONED_TEXT = `(?i)${DAY}[T ]\\d\\d:\\d\\d(?:${SECONDS})?[+-]\\d\\d:?\\d\\d`;
const SHORT_TEXT = `(?i)${DAY}(?:[T ]\\d\\d:\\d\\dZ?)?`;
const TIMESPAN_TEXT = "-?(?:\\d{1,8}\\.)?(?:[01]?\\d|2[0-3]):[0-5]\\d(?::[0-5]\\d(?:\\.\\d{1,7})?)?";

/** The portal's CSV export writes "4/28/2021, 2:08:45.221 PM" under headers that end in " [UTC]". */
const PORTAL_TIMES = ["%-m/%-d/%Y, %-I:%M:%S.%f %p", "%-m/%-d/%Y, %-I:%M:%S %p"];

/** A value of the column's physical type, NULL where there is none ('' for strings), NULL too where the text is no such value. */
export function typedSql(type: ColumnType, raw: string, form: RawForm, portalTime = false): string {
  switch (type) {
    case "string":
      return `coalesce(${raw}, '')`;
    case "dynamic":
      return form === "json" ? dynamicFromJson(raw) : dynamicFromText(raw);
    case "datetime":
      return datetimeSql(raw, portalTime);
    case "bool":
      return `CASE lower(${raw}) WHEN 'true' THEN true WHEN '1' THEN true WHEN 'false' THEN false WHEN '0' THEN false END`;
    case "int":
    case "long":
      // A cast alone would round 1.5.
      return `CASE WHEN regexp_full_match(${raw}, '[+-]?\\d+(?:\\.0+)?') THEN TRY_CAST(${raw} AS ${physicalType[type]}) END`;
    case "real":
    case "decimal":
    case "guid":
      return `TRY_CAST(nullif(${raw}, '') AS ${physicalType[type]})`;
    case "timespan":
      return timespanSql(raw);
  }
}

/** True where there is a text and it is no value of the type. Any text is a string, and any is a dynamic value. */
export function misfitSql(type: ColumnType, raw: string, typed: string): string | undefined {
  if (type === "string" || type === "dynamic") return undefined;
  return `(${typed}) IS NULL AND ${raw} <> ''`;
}

/** JSON text is read as JSON; text that is none is a JSON string, as the service keeps it. */
function dynamicFromText(raw: string): string {
  return `CASE WHEN ${raw} IS NULL OR ${raw} IN ('', 'null') THEN NULL ELSE coalesce(TRY_CAST(${raw} AS JSON), to_json(${raw})) END`;
}

/** A JSON string in a dynamic column is mostly JSON written as text: the query API and CSV exports give it so. */
function dynamicFromJson(raw: string): string {
  const text = `(${raw} ->> '$')`;
  return `CASE WHEN ${raw} IS NULL OR ${raw} = 'null' THEN NULL WHEN starts_with(${raw}, '"') THEN ${dynamicFromText(text)} ELSE ${raw} END`;
}

// DuckDB takes more for a time than the service does ("2020-1-5", "epoch"), and ignores an offset in a cast to TIMESTAMP.
function datetimeSql(raw: string, portalTime: boolean): string {
  const zoned = `(TRY_CAST(${raw} AS TIMESTAMPTZ) AT TIME ZONE 'UTC')`;
  const short = `TRY_CAST(CASE WHEN length(${raw}) > 10 THEN ${raw}[:16] || ':00' ELSE ${raw} END AS TIMESTAMP)`;
  const portal = `WHEN ${raw} LIKE '%/%' THEN try_strptime(${raw}, [${PORTAL_TIMES.map((format) => `'${format}'`).join(", ")}]) `;
  return (
    `CASE WHEN regexp_full_match(${raw}, '${UTC_TEXT}') THEN TRY_CAST(${raw} AS TIMESTAMP) ` +
    `WHEN regexp_full_match(${raw}, '${ZONED_TEXT}') THEN ${zoned} ` +
    `WHEN regexp_full_match(${raw}, '${SHORT_TEXT}') THEN ${short} ${portalTime ? portal : ""}END`
  );
}

function timespanSql(raw: string): string {
  const part = (pattern: string): string => `coalesce(TRY_CAST(regexp_extract(${raw}, '${pattern}', 1) AS BIGINT), 0)`;
  const days = part("^-?(\\d+)\\.");
  const hours = part("(\\d{1,2}):\\d\\d");
  const minutes = part("\\d{1,2}:(\\d\\d)");
  const seconds = part(":\\d\\d:(\\d\\d)");
  const fraction = `coalesce(TRY_CAST(rpad(nullif(regexp_extract(${raw}, ':\\d\\d:\\d\\d\\.(\\d+)', 1), ''), 7, '0') AS BIGINT), 0)`;
  const whole = `((${days} * 24 + ${hours}) * 60 + ${minutes}) * 60 + ${seconds}`;
  const sign = `CASE WHEN starts_with(${raw}, '-') THEN -1 ELSE 1 END`;
  return `CASE WHEN regexp_full_match(${raw}, '${TIMESPAN_TEXT}') THEN ${sign} * ((${whole}) * 10000000 + ${fraction}) END`;
}
