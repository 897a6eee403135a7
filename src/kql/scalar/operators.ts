// Comparison, logic and arithmetic.
import { type Compilation, refusalSql, type Scope } from "../compilation.ts";
import { convert, dynamicTextSql, plainJson, toText, toTextOrNull } from "../conversions.ts";
import {
  datetimeConstant,
  type Expression,
  isConstantNull,
  nullOf,
  realConstant,
  TICKS_PER_MICROSECOND,
  timespanConstant,
  wholeConstant,
} from "../expression.ts";
import { boundType, kindOf, type SyntaxNode } from "../parser.ts";
import { type ColumnType, isNumber, isWhole } from "../types.ts";
import { lowered } from "./lowered.ts";
import { matchText, TEXT_OPERATORS } from "./text-operators.ts";

/** `a op b`. `filtering` says that null and false mean the same here. */
export function binary(node: SyntaxNode, scope: Scope, filtering: boolean, c: Compilation): Expression {
  const operator: string = node.Operator.Text;
  if (operator === "and" || operator === "or") return logic(node, operator, scope, filtering, c);
  if (kindOf(node.Left) === "StarExpression") return anyColumn(node, operator, scope, c);
  const left = c.scalar(node.Left, scope);
  const right = c.scalar(node.Right, scope);
  switch (operator) {
    case "==":
      return equality(left, right, false, filtering, node, c);
    case "!=":
    case "<>":
      return equality(left, right, true, filtering, node, c);
    case "=~":
    case "!~":
      return equality(lowered(toTextOrNull(left)), lowered(toTextOrNull(right)), operator === "!~", filtering, node, c);
    case "<":
    case "<=":
    case ">":
    case ">=":
      return comparison(left, operator, right, node, c);
  }
  if (TEXT_OPERATORS.has(operator)) return matchText(operator, left, right, node, c);
  return arithmetic(left, operator, right, node, c);
}

/** A chain of the same operator becomes one flat list, so that a long one is not a deep one. */
function logic(node: SyntaxNode, operator: "and" | "or", scope: Scope, filtering: boolean, c: Compilation): Expression {
  const parts: Expression[] = [];
  const pending: SyntaxNode[] = [node];
  while (pending.length > 0) {
    const next = pending.pop() as SyntaxNode;
    if (next.Operator?.Text === operator && next.Left && next.Right) pending.push(next.Right, next.Left);
    else if (filtering) parts.push({ type: "bool", sql: c.condition(next, scope) });
    else parts.push(knownTruth(convert(c.scalar(next, scope), "bool")));
  }
  return {
    type: "bool",
    sql: `(${parts.map((p) => p.sql).join(` ${operator.toUpperCase()} `)})`,
    present: parts.every((p) => p.present),
  };
}

/** Null is false for and and or: https://learn.microsoft.com/kusto/query/logical-operators */
const knownTruth = (e: Expression): Expression =>
  e.present ? e : { type: "bool", sql: `coalesce(${e.sql}, FALSE)`, present: true };

/** `* has "x"`: any column that is text or dynamic. */
function anyColumn(node: SyntaxNode, operator: string, scope: Scope, c: Compilation): Expression {
  const right = c.scalar(node.Right, scope);
  if (!TEXT_OPERATORS.has(operator) && operator !== "==") c.refuse(node, `* ${operator} is not supported`);
  const parts = [...scope.columns.values()]
    .filter((column) => column.type === "string" || column.type === "dynamic")
    .map((column) =>
      operator === "=="
        ? equality(column, right, false, false, node, c).sql
        : matchText(operator, column, right, node, c).sql,
    );
  return { type: "bool", sql: parts.length > 0 ? `(${parts.join(" OR ")})` : "FALSE", present: true };
}

/** Brings two operands to types that SQL compares as KQL does. */
export function comparable(a: Expression, b: Expression, node: SyntaxNode, c: Compilation): [Expression, Expression] {
  if (a.type === "dynamic" && b.type === "dynamic") return [jsonText(a), jsonText(b)];
  if (a.type === "dynamic") return [dynamicAs(a, b.type), b];
  if (b.type === "dynamic") return [a, dynamicAs(b, a.type)];
  if (isNumber(a.type) && isNumber(b.type)) return [widened(a, b.type), widened(b, a.type)];
  if (a.type === b.type) return [a, b];
  if (a.type === "bool" && isNumber(b.type)) return [convert(a, "long"), b];
  if (b.type === "bool" && isNumber(a.type)) return [a, convert(b, "long")];
  if (a.type === "string" || b.type === "string") {
    const other = a.type === "string" ? b : a;
    if (isNumber(other.type))
      c.warn(node, `a string is compared with the ${other.type} ${nameOf(other)}; it is compared as text`);
    else if (isConstantNull(other)) return [a, b];
    else if (other.type === "bool")
      return a === other ? [toText(a), asBoolText(b, node, c)] : [asBoolText(a, node, c), toText(b)];
    else c.refuse(node, `a ${a.type} cannot be compared with a ${b.type}`, "KQL_TYPE");
    return [toTextOrNull(a), toTextOrNull(b)];
  }
  if (isConstantNull(a) || isConstantNull(b)) return [a, b];
  return c.refuse(node, `a ${a.type} cannot be compared with a ${b.type}`, "KQL_TYPE");
}

