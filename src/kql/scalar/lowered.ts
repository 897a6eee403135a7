import { type Expression, stringConstant } from "../expression.ts";

export function lowered(e: Expression): Expression {
  if (typeof e.constant === "string") return stringConstant(e.constant.toLowerCase());
  return { type: "string", sql: `lower(${e.sql})`, present: e.present };
}
