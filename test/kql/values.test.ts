// What single expressions give: literals, nulls, conversions, texts, times, numbers.
import { describe, expect, test } from "vitest";
import { cellOf, rowsOf } from "./ask.ts";

const each = (cases: readonly (readonly [string, unknown])[]): void => {
  test.each(cases)("%s", async (expression, expected) => expect(await cellOf(expression)).toEqual(expected));
};

describe("literals are read from their own text", () => {
  each([
    ["time(1.02:03:04)", "1.02:03:04"],
    ["time('1.02:03:04.5')", "1.02:03:04.5000000"],
    ["1.5h", "01:30:00"],
    ["-5m", "-00:05:00"],
    ["time(3)", "3.00:00:00"],
    ["9223372036854775807", "9223372036854775807"],
    ["long(-9223372036854775808)", "-9223372036854775808"],
    ["0x1F", 31],
    ["datetime(2024-02-29)", "2024-02-29T00:00:00.0000000Z"],
    ["datetime(2024-02-29T12:00:00+02:00)", "2024-02-29T10:00:00.0000000Z"],
    ["datetime(0001-01-01)", "0001-01-01T00:00:00.0000000Z"],
    ["datetime(9999-12-31 23:59:59.999999)", "9999-12-31T23:59:59.9999990Z"],
    ["@'C:\\temp'", "C:\\temp"],
    ['"a" "b"', "ab"],
    ["dynamic({'a': [1, 'b', null, {'c': -2.5}]})", { a: [1, "b", null, { c: -2.5 }] }],
    ["dynamic({'__proto__': 1})", JSON.parse('{"__proto__": 1}')],
    ["real(+inf)", "Infinity"],
    ["guid(74be27de-1e4e-49d9-b579-fe0b331d3642)", "74be27de-1e4e-49d9-b579-fe0b331d3642"],
    ["decimal(0.10)", "0.1"],
    ["datetime(2025, 6, 14)", "2025-06-14T00:00:00.0000000Z"],
    ["dynamic({'a': [1]}).a.[0]", 1],
    ["tostring(dynamic({'a': 1.0, 'b': [2.50, -3.0, 4]}))", '{"a":1.0,"b":[2.5,-3.0,4]}'],
    ["tostring(dynamic({'a': 42.0}).a)", "42.0"],
    ["gettype(dynamic([2.0])[0])", "double"],
    ["2 in (dynamic([2.0, 3]))", true],
    ['tostring(parse_json(\'{"n": 12345678901234567890, "x": 118.0}\'))', '{"n":12345678901234567890,"x":118.0}'],
    ["tolong(parse_json('{\"n\": 9007199254740993}').n)", "9007199254740993"],
  ]);
});

describe("nulls behave as the page on null values says", () => {
  each([
    ["int(null) == 1", false],
    ["int(null) != 1", true],
    ["int(null) == int(null)", null],
    ["int(null) > 1", null],
    ["int(null) + 1", null],
    ["isnull('')", false],
    ["isempty('')", true],
    ["tostring(int(null))", ""],
    ["strcat('a', tostring(dynamic(null)))", "a"],
    ["iff(int(null) > 1, 'more', 'not more')", "not more"],
    ["not(bool(null))", null],
    ["bool(null) == bool(null)", false],
    ["bool(null) != bool(null)", false],
    ["not(bool(null) and true)", true],
    ["int(null) > 1 or false", false],
    ["dynamic({'a': null}).a == 'x'", false],
    ["dynamic({}).a != 'x'", true],
    ["dynamic({}).a in ('x')", false],
    ["dynamic({}).a !in ('x')", true],
    ["coalesce(int(null), 3, 4)", 3],
    ["coalesce('', 'b')", "b"],
  ]);
});

describe("texts are matched by terms, parts and case", () => {
  each([
    ["'Azure Portal' has 'portal'", true],
    ["'AzurePortal' has 'portal'", false],
    ["'Azure-Portal' has 'azure'", true],
    ["'Azure Portal' has_cs 'portal'", false],
    ["'Azure Portal' hasprefix 'port'", true],
    ["'Azure Portal' hassuffix 'ure'", true],
    ["'a.b' has 'a.b'", true],
    ["'axb' has 'a.b'", false],
    ["'Straße' has 'straße'", true],
    ["'x' contains ''", true],
    ["'Fabrikam' startswith 'fab'", true],
    ["'Fabrikam' !endswith_cs 'KAM'", true],
    ["'100%_' contains '%'", true],
    ["'abc' matches regex '^a.c$'", true],
    ["'ABC' =~ 'abc'", true],
    ["'a' in~ ('A', 'B')", true],
    ["'one two' has_any ('three', 'TWO')", true],
    ["'one two' has_all ('one', 'three')", false],
    ["'two' in (dynamic(['one', 'two']))", true],
    ["5 between (1 .. 5)", true],
    ["6 !between (1 .. 5)", true],
    ["'50126' == 50126", true],
  ]);
});