/**
 * A text that is compared with a bool. Whether the service takes the text for a bool or the bool for a text is not
 * documented; for True and False, and for what is no bool, it is the same.
 */
function asBoolText(text: Expression, node: SyntaxNode, c: Compilation): Expression {
  const refused = refusalSql(
    node,
    "a text other than True and False is compared with a bool; say tobool()",
    "KQL_TYPE",
    c,
  );
  const clear = `${text.sql} IN ('True', 'False') OR kql_text_to_bool(${text.sql}) IS NULL`;
  return { type: "string", sql: `CASE WHEN ${clear} THEN ${text.sql} ELSE ${refused} END`, present: true };
}

const nameOf = (e: Expression): string => (e.constant === undefined ? "value" : String(e.constant));

/** DuckDB would compare a DECIMAL with a DOUBLE, and a BIGINT with a DECIMAL, by casting to the narrower. */
function widened(e: Expression, other: ColumnType): Expression {
  return other === "real" || (other === "decimal" && e.type === "real") ? convert(e, "real") : e;
}

const jsonText = (e: Expression): Expression => ({ type: "string", sql: `${plainJson(e).sql}::VARCHAR` });

function dynamicAs(e: Expression, type: ColumnType): Expression {
  if (type === "string") return { type: "string", sql: dynamicTextSql(e) };
  return convert(e, isNumber(type) ? (type === "decimal" ? "decimal" : "real") : type);
}

/**
 * KQL's == and != know null only where both sides are null; with one null they answer false and true.
 * https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
 */
export function equality(
  left: Expression,
  right: Expression,
  negative: boolean,
  filtering: boolean,
  node: SyntaxNode,
  c: Compilation,
): Expression {
  const [a, b] = comparable(left, right, node, c);
  if (a.present && b.present)
    return { type: "bool", sql: `(${a.sql} ${negative ? "<>" : "="} ${b.sql})`, present: true };
  // Two bools always have an answer: https://learn.microsoft.com/kusto/query/logical-operators
  if (a.type === "bool" && b.type === "bool") {
    const sql = negative ? `(${a.sql} IS DISTINCT FROM ${b.sql})` : `coalesce(${a.sql} = ${b.sql}, FALSE)`;
    return { type: "bool", sql, present: true };
  }
  if (isConstantNull(a) && isConstantNull(b)) return nullOf("bool");
  if (isConstantNull(a) || isConstantNull(b)) {
    const other = isConstantNull(a) ? b : a;
    return { type: "bool", sql: `CASE WHEN ${other.sql} IS NOT NULL THEN ${negative ? "TRUE" : "FALSE"} END` };
  }
  if (a.present || b.present) {
    if (negative) return { type: "bool", sql: `(${a.sql} IS DISTINCT FROM ${b.sql})`, present: true };
    if (filtering) return { type: "bool", sql: `(${a.sql} = ${b.sql})` };
    return { type: "bool", sql: `coalesce(${a.sql} = ${b.sql}, FALSE)`, present: true };
  }
  const distinct = `${a.sql} IS ${negative ? "" : "NOT "}DISTINCT FROM ${b.sql}`;
  return { type: "bool", sql: `CASE WHEN ${a.sql} IS NULL AND ${b.sql} IS NULL THEN NULL ELSE ${distinct} END` };
}

function comparison(
  left: Expression,
  operator: string,
  right: Expression,
  node: SyntaxNode,
  c: Compilation,
): Expression {
  if (left.type === "dynamic" && right.type === "dynamic") {
    c.refuse(node, `${operator} on two dynamic values needs a conversion of one of them`, "KQL_TYPE");
  }
  if ((left.type === "string" && isNumber(right.type)) || (right.type === "string" && isNumber(left.type))) {
    c.refuse(node, `a ${left.type} ${operator} a ${right.type} needs a conversion`, "KQL_TYPE");
  }
  const [a, b] = comparable(left, right, node, c);
  if (isConstantNull(a) || isConstantNull(b)) return nullOf("bool");
  return { type: "bool", sql: `(${a.sql} ${operator} ${b.sql})`, present: a.present && b.present };
}

