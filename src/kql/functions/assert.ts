// assert(): worked out while the query is read, before there are rows, as on the service.
import { noColumns } from "../compilation.ts";
import { type Constant, type Expression, isConstantNull } from "../expression.ts";
import { elements, kindOf, type SyntaxNode } from "../parser.ts";
import { type Call, define } from "./registry.ts";

type Comparison = (a: NonNullable<Constant>, b: NonNullable<Constant>) => boolean;

const COMPARISONS: Readonly<Record<string, Comparison>> = {
  "==": (a, b) => a === b || (isNumeric(a) && isNumeric(b) && Number(a) === Number(b)),
  "!=": (a, b) => !(COMPARISONS["=="] as Comparison)(a, b),
  "<>": (a, b) => !(COMPARISONS["=="] as Comparison)(a, b),
  "<": (a, b) => a < b,
  ">": (a, b) => a > b,
  "<=": (a, b) => a <= b,
  ">=": (a, b) => a >= b,
};

const isNumeric = (value: Constant): boolean => typeof value === "number" || typeof value === "bigint";

/** A predicate of constants; refused where it holds anything that is not known yet. */
function holds(node: SyntaxNode, call: Call): boolean {
  if (kindOf(node) === "ParenthesizedExpression") return holds(node.Expression, call);
  if (kindOf(node) === "FunctionCallExpression" && node.Name.SimpleName === "not")
    return !holds(elements(node.ArgumentList.Expressions)[0] as SyntaxNode, call);
  const operator = node.Operator?.Text as string | undefined;
  if (operator === "and") return holds(node.Left, call) && holds(node.Right, call);
  if (operator === "or") return holds(node.Left, call) || holds(node.Right, call);
  const compare = COMPARISONS[operator ?? ""];
  if (!compare) return known(node, call) === true;
  const [a, b] = [known(node.Left, call), known(node.Right, call)];
  if (typeof a !== typeof b && !(isNumeric(a) && isNumeric(b))) return call.refuse("these two cannot be compared");
  return compare(a, b);
}

function known(node: SyntaxNode, call: Call): NonNullable<Constant> {
  const value: Expression = call.c.scalar(node, noColumns(call.scope.environment));
  if (value.constant === undefined || isConstantNull(value))
    return call.refuse(
      "only what the query says itself can be asserted: constants, compared and joined by and, or, not()",
    );
  return value.constant as NonNullable<Constant>;
}

function asserted(call: Call): string {
  const [condition, message] = call.nodes as [SyntaxNode, SyntaxNode];
  const said = known(message, call);
  if (!holds(condition, call)) call.c.refuse(call.node, `assert() has failed with message: '${said}'`, "KQL_ASSERT");
  return "TRUE";
}

export const assertion = define("assert", "condition:bool, message:string", "bool", "value", asserted, {
  note: "of constants, compared and joined by and, or, not()",
});
