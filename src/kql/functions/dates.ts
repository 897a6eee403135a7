// Points in time and lengths of time.
import { now } from "../compilation.ts";
import { convert } from "../conversions.ts";
import {
  datetimeConstant,
  type Expression,
  MICROSECONDS_BEFORE_1970,
  nullOf,
  timespanConstant,
} from "../expression.ts";
import { addTimespan } from "../scalar/operators.ts";
import { type ColumnType, isNumber, isWhole } from "../types.ts";
import { type Call, type Details, define, plain } from "./registry.ts";

type Shift = Expression | undefined;

/** "startofday(t, offset)": the beginning of the unit, so many units on. */
const startOf =
  (unit: string) =>
  (call: Call): Expression | string => {
    const [at, offset] = call.args;
    if (unit === "day" && !offset && typeof at?.constant === "bigint")
      return datetimeConstant(floorTo(at.constant, DAY));
    return shifted(`date_trunc('${unit}', ${at?.sql})`, unit, offset);
  };

/** Microseconds. */
const DAY = 86_400_000_000n;
const floorTo = (value: bigint, size: bigint): bigint => value - (((value % size) + size) % size);

const shifted = (sql: string, unit: string, offset: Shift): string =>
  offset ? `(${sql} + to_${unit}s((${offset.sql})::INTEGER))` : sql;

/** One tenth of a microsecond before the next unit; what is kept is the microsecond. */
const endOf =
  (unit: string) =>
  (call: Call): string =>
    `(${shifted(`date_trunc('${unit}', ${call.args[0]?.sql})`, unit, call.args[1])} + to_${unit}s(1) - to_microseconds(1))`;

const sunday = (sql: string): string => `(date_trunc('day', ${sql}) - to_days(dayofweek(${sql})::INTEGER))`;

const END_NOTE = "the last microsecond; the service gives the last tenth of one";

function bin(call: Call): Expression {
  const [value, size] = call.args as [Expression, Expression];
  const present = value.present && size.present;
  if (size.constant === null) return nullOf(isWhole(value.type) && !isWhole(size.type) ? "real" : value.type);
  if (value.type === "datetime") {
    if (size.type !== "timespan") return call.refuse("a datetime is binned by a timespan", "KQL_TYPE");
    return {
      type: "datetime",
      sql: binDatetime(value, size, call),
      present: value.present && typeof size.constant === "bigint",
    };
  }
  if (value.type === "timespan" || (isWhole(value.type) && isWhole(size.type))) {
    const type = value.type === "timespan" ? "timespan" : value.type === "int" && size.type === "int" ? "int" : "long";
    return { type, sql: `kql_bin(${value.sql}, ${size.sql})` };
  }
  if (value.type === "dynamic") return call.refuse("a dynamic value needs a conversion", "KQL_TYPE");
  const [x, step] = [convert(value, "real").sql, convert(size, "real").sql];
  return {
    type: "real",
    sql: `CASE WHEN ${step} > 0 THEN floor(${x} / ${step}) * ${step} END`,
    present: present && size.constant !== undefined,
  };
}

/** Bins count from 0001-01-01, so bins of seven days begin on Mondays. */
function binDatetime(value: Expression, size: Expression, call: Call): string {
  if (typeof size.constant !== "bigint") return `kql_bin_datetime(${value.sql}, ${size.sql} // 10)`;
  if (size.constant <= 0n) call.refuse("the size of a bin must be positive", "KQL_RANGE");
  if (size.constant % 10n !== 0n) call.refuse("bins finer than a microsecond are not supported");
  const step = size.constant / 10n;
  const since = MICROSECONDS_BEFORE_1970 % step;
  return `make_timestamp(epoch_us(${value.sql}) - ((epoch_us(${value.sql}) + ${since}) % ${step} + ${step}) % ${step})`;
}

