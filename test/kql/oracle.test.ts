// Generated queries through the engine and through a small evaluator that was written from the documentation alone.
// The same queries at every run; KQL_ORACLE_RUNS=20000 and KQL_ORACLE_SEED=… make it a longer search, and another one.
import * as fc from "fast-check";
import { afterAll, expect, test } from "vitest";
import { openEngine } from "../../src/kql/engine.ts";
import { soaking } from "../soak.ts";
import { questionArbitrary, valueArbitrary } from "./oracle/arbitraries.ts";
import { type Expression, evaluate, expressionText } from "./oracle/expressions.ts";
import { operations } from "./oracle/operations.ts";
import { answer, type Query, queryText, type Tables, tableText } from "./oracle/queries.ts";
import { cell, type Table, type Type, type Value } from "./oracle/values.ts";

const RUNS = Number(process.env.KQL_ORACLE_RUNS ?? (soaking ? 80 : 40));
const seed = Number(process.env.KQL_ORACLE_SEED ?? 1);
/** Milliseconds; a query takes a tenth of this on an idle machine. */
const GENEROUS = 60_000 + RUNS * 500;

const engine = await openEngine({ threads: 1 });
afterAll(() => engine.close());

/** One text for equal cells; sums of reals may differ in their last digits. */
const told = (value: unknown): string =>
  JSON.stringify(value, (_key, each) =>
    typeof each === "number" && !Number.isInteger(each) ? Number(each.toPrecision(12)) : each,
  );

const rowsOf = ({ columns, rows }: Table): readonly string[] =>
  rows.map((row) => told(row.map((value, at) => cell(value, columns[at]?.type ?? "string"))));

const textOf = (query: Query, tables: Tables): string =>
  [...Object.entries(tables).map(([name, table]) => `let ${name} = ${tableText(table)};`), queryText(query)].join("\n");

test(
  "generated queries are answered as the documentation says",
  async () => {
    await fc.assert(
      fc.asyncProperty(questionArbitrary, async ({ tables, query }) => {
        const kql = textOf(query, tables);
        const expected = answer(query, tables);
        // What Microsoft's binder does not take is no question: it knows, say, that a set has no members by name.
        fc.pre(!engine.check(kql).diagnostics.some(({ severity }) => severity === "error"));
        const got = await engine.query(kql);
        const ordered = query.steps.at(-1)?.kind === "top";
        const arranged = (rows: readonly string[]): readonly string[] => (ordered ? rows : rows.toSorted());
        expect(
          got.columns.map(({ name, type }) => `${name}:${type}`),
          kql,
        ).toEqual(expected.columns.map(({ name, type }) => `${name}:${type}`));
        expect(arranged(got.rows.map(told)), kql).toEqual(arranged(rowsOf(expected)));
      }),
      { numRuns: RUNS, seed },
    );
  },
  GENEROUS,
);

/** The arguments are columns, so that nothing is worked out before the rows are seen. */
test.each(Object.entries(operations))("%s, over values and nulls", async (name, { takes, gives }) => {
  const rows = fc.sample(fc.tuple(...takes.map((type) => valueArbitrary(type))), { numRuns: 24, seed });
  const columns = takes.map((type, at) => ({ name: `c${at}`, type }));
  const asked: Expression = {
    kind: "call",
    operation: name,
    args: columns.map((column): Expression => ({ kind: "column", ...column })),
  };
  const expected = rows.map((row): Value => evaluate(asked, new Map(row.map((value, at) => [`c${at}`, value]))));
  const table = {
    columns: [{ name: "at", type: "long" as Type }, ...columns],
    rows: rows.map((row, at) => [BigInt(at), ...row]),
  };
  const got = await engine.query(`${tableText(table)} | project at, value = ${expressionText(asked)} | sort by at asc`);
  expect(got.rows.map(([at, value]) => told([rows[Number(at)]?.map(String), value]))).toEqual(
    expected.map((value, at) => told([rows[at]?.map(String), cell(value, gives)])),
  );
});
