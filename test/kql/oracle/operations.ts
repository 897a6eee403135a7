// What scalar operations do, by Kusto's documentation; see https://learn.microsoft.com/kusto/query/scalar-data-types/null-values
// for what null gives. Each says how it is written and what it returns: nothing here is shared with the engine.
import {
  compareValues,
  type Dynamic,
  datetimeText,
  dynamic,
  isDynamic,
  type Json,
  literal,
  type Type,
  type Value,
} from "./values.ts";

export interface Operation {
  readonly takes: readonly Type[];
  readonly gives: Type;
  readonly text: (...args: readonly string[]) => string;
  readonly of: (...args: readonly Value[]) => Value;
}

const MICROS_PER_DAY = 86_400_000_000n;
/** From 0001-01-01, where bins begin, to 1970. */
const MICROS_BEFORE_1970 = 62_135_596_800_000_000n;

const infix =
  (operator: string) =>
  (a = "", b = ""): string =>
    `(${a} ${operator} ${b})`;
const call =
  (name: string) =>
  (...args: readonly string[]): string =>
    `${name}(${args.join(", ")})`;

/** Null in, null out. */
const strict =
  (work: (...args: readonly never[]) => Value) =>
  (...args: readonly Value[]): Value =>
    args.includes(null) ? null : work(...(args as never[]));

const floorTo = (value: bigint, size: bigint): Value => (size <= 0n ? null : value - (((value % size) + size) % size));

function equality(type: Type, other: Type = type): Readonly<Record<string, Operation>> {
  const same = (a: Value, b: Value): boolean =>
    typeof a === "number" || typeof b === "number" ? Number(a) === Number(b) : compareValues(a, b) === 0;
  const takes = [type, other];
  const answer =
    (whole: boolean) =>
    (a: Value = null, b: Value = null): Value =>
      a === null && b === null
        ? type === "bool"
          ? false
          : null
        : a === null || b === null
          ? !whole
          : same(a, b) === whole;
  return {
    [`${type} == ${other}`]: { takes, gives: "bool", text: infix("=="), of: answer(true) },
    [`${type} != ${other}`]: { takes, gives: "bool", text: infix("!="), of: answer(false) },
  };
}

function order(type: Type, other: Type = type): Readonly<Record<string, Operation>> {
  const compare = (a: Value, b: Value): number =>
    typeof a === "number" || typeof b === "number" ? Number(a) - Number(b) : compareValues(a, b);
  const tests: Readonly<Record<string, (c: number) => boolean>> = {
    "<": (c) => c < 0,
    "<=": (c) => c <= 0,
    ">": (c) => c > 0,
    ">=": (c) => c >= 0,
  };
  return Object.fromEntries(
    Object.entries(tests).map(([operator, test]) => [
      `${type} ${operator} ${other}`,
      {
        takes: [type, other],
        gives: "bool",
        text: infix(operator),
        of: strict((a: Value, b: Value) => test(compare(a, b))),
      } satisfies Operation,
    ]),
  );
}

function arithmetic(type: "long" | "real"): Readonly<Record<string, Operation>> {
  const takes = [type, type] as const;
  const make = (operator: string, of: (a: never, b: never) => Value): Operation => ({
    takes,
    gives: type,
    text: infix(operator),
    of: strict(of),
  });
  if (type === "real") {
    return {
      "real +": make("+", (a: number, b: number) => a + b),
      "real -": make("-", (a: number, b: number) => a - b),
      "real *": make("*", (a: number, b: number) => a * b),
      "real /": make("/", (a: number, b: number) => a / b),
    };
  }
  return {
    "long +": make("+", (a: bigint, b: bigint) => BigInt.asIntN(64, a + b)),
    "long -": make("-", (a: bigint, b: bigint) => BigInt.asIntN(64, a - b)),
    "long /": make("/", (a: bigint, b: bigint) => (b === 0n ? null : a / b)),
    "long %": make("%", (a: bigint, b: bigint) => {
      const size = b < 0n ? -b : b;
      return b === 0n ? null : ((a % size) + size) % size;
    }),
  };
}

const isTermCharacter = (character: string | undefined): boolean =>
  character !== undefined && /^[\p{L}\p{N}]$/u.test(character);

/** `word` stands in `text` where no letter or digit goes on before or behind it. */
function hasTerm(text: string, word: string, before = true, behind = true): boolean {
  const [where, what] = [[...text], [...word]];
  if (what.length === 0) return true;
  for (let at = 0; at + what.length <= where.length; at++) {
    if (!what.every((character, n) => where[at + n] === character)) continue;
    const openBefore = !before || !isTermCharacter(what[0]) || !isTermCharacter(where[at - 1]);
    const openBehind = !behind || !isTermCharacter(what.at(-1)) || !isTermCharacter(where[at + what.length]);
    if (openBefore && openBehind) return true;
  }
  return false;
}