describe("text functions", () => {
  each([
    ["substring('abcdef', 2, 3)", "cde"],
    ["substring('abcdef', -2)", "ef"],
    ["split('a,b,,c', ',')", ["a", "b", "", "c"]],
    ["split('a,b', ',', 1)", ["b"]],
    ["split('a,b', ',', 7)", []],
    ["strcat_array(dynamic([1, 'b', 2.5]), '-')", "1-b-2.5"],
    ["extract(@'(\\d+)-(\\d+)', 2, 'x 12-34')", "34"],
    [
      "extract_all(@'(\\w)(\\d)', 'a1 b2')",
      [
        ["a", "1"],
        ["b", "2"],
      ],
    ],
    ["replace_regex('a1b22', @'(\\d+)', @'<\\1>')", "a<1>b<22>"],
    ["trim(@'\\s+', '  a b  ')", "a b"],
    ["trim_end('/', 'a//')", "a/"],
    ["trim('--', '--a--')", "a"],
    ["trim('-+', '--a-')", "a"],
    ["trim('(ab)+', 'ababxab')", "x"],
    ["indexof('abcabc', 'c', 0, -1, 2)", 5],
    ["countof('aaa', 'aa')", 2],
    ["translate('abc', 'xy', 'cab')", "yxy"],
    ["base64_decode_tostring('S3VzdG8=')", "Kusto"],
    ["strlen('⒦⒰')", 2],
    ["reverse('abc')", "cba"],
    ["parse_url('https://user:pw@host.example:8443/p/a?x=1&y=2#f').Host", "host.example"],
    ["tohex(-1)", "ffffffffffffffff"],
  ]);
});

describe("conversions never raise", () => {
  each([
    ["toint('12.7')", 12],
    ["toint('abc')", null],
    ["tolong('9223372036854775808')", null],
    ["toint(3000000000)", null],
    ["todouble('1e3')", 1000],
    ["tobool('TRUE')", true],
    ["tobool('maybe')", null],
    ["todatetime('02/17/2016 08:40:01')", "2016-02-17T08:40:01.0000000Z"],
    ["todatetime('2 Dec 2022')", "2022-12-02T00:00:00.0000000Z"],
    ["todatetime('Sat, 03 Dec 2022 10:00:00 GMT')", "2022-12-03T10:00:00.0000000Z"],
    ["todatetime('20221203')", "2022-12-03T00:00:00.0000000Z"],
    ["todatetime('2023-02-30')", null],
    ["todatetime('31/12/2022')", null],
    ["totimespan('1.00:00:01')", "1.00:00:01"],
    ["tostring(dynamic({'a': [1, 2]}))", '{"a":[1,2]}'],
    ["tostring(1.0)", "1.0"],
    ["tostring(true)", "True"],
    ["tostring(dynamic(true))", "true"],
    ["true == 1", true],
    ["tostring(time(2.00:00:00))", "2.00:00:00"],
    ["tolong(datetime(1970-01-01))", "621355968000000000"],
    ["parse_json('not json')", "not json"],
    ["parse_json('{\"a\": 1}').a", 1],
    ["parse_json('')", null],
    ["parse_json('12345678901234567890')", "12345678901234567890"],
    ["toguid('no guid')", null],
  ]);
});

describe("time", () => {
  each([
    ["bin(datetime(2007-01-03), 7d)", "2007-01-01T00:00:00.0000000Z"],
    ["bin(datetime(2024-05-05 10:17:31), 10m)", "2024-05-05T10:10:00.0000000Z"],
    ["bin(time(25h), 1d)", "1.00:00:00"],
    ["bin(-1, 5)", -5],
    ["bin(4.5, 1)", 4],
    ["startofweek(datetime(2024-05-05))", "2024-05-05T00:00:00.0000000Z"],
    ["startofweek(datetime(2024-05-04), -1)", "2024-04-21T00:00:00.0000000Z"],
    ["endofmonth(datetime(2024-02-10))", "2024-02-29T23:59:59.9999990Z"],
    ["dayofweek(datetime(2024-05-06))", "1.00:00:00"],
    ["datetime_diff('hour', datetime(2024-01-01 03:01), datetime(2024-01-01 01:59))", 2],
    ["datetime_diff('week', datetime(2024-05-05), datetime(2024-05-04))", 1],
    ["datetime_add('month', 1, datetime(2024-01-31))", "2024-02-29T00:00:00.0000000Z"],
    ["datetime(2024-01-02) - datetime(2024-01-01)", "1.00:00:00"],
    ["datetime(2024-01-01) + 36h", "2024-01-02T12:00:00.0000000Z"],
    ["10m / 5m", 2],
    ["1h * 2.5", "02:30:00"],
    ["format_datetime(datetime(2024-01-09 15:04:05.123), 'yy-M-d h:mm:ss.fff tt')", "24-1-9 3:04:05.123 PM"],
    ["format_timespan(time(1.02:03:04), 'dd.hh:mm')", "01.02:03"],
    ["datetime_utc_to_local(datetime(2024-07-01 12:00), 'Europe/Berlin')", "2024-07-01T14:00:00.0000000Z"],
    ["unixtime_seconds_todatetime(1546300800)", "2019-01-01T00:00:00.0000000Z"],
    ["make_datetime(2024, 2, 30)", null],
    ["hourofday(datetime(2024-01-01 23:59))", 23],
  ]);
});

describe("numbers", () => {
  each([
    ["7 / 2", 3],
    ["-7 / 2.0", -3.5],
    ["7 % 3", 1],
    ["-7 % 3", 2],
    ["1 / 0", null],
    ["1.0 / 0", "Infinity"],
    ["0.0 / 0", "NaN"],
    ["round(2.567, 1)", 2.6],
    ["pow(2, 10)", 1024],
    ["log2(8)", 3],
    ["sqrt(-1)", "NaN"],
    ["2147483647 + 1", 2147483648],
    ["toint(2147483647) + toint(1)", 2147483648],
    ["binary_and(12, 10)", 8],
    ["sign(-3.5)", -1],
    ["max_of(1, 5, 3)", 5],
  ]);
});

test("a negated filter keeps the rows whose value is null", async () => {
  const rows = "datatable(n:int, s:string)[5, 'a', int(null), 'b']";
  expect(await rowsOf(`${rows} | where n != 5 | project s`)).toEqual([["b"]]);
  expect(await rowsOf(`${rows} | where n !in (5) | project s`)).toEqual([["b"]]);
  expect(await rowsOf(`${rows} | where not(n > 1) | project s`)).toEqual([]);
});
