// Literals read from their own text. The JS build of the parser gives wrong values for some of them: `time(1.02:03:04)`
// becomes 0 and whole numbers beyond 64 bits wrap around.
import {
  boolConstant,
  datetimeConstant,
  type Expression,
  nullOf,
  realConstant,
  stringConstant,
  TICKS_PER_DAY,
  TICKS_PER_SECOND,
  timespanConstant,
  wholeConstant,
  writtenConstant,
} from "./expression.ts";
import { formatDatetime, formatTimespan } from "./format.ts";
import { parseDatetime } from "./parse-datetime.ts";
import { elements, kindOf, type SyntaxNode, textOf, typeNamed } from "./parser.ts";
import { textSql } from "./sql-text.ts";

/** Says why a literal cannot be taken; never returns. */
export type Refuse = (node: SyntaxNode, message: string, code?: string) => never;

/** Undefined where the node is no literal. */
export function literal(node: SyntaxNode, refuse: Refuse): Expression | undefined {
  switch (kindOf(node)) {
    case "StringLiteralExpression":
    case "CompoundStringLiteralExpression":
      return stringConstant(String(node.ConstantValue ?? node.LiteralValue));
    case "LongLiteralExpression":
      return whole(node, "long", refuse);
    case "IntLiteralExpression":
      return whole(node, "int", refuse);
    case "RealLiteralExpression":
      return real(node, refuse);
    case "DecimalLiteralExpression":
      return decimal(node, refuse);
    case "BooleanLiteralExpression":
      return bool(node, refuse);
    case "TimespanLiteralExpression":
      return timespan(node, refuse);
    case "DateTimeLiteralExpression":
      return datetime(node, refuse);
    case "GuidLiteralExpression":
      return guid(node, refuse);
    case "DynamicExpression":
      return writtenConstant(json(node.Expression, refuse), jsonText(node.Expression, refuse));
    case "TypeOfLiteralExpression":
      return stringConstant(typeNamed(/\(\s*(\w+)\s*\)$/.exec(textOf(node))?.[1]));
    default:
      return undefined;
  }
}

/** What stands in the brackets of `long(…)`, or the whole text where there are none. */
function inner(node: SyntaxNode): string {
  // A literal is one token; the text of the node would bring along the comments before it.
  const text = String(node.GetFirstToken().Text);
  const typed = /^[a-z]+\s*\(([\s\S]*)\)$/i.exec(text);
  return (typed?.[1] ?? text).trim();
}

function whole(node: SyntaxNode, type: "int" | "long", refuse: Refuse): Expression {
  const text = inner(node);
  if (text === "null" || text === "") return nullOf(type);
  const parts = /^([+-]?)\s*(0x[0-9a-f]+|\d+)$/i.exec(text) ?? refuse(node, `${text} is no ${type}`, "KQL_RANGE");
  const value = BigInt(parts[2] ?? "0") * (parts[1] === "-" ? -1n : 1n);
  // The sign of a bare literal is an operator of its own, so 2^63 is the largest that can be meant.
  if (BigInt.asIntN(type === "int" ? 32 : 64, value) !== value) {
    refuse(node, `${text} does not fit into ${type}`, "KQL_RANGE");
  }
  return wholeConstant(value, type);
}

function real(node: SyntaxNode, refuse: Refuse): Expression {
  const text = inner(node);
  if (text === "null") return nullOf("real");
  if (/^\+?inf$/i.test(text)) return realConstant(Number.POSITIVE_INFINITY);
  if (/^-inf$/i.test(text)) return realConstant(Number.NEGATIVE_INFINITY);
  if (/^nan$/i.test(text)) return realConstant(Number.NaN);
  const value = Number(text);
  return Number.isNaN(value) ? refuse(node, `${text} is no real`, "KQL_RANGE") : realConstant(value);
}

function decimal(node: SyntaxNode, refuse: Refuse): Expression {
  const text = inner(node);
  if (text === "null") return nullOf("decimal");
  if (!/^[+-]?\d{1,28}(\.\d{1,10})?$/.test(text)) {
    refuse(node, `the decimal ${text} has more than 28 digits before or 10 behind the point`);
  }
  return { type: "decimal", sql: `${textSql(text)}::DECIMAL(38,10)`, present: true };
}

function bool(node: SyntaxNode, refuse: Refuse): Expression {
  const text = inner(node).toLowerCase();
  if (text === "null") return nullOf("bool");
  if (text === "true" || text === "1") return boolConstant(true);
  if (text === "false" || text === "0") return boolConstant(false);
  return refuse(node, `${text} is no bool`, "KQL_RANGE");
}

