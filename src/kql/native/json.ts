// Work on arrays and bags that has no form in SQL. Values come and go as JSON texts; numbers keep the digits they had.
import type { NativeFunction } from "../functions/registry.ts";
import { ticksOf } from "../literals.ts";

/** A number as it was written: 118.0 stays 118.0, and no digit of a long is lost. */
class Written {
  readonly source: string;
  constructor(source: string) {
    this.source = source;
  }
}

type Bag = Map<string, Value>;
type Value = null | boolean | string | Written | Value[] | Bag;

export function read(text: string | null | undefined): Value {
  if (text === null || text === undefined) return null;
  return JSON.parse(text, function revive(_key, value, context?: { source?: string }) {
    if (typeof value === "number") return new Written(context?.source ?? String(value));
    if (
      value &&
      typeof value === "object" &&
      !Array.isArray(value) &&
      !(value instanceof Written) &&
      !(value instanceof Map)
    ) {
      return new Map(Object.entries(value));
    }
    return value;
  }) as Value;
}

export function write(value: Value): string {
  if (value instanceof Written) return value.source;
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`;
  if (value instanceof Map) return `{${[...value].map(([k, v]) => `${JSON.stringify(k)}:${write(v)}`).join(",")}}`;
  return JSON.stringify(value);
}

/** Keys in order, so that equal values have equal texts. */
function canonical(value: Value): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`;
  if (value instanceof Map) {
    const keys = [...value.keys()].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
    return `{${keys.map((k) => `${JSON.stringify(k)}:${canonical(value.get(k) ?? null)}`).join(",")}}`;
  }
  if (value instanceof Written)
    return Number.isSafeInteger(Number(value.source)) ? String(Number(value.source)) : value.source;
  return JSON.stringify(value);
}

const arrays = (json: string | null | undefined): Value[][] | undefined => {
  const given = (JSON.parse(json ?? "[]") as (string | null)[]).map(read);
  return given.every(Array.isArray) ? (given as Value[][]) : undefined;
};

function setOperation(operation: string, sets: readonly Value[][]): Value[] {
  const [first = [], ...others] = sets;
  const found = new Map<string, Value>();
  if (operation === "union") {
    for (const value of sets.flat()) if (!found.has(canonical(value))) found.set(canonical(value), value);
    return [...found.values()];
  }
  const keys = others.map((set) => new Set(set.map(canonical)));
  for (const value of first) {
    const key = canonical(value);
    const wanted = operation === "intersect" ? keys.every((set) => set.has(key)) : !keys.some((set) => set.has(key));
    if (wanted && !found.has(key)) found.set(key, value);
  }
  return [...found.values()];
}

/** Numbers come before texts and texts before all else, in both directions: learn.microsoft.com/kusto/query/array-sort-desc-function */
const rank = (value: Value): number => (value instanceof Written ? 0 : typeof value === "string" ? 1 : 2);

/** Of one rank. `spans` says that all texts are lengths of time, whose order is not that of their letters. */
function order(a: Value, b: Value, spans: boolean): number {
  if (a instanceof Written && b instanceof Written) return Number(a.source) - Number(b.source);
  const texts = typeof a === "string" && typeof b === "string";
  const [x, y] = texts
    ? [spans ? (ticksOf(a) ?? 0n) : a, spans ? (ticksOf(b) ?? 0n) : b]
    : [canonical(a), canonical(b)];
  return x < y ? -1 : x > y ? 1 : 0;
}

const isSpan = (value: Value): boolean => typeof value !== "string" || /^-?(\d+\.)?\d\d:\d\d:\d\d(\.\d+)?$/.test(value);

/** Sorts the first array and lays the others of the same length in its order; those of another length become null. */
function sortArrays(direction: string, nullsLast: boolean, given: readonly Value[]): Value[] {
  const [first] = given;
  if (!Array.isArray(first)) return given.map(() => null);
  const sign = direction === "desc" ? -1 : 1;
  const spans = first.every(isSpan);
  const positions = first.map((_, i) => i);
  positions.sort((i, j) => {
    const [a, b] = [first[i] ?? null, first[j] ?? null];
    if (a === null || b === null) return a === b ? i - j : (a === null) === nullsLast ? 1 : -1;
    return rank(a) - rank(b) || sign * order(a, b, spans) || i - j;
  });
  return given.map((array) =>
    Array.isArray(array) && array.length === first.length ? positions.map((i) => array[i] ?? null) : null,
  );
}

/** Position of the wanted occurrence in a range of positions, or -1. */
export function position(
  length: number,
  matches: (i: number) => boolean,
  start: number,
  count: number,
  occurrence: number,
): number {
  const from = start < 0 ? Math.max(length + start, 0) : start;
  const to = count < 0 ? length : Math.min(from + count, length);
  let seen = 0;
  for (let i = from; i < to; i++) if (matches(i) && ++seen === occurrence) return i;
  return -1;
}

