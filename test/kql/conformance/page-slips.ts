// Where a page's printed result is not what the query beside it gives: why, and what is expected in its place.
import type { PrintedTable } from "./printed-table.ts";

interface Slip extends Partial<PrintedTable> {
  readonly why: string;
}

const ID_HEADING: Slip = {
  why: "the heading is written ID, the query names the column Id",
  columns: ["Id", "guid_bytes"],
};
/** Microsoft's parser names the column after the first argument only. */
const covariance = (name: string): Slip => ({ why: "the parser names the column otherwise", columns: [`${name}_x`] });
const NAMES_IN_LINES: Slip = { why: "the page breaks the value into lines", rows: [['["A","B"]']] };
const WEIGHTED: Slip = { why: "the parser names the column otherwise", columns: ["percentiles_LatencyBucket"] };
const day = (n: number): string => new Date(Date.UTC(2007, 0, 1 + n)).toISOString().replace("Z", "0000Z");
const dates = (from: number, to: number): readonly (readonly string[])[] =>
  Array.from({ length: to - from + 1 }, (_, at) => [`2024-01-${String(from + at).padStart(2, "0")} 00:00:00`]);

export const pageSlips: Readonly<Record<string, Slip>> = {
  "binary-all-xor-aggregation-function#1": { why: "the query names the column result", columns: ["result"] },
  "column-names-of-function#1": NAMES_IN_LINES,
  "column-names-of-function#2": NAMES_IN_LINES,
  "column-names-of-function#3": NAMES_IN_LINES,
  "covariance-aggregation-function#1": covariance("covariance"),
  "covarianceif-aggregation-function#1": covariance("covarianceif"),
  "covariancep-aggregation-function#1": covariance("covariancep"),
  "covariancepif-aggregation-function#1": covariance("covariancepif"),
  "extract-all-function#1": ID_HEADING,
  "extract-all-function#2": ID_HEADING,
  "extract-all-function#3": ID_HEADING,
  "extract-all-function#4": ID_HEADING,
  "gzip-base64-decompress#1": { why: "the page puts the text into quotation marks", rows: [["1234567890qwertyuiop"]] },
  "let-statement#5": { why: "count names its column Count, as its own page says", columns: ["Count"] },
  "max-of-function#2": { why: "an expression without a name is Column1", columns: ["Column1"] },
  "mv-expand-operator#6": {
    why: "getschema names the column DataType",
    columns: ["ColumnName", "ColumnOrdinal", "DataType", "ColumnType"],
  },
  "parse-command-line-function#1": { why: "print without a name is print_0", columns: ["print_0"] },
  "parse-where-operator#1": {
    why: "the query writes previouLockTime",
    columns: ["resourceName", "totalSlices", "sliceNumber", "lockTime", "releaseTime", "previouLockTime"],
  },
  "pattern-statement#7": { why: "the page marks the name as code", columns: ["Lat", "Long"] },
  "percentilesw-aggregation-function#3": WEIGHTED,
  "percentilesw-aggregation-function#4": WEIGHTED,
  "range-function#2": {
    why: "the page shortens the list",
    rows: [[JSON.stringify(Array.from({ length: 365 }, (_, n) => day(n)))]],
  },
  "range-operator#2": { why: "the page leaves out the first three days", rows: dates(1, 10) },
  "regex-quote-function#1": { why: "the page marks the text as code", rows: [["\\(so\\$me\\.Te\\^xt\\)"]] },
  "replace-regex-function#1": {
    why: "tostring() of a long has no decimals",
    rows: ["1", "2", "3", "4", "5"].map((n) => [n, `Number is ${n}`, `Number was: ${n}`]),
  },
  "sliding-window-counts-plugin#1": {
    why: "the parser names the column otherwise",
    columns: ["Timestamp", "Count", "Dcount"],
  },
  "strcat-function#2": { why: "the page numbers the lines of the value", rows: [["Line 1\nLine 2\nLine 3"]] },
  "trim-start-function#1": { why: "the page marks the address as a link", rows: [["https://bing.com", "bing.com"]] },
};

/** What the engine does not do, and what it says instead. */
export const knownLimits: Readonly<Record<string, string>> = {
  "make-datetime-function#3": "finer than a microsecond",
};
