// The columns of a table that nobody documented, from its rows.
import type { ColumnType, ResultColumn } from "../types.ts";

type Sample = readonly Readonly<Record<string, unknown>>[];

// The endings that Azure Monitor's HTTP Data Collector API gave to the columns of custom logs
// (learn.microsoft.com/azure/azure-monitor/logs/data-collector-api, "Record type and properties").
const SUFFIX_TYPES: Readonly<Record<string, ColumnType>> = {
  _s: "string",
  _d: "real",
  _b: "bool",
  _t: "datetime",
  _g: "guid",
};
const TIME_TEXT = /^\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:?\d\d)?$/i;
const WHOLE_TEXT = /^-?(0|[1-9]\d{0,17})$/;
const REAL_TEXT = /^-?(0|[1-9]\d*)(\.\d+)?(e[+-]?\d+)?$/i;

/** `texts`: the values are all texts, as CSV has them, and types are read from what they say. */
export function inferColumns(
  table: string,
  names: readonly string[],
  sample: Sample,
  texts: boolean,
): readonly ResultColumn[] {
  return names.map((name) => ({ name, type: typeOf(table, name, sample, texts) }));
}

function typeOf(table: string, name: string, sample: Sample, texts: boolean): ColumnType {
  if (name === "TimeGenerated") return "datetime";
  const bySuffix = /_CL$/i.test(table) ? SUFFIX_TYPES[name.slice(-2)] : undefined;
  if (bySuffix) return bySuffix;
  const types = new Set<ColumnType>();
  for (const row of sample) {
    const value = Object.hasOwn(row, name) ? row[name] : undefined;
    if (value === undefined || value === null || value === "") continue;
    types.add(typeof value === "string" && texts ? typeOfText(value) : typeOfValue(value));
  }
  const [only] = types;
  if (types.size === 1 && only) return only;
  if (types.size === 2 && types.has("long") && types.has("real")) return "real";
  return types.has("dynamic") ? "dynamic" : "string";
}

function typeOfValue(value: unknown): ColumnType {
  if (typeof value === "boolean") return "bool";
  if (typeof value === "number") return Number.isSafeInteger(value) ? "long" : "real";
  if (typeof value === "string") return TIME_TEXT.test(value) ? "datetime" : "string";
  return "dynamic";
}

function typeOfText(value: string): ColumnType {
  if (/^(true|false)$/i.test(value)) return "bool";
  if (WHOLE_TEXT.test(value)) return "long";
  if (REAL_TEXT.test(value)) return "real";
  if (TIME_TEXT.test(value)) return "datetime";
  return /^[[{]/.test(value) && isJson(value) ? "dynamic" : "string";
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
