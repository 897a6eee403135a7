// Arithmetic on numbers.
import { convert } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type ColumnType, isNumber, isWhole } from "../types.ts";
import { type Call, define } from "./registry.ts";

/** Over a real; where the mathematical function has no value there, NaN. */
const real = (name: string, sql: (x: string) => string, page?: string) =>
  define(
    name,
    "x:number",
    "real",
    "null",
    ({ args: [e] }) => sql(convert(e as Expression, "real").sql),
    page ? { page } : {},
  );

const guarded =
  (where: (x: string) => string, sql: (x: string) => string) =>
  (x: string): string =>
    `CASE WHEN ${where(x)} THEN ${sql(x)} WHEN ${x} IS NOT NULL THEN 'NaN'::DOUBLE END`;

const logarithm =
  (sqlName: string) =>
  (x: string): string =>
    `CASE WHEN ${x} > 0 THEN ${sqlName}(${x}) WHEN ${x} = 0 THEN '-Infinity'::DOUBLE WHEN ${x} IS NOT NULL THEN 'NaN'::DOUBLE END`;

/** Keeps the type of its argument. */
const same = (call: Call, sql: (x: string) => string): Expression => {
  const e = call.args[0] as Expression;
  return { type: e.type, sql: sql(e.sql), present: e.present };
};

function round(call: Call): Expression {
  const [value, digits] = call.args as [Expression, Expression | undefined];
  const type: ColumnType = isWhole(value.type) ? "real" : value.type;
  const x = convert(value, type);
  return {
    type,
    sql: `round(${x.sql}${digits ? `, (${digits.sql})::INTEGER` : ""})`,
    present: x.present && (digits?.present ?? true),
  };
}

/** Both ends belong to it. */
function around(call: Call): string {
  const [value, center, delta] = call.args as [Expression, Expression, Expression];
  if (value.type === "datetime" && center.type === "datetime" && delta.type === "timespan")
    return `(abs(epoch_us(${value.sql}) - epoch_us(${center.sql})) * 10 <= ${delta.sql})`;
  const alike = [value, center, delta].every(({ type }) => type === "timespan");
  if (!alike && ![value, center, delta].every(({ type }) => isNumber(type)))
    return call.refuse(`of a ${value.type}, a ${center.type} and a ${delta.type}`, "KQL_TYPE");
  return `(abs(${value.sql} - ${center.sql}) <= ${delta.sql})`;
}

const binary = (name: string, sql: (a: string, b: string) => string, page: string) =>
  define(name, "a:long, b:long", "long", "null", ({ args: [a, b] }) => `(${sql(a?.sql ?? "", b?.sql ?? "")})`, {
    page,
  });

/** What is shifted beyond 64 bits is lost, as the sign may be; by a negative number it is null. */
const shiftedLeft = (a: string, b: string): string =>
  `CASE WHEN ${b} >= 0 THEN (((${a})::HUGEINT * (1::HUGEINT << (${b} & 63)::INTEGER) + 9223372036854775808) % 18446744073709551616` +
  ` + 18446744073709551616) % 18446744073709551616 - 9223372036854775808 END::BIGINT`;

export const math = [
  define("abs", "x:any", "bound", "null", (call) => same(call, (x) => `abs(${x})`)),
  define("sign", "x:number", "int", "null", ({ args: [e] }) => `sign(${e?.sql})::INTEGER`),
  define("round", "x:number, digits?:long", "real", "null", round, { note: "halves away from zero" }),
  define("ceiling", "x:number", "bound", "null", (call) => same(call, (x) => `ceil(${x})`)),
  define(
    "pow",
    "base:number, exponent:number",
    "real",
    "null",
    ({ args: [a, b] }) => `pow(${convert(a as Expression, "real").sql}, ${convert(b as Expression, "real").sql})`,
  ),
  real(
    "sqrt",
    guarded(
      (x) => `${x} >= 0`,
      (x) => `sqrt(${x})`,
    ),
  ),
  real("exp", (x) => `exp(${x})`),
  real("exp2", (x) => `pow(2, ${x})`),
  real("exp10", (x) => `pow(10, ${x})`),
  real("log", logarithm("ln")),
  real("log2", logarithm("log2")),
  real("log10", logarithm("log10")),
  real("sin", (x) => `sin(${x})`),
  real("cos", (x) => `cos(${x})`),
  real("tan", (x) => `tan(${x})`),
  real(
    "asin",
    guarded(
      (x) => `abs(${x}) <= 1`,
      (x) => `asin(${x})`,
    ),
  ),
  real(
    "acos",
    guarded(
      (x) => `abs(${x}) <= 1`,
      (x) => `acos(${x})`,
    ),
  ),
  real("cot", (x) => `(1 / tan(${x}))`),
  real("atan", (x) => `atan(${x})`),
  define("atan2", "y:number, x:number", "real", "null", ({ args: [y, x] }) => `atan2(${y?.sql}, ${x?.sql})`),
  define("around", "value:any, center:any, delta:any", "bool", "null", around),
  define("pi", "", "real", "value", () => "pi()"),
  real("degrees", (x) => `degrees(${x})`),
  real("radians", (x) => `radians(${x})`),
  define("isnan", "x:number", "bool", "null", ({ args: [e] }) => `isnan(${convert(e as Expression, "real").sql})`),
  define("isinf", "x:number", "bool", "null", ({ args: [e] }) => `isinf(${convert(e as Expression, "real").sql})`),
  define(
    "isfinite",
    "x:number",
    "bool",
    "null",
    ({ args: [e] }) => `isfinite(${convert(e as Expression, "real").sql})`,
  ),
  binary("binary_and", (a, b) => `${a} & ${b}`, "binary-and-function"),
  binary("binary_or", (a, b) => `${a} | ${b}`, "binary-or-function"),
  binary("binary_xor", (a, b) => `xor(${a}, ${b})`, "binary-xor-function"),
  binary("binary_shift_right", (a, b) => `${a} >> (${b} & 63)`, "binary-shift-right-function"),
  binary("binary_shift_left", shiftedLeft, "binary-shift-left-function"),
  define("binary_not", "a:long", "long", "null", ({ args: [a] }) => `(~(${a?.sql}))`),
  define("bitset_count_ones", "a:long", "long", "null", ({ args: [a] }) => `bit_count(${a?.sql})::BIGINT`),
  define("new_guid", "", "guid", "value", () => "uuid()"),
  define("rand", "most?:long", "real", "value", ({ args: [n] }) => (n ? `floor(random() * ${n.sql})` : "random()")),
];
