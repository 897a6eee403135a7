// narrow: a row for every cell.
import { asList, freshRelation } from "../compilation.ts";
import { toText } from "../conversions.ts";
import { checkWidth } from "../operators/columns.ts";
import { schemaOf } from "../parser.ts";
import { orderSql, type Relation } from "../relation.ts";
import { textSql } from "../sql-text.ts";
import type { PluginCall } from "./evaluate.ts";

export function narrow({ input, pipe, node, c }: PluginCall): Relation {
  const cells = asList(input).map(({ name, value }) => `{c: ${textSql(name)}, v: ${toText(value).sql}}`);
  const numbered = c.step(
    `SELECT row_number() OVER (${orderSql(input.order).trim()}) - 1 AS n, unnest([${cells.join(", ")}]) AS cell FROM ${input.from}`,
  );
  const [row, column, value] = schemaOf(pipe).map(({ name }) => name);
  const made = freshRelation(
    [
      { name: row ?? "Row", value: { type: "long", sql: "n", present: true } },
      { name: column ?? "Column", value: { type: "string", sql: "cell.c", present: true } },
      { name: value ?? "Value", value: { type: "string", sql: "cell.v", present: true } },
    ],
    `FROM ${numbered}`,
    c,
  );
  return checkWidth(made, schemaOf(pipe).length, node, c);
}