function guid(node: SyntaxNode, refuse: Refuse): Expression {
  const text = inner(node).replace(/^["']|["']$/g, "");
  if (text === "null") return nullOf("guid");
  if (!/^\{?[0-9a-f]{8}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{4}-?[0-9a-f]{12}\}?$/i.test(text)) {
    refuse(node, `${text} is no guid`, "KQL_RANGE");
  }
  return { type: "guid", sql: `${textSql(text)}::UUID`, present: true };
}

const UNITS: readonly (readonly [RegExp, bigint])[] = [
  [/^ticks?$/, 1n],
  [/^(microseconds?|micros?|us)$/, 10n],
  [/^(milliseconds?|millis?|ms)$/, 10_000n],
  [/^(seconds?|sec|s)$/, TICKS_PER_SECOND],
  [/^(minutes?|min|m)$/, 60n * TICKS_PER_SECOND],
  [/^(hours?|hrs?|h)$/, 3600n * TICKS_PER_SECOND],
  [/^(days?|d)$/, TICKS_PER_DAY],
];
const CLOCK = /^(-)?(?:(\d+)\.)?(\d{1,2}):(\d{1,2})(?::(\d{1,2})(?:\.(\d{1,7}))?)?$/;

/** Ticks of "5m", "1.02:03:04.5" or "3" (days); undefined where the text is none of them. */
export function ticksOf(text: string): bigint | undefined {
  const amount = /^([+-]?)(\d+)(?:\.(\d+))?\s*([a-z]+)$/i.exec(text);
  if (amount) {
    const unit = UNITS.find(([names]) => names.test((amount[4] ?? "").toLowerCase()))?.[1];
    if (unit === undefined) return undefined;
    const fraction = amount[3] ?? "";
    const ticks = BigInt(amount[2] ?? "0") * unit + (unit * BigInt(fraction || "0")) / 10n ** BigInt(fraction.length);
    return amount[1] === "-" ? -ticks : ticks;
  }
  const clock = CLOCK.exec(text);
  if (clock) {
    const [, sign, days = "0", hours = "0", minutes = "0", seconds = "0", fraction = ""] = clock;
    if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 59) return undefined;
    const ticks =
      (BigInt(days) * 86_400n + BigInt(hours) * 3600n + BigInt(minutes) * 60n + BigInt(seconds)) * TICKS_PER_SECOND +
      BigInt(fraction.padEnd(7, "0") || "0");
    return sign ? -ticks : ticks;
  }
  return /^-?\d+$/.test(text) ? BigInt(text) * TICKS_PER_DAY : undefined;
}

function timespan(node: SyntaxNode, refuse: Refuse): Expression {
  const text = inner(node).replace(/^["']|["']$/g, "");
  if (text === "null") return nullOf("timespan");
  const ticks = ticksOf(text);
  return ticks === undefined ? refuse(node, `the timespan ${text} cannot be read`) : timespanConstant(ticks);
}

function datetime(node: SyntaxNode, refuse: Refuse): Expression {
  const text = inner(node)
    .replace(/^["']|["']$/g, "")
    .replace(/^(\d{4})\s*([-,])\s*(\d{1,2})\s*\2\s*(\d{1,2})/, "$1-$3-$4");
  if (text === "null" || text === "") return nullOf("datetime");
  const ticks = parseDatetime(text);
  if (ticks === undefined) return refuse(node, `the datetime ${text} cannot be read`);
  if (ticks % 10n !== 0n) return refuse(node, "datetimes finer than a microsecond are not kept");
  return datetimeConstant(ticks / 10n);
}

/** The value of what stands in `dynamic(…)`. */
function json(node: SyntaxNode, refuse: Refuse): unknown {
  switch (kindOf(node)) {
    case "JsonArrayExpression":
      return elements(node.Values).map((value) => json(value, refuse));
    case "JsonObjectExpression": {
      // From entries, so that a key such as __proto__ is a key.
      return Object.fromEntries(elements(node.Pairs).map((pair) => [nameOfPair(pair), json(pair.Value, refuse)]));
    }
    case "NullLiteralExpression":
      return null;
    case "DynamicExpression":
      return json(node.Expression, refuse);
    case "UnaryMinusExpression":
      return -(json(node.Expression, refuse) as number);
  }
  const value = literal(node, refuse) ?? refuse(node, "only literals can stand inside dynamic()");
  if (value.constant === null) return null;
  switch (value.type) {
    case "int":
    case "long": {
      const number = Number(value.constant);
      return Number.isSafeInteger(number) ? number : refuse(node, "a whole number beyond 2^53 inside dynamic()");
    }
    case "real":
      return Number.isFinite(value.constant) ? value.constant : String(value.constant);
    case "string":
    case "bool":
      return value.constant;
    case "datetime":
      return formatDatetime(value.constant as bigint);
    case "timespan":
      return formatTimespan(value.constant as bigint);
    default:
      return refuse(node, `a ${value.type} inside dynamic()`);
  }
}

/** The same as JSON text, in which a real stays a real. */
function jsonText(node: SyntaxNode, refuse: Refuse): string {
  switch (kindOf(node)) {
    case "JsonArrayExpression":
      return `[${elements(node.Values)
        .map((value) => jsonText(value, refuse))
        .join(",")}]`;
    case "JsonObjectExpression": {
      const pairs = new Map(elements(node.Pairs).map((pair) => [nameOfPair(pair), jsonText(pair.Value, refuse)]));
      return `{${[...pairs].map(([name, text]) => `${JSON.stringify(name)}:${text}`).join(",")}}`;
    }
    case "DynamicExpression":
      return jsonText(node.Expression, refuse);
    case "UnaryMinusExpression":
      return `-${jsonText(node.Expression, refuse)}`;
  }
  const value = json(node, refuse);
  const real = kindOf(node) === "RealLiteralExpression" && Number.isInteger(value);
  return real && Math.abs(value as number) < 1e21 ? `${value}.0` : JSON.stringify(value);
}

const nameOfPair = (pair: SyntaxNode): string =>
  String(pair.Name.ValueText ?? pair.Name.LiteralValue ?? pair.Name.Text);
