// join of every kind, and lookup.
import { type Compilation, type Environment, freshRelation } from "../compilation.ts";
import { convert } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { elements, kindOf, type SyntaxNode, schemaOf, textOf } from "../parser.ts";
import { expressionOf, orderSql, type Relation } from "../relation.ts";
import { isNumber } from "../types.ts";
import { checkWidth, refuseParameters } from "./columns.ts";

interface Key {
  readonly left: Expression;
  readonly right: Expression;
  readonly rightName: string;
}

export function join(
  node: SyntaxNode,
  left: Relation,
  pipe: SyntaxNode,
  environment: Environment,
  c: Compilation,
): Relation {
  const lookup = kindOf(node) === "LookupOperator";
  if (left.partition) c.refuse(node, "a join inside mv-apply or partition is not supported");
  refuseParameters(node, c, ["kind"]);
  const asked = elements(node.Parameters).find((p) => p.Name.SimpleName === "kind");
  const kind = asked ? textOf(asked.Expression) : lookup ? "leftouter" : "innerunique";
  const right = c.tabular(node.Expression, environment);
  const clause: SyntaxNode | undefined = node.ConditionClause ?? node.LookupClause;
  if (!clause || kindOf(clause) !== "JoinOnClause") return c.refuse(node, "a join needs on …");
  const keys = elements(clause.Expressions).flatMap((e) => keysOf(e, left, right, environment, c));
  const on = keys.map((key) => matchSql(key, clause, c)).join(" AND ");

  switch (kind) {
    case "leftsemi":
      return oneSide(left, right, on, "l", "SEMI", c);
    case "leftanti":
    case "leftantisemi":
    case "anti":
      return oneSide(left, right, on, "l", "ANTI", c);
    case "rightsemi":
      return oneSide(right, left, on, "r", "SEMI", c);
    case "rightanti":
    case "rightantisemi":
      return oneSide(right, left, on, "r", "ANTI", c);
  }
  const type = JOINS[kind] ?? c.refuse(node, `the join kind ${kind} is not supported`);
  const from = kind === "innerunique" ? firstPerKey(left, keys, c) : left.from;
  const leftOptional = type === "RIGHT JOIN" || type === "FULL JOIN";
  const rightOptional = type === "LEFT JOIN" || type === "FULL JOIN";
  const dropped = new Set(lookup ? keys.map((key) => key.rightName) : []);
  const values = [
    ...left.columns.map((column) => optional(expressionOf(column, "l."), leftOptional)),
    ...right.columns
      .filter((column) => !dropped.has(column.name))
      .map((column) => optional(expressionOf(column, "r."), rightOptional)),
  ];
  const expected = schemaOf(pipe);
  if (values.length !== expected.length) {
    c.refuse(node, `the join makes ${values.length} columns where ${expected.length} are expected`, "KQL_INTERNAL");
  }
  const list = values.map((value, i) => ({ name: expected[i]?.name ?? "", value }));
  const made = freshRelation(list, `FROM ${from} AS l ${type} ${right.from} AS r ON ${on}`, c);
  return checkWidth(made, expected.length, node, c);
}

const JOINS: Readonly<Record<string, string>> = {
  innerunique: "JOIN",
  inner: "JOIN",
  leftouter: "LEFT JOIN",
  rightouter: "RIGHT JOIN",
  fullouter: "FULL JOIN",
};

/** A string of a side that found no partner is empty, everything else null. */
const optional = (e: Expression, may: boolean): Expression => (may ? { ...e, present: false } : e);

function oneSide(
  kept: Relation,
  other: Relation,
  on: string,
  alias: "l" | "r",
  type: string,
  c: Compilation,
): Relation {
  const otherAlias = alias === "l" ? "r" : "l";
  const from = c.step(
    `SELECT ${alias}.* FROM ${kept.from} AS ${alias} ${type} JOIN ${other.from} AS ${otherAlias} ON ${on}`,
  );
  return { ...kept, from, order: undefined, serialized: false, name: undefined };
}

/** innerunique keeps one row of the left side per key; which one, the service leaves open. */
function firstPerKey(left: Relation, keys: readonly Key[], c: Compilation): string {
  const by = keys.map((key) => key.left.sql.replace(/^l\./, "")).join(", ");
  return c.step(`SELECT DISTINCT ON (${by}) * FROM ${left.from}${orderSql(left.order)}`);
}

function keysOf(node: SyntaxNode, left: Relation, right: Relation, environment: Environment, c: Compilation): Key[] {
  switch (kindOf(node)) {
    case "ParenthesizedExpression":
      return keysOf(node.Expression, left, right, environment, c);
    case "AndExpression":
      return [node.Left, node.Right].flatMap((side) => keysOf(side, left, right, environment, c));
    case "NameReference": {
      const name = node.SimpleName as string;
      return [
        { left: columnOf(left, name, "l.", node, c), right: columnOf(right, name, "r.", node, c), rightName: name },
      ];
    }
    case "EqualExpression": {
      const sides = [node.Left, node.Right] as const;
      const rightSide = sides.find((s) => textOf(s).startsWith("$right"));
      const leftSide = sides.find((s) => textOf(s).startsWith("$left"));
      if (!leftSide || !rightSide) return c.refuse(node, "a join compares a $left column with a $right column");
      const name = (side: SyntaxNode): string =>
        kindOf(side) === "PathExpression"
          ? (side.Selector.SimpleName as string)
          : c.refuse(side, "only plain columns can be join keys");
      return [
        {
          left: columnOf(left, name(leftSide), "l.", leftSide, c),
          right: columnOf(right, name(rightSide), "r.", rightSide, c),
          rightName: name(rightSide),
        },
      ];
    }
    default:
      return c.refuse(node, "a join condition is made of equalities, joined by and");
  }
}

function columnOf(side: Relation, name: string, alias: string, node: SyntaxNode, c: Compilation): Expression {
  const column = side.columns.find((candidate) => candidate.name === name);
  return column ? expressionOf(column, alias) : c.refuse(node, `there is no column ${name} on this side`, "KQL_NAME");
}

function matchSql({ left, right }: Key, node: SyntaxNode, c: Compilation): string {
  if (left.type === "dynamic" || right.type === "dynamic") {
    c.refuse(node, "joining on a dynamic value needs a conversion of it", "KQL_TYPE");
  }
  if (left.type === right.type) return `${left.sql} = ${right.sql}`;
  if (!isNumber(left.type) || !isNumber(right.type)) {
    c.refuse(node, `a ${left.type} cannot be joined with a ${right.type}`, "KQL_TYPE");
  }
  return `${convert(left, "real").sql} = ${convert(right, "real").sql}`;
}