const textTests: Readonly<Record<string, (text: string, word: string) => boolean>> = {
  has: (a, b) => hasTerm(a.toLowerCase(), b.toLowerCase()),
  has_cs: (a, b) => hasTerm(a, b),
  hasprefix: (a, b) => hasTerm(a.toLowerCase(), b.toLowerCase(), true, false),
  hassuffix: (a, b) => hasTerm(a.toLowerCase(), b.toLowerCase(), false, true),
  contains: (a, b) => a.toLowerCase().includes(b.toLowerCase()),
  contains_cs: (a, b) => a.includes(b),
  startswith: (a, b) => a.toLowerCase().startsWith(b.toLowerCase()),
  startswith_cs: (a, b) => a.startsWith(b),
  endswith: (a, b) => a.toLowerCase().endsWith(b.toLowerCase()),
  endswith_cs: (a, b) => a.endsWith(b),
};

const textOperators: Readonly<Record<string, Operation>> = Object.fromEntries(
  [
    ...Object.entries(textTests).flatMap(([name, test]): [string, (a: string, b: string) => boolean][] => [
      [name, test],
      [`!${name}`, (a, b) => !test(a, b)],
    ]),
    ["=~", (a: string, b: string) => a.toLowerCase() === b.toLowerCase()] as const,
    ["!~", (a: string, b: string) => a.toLowerCase() !== b.toLowerCase()] as const,
  ].map(([name, test]) => [
    name,
    {
      takes: ["string", "string"],
      gives: "bool",
      text: infix(name),
      of: (a: Value = "", b: Value = "") => test(String(a), String(b)),
    } satisfies Operation,
  ]),
);

const member = (value: Value, key: string | number): Value => {
  const json = isDynamic(value) ? value.json : null;
  if (Array.isArray(json)) return typeof key === "number" ? dynamic(json.at(key)) : null;
  if (json === null || typeof json !== "object" || typeof key !== "string") return null;
  return dynamic(Object.hasOwn(json, key) ? (json as { readonly [key: string]: Json })[key] : null);
};

const path = (text: string, ...keys: readonly (string | number)[]): Operation => ({
  takes: ["dynamic"],
  gives: "dynamic",
  text: (of = "") => `${of}${text}`,
  of: (value: Value = null) => keys.reduce<Value>(member, value),
});

const textOfDynamic = (value: Value): string => {
  const json = (value as Dynamic | null)?.json ?? null;
  return json === null ? "" : typeof json === "string" ? json : JSON.stringify(json);
};

const choices = (type: Type): Operation => ({
  takes: ["bool", type, type],
  gives: type,
  text: call("iff"),
  of: (when: Value = null, yes: Value = null, no: Value = null) => (when === true ? yes : no),
});
const firstOf = (type: Type): Operation => ({
  takes: [type, type],
  gives: type,
  text: call("coalesce"),
  of: (a: Value = null, b: Value = null) => (a === null || a === "" ? b : a),
});
const nullTest = (type: Type): Operation => ({
  takes: [type],
  gives: "bool",
  text: call("isnull"),
  of: (a: Value = null) => a === null,
});
/** Null in a bound is not documented, so the bounds are given. */
const between = (type: Type, low: Value, high: Value): Operation => ({
  takes: [type],
  gives: "bool",
  text: (a) => `(${a} between (${literal(low, type)} .. ${literal(high, type)}))`,
  of: strict((a: Value) => compareValues(a, low) >= 0 && compareValues(a, high) <= 0),
});

