// Generated tables and queries. Texts are hostile to quoting, to patterns and to term boundaries; few values, so that joins
// meet and groups have members.
import * as fc from "fast-check";
import type { Expression } from "./expressions.ts";
import { operations } from "./operations.ts";
import { type Aggregate, after, JOIN_KINDS, type Named, type Query, type Step, type Tables } from "./queries.ts";
import { type Column, dynamic, type Json, type Type, type Value } from "./values.ts";

const MICROS_PER_HOUR = 3_600_000_000n;
const START = BigInt(Date.UTC(2026, 10, 7)) * 1000n;

const TEXTS = [
  "",
  "a",
  "A",
  "ab",
  "aB",
  "a b",
  "alpha beta",
  "beta-alpha",
  "Alpha_Beta",
  "über Straße",
  "ÜBER",
  "%",
  "_",
  "a%b",
  "a_b",
  "'",
  '"',
  "\\",
  "\\'",
  '\\"',
  "a'; DROP TABLE T; --",
  "$1",
  "\\1",
  ".*",
  "[a]",
  "(",
  "a\nb",
  "\t",
  "😀 a",
  "日本",
  "10",
  "-7",
  "007",
  "null",
  "true",
  "{}",
  "a.b",
  "x@contoso.example",
  "e\u0301a",
  "$(a)",
  "?",
  ":a",
  "--",
  "/*",
  "//",
];
const NAMES = ["x", "N", "K", "a b", "select", "y'z", 'q"r', "größe", "x1", "k1"];
const LISTED: readonly Json[] = [0, 1, 7, -3, "a", "10", "", "a'b", null, true];

export const textArbitrary: fc.Arbitrary<string> = fc.oneof(
  { weight: 5, arbitrary: fc.constantFrom(...TEXTS) },
  {
    weight: 1,
    arbitrary: fc.array(fc.constantFrom(..."aAb1 _-.'\"\\%ä"), { maxLength: 6 }).map((all) => all.join("")),
  },
);

const jsonArbitrary = fc
  .record(
    {
      a: fc.constantFrom<Json>(1, "a", "it's", true, null, { deep: 1 }),
      "b c": fc.constantFrom<Json>("x", 2, null),
      list: fc.oneof(fc.array(fc.constantFrom(...LISTED), { maxLength: 3 }), fc.constantFrom<Json>(null, "no list", 5)),
    },
    { requiredKeys: [] },
  )
  .map((json) => dynamic(json as Json)); // optional keys are left out, never undefined

const present: Readonly<Record<Type, fc.Arbitrary<Value>>> = {
  bool: fc.boolean(),
  long: fc.oneof(fc.bigInt(-10n, 10n), fc.constantFrom(2n ** 31n, -(2n ** 40n), 1000n)),
  real: fc.integer({ min: -40, max: 40 }).map((n) => n / 4),
  string: textArbitrary,
  datetime: fc.bigInt(-40n, 400n).map((n) => START + n * (MICROS_PER_HOUR / 4n)),
  timespan: fc.bigInt(-100n, 100n).map((n) => n * 6_000_000_001n),
  dynamic: jsonArbitrary,
};

export const valueArbitrary = (type: Type): fc.Arbitrary<Value> =>
  type === "string"
    ? present.string
    : fc.oneof({ weight: 4, arbitrary: present[type] }, { weight: 1, arbitrary: fc.constant(null) });

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  T: [
    { name: "id", type: "long" },
    { name: "k", type: "string" },
    { name: "n", type: "long" },
    { name: "r", type: "real" },
    { name: "b", type: "bool" },
    { name: "t", type: "datetime" },
    { name: "m", type: "timespan" },
    { name: "s", type: "string" },
    { name: "d", type: "dynamic" },
  ],
  U: [
    { name: "k", type: "string" },
    { name: "n", type: "long" },
    { name: "w", type: "string" },
    { name: "t", type: "datetime" },
  ],
};

/** T has a column id without repetitions. */
export const tablesArbitrary: fc.Arbitrary<Tables> = fc
  .tuple(
    ...Object.entries(COLUMNS).map(([name, columns]) =>
      fc
        .array(fc.tuple(...columns.map(({ type }) => valueArbitrary(type))), { minLength: 1, maxLength: 8 })
        .map((rows) => ({
          name,
          table: { columns, rows: rows.map((row, at) => (name === "T" ? row.with(0, BigInt(at)) : row)) },
        })),
    ),
  )
  .map((tables) => Object.fromEntries(tables.map(({ name, table }) => [name, table])));