function binAt(call: Call): Expression {
  const [value, size, from] = call.args as [Expression, Expression, Expression];
  if (value.type !== "datetime" && value.type !== "timespan") {
    if (!isNumber(value.type)) return call.refuse("of this type", "KQL_TYPE");
    if (![value, size, from].every((e) => isWhole(e.type))) return binAtReal(value, size, from);
  }
  const [x, origin] =
    value.type === "datetime"
      ? [`epoch_us(${value.sql})`, `epoch_us(${convert(from, "datetime").sql})`]
      : [value.sql, from.sql];
  const step = value.type === "datetime" ? `(${size.sql} // 10)` : size.sql;
  const bin = `(kql_bin(${x} - ${origin}, ${step}) + ${origin})`;
  return { type: value.type, sql: value.type === "datetime" ? `make_timestamp(${bin})` : bin };
}

function binAuto(call: Call): Expression {
  const { c, args } = call;
  const [value] = args as [Expression];
  const size = c.settings.get("query_bin_auto_size") ?? call.refuse("set query_bin_auto_size first");
  const from = c.settings.get("query_bin_auto_at");
  const fits = (e: Expression, type: ColumnType): boolean => (isNumber(type) ? isNumber(e.type) : e.type === type);
  if (!fits(size, value.type === "datetime" ? "timespan" : value.type) || (from && !fits(from, value.type)))
    return call.refuse(`what is set does not fit a ${value.type}`, "KQL_TYPE");
  return from ? binAt({ ...call, args: [value, size, from] }) : bin({ ...call, args: [value, size] });
}

function binAtReal(value: Expression, size: Expression, from: Expression): Expression {
  const [x, step, origin] = [value, size, from].map((e) => convert(e, "real").sql);
  const bin = `floor((${x} - ${origin}) / ${step}) * ${step} + ${origin}`;
  return { type: "real", sql: `CASE WHEN ${step} > 0 THEN ${bin} END` };
}

const UNITS: Readonly<Record<string, bigint>> = {
  week: 7n * 864_000_000_000n,
  day: 864_000_000_000n,
  hour: 36_000_000_000n,
  minute: 600_000_000n,
  second: 10_000_000n,
  millisecond: 10_000n,
  microsecond: 10n,
};
const CALENDAR_MONTHS: Readonly<Record<string, number>> = { year: 12, quarter: 3, month: 1 };

function unitOf(call: Call): string {
  const unit = call.args[0]?.constant;
  return typeof unit === "string" ? unit.toLowerCase().replace(/s$/, "") : call.refuse("the unit must be a constant");
}

/** Weeks since the Sunday before 0001-01-01, which was a Monday. */
const weekNumber = (at: string | undefined): string =>
  `((epoch_us(${at}) + ${MICROSECONDS_BEFORE_1970 + 86_400_000_000n}) // 604800000000)`;

/** How many boundaries of the unit lie between the two. Weeks begin on Sundays. */
function datetimeDiff(call: Call): string {
  const unit = unitOf(call);
  const [, a, b] = call.args.map((e) => e.sql);
  if (unit === "nanosecond") return `((epoch_us(${a}) - epoch_us(${b})) * 1000)`;
  if (unit === "week") return `(${weekNumber(a)} - ${weekNumber(b)})`;
  if (unit in UNITS || unit in CALENDAR_MONTHS) return `date_diff('${unit}', ${b}, ${a})`;
  return call.refuse(`the unit ${unit} is not known`);
}

function datetimeAdd(call: Call): Expression {
  const unit = unitOf(call);
  const [, amount, at] = call.args as [Expression, Expression, Expression];
  const months = CALENDAR_MONTHS[unit];
  if (months !== undefined) {
    return {
      type: "datetime",
      sql: `(${at.sql} + to_months((${amount.sql} * ${months})::INTEGER))`,
      present: at.present && amount.present,
    };
  }
  const ticks = UNITS[unit] ?? call.refuse(`the unit ${unit} is not known`);
  if (typeof amount.constant === "bigint") return addTimespan(at, timespanConstant(amount.constant * ticks), 1n);
  return addTimespan(at, { type: "timespan", sql: `(${amount.sql} * ${ticks})`, present: amount.present }, 1n);
}