export function between(node: SyntaxNode, scope: Scope, c: Compilation): Expression {
  const value = c.scalar(node.Left, scope);
  const from = c.scalar(node.Right.First, scope);
  let to = c.scalar(node.Right.Second, scope);
  if (from.type === "datetime" && to.type === "timespan") to = addTimespan(from, to, 1n);
  const low = comparison(value, ">=", from, node, c);
  const high = comparison(value, "<=", to, node, c);
  const both = `(${low.sql} AND ${high.sql})`;
  const negative = kindOf(node).startsWith("Not");
  return { type: "bool", sql: negative ? `(NOT ${both})` : both, present: low.present && high.present };
}

export function addTimespan(at: Expression, span: Expression, sign: 1n | -1n): Expression {
  if (isConstantNull(at) || isConstantNull(span)) return nullOf("datetime");
  if (typeof at.constant === "bigint" && typeof span.constant === "bigint") {
    return datetimeConstant(at.constant + (sign * span.constant) / TICKS_PER_MICROSECOND);
  }
  const microseconds = typeof span.constant === "bigint" ? `(${span.constant / 10n})::BIGINT` : `(${span.sql} // 10)`;
  return {
    type: "datetime",
    sql: `make_timestamp(epoch_us(${at.sql}) ${sign > 0n ? "+" : "-"} ${microseconds})`,
    present: at.present && span.present,
  };
}

function arithmetic(a: Expression, operator: string, b: Expression, node: SyntaxNode, c: Compilation): Expression {
  if (!/^[-+*/%]$/.test(operator)) c.refuse(node, `the operator ${operator} is not supported`);
  if (a.type === "datetime" || b.type === "datetime") return datetimeArithmetic(a, operator, b, node, c);
  if (a.type === "dynamic" && b.type === "dynamic") {
    c.refuse(node, "arithmetic on two dynamic values needs a conversion of them", "KQL_TYPE");
  }
  const type = boundType(node) ?? "real";
  if (isConstantNull(a) || isConstantNull(b)) return nullOf(type === "dynamic" ? "real" : type);
  if (a.type === "timespan" || b.type === "timespan") return timespanArithmetic(a, operator, b, node, c);
  if (!isNumber(type)) c.refuse(node, `${operator} does not give a number here`, "KQL_TYPE");
  const folded = foldWhole(a, operator, b, type);
  if (folded) return folded;
  const x = convert(a, type);
  const y = convert(b, type);
  if (type === "real" && typeof x.constant === "number" && typeof y.constant === "number") {
    const value = foldReal(x.constant, operator, y.constant);
    if (value !== undefined) return realConstant(value);
  }
  const both = x.present && y.present;
  if (operator === "/" && type === "decimal")
    c.refuse(node, "a division of decimals has more digits than are kept; say todouble()");
  if (operator === "/" && isWhole(type))
    return { type, sql: `kql_divide(${x.sql}, ${y.sql})::${type === "int" ? "INTEGER" : "BIGINT"}` };
  if (operator === "%") {
    return { type, sql: isWhole(type) ? `kql_modulo(${x.sql}, ${y.sql})` : `kql_fmod(${x.sql}, ${y.sql})` };
  }
  if (operator === "/") return { type, sql: `kql_ratio(${x.sql}, ${y.sql})`, present: both };
  if (type === "int") {
    return { type, sql: `kql_wrap_int(${x.sql}::BIGINT ${operator} ${y.sql}::BIGINT)`, present: both };
  }
  return { type, sql: `(${x.sql} ${operator} ${y.sql})`, present: both };
}

function foldReal(a: number, operator: string, b: number): number | undefined {
  if (operator === "+") return a + b;
  if (operator === "-") return a - b;
  if (operator === "*") return a * b;
  return operator === "/" ? a / b : undefined;
}

function foldWhole(a: Expression, operator: string, b: Expression, type: ColumnType): Expression | undefined {
  if (typeof a.constant !== "bigint" || typeof b.constant !== "bigint" || (type !== "int" && type !== "long"))
    return undefined;
  if (operator === "+") return wrapped(a.constant + b.constant, type);
  if (operator === "-") return wrapped(a.constant - b.constant, type);
  if (operator === "/" && b.constant !== 0n && a.constant >= 0n && b.constant > 0n)
    return wrapped(a.constant / b.constant, type);
  return operator === "*" ? wrapped(a.constant * b.constant, type) : undefined;
}

