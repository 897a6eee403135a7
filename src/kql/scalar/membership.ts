// in, !in, in~, !in~, has_any, has_all: one value against a list, a dynamic array or a subquery.

import type { Compilation, Scope } from "../compilation.ts";
import { inSubquery } from "../compilation.ts";
import { convert, dynamicTextSql, toJson, toText, toTextOrNull } from "../conversions.ts";
import { boolConstant, type Expression, realConstant, stringConstant, wholeConstant } from "../expression.ts";
import { elements, isTabular, kindOf, type SyntaxNode } from "../parser.ts";
import { expressionOf } from "../relation.ts";
import { nameSql } from "../sql-text.ts";
import { type ColumnType, isNumber } from "../types.ts";
import { lowered } from "./lowered.ts";
import { comparable } from "./operators.ts";
import { matchText } from "./text-operators.ts";

/** Columns of subqueries and parameters of lambdas, which would hide columns of these names. */
const [WORD, TEXT] = [nameSql("#word"), nameSql("#text")];

interface Members {
  /** Single values. */
  readonly values: readonly Expression[];
  /** SELECTs that give one column WORD of non-null values of `type`. */
  readonly selects: readonly { readonly sql: string; readonly type: ColumnType }[];
}

export function membership(node: SyntaxNode, scope: Scope, filtering: boolean, c: Compilation): Expression {
  const operator: string = node.Operator.Text;
  const left = c.scalar(node.Left, scope);
  const members = membersOf(node, scope, c);
  if (operator.startsWith("has_") || operator.startsWith("!has_")) return hasAny(operator, left, members, node, c);
  const negative = operator.startsWith("!");
  const folding = operator.endsWith("~");
  const positive = isIn(
    folding ? lowered(toTextOrNull(left)) : left,
    members,
    folding,
    filtering && !negative,
    node,
    c,
  );
  if (!negative) return positive;
  return { type: "bool", sql: `(NOT ${positive.sql})`, present: true };
}

function membersOf(node: SyntaxNode, scope: Scope, c: Compilation): Members {
  const values: Expression[] = [];
  const selects: { sql: string; type: ColumnType }[] = [];
  for (const item of elements(node.Right.Expressions)) {
    if (isTabular(item)) {
      selects.push(subquery(item, scope, c));
      continue;
    }
    const value = c.scalar(item, scope);
    // Nothing is equal to a null.
    if (value.type !== "dynamic" && value.constant === null) continue;
    if (value.type !== "dynamic") values.push(value);
    else if (Array.isArray(value.json)) values.push(...value.json.map((entry) => constantOf(entry, item, c)));
    else if (value.json === null) continue;
    else if (value.json !== undefined) values.push(constantOf(value.json, item, c));
    else selects.push({ sql: `SELECT unnest(kql_texts(${toJson(value).sql})) AS ${WORD}`, type: "string" });
  }
  return { values, selects };
}

function subquery(item: SyntaxNode, scope: Scope, c: Compilation): { sql: string; type: ColumnType } {
  const relation = inSubquery(c, () => c.tabular(item, scope.environment));
  const first = relation.columns[0] ?? c.refuse(item, "a subquery without columns");
  const value = expressionOf(first);
  const text = value.type === "dynamic";
  const sql = text ? dynamicTextSql(value) : value.sql;
  return {
    sql: `SELECT ${WORD} FROM (SELECT ${sql} AS ${WORD} FROM ${relation.from}) WHERE ${WORD} IS NOT NULL`,
    type: text ? "string" : value.type,
  };
}

function constantOf(value: unknown, node: SyntaxNode, c: Compilation): Expression {
  if (typeof value === "string") return stringConstant(value);
  if (typeof value === "number") return Number.isInteger(value) ? wholeConstant(BigInt(value)) : realConstant(value);
  if (typeof value === "boolean") return boolConstant(value);
  return c.refuse(node, "only strings, numbers and booleans can be members of a list");
}

function hasAny(operator: string, left: Expression, members: Members, node: SyntaxNode, c: Compilation): Expression {
  const negative = operator.startsWith("!");
  const all = operator.includes("has_all");
  const text = toText(left);
  const parts = members.values.map((value) => matchText("has", text, value, node, c).sql);
  for (const { sql, type } of members.selects) {
    const word: Expression = { type, sql: WORD };
    const test = matchText("has", { ...text, sql: TEXT }, { ...toText(word), constant: undefined }, node, c).sql;
    parts.push(
      `kql_${all ? "all" : "any"}(list_transform((SELECT list(${WORD}) FROM (${sql})), lambda ${WORD}: list_transform([${text.sql}], lambda ${TEXT}: ${test})[1]))`,
    );
  }
  const sql = parts.length === 0 ? (all ? "TRUE" : "FALSE") : `(${parts.join(all ? " AND " : " OR ")})`;
  return { type: "bool", sql: negative ? `(NOT ${sql})` : sql, present: true };
}

function isIn(
  left: Expression,
  members: Members,
  folding: boolean,
  filtering: boolean,
  node: SyntaxNode,
  c: Compilation,
): Expression {
  const parts: string[] = [];
  const byText = folding || left.type === "string";
  const value = left.type === "dynamic" ? textOfDynamic(left) : left;
  if (members.values.length > 0) {
    const wanted = members.values.map((v) => (folding ? lowered(toTextOrNull(v)) : v));
    if (byText || left.type === "dynamic") {
      for (const v of folding || left.type !== "string" ? [] : wanted) {
        if (v.type === "bool") c.refuse(node, "a string among bools needs a conversion", "KQL_TYPE");
        comparable(left, v, node, c);
      }
      parts.push(`${value.sql} IN (${wanted.map((v) => toTextOrNull(v).sql).join(", ")})`);
    } else {
      const pairs = wanted.map((v) => comparable(left, v, node, c));
      const type = pairs.some(([a]) => a.type === "real") && isNumber(left.type) ? "real" : pairs[0]?.[0].type;
      const tested = type === "real" ? convert(left, "real") : (pairs[0]?.[0] ?? left);
      parts.push(
        `${tested.sql} IN (${pairs.map(([, b]) => (type === "real" ? convert(b, "real") : b).sql).join(", ")})`,
      );
    }
  }
  for (const { sql, type } of members.selects) {
    const v: Expression = { type, sql: WORD };
    if (byText || left.type === "dynamic") {
      const text = folding ? lowered(toText(v)) : toText(v);
      parts.push(`${value.sql} IN (SELECT ${text.sql} FROM (${sql}))`);
    } else if (type === "string") parts.push(`${toText(left).sql} IN (${sql})`);
    else {
      const [a, b] = comparable(left, v, node, c);
      parts.push(`${a.sql} IN (SELECT ${b.sql} FROM (${sql}))`);
    }
  }
  if (parts.length === 0) return boolConstant(false);
  const sql = parts.length === 1 ? `(${parts[0]})` : `(${parts.join(" OR ")})`;
  // A null on the left, or among values that only rows know, gives false.
  const known = value.present && members.values.every((v) => v.present);
  return known || filtering
    ? { type: "bool", sql, present: true }
    : { type: "bool", sql: `coalesce(${sql}, FALSE)`, present: true };
}

const textOfDynamic = (e: Expression): Expression => ({ type: "string", sql: dynamicTextSql(e) });

export const isMembership = (node: SyntaxNode): boolean =>
  /^(Not)?(In|HasAny|HasAll)(Cs)?Expression$/.test(kindOf(node)) && Boolean(node.Right?.Expressions);