const PARTS: Readonly<Record<string, (sql: string) => string>> = {
  year: (t) => `year(${t})`,
  quarter: (t) => `quarter(${t})`,
  month: (t) => `month(${t})`,
  week_of_year: (t) => `week(${t})`,
  day: (t) => `day(${t})`,
  dayofyear: (t) => `dayofyear(${t})`,
  hour: (t) => `hour(${t})`,
  minute: (t) => `minute(${t})`,
  second: (t) => `second(${t})`,
  millisecond: (t) => `(millisecond(${t}) % 1000)`,
  microsecond: (t) => `(microsecond(${t}) % 1000000)`,
};

const part = (name: string, sql: (t: string) => string, details: Details = {}) =>
  define(
    name,
    "at:datetime",
    "int",
    "null",
    plain((t) => `(${sql(t)})::INTEGER`),
    details,
  );

const fromUnix = (unit: string, microseconds: (sql: string) => string) =>
  define(
    `unixtime_${unit}_todatetime`,
    "at:number",
    "datetime",
    "null",
    ({ args: [e] }) => `make_timestamp(${microseconds(e?.type === "real" ? `${e.sql}` : `${e?.sql}`)}::BIGINT)`,
  );

export const dates = [
  define("now", "offset?:timespan", "datetime", "null", ({ args: [offset], c }) =>
    offset ? addTimespan(now(c), offset, 1n) : now(c),
  ),
  define("ago", "span:timespan", "datetime", "null", ({ args: [span], c }) =>
    addTimespan(now(c), span as Expression, -1n),
  ),
  define("bin", "value:any, size:any", "bound", "own", bin, { also: ["floor"] }),
  define("bin_at", "value:any, size:any, from:any", "bound", "own", binAt),
  define("bin_auto", "value:any", "bound", "own", binAuto, {
    note: "by set query_bin_auto_size and, if it is given, query_bin_auto_at",
  }),
  define("startofday", "at:datetime, offset?:long", "datetime", "null", startOf("day")),
  define("startofmonth", "at:datetime, offset?:long", "datetime", "null", startOf("month")),
  define("startofyear", "at:datetime, offset?:long", "datetime", "null", startOf("year")),
  define("startofweek", "at:datetime, offset?:long", "datetime", "null", ({ args: [at, offset] }) =>
    shifted(sunday(at?.sql ?? ""), "week", offset),
  ),
  define("endofday", "at:datetime, offset?:long", "datetime", "null", endOf("day"), { note: END_NOTE }),
  define("endofmonth", "at:datetime, offset?:long", "datetime", "null", endOf("month"), { note: END_NOTE }),
  define("endofyear", "at:datetime, offset?:long", "datetime", "null", endOf("year"), { note: END_NOTE }),
  define(
    "endofweek",
    "at:datetime, offset?:long",
    "datetime",
    "null",
    ({ args: [at, offset] }) =>
      `(${shifted(sunday(at?.sql ?? ""), "week", offset)} + to_weeks(1) - to_microseconds(1))`,
    { note: END_NOTE },
  ),
  part("hourofday", (t) => `hour(${t})`),
  part("dayofmonth", (t) => `day(${t})`),
  part("dayofyear", (t) => `dayofyear(${t})`),
  part("monthofyear", (t) => `month(${t})`),
  part("getmonth", (t) => `month(${t})`),
  part("getyear", (t) => `year(${t})`),
  part("week_of_year", (t) => `week(${t})`, { page: "week-of-year-function" }),
  define(
    "dayofweek",
    "at:datetime",
    "timespan",
    "null",
    plain((t) => `(dayofweek(${t}) * 864000000000)::BIGINT`),
  ),
  define(
    "datetime_part",
    "part:string, at:datetime",
    "int",
    "null",
    (call) => {
      const name = String(call.args[0]?.constant ?? "").toLowerCase();
      const sql = PARTS[name] ?? call.refuse(`the part ${name} is not known`);
      return `(${sql(call.args[1]?.sql ?? "")})::INTEGER`;
    },
    { also: ["datepart"] },
  ),
  define("datetime_diff", "unit:string, a:datetime, b:datetime", "long", "null", datetimeDiff),
  define("datetime_add", "unit:string, amount:long, at:datetime", "datetime", "null", datetimeAdd),
  define(
    "make_datetime",
    "year:long, month?:long, day?:long, hour?:long, minute?:long, second?:real",
    "datetime",
    "own",
    ({ args, refuse }) => {
      const sql = args.map((e) => e.sql);
      const seconds = args[5]?.constant;
      if (typeof seconds === "number" && Math.abs(seconds * 1e6 - Math.round(seconds * 1e6)) > 1e-3) {
        return refuse("datetimes finer than a microsecond are not kept");
      }
      return `TRY(make_timestamp(${[0, 1, 2, 3, 4].map((i) => sql[i] ?? (i < 3 ? "1" : "0")).join(", ")}, ${sql[5] ?? "0.0"}))`;
    },
    { note: "kept to the microsecond" },
  ),
  define("make_timespan", "a:long, b:long, c?:real, d?:real", "timespan", "own", ({ args }) => {
    const sql = args.map((e) => e.sql);
    const [days, hours, minutes, seconds] = sql.length === 4 ? sql : ["0", sql[0], sql[1], sql[2] ?? "0"];
    return `(${days} * 864000000000 + ${hours} * 36000000000 + (${minutes}) * 600000000 + (${seconds}) * 10000000)::BIGINT`;
  }),
  define("format_datetime", "at:datetime, format:string", "string", "own", (call) => {
    const [at, format] = call.args as [Expression, Expression];
    refuseUnknownFormat(format, /^(yyyy|yy?|MM?|dd?|hh?|HH?|mm?|ss?|f{1,7}|F{1,7}|tt)$/, call);
    return `kql_format_datetime(epoch_us(${at.sql})::VARCHAR, ${format.sql})`;
  }),
  define("format_timespan", "span:timespan, format:string", "string", "own", (call) => {
    const [span, format] = call.args as [Expression, Expression];
    refuseUnknownFormat(format, /^(d{1,8}|hh?|HH?|mm?|ss?|f{1,7}|F{1,7})$/, call);
    return `kql_format_timespan((${span.sql})::VARCHAR, ${format.sql})`;
  }),
  fromUnix("seconds", (x) => `(${x} * 1000000)`),
  fromUnix("milliseconds", (x) => `(${x} * 1000)`),
  fromUnix("microseconds", (x) => `(${x})`),
  fromUnix("nanoseconds", (x) => `(${x} // 1000)`),
  define("datetime_utc_to_local", "at:datetime, timezone:string", "datetime", "own", (call) => zoned(call, "utc"), {
    page: "datetime-utc-to-local-function",
  }),
  define("datetime_local_to_utc", "at:datetime, timezone:string", "datetime", "own", (call) => zoned(call, "local"), {
    page: "datetime-local-to-utc-function",
  }),
  define(
    "ingestion_time",
    "",
    "datetime",
    "own",
    (call) => {
      const column = call.scope.columns.get("_TimeReceived") ?? call.scope.columns.get("TimeGenerated");
      if (!column) return call.refuse("these rows have neither _TimeReceived nor TimeGenerated");
      call.c.warn(call.node, "ingestion_time() is taken from a column of the rows");
      return column;
    },
    { note: "taken from _TimeReceived, else TimeGenerated" },
  ),
];

/** The elements that the pages list, and the delimiters. */
function refuseUnknownFormat(format: Expression, elements: RegExp, call: Call): void {
  if (typeof format.constant !== "string") return void call.refuse("the format must be a constant");
  for (const [run] of format.constant.matchAll(/([A-Za-z])\1*|[^A-Za-z]/g)) {
    if (!elements.test(run) && !/[ /\-:,._[\]]/.test(run)) call.refuse(`"${run}" in the format is not supported`);
  }
}

function zoned(call: Call, from: "utc" | "local"): string {
  const [at, zone] = call.args as [Expression, Expression];
  return `make_timestamp(TRY_CAST(kql_zone_shift(epoch_us(${at.sql})::VARCHAR, ${zone.sql}, '${from}') AS BIGINT))`;
}