function arrayIndexOf(array: Value, wanted: Value, start: number, count: number, occurrence: number): string | null {
  if (!Array.isArray(array)) return null;
  if (occurrence < 0 || count < -1) return null;
  const key = canonical(wanted);
  return String(position(array.length, (i) => canonical(array[i] ?? null) === key, start, count, occurrence));
}

/** A key that begins with $ is a path of keys. */
function pathOf(key: string): string[] {
  if (!key.startsWith("$.") && !key.startsWith("$[")) return [key];
  return [...key.slice(1).matchAll(/\.([^.[]+)|\[(?:'([^']*)'|"([^"]*)"|(\d+))\]/g)].map(
    (m) => m[1] ?? m[2] ?? m[3] ?? m[4] ?? "",
  );
}

function hasPath(value: Value, path: readonly string[]): boolean {
  let at: Value | undefined = value;
  for (const key of path) {
    if (!(at instanceof Map) || !at.has(key)) return false;
    at = at.get(key);
  }
  return true;
}

function removePath(bag: Bag, [key = "", ...rest]: readonly string[]): Bag {
  if (!bag.has(key)) return bag;
  const copy = new Map(bag);
  const below = copy.get(key);
  if (rest.length === 0) copy.delete(key);
  else if (below instanceof Map) copy.set(key, removePath(below, rest));
  return copy;
}

/** Bags on the way that are not there are made; undefined where something else stands in the way. */
function setPath(bag: Bag, [key = "", ...rest]: readonly string[], value: Value): Bag | undefined {
  if (rest.length === 0) return new Map(bag).set(key, value);
  const below = bag.get(key) ?? new Map<string, Value>();
  const made = below instanceof Map ? setPath(below, rest, value) : undefined;
  return made && new Map(bag).set(key, made);
}

function merge(bags: readonly Value[], most = Number.POSITIVE_INFINITY): Bag {
  const merged: Bag = new Map();
  for (const bag of bags) {
    if (!(bag instanceof Map)) continue;
    for (const [key, value] of bag) if (!merged.has(key) && merged.size < most) merged.set(key, value);
  }
  return merged;
}

function rotate(array: Value, by: number): Value {
  if (!Array.isArray(array) || array.length === 0) return array;
  const shift = ((by % array.length) + array.length) % array.length;
  return [...array.slice(shift), ...array.slice(0, shift)];
}

function shift(array: Value, by: number, fill: Value): Value {
  if (!Array.isArray(array)) return null;
  const filler = fill ?? (typeof array[0] === "string" ? "" : null);
  return array.map((_, i) => (i + by >= 0 && i + by < array.length ? (array[i + by] ?? null) : filler));
}

function splitArray(array: Value, at: Value): Value {
  if (!Array.isArray(array)) return null;
  const positions = (Array.isArray(at) ? at : [at]).map((p) => (p instanceof Written ? Number(p.source) : 0));
  const cuts = positions.map((p) => Math.min(Math.max(p < 0 ? array.length + p : p, 0), array.length));
  return [0, ...cuts].map((from, i) => array.slice(from, cuts[i] ?? array.length));
}

function arrayIff(conditions: Value, whenTrue: Value, whenFalse: Value): Value {
  if (!Array.isArray(conditions)) return null;
  const at = (value: Value, i: number): Value => (Array.isArray(value) ? (value[i] ?? null) : value);
  const true_ = (c: Value): boolean | undefined =>
    typeof c === "boolean" ? c : c instanceof Written ? Number(c.source) !== 0 : undefined;
  return conditions.map((c, i) => (true_(c) === undefined ? null : at(true_(c) ? whenTrue : whenFalse, i)));
}

function zip(given: readonly Value[]): Value {
  const lists = given.map((value) => (Array.isArray(value) ? value : []));
  const length = Math.max(0, ...lists.map((list) => list.length));
  return Array.from({ length }, (_, i) => lists.map((list) => list[i] ?? null));
}

function treePaths(value: Value, at: string): string[] {
  if (value instanceof Map) {
    return [...value].flatMap(([key, below]) => [`${at}['${key}']`, ...treePaths(below, `${at}['${key}']`)]);
  }
  if (Array.isArray(value) && value.length > 0) return [`${at}[0]`, ...treePaths(value[0] ?? null, `${at}[0]`)];
  return [];
}

const orNull = (value: Value): string | null => (value === null ? null : write(value));
const each = (json: string | null | undefined): Value[] => (JSON.parse(json ?? "[]") as (string | null)[]).map(read);

export const jsonFunctions: readonly NativeFunction[] = [
  { name: "kql_canonical_json", arguments: 1, run: (v) => (v === null || v === undefined ? "" : canonical(read(v))) },
  {
    name: "kql_set_operation",
    arguments: 2,
    run: (operation, sets) => {
      const given = arrays(sets);
      return given ? write(setOperation(operation ?? "", given)) : null;
    },
  },
  {
    name: "kql_set_equals",
    arguments: 2,
    run: (a, b) => {
      const [x, y] = [read(a), read(b)];
      if (!Array.isArray(x) || !Array.isArray(y)) return "false";
      const [p, q] = [new Set(x.map(canonical)), new Set(y.map(canonical))];
      return String(p.size === q.size && [...p].every((key) => q.has(key)));
    },
  },
  {
    name: "kql_set_has",
    arguments: 2,
    run: (set, value) => {
      const members = read(set);
      if (!Array.isArray(members)) return null;
      const key = canonical(read(value));
      return String(members.some((member) => canonical(member) === key));
    },
  },
  {
    name: "kql_jaccard",
    arguments: 2,
    run: (a, b) => {
      const [x, y] = [read(a), read(b)];
      if (!Array.isArray(x) || !Array.isArray(y)) return null;
      const [p, q] = [new Set(x.map(canonical)), new Set(y.map(canonical))];
      const common = [...p].filter((key) => q.has(key)).length;
      const all = p.size + q.size - common;
      return all === 0 ? "NaN" : String(common / all);
    },
  },
  {
    name: "kql_sort_arrays",
    arguments: 3,
    run: (direction, nullsLast, given) => write(sortArrays(direction ?? "asc", nullsLast === "true", each(given))),
  },
  {
    name: "kql_array_index_of",
    arguments: 5,
    run: (array, wanted, start, count, occurrence) =>
      arrayIndexOf(read(array), read(wanted), Number(start), Number(count), Number(occurrence)),
  },
  { name: "kql_bag_has_key", arguments: 2, run: (bag, key) => bagHasKey(read(bag), key ?? "") },
  { name: "kql_bag_merge", arguments: 1, run: (bags) => bagMerge(each(bags)) },
  { name: "kql_bag_union", arguments: 2, run: (bags, most) => write(merge(read(bags) as Value[], Number(most))) },
  {
    name: "kql_bag_remove_keys",
    arguments: 2,
    run: (bag, keys) => {
      const [value, names] = [read(bag), read(keys)];
      if (!(value instanceof Map) || !Array.isArray(names)) return null;
      return write(names.reduce<Bag>((left, key) => removePath(left, pathOf(String(key))), value));
    },
  },
  {
    name: "kql_bag_set_key",
    arguments: 3,
    run: (bag, key, value) => {
      const given = read(bag);
      const made = given instanceof Map ? setPath(given, pathOf(key ?? ""), read(value)) : undefined;
      return made ? write(made) : null;
    },
  },
  {
    name: "kql_bag_zip",
    arguments: 2,
    run: (keys, values) => {
      const [names, entries] = [read(keys), read(values)];
      if (!Array.isArray(names)) return null;
      // Values that are no array are none at all: every key then holds null.
      const given = Array.isArray(entries) ? entries : [];
      const pairs = names.flatMap((key, i) => (typeof key === "string" ? [[key, given[i] ?? null] as const] : []));
      return write(new Map(pairs));
    },
  },
  {
    name: "kql_without_empty",
    arguments: 1,
    run: (bag) => {
      const value = read(bag);
      return value instanceof Map ? write(new Map([...value].filter(([, v]) => v !== null && v !== ""))) : null;
    },
  },
  { name: "kql_rotate", arguments: 2, run: (array, by) => orNull(rotate(read(array), Number(by))) },
  { name: "kql_shift", arguments: 3, run: (array, by, fill) => orNull(shift(read(array), Number(by), read(fill))) },
  { name: "kql_array_split", arguments: 2, run: (array, at) => orNull(splitArray(read(array), read(at))) },
  { name: "kql_array_iff", arguments: 3, run: (c, a, b) => orNull(arrayIff(read(c), read(a), read(b))) },
  { name: "kql_zip", arguments: 1, run: (given) => write(zip(each(given))) },
  { name: "kql_tree_path", arguments: 1, run: (value) => write(treePaths(read(value), "")) },
];

function bagHasKey(bag: Value, key: string): string | null {
  return bag instanceof Map ? String(hasPath(bag, pathOf(key))) : null;
}

function bagMerge(bags: readonly Value[]): string | null {
  return bags.some((bag) => bag instanceof Map) ? write(merge(bags)) : null;
}
