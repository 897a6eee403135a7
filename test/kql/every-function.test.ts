// Every function and aggregate of the registries, over columns that hold a value and a null: it runs to its end, and gives
// of null what the registry, and so the page of what is supported, says.
import { afterAll, expect, test } from "vitest";
import { aggregates } from "../../src/kql/aggregates/all.ts";
import { openEngine } from "../../src/kql/engine.ts";
import { functions } from "../../src/kql/functions/all.ts";
import type { Parameter, ParameterType } from "../../src/kql/functions/registry.ts";

const engine = await openEngine({ threads: 1 });
afterAll(() => engine.close());

const ROWS = `datatable(n:int, s:string, l:long, r:real, t:datetime, d:timespan, b:bool, j:dynamic, g:guid, m:decimal)[
  1, "10.0.0.1 a%20b", 7, 0.5, datetime(2024-02-29T23:59:59.5Z), time(1.02:03:04), true, dynamic([1, "x", null, {"k": [2]}]), guid(74be27de-1e4e-49d9-b579-fe0b331d3642), decimal(1.5),
  int(null), "", long(null), real(null), datetime(null), timespan(null), bool(null), dynamic(null), guid(null), decimal(null)
]`;
/** What bin_auto() takes. */
const SETTINGS = "set query_bin_auto_size = 3;";
const COLUMN: Readonly<Record<ParameterType, string>> = {
  any: "s",
  number: "r",
  string: "s",
  long: "l",
  int: "n",
  real: "r",
  decimal: "m",
  datetime: "t",
  timespan: "d",
  bool: "b",
  dynamic: "j",
  guid: "g",
  table: "(print a = 1)",
};

/** Where an argument must be of one kind or a constant. */
const ARGUMENTS: Readonly<Record<string, string>> = {
  dynamic_to_json: "j",
  abs: "l",
  ceiling: "r",
  bin: "l, 3",
  bin_auto: "l",
  bin_at: "t, 1h, datetime(2024-01-01)",
  has_any_index: "s, dynamic(['a'])",
  case: "b, 1, 2",
  iff: "b, 1, 2",
  coalesce: "l, 3",
  max_of: "l, 3",
  min_of: "l, 3",
  bag_pack: '"k", j',
  array_length: "j",
  indexof: 's, "a"',
  bag_set_key: 'j, "k", l',
  format_ipv4_mask: "s, 24",
  array_split: "j, 1",
  countof: 's, "a"',
  datetime_part: '"hour", t',
  datetime_diff: '"day", t, t',
  datetime_add: '"month", 1, t',
  extract: '@"(\\d+)", 1, s',
  extract_json: '"$.k", s',
  extract_all: '@"(\\d+)", s',
  format_datetime: "t, 'yyyy-MM-dd HH:mm:ss.fff'",
  format_timespan: "d, 'd.hh:mm:ss'",
  make_timespan: "1, 2",
  range: "1, l",
  tohex: "l",
  unixtime_nanoseconds_todatetime: "l",
  row_cumsum: "l",
  column_ifexists: '"s", ""',
  round: "r, 1",
  sign: "r",
  parse_ipv4_mask: "s, 24",
  rand: "",
  ingestion_time: "",
  prev: "s",
  next: "s",
  pack_all: "",
  row_number: "",
  row_rank_dense: "s",
  row_rank_min: "s",
  row_window_session: "t, 1h, 1h",
  around: "t, t, 1h",
  geo_distance_2points: "r, r, r, r",
  replace_strings: 's, dynamic(["a"]), dynamic(["b"])',
  unicode_codepoints_to_string: "l",
  array_index_of: "j, 1",
  strrep: 's, 2, "-"',
  trim: '"a", s',
  trim_start: '"a", s',
  trim_end: '"a", s',
  replace: '"a", "b", s',
  replace_regex: 's, "a", "b"',
  indexof_regex: 's, "a"',
  assert: 'true, "never"',
  binary_shift_left: "l, 3",
  hash: "t",
  hash_xxhash64: "t",
  regex_quote: '"a.b"',
  base64_encode_fromarray: "iff(b, dynamic([1, 2]), dynamic(null))",
  punycode_from_string: 'iff(b, "ü", "")',
  parse_command_line: '"run a", "windows"',
  parse_path: '"a/b.txt"',
  format_bytes: "l",
  convert_angle: "r, 'Degree', 'Radian'",
  convert_energy: "r, 'Joule', 'WattHour'",
  convert_force: "r, 'Newton', 'Dyn'",
  convert_length: "r, 'Meter', 'Foot'",
  convert_mass: "r, 'Kilogram', 'Pound'",
  convert_speed: "r, 'Knot', 'MeterPerSecond'",
  convert_temperature: "r, 'Kelvin', 'DegreeCelsius'",
  convert_volume: "r, 'Liter', 'CubicMeter'",
  datetime_utc_to_local: "t, 'Europe/Berlin'",
  datetime_local_to_utc: "t, 'Europe/Berlin'",
};
const given = (list: readonly Parameter[]): string =>
  list
    .filter((p) => !p.repeated)
    .map((p) => COLUMN[p.type])
    .join(", ");