/** Operations that give the type, and none on a dynamic where no column is one: the binder refuses constants that do not fit. */
const producing = (type: Type, columns: readonly Column[]): readonly string[] =>
  Object.entries(operations).flatMap(([name, { takes, gives }]) =>
    gives === type && (!takes.includes("dynamic") || columns.some((column) => column.type === "dynamic")) ? [name] : [],
  );

export function expressionArbitrary(columns: readonly Column[], type: Type, depth: number): fc.Arbitrary<Expression> {
  const named = columns.filter((column) => column.type === type);
  const leaves: fc.Arbitrary<Expression>[] = [];
  if (named.length > 0) {
    leaves.push(fc.constantFrom(...named).map(({ name }): Expression => ({ kind: "column", name, type })));
  }
  if (type !== "dynamic") {
    leaves.push(valueArbitrary(type).map((value): Expression => ({ kind: "literal", value, type })));
  }
  const leaf =
    named.length > 0
      ? fc.oneof({ weight: 4, arbitrary: leaves[0] as fc.Arbitrary<Expression> }, ...leaves.slice(1))
      : fc.oneof(...leaves);
  const names = producing(type, columns);
  if (depth === 0 || names.length === 0) return leaf;
  const call = fc.constantFrom(...names).chain((operation) => {
    const takes = operations[operation]?.takes ?? [];
    return fc
      .tuple(...takes.map((taken) => expressionArbitrary(columns, taken, depth - 1)))
      .map((args): Expression => ({ kind: "call", operation, args }));
  });
  if (type !== "bool") return fc.oneof(leaf, { weight: 2, arbitrary: call });
  const membership = fc.constantFrom<Type>("string", "long").chain((of) =>
    fc
      .record({
        of: expressionArbitrary(columns, of, depth - 1),
        values: fc.array(present[of], { minLength: 1, maxLength: 3 }),
        negated: fc.boolean(),
      })
      .map((made): Expression => ({ kind: "in", ...made })),
  );
  return fc.oneof(leaf, { weight: 8, arbitrary: call }, membership);
}

const TYPES: readonly Type[] = ["bool", "long", "real", "string", "datetime", "timespan", "dynamic"];
const scalarTypes = TYPES.filter((type) => type !== "dynamic");

const anyExpression = (columns: readonly Column[], types: readonly Type[], depth: number): fc.Arbitrary<Expression> =>
  fc
    .constantFrom(...types.filter((type) => type !== "dynamic" || columns.some((column) => column.type === "dynamic")))
    .chain((type) => expressionArbitrary(columns, type, depth));

const namedArbitrary = (columns: readonly Column[], names: readonly string[], types: readonly Type[], most: number) =>
  fc.uniqueArray(fc.record({ name: fc.constantFrom(...names), value: anyExpression(columns, types, 2) }), {
    minLength: 1,
    maxLength: most,
    selector: ({ name }: Named) => name,
  });

function aggregateArbitrary(columns: readonly Column[], name: string): fc.Arbitrary<Aggregate> {
  const over = (kind: "sum" | "avg" | "min" | "max" | "dcount" | "make_set", types: readonly Type[]) =>
    anyExpression(columns, types, 1).map((of): Aggregate => ({ kind, name, of }));
  return fc.oneof(
    fc.constant<Aggregate>({ kind: "count", name }),
    expressionArbitrary(columns, "bool", 1).map((when): Aggregate => ({ kind: "countif", name, when })),
    over("sum", ["long", "real"]),
    over("avg", ["long", "real"]),
    over("min", ["long", "real", "datetime", "timespan", "string"]),
    over("max", ["long", "real", "datetime", "timespan", "string"]),
    over("dcount", scalarTypes),
    over("make_set", ["string", "long"]),
  );
}

const summarizeArbitrary = (columns: readonly Column[]): fc.Arbitrary<Step> =>
  fc
    .tuple(
      fc.tuple(aggregateArbitrary(columns, "one"), aggregateArbitrary(columns, "two")),
      fc.uniqueArray(
        fc.record({ name: fc.constantFrom("k", "g", "a b"), value: anyExpression(columns, scalarTypes, 1) }),
        {
          maxLength: 2,
          selector: ({ name }) => name,
        },
      ),
    )
    .map(([aggregates, by]): Step => ({ kind: "summarize", aggregates, by }));

