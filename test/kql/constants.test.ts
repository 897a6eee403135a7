// What the compiler works out ahead, from constants, must be what the database makes of the same values in columns.
// The same arguments at every run; KQL_ORACLE_RUNS=200 and KQL_ORACLE_SEED=… make it a longer search, and another one.
import * as fc from "fast-check";
import { expect, test } from "vitest";
import { functions } from "../../src/kql/functions/all.ts";
import type { Parameter, ParameterType } from "../../src/kql/functions/registry.ts";
import { KqlError } from "../../src/kql/kql-error.ts";
import type { ColumnType } from "../../src/kql/types.ts";
import { engine } from "./ask.ts";

const samples = Number(process.env.KQL_ORACLE_RUNS ?? 1);
const seed = Number(process.env.KQL_ORACLE_SEED ?? 1);

const VALUES: Readonly<Record<ColumnType, readonly string[]>> = {
  string: [
    '"192.0.2.1/24"',
    '"a,b a-b"',
    '""',
    '"0.50"',
    '"2024-02-30"',
    '"TRUE"',
    `'{"a":1.0,"b":[1,"x"]}'`,
    '"é😀x y"',
  ],
  long: ["0", "-7", "3", "long(null)", "9007199254740993"],
  int: ["int(5)", "int(-1)", "int(null)"],
  real: ["0.5", "-7.25", "real(null)", "1e20", "1e-7", "real(nan)", "real(+inf)", "100.0"],
  decimal: ["decimal(1.5)", "decimal(-2)", "decimal(null)"],
  datetime: ["datetime(2024-02-29T23:59:59.5)", "datetime(null)", "datetime(1960-03-01)"],
  timespan: ["1.02:03:04.5", "time(-90s)", "timespan(null)"],
  bool: ["true", "false", "bool(null)"],
  guid: ["guid(74be27de-1e4e-49d9-b579-fe0b331d3642)", "guid(null)"],
  dynamic: [
    "dynamic(null)",
    'dynamic([1, "x", null, {"k": [2.0]}])',
    'dynamic({"a": 1.0, "b": "t"})',
    'dynamic("10")',
    "dynamic(1.0)",
    "dynamic([3, 1, 2])",
    "dynamic(true)",
    "dynamic([])",
  ],
};
const TYPES = Object.keys(VALUES) as ColumnType[];
const NUMBERS: readonly ColumnType[] = ["long", "int", "real", "decimal"];

interface Given {
  readonly type: ColumnType;
  readonly text: string;
}

const typesOf = (type: ParameterType): readonly ColumnType[] =>
  type === "any" || type === "table" ? TYPES : type === "number" ? NUMBERS : [type];

const given = (type: ParameterType): fc.Arbitrary<Given> =>
  fc.constantFrom(...typesOf(type).flatMap((each) => VALUES[each].map((text) => ({ type: each, text }))));

/** All that must be given, and of the rest as many as it falls out. */
const argumentsOf = (list: readonly Parameter[]): fc.Arbitrary<readonly Given[]> => {
  const required = list.filter((p) => !p.optional).length;
  return fc
    .integer({ min: required, max: list.length })
    .chain((count) => fc.tuple(...list.slice(0, count).map((p) => given(p.type))));
};

/** The answer as one text, or undefined where the query is refused; a failure inside the database is thrown. */
async function answered(kql: string): Promise<string | undefined> {
  try {
    const { columns, rows } = await engine.query(kql);
    return `${columns[0]?.type} ${JSON.stringify(rows)}`;
  } catch (error) {
    if (error instanceof KqlError && error.code !== "KQL_RUN" && error.code !== "KQL_INTERNAL") return undefined;
    throw error;
  }
}

async function agree(write: (args: readonly string[]) => string, args: readonly Given[]): Promise<void> {
  const names = args.map((_, at) => `c${at}`);
  const table = `datatable(n:long, ${args.map(({ type }, at) => `c${at}:${type}`).join(", ")})`;
  const row = ["1", ...args.map(({ text }) => text)].join(", ");
  const asked = `print x = ${write(args.map(({ text }) => text))}`;
  const ofConstants = await answered(asked);
  const ofColumns = await answered(`${table.replace(", )", ")")}[${row}] | project x = ${write(names)}`);
  if (ofConstants !== undefined && ofColumns !== undefined) expect(ofConstants, asked).toBe(ofColumns);
}

/** They answer by chance, by the clock, by the name of a column or by other rows. */
const NOT_BY_VALUE =
  /^(rand|new_guid|now|ago|ingestion_time|row_|prev$|next$|pack_all|column_ifexists|bag_pack_columns)/;
const byValue = functions.filter(({ name }) => !NOT_BY_VALUE.test(name));

test.each(byValue.map((f) => [f.name, f.parameters] as const))(
  "%s() gives of constants what it gives of columns",
  async (name, parameters) => {
    for (const args of fc.sample(argumentsOf(parameters), { numRuns: samples, seed }))
      await agree((texts) => `${name}(${texts.join(", ")})`, args);
  },
);

const OPERATORS = ["==", "!=", "<", ">=", "+", "-", "*", "/", "%", "=~", "has", "contains", "startswith"];
test.each(OPERATORS)("%s gives of constants what it gives of columns", async (operator) => {
  for (const args of fc.sample(fc.tuple(given("any"), given("any")), { numRuns: samples * 8, seed }))
    await agree(([a, b]) => `${a} ${operator} ${b}`, args);
});
test.each(["in", "!in", "in~"])("%s gives of constants what it gives of columns", async (operator) => {
  for (const args of fc.sample(fc.tuple(given("any"), given("any")), { numRuns: samples * 8, seed }))
    await agree(([a, b]) => `${a} ${operator} (${b})`, args);
});