export const operations: Readonly<Record<string, Operation>> = {
  ...equality("long"),
  ...equality("real"),
  ...equality("string"),
  ...equality("bool"),
  ...equality("datetime"),
  ...equality("timespan"),
  ...equality("long", "real"),
  ...order("long"),
  ...order("real"),
  ...order("datetime"),
  ...order("timespan"),
  ...order("real", "long"),
  ...arithmetic("long"),
  ...arithmetic("real"),
  ...textOperators,
  // https://learn.microsoft.com/kusto/query/logical-operators: never null.
  and: { takes: ["bool", "bool"], gives: "bool", text: infix("and"), of: (a, b) => a === true && b === true },
  or: { takes: ["bool", "bool"], gives: "bool", text: infix("or"), of: (a, b) => a === true || b === true },
  not: { takes: ["bool"], gives: "bool", text: call("not"), of: strict((a: boolean) => !a) },
  "isnull long": nullTest("long"),
  "isnull datetime": nullTest("datetime"),
  "isnull dynamic": nullTest("dynamic"),
  "isnull bool": nullTest("bool"),
  isempty: { takes: ["string"], gives: "bool", text: call("isempty"), of: (a) => a === "" },
  isnotempty: { takes: ["string"], gives: "bool", text: call("isnotempty"), of: (a) => a !== "" },
  "between long": between("long", -3n, 7n),
  "between datetime": between("datetime", 1_794_000_000_000_000n, 1_794_100_000_000_000n),
  "iff long": choices("long"),
  "iff string": choices("string"),
  "iff datetime": choices("datetime"),
  "iff bool": choices("bool"),
  "coalesce long": firstOf("long"),
  "coalesce string": firstOf("string"),
  "bin long": {
    takes: ["long"],
    gives: "long",
    text: (a) => `bin(${a}, 7)`,
    of: strict((a: bigint) => floorTo(a, 7n)),
  },
  "bin day": {
    takes: ["datetime"],
    gives: "datetime",
    text: (a) => `bin(${a}, 7d)`,
    of: strict((a: bigint) => (floorTo(a + MICROS_BEFORE_1970, 7n * MICROS_PER_DAY) as bigint) - MICROS_BEFORE_1970),
  },
  "bin minutes": {
    takes: ["datetime"],
    gives: "datetime",
    text: (a) => `bin(${a}, 10m)`,
    of: strict((a: bigint) => floorTo(a, 600_000_000n)),
  },
  startofday: {
    takes: ["datetime"],
    gives: "datetime",
    text: call("startofday"),
    of: strict((a: bigint) => floorTo(a, MICROS_PER_DAY)),
  },
  "bin timespan": {
    takes: ["timespan"],
    gives: "timespan",
    text: (a) => `bin(${a}, 1h)`,
    of: strict((a: bigint) => floorTo(a, 36_000_000_000n)),
  },
  later: {
    takes: ["datetime"],
    gives: "datetime",
    text: (a) => `(${a} + 90m)`,
    of: strict((a: bigint) => a + 5_400_000_000n),
  },
  apart: {
    takes: ["datetime", "datetime"],
    gives: "timespan",
    text: infix("-"),
    of: strict((a: bigint, b: bigint) => (a - b) * 10n),
  },
  strlen: { takes: ["string"], gives: "long", text: call("strlen"), of: (a) => BigInt([...String(a)].length) },
  strcat: {
    takes: ["string", "string"],
    gives: "string",
    text: (a, b) => `strcat(${a}, "-", ${b})`,
    of: (a, b) => `${String(a)}-${String(b)}`,
  },
  tolower: { takes: ["string"], gives: "string", text: call("tolower"), of: (a) => String(a).toLowerCase() },
  substring: {
    takes: ["string"],
    gives: "string",
    text: (a) => `substring(${a}, 1, 3)`,
    of: (a) => [...String(a)].slice(1, 4).join(""),
  },
  replace: {
    takes: ["string"],
    gives: "string",
    text: (a) => `replace_string(${a}, "a", "'\\\\1$")`,
    of: (a) => String(a).replaceAll("a", () => "'\\1$"),
  },
  "tostring long": {
    takes: ["long"],
    gives: "string",
    text: call("tostring"),
    of: (a = null) => (a === null ? "" : String(a)),
  },
  "tostring datetime": {
    takes: ["datetime"],
    gives: "string",
    text: call("tostring"),
    of: (a = null) => (a === null ? "" : datetimeText(a as bigint)),
  },
  "tostring dynamic": {
    takes: ["dynamic"],
    gives: "string",
    text: call("tostring"),
    of: (a = null) => textOfDynamic(a),
  },
  "tolong string": {
    takes: ["string"],
    gives: "long",
    text: call("tolong"),
    of: (a) => (/^[+-]?\d{1,18}$/.test(String(a)) ? BigInt(String(a)) : null),
  },
  ".a": path(".a", "a"),
  '["b c"]': path('["b c"]', "b c"),
  ".list[0]": path(".list[0]", "list", 0),
  ".list[-1]": path(".list[-1]", "list", -1),
  ".list": path(".list", "list"),
  array_length: {
    takes: ["dynamic"],
    gives: "long",
    text: call("array_length"),
    of: (a = null) => (isDynamic(a) && Array.isArray(a.json) ? BigInt(a.json.length) : null),
  },
};