const wrapped = (value: bigint, type: "int" | "long"): Expression =>
  wholeConstant(BigInt.asIntN(type === "int" ? 32 : 64, value), type);

function datetimeArithmetic(
  a: Expression,
  operator: string,
  b: Expression,
  node: SyntaxNode,
  c: Compilation,
): Expression {
  if (b.type === "timespan" && (operator === "+" || operator === "-"))
    return addTimespan(a, b, operator === "+" ? 1n : -1n);
  if (a.type === "timespan" && operator === "+") return addTimespan(b, a, 1n);
  if (a.type === "dynamic" || b.type === "dynamic") {
    return arithmeticWithDynamicTime(a, operator, b, node, c);
  }
  if (a.type !== "datetime" || b.type !== "datetime" || operator !== "-") {
    c.refuse(node, `a ${a.type} ${operator} a ${b.type} is not supported`, "KQL_TYPE");
  }
  if (isConstantNull(a) || isConstantNull(b)) return nullOf("timespan");
  if (typeof a.constant === "bigint" && typeof b.constant === "bigint") {
    return timespanConstant((a.constant - b.constant) * TICKS_PER_MICROSECOND);
  }
  return {
    type: "timespan",
    sql: `((epoch_us(${a.sql}) - epoch_us(${b.sql})) * 10)`,
    present: a.present && b.present,
  };
}

/** `D.time - datetime`: the dynamic is taken for a datetime when subtracting gives a timespan. */
function arithmeticWithDynamicTime(
  a: Expression,
  operator: string,
  b: Expression,
  node: SyntaxNode,
  c: Compilation,
): Expression {
  if (operator === "-" && boundType(node) === "timespan") {
    return datetimeArithmetic(convert(a, "datetime"), operator, convert(b, "datetime"), node, c);
  }
  return c.refuse(node, "datetime arithmetic with a dynamic value needs a conversion of it", "KQL_TYPE");
}

function timespanArithmetic(
  a: Expression,
  operator: string,
  b: Expression,
  node: SyntaxNode,
  c: Compilation,
): Expression {
  const present = a.present && b.present;
  if (a.type === "timespan" && b.type === "timespan") {
    if (operator === "/") return { type: "real", sql: `kql_ratio(${a.sql}::DOUBLE, ${b.sql}::DOUBLE)`, present };
    if (operator === "%") return { type: "timespan", sql: `kql_modulo(${a.sql}, ${b.sql})` };
    if (operator === "*") c.refuse(node, "a timespan times a timespan", "KQL_TYPE");
    const [x, y] = [a.constant, b.constant];
    if (typeof x === "bigint" && typeof y === "bigint") return timespanConstant(operator === "+" ? x + y : x - y);
    return { type: "timespan", sql: `(${a.sql} ${operator} ${b.sql})`, present };
  }
  const [span, number] = a.type === "timespan" ? [a, b] : [b, a];
  if (!isNumber(number.type)) c.refuse(node, `a ${a.type} ${operator} a ${b.type} needs a conversion`, "KQL_TYPE");
  if (typeof span.constant === "bigint" && typeof number.constant === "number" && a.type === "timespan") {
    const ticks = Math.trunc(
      operator === "*" ? Number(span.constant) * number.constant : Number(span.constant) / number.constant,
    );
    if ((operator === "*" || operator === "/") && Number.isSafeInteger(ticks)) return timespanConstant(BigInt(ticks));
  }
  if (
    operator === "/" &&
    a.type === "timespan" &&
    typeof span.constant === "bigint" &&
    typeof number.constant === "bigint" &&
    number.constant > 0n &&
    span.constant >= 0n
  ) {
    return timespanConstant(span.constant / number.constant);
  }
  if (operator === "*") {
    if (typeof span.constant === "bigint" && typeof number.constant === "bigint") {
      return timespanConstant(span.constant * number.constant);
    }
    const sql = isWhole(number.type) ? `(${span.sql} * ${number.sql})` : `trunc(${span.sql} * ${number.sql})::BIGINT`;
    return { type: "timespan", sql, present };
  }
  if (operator === "/" && a.type === "timespan") {
    return isWhole(number.type)
      ? { type: "timespan", sql: `kql_divide(${a.sql}, ${b.sql})` }
      : { type: "timespan", sql: `TRY_CAST(trunc(kql_ratio(${a.sql}, ${b.sql})) AS BIGINT)` };
  }
  return c.refuse(node, `a ${a.type} ${operator} a ${b.type} is not supported`, "KQL_TYPE");
}