const joinArbitrary = (columns: readonly Column[], tables: Tables): fc.Arbitrary<Step> | undefined => {
  const shared = (tables.U?.columns ?? []).filter(({ name, type }) =>
    columns.some((c) => c.name === name && c.type === type),
  );
  const keys = shared.filter(({ name }) => name === "k" || name === "n");
  if (keys.length === 0) return undefined;
  return fc
    .record({
      how: fc.constantFrom(...JOIN_KINDS, undefined),
      on: fc.constantFrom(...keys.map(({ name }) => name)),
      when: expressionArbitrary(tables.U?.columns ?? [], "bool", 1),
    })
    .map(({ how, on, when }): Step => {
      const right: Query = { table: "U", steps: [{ kind: "where", when }] };
      return how === undefined ? { kind: "join-unique", on, right } : { kind: "join", how, on, right };
    });
};

/** What may follow, from the columns there are. `ids` says that id still is there without repetitions. */
function stepArbitrary(columns: readonly Column[], tables: Tables, ids: boolean): fc.Arbitrary<Step> {
  const names = columns.map(({ name }) => name);
  const plain = columns.filter(({ type }) => type !== "dynamic").map(({ name }) => name);
  const open = columns.filter(({ type }) => type === "dynamic").map(({ name }) => name);
  const right = tables.U?.columns ?? [];
  const unites = columns.every(({ name, type }) => right.every((other) => other.name !== name || other.type === type));
  const joined = joinArbitrary(columns, tables);
  const choices: fc.Arbitrary<Step>[] = [
    expressionArbitrary(columns, "bool", 3).map((when): Step => ({ kind: "where", when })),
    namedArbitrary(columns, [...NAMES, "s"], TYPES, 3).map((made): Step => ({ kind: "extend", columns: made })),
    namedArbitrary(columns, [...NAMES, "k", "n"], TYPES, 4).map((made): Step => ({ kind: "project", columns: made })),
    summarizeArbitrary(columns),
    ...(names.length > 2
      ? [
          fc
            .constantFrom(...names.filter((n) => n !== "id"))
            .map((name): Step => ({ kind: "project-away", names: [name] })),
        ]
      : []),
    ...(plain.length > 0
      ? [
          fc
            .uniqueArray(fc.constantFrom(...plain), { minLength: 1, maxLength: 2 })
            .map((chosen): Step => ({ kind: "distinct", names: chosen })),
        ]
      : []),
    ...(joined ? [joined] : []),
    ...(unites ? [fc.constant<Step>({ kind: "union", right: { table: "U", steps: [] } })] : []),
    ...(open.length > 0
      ? [
          fc
            .record({ column: fc.constantFrom(...open), type: fc.constantFrom("dynamic", "long") })
            .map((made): Step => ({ kind: "mv-expand", ...made })),
        ]
      : []),
    ...(ids
      ? [
          fc.constantFrom(...plain.filter((n) => n !== "id")).map((by): Step => ({ kind: "arg_max", of: "id", by })),
          fc
            .record({
              name: fc.constantFrom(...plain),
              descending: fc.boolean(),
              nullsFirst: fc.boolean(),
              count: fc.integer({ min: 0, max: 5 }),
            })
            .map(
              ({ count, ...key }): Step => ({
                kind: "top",
                count,
                keys: [key, { name: "id", descending: false, nullsFirst: true }],
              }),
            ),
        ]
      : []),
    fc.constant<Step>({ kind: "count" }),
  ];
  return fc.oneof(...choices);
}

const keepsIds = (step: Step): boolean =>
  ["where", "extend", "project-away", "top"].includes(step.kind) ||
  (step.kind === "join" && (step.how === "leftsemi" || step.how === "leftanti"));

function stepsArbitrary(
  columns: readonly Column[],
  tables: Tables,
  ids: boolean,
  left: number,
): fc.Arbitrary<readonly Step[]> {
  if (left === 0) return fc.constant([]);
  const empty: Tables = Object.fromEntries(
    Object.entries(tables).map(([name, table]) => [name, { ...table, rows: [] }]),
  );
  return stepArbitrary(columns, tables, ids).chain((step) => {
    const next = after({ columns, rows: [] }, step, empty).columns;
    return stepsArbitrary(next, tables, ids && keepsIds(step), left - 1).map((more) => [step, ...more]);
  });
}

/** A pair of tables and a query of one to four steps over them. */
export const questionArbitrary: fc.Arbitrary<{ readonly tables: Tables; readonly query: Query }> =
  tablesArbitrary.chain((tables) =>
    fc
      .integer({ min: 1, max: 4 })
      .chain((steps) => stepsArbitrary(tables.T?.columns ?? [], tables, true, steps))
      .map((steps) => ({ tables, query: { table: "T", steps } })),
  );