/** What the last row, which holds only nulls, gives where a function has an answer of its own to null; see its page. */
const OF_NULL: Readonly<Record<string, unknown>> = {
  array_concat: [],
  base64_decode_toarray: [],
  base64_decode_tostring: "",
  case: 2,
  coalesce: 3,
  column_ifexists: "",
  dynamic_to_json: "",
  extract: "",
  extract_json: "",
  format_datetime: "",
  format_ipv4: "",
  format_ipv4_mask: "",
  format_timespan: "",
  gettype: "string",
  has_any_ipv4: false,
  has_any_ipv4_prefix: false,
  has_ipv4: false,
  has_ipv4_prefix: false,
  iff: 2,
  indexof: -1,
  indexof_regex: -1,
  make_timespan: "01:02:00",
  max_of: 3,
  min_of: 3,
  parse_ipv6: "",
  parse_ipv6_mask: "",
  parse_url: {
    Scheme: "",
    Host: "",
    Port: "",
    Path: "",
    Username: "",
    Password: "",
    "Query Parameters": {},
    Fragment: "",
  },
  parse_urlquery: { "Query Parameters": {} },
  prev: "10.0.0.1 a%20b",
  next: "",
  set_equals: false,
  split: [""],
  strcat_array: "",
  strrep: "-",
  substring: "",
  tostring: "",
  treepath: [],
  zip: [],
};

/** What null is in a cell: the service's texts have none. */
const nullOf = (type: string): unknown => (type === "string" ? "" : null);

test.each(functions.map((f) => [f.name, f] as const))("%s answers null as its registry says", async (name, f) => {
  const all = ARGUMENTS[name] ?? given(f.parameters);
  const fewest = ARGUMENTS[name] ?? given(f.parameters.filter((p) => !p.optional));
  for (const args of new Set([all, fewest])) {
    const { columns, rows } = await engine.query(
      `${SETTINGS} ${ROWS} | extend TimeGenerated = t | serialize x = ${name}(${args}) | project x`,
    );
    expect(rows).toHaveLength(2);
    if (args !== fewest) continue;
    const [type, got] = [columns[0]?.type ?? "", rows[1]?.[0]];
    if (f.nulls === "value") expect(got).not.toBeNull();
    else if (f.nulls === "null" && args !== "") expect(got).toEqual(nullOf(type));
    else if (f.nulls === "own") expect(got).toEqual(name in OF_NULL ? OF_NULL[name] : nullOf(type));
  }
});

const AGGREGATE_ARGUMENTS: Readonly<Record<string, string>> = {
  percentile: "l, 50",
  percentilew: "l, n, 50",
  percentiles_array: "l, 50",
  percentilesw_array: "l, n, 50",
};
const columnFor = (name: string): string =>
  /^(min|max|sum|avg|stdev|variance|covariance|binary_all)/.test(name) ? "l" : "s";
/** What aggregates of their own give of no values. */
const OF_NOTHING: Readonly<Record<string, unknown>> = { avg: "NaN", avgif: "NaN" };

test.each(aggregates.map((a) => [a.name, a] as const))("%s answers nothing as its registry says", async (name, a) => {
  const args =
    AGGREGATE_ARGUMENTS[name] ??
    a.parameters
      .filter((p) => !p.optional)
      .map((p) => (p.type === "any" ? columnFor(name) : COLUMN[p.type]))
      .join(", ");
  for (const rows of [ROWS, `${ROWS} | where isnull(l)`, `${ROWS} | where false`]) {
    const answer = await engine.query(`${rows} | summarize x = ${name}(${args})`);
    expect(answer.rows).toHaveLength(1);
    if (rows === ROWS) continue;
    const [type, got] = [answer.columns[0]?.type ?? "", answer.rows[0]?.[0]];
    if (a.nulls === "value") expect(got).not.toBeNull();
    else expect(got).toEqual(OF_NOTHING[name] ?? nullOf(type));
  }
});
