// The error, gamma and beta functions.
import { refusalSql } from "../compilation.ts";
import { convert } from "../conversions.ts";
import type { Expression } from "../expression.ts";
import { type Call, define } from "./registry.ts";

const reals = ({ args }: Call): string[] => args.map((e: Expression) => convert(e, "real").sql);

const error = (name: string) =>
  define(name, "x:number", "real", "null", (call) => `kql_${name}((${reals(call)[0]})::VARCHAR)::DOUBLE`);

const gamma = (name: string, sqlName: string) =>
  define(
    name,
    "x:number",
    "real",
    "null",
    (call) => {
      const [x] = reals(call);
      const refused = refusalSql(
        call.node,
        "there is no value at 0 and at negative whole numbers",
        "KQL_RANGE",
        call.c,
      );
      return `CASE WHEN ${x} <= 0 AND ${x} = floor(${x}) THEN ${refused} ELSE ${sqlName}(${x}) END`;
    },
    { note: "refused at 0 and at negative whole numbers" },
  );

/** NaN outside of where the distribution is, as its pages say. */
const beta = (
  name: string,
  valid: (x: string) => string,
  sql: (x: string, a: string, b: string, logB: string) => string,
) =>
  define(
    name,
    "x:number, alpha:number, beta:number",
    "real",
    "null",
    (call) => {
      const [x = "", a = "", b = ""] = reals(call);
      const logB = `(lgamma(${a}) + lgamma(${b}) - lgamma(${a} + ${b}))`;
      const shape = [a, b].map((p) => `${p} > 0 AND ${p} <= 10000`).join(" AND ");
      return `CASE WHEN ${x} IS NULL OR ${a} IS NULL OR ${b} IS NULL THEN NULL WHEN ${valid(x)} AND ${shape} THEN ${sql(x, a, b, logB)} ELSE 'NaN'::DOUBLE END`;
    },
    { note: "to twelve digits" },
  );

export const special = [
  error("erf"),
  error("erfc"),
  gamma("gamma", "gamma"),
  gamma("loggamma", "lgamma"),
  beta(
    "beta_cdf",
    (x) => `${x} >= 0 AND ${x} <= 1`,
    (x, a, b, logB) => `kql_beta_cdf(${[x, a, b, logB].map((sql) => `(${sql})::VARCHAR`).join(", ")})::DOUBLE`,
  ),
  beta(
    "beta_pdf",
    (x) => `${x} > 0 AND ${x} < 1`,
    (x, a, b, logB) => `exp((${a} - 1) * ln(${x}) + (${b} - 1) * ln(1 - ${x}) - ${logB})`,
  ),
];
