// Strings.
import { refusalSql } from "../compilation.ts";
import { convert, toJson, toText } from "../conversions.ts";
import { type Expression, stringConstant } from "../expression.ts";
import { kindOf, typeNamed } from "../parser.ts";
import { item, property } from "../scalar/paths.ts";
import { checkedRegex, subjectOf } from "../scalar/regex.ts";
import { matchText } from "../scalar/text-operators.ts";
import { nameSql } from "../sql-text.ts";
import { type Call, define, plain } from "./registry.ts";

const regexOf = (call: Call, index: number): string =>
  checkedRegex(call.args[index] as Expression, call.node, call.c).sql;

/** The text at one place, to be searched by the regular expression at another. */
const searched = (call: Call, index: number, regex: number): string =>
  subjectOf(toText(call.args[index] as Expression).sql, call.args[regex] as Expression, call.node, call.c);

/** A single character or class that is repeated: what is left never begins or ends with another match. */
const TAKES_ALL = /^(?:[^\\[\](){}.*+?^$|]|\\.|\[(?:[^\]\\]|\\.)+\])[+*]$/;

const trimming = (name: string, left: boolean, right: boolean) =>
  define(
    name,
    "regex:string, text:string",
    "string",
    "value",
    (call) => {
      const regex = regexOf(call, 0);
      const text = searched(call, 1, 0);
      const cut = (times: string): string => {
        const start = left ? `regexp_replace(${text}, '^(?:' || ${regex} || ')${times}', '')` : text;
        return right ? `regexp_replace(${start}, '(?:' || ${regex} || ')${times}$', '')` : start;
      };
      // The pages of trim_start and trim_end speak of one match, that of trim of all of them.
      const given = call.args[0]?.constant;
      if (!left || !right || (typeof given === "string" && TAKES_ALL.test(given))) return cut("");
      const refused = refusalSql(
        call.node,
        "several matches in a row; say (…)+ to cut them all",
        "KQL_UNSUPPORTED",
        call.c,
      );
      return `CASE WHEN ${cut("")} = ${cut("+")} THEN ${cut("")} ELSE ${refused} END`;
    },
    left && right ? { note: "refused where it matters whether one match is cut or several in a row" } : {},
  );

/** Parameters of lambdas, which would hide columns of these names. */
const [WORD, POSITION] = [nameSql("#word"), nameSql("#position")];

const constantNumber = (call: Call, index: number, what: string): bigint => {
  const value = call.args[index]?.constant;
  return typeof value === "bigint" ? value : call.refuse(`${what} must be a constant`);
};

export const text = [
  define(
    "strcat",
    "value:any, more*:any",
    "string",
    "value",
    ({ args }) => `(${args.map((e) => toText(e).sql).join(" || ")})`,
  ),
  define(
    "strcat_delim",
    "delimiter:string, value:any, other:any, more*:any",
    "string",
    "value",
    ({ args: [delimiter, ...values] }) =>
      `concat_ws(${delimiter?.sql}, ${values.map((e) => toText(e).sql).join(", ")})`,
  ),
  define(
    "strlen",
    "text:string",
    "long",
    "value",
    plain((s) => `length(${s})`),
  ),
  define(
    "string_size",
    "text:string",
    "long",
    "value",
    plain((s) => `strlen(${s})`),
  ),
  define(
    "tolower",
    "text:string",
    "string",
    "value",
    plain((s) => `lower(${s})`),
  ),
  define(
    "toupper",
    "text:string",
    "string",
    "value",
    plain((s) => `upper(${s})`),
  ),
  define("substring", "text:string, start:long, length?:long", "string", "own", ({ args: [s, start, length] }) => {
    const from = `greatest(CASE WHEN ${start?.sql} < 0 THEN length(${s?.sql}) + ${start?.sql} ELSE ${start?.sql} END, 0) + 1`;
    return `substring(${s?.sql}, ${from}${length ? `, greatest(${length.sql}, 0)` : ""})`;
  }),
  define("strrep", "text:any, times:long, delimiter?:string", "string", "own", ({ args: [s, times, delimiter] }) => {
    const between = delimiter?.sql ?? "''";
    const repeated = `repeat(${between} || ${toText(s as Expression).sql}, least(greatest(${times?.sql}, 0), 1024))`;
    return delimiter ? `substring(${repeated}, length(${between}) + 1)` : repeated;
  }),
  define(
    "reverse",
    "text:string",
    "string",
    "value",
    plain((s) => `reverse(${s})`),
  ),
  define("split", "text:string, delimiter:string, index?:long", "dynamic", "own", (call) => {
    const [s, delimiter, index] = call.args;
    if (delimiter?.constant === "") call.refuse("what an empty delimiter splits is not documented");
    const list = `string_split(${s?.sql}, ${delimiter?.sql})`;
    if (!index) return { type: "dynamic", sql: `to_json(${list})`, present: true, list: { sql: list, type: "string" } };
    const one = `CASE WHEN ${index.sql} BETWEEN 0 AND len(${list}) - 1 THEN [${list}[${index.sql} + 1]] ELSE []::VARCHAR[] END`;
    return { type: "dynamic", sql: `to_json(${one})`, present: true };
  }),
  define(
    "replace_string",
    "text:string, lookup:string, rewrite:string",
    "string",
    "value",
    plain((s, a, b) => `replace(${s}, ${a}, ${b})`),
  ),
  define(
    "replace_regex",
    "text:string, regex:string, rewrite:string",
    "string",
    "value",
    (call) => `regexp_replace(${searched(call, 0, 1)}, ${regexOf(call, 1)}, ${call.args[2]?.sql}, 'g')`,
  ),
  define(
    "replace",
    "regex:string, rewrite:string, text:string",
    "string",
    "value",
    (call) => `regexp_replace(${searched(call, 2, 0)}, ${regexOf(call, 0)}, ${call.args[1]?.sql}, 'g')`,
    { page: "replace-regex-function" },
  ),
  trimming("trim", true, true),
  trimming("trim_start", true, false),
  trimming("trim_end", false, true),
  define("extract", "regex:string, group:long, text:string, type?:any", "string", "own", (call) => {
    const group = constantNumber(call, 1, "the group");
    if (group < 0n || group > 9n) call.refuse("the group must lie between 0 and 9", "KQL_RANGE");
    const found = `regexp_extract(${searched(call, 2, 0)}, ${regexOf(call, 0)}, ${group})`;
    return typed({ type: "string", sql: found, present: true }, 3, call);
  }),
  define(
    "extract_json",
    "path:string, source:any, type?:any",
    "string",
    "own",
    (call) => {
      const [path, source] = call.args as [Expression, Expression];
      const steps = stepsOf(path, call);
      const json = source.type === "dynamic" ? toJson(source).sql : `kql_parse_json(${toText(source).sql})`;
      return typed(
        steps.reduce((e: Expression, step) => below(e, step, call), { type: "dynamic", sql: json }),
        2,
        call,
      );
    },
    { also: ["extractjson"], note: "the path is a constant of names and positions" },
  ),
  define("extract_all", "regex:string, groups:any, text?:string", "dynamic", "own", extractAll, {
    also: ["extractall"],
  }),
  define("countof", "text:string, search:string, kind?:string", "long", "value", (call) => {
    const kind = call.args[2]?.constant ?? "normal";
    const [s, search] = call.args.map((e) => e.sql);
    if (kind === "regex") return `len(regexp_extract_all(${searched(call, 0, 1)}, ${regexOf(call, 1)}))`;
    if (kind !== "normal") call.refuse("the kind must be 'normal' or 'regex'");
    return `kql_count_of(${s}, ${search})::BIGINT`;
  }),
  define(
    "indexof",
    "text:any, search:any, start?:long, length?:long, occurrence?:long",
    "long",
    "own",
    ({ args: [s, search, start, length, occurrence] }) => {
      const given = [toText(s as Expression), toText(search as Expression)].map((e) => e.sql);
      const numbers = [start?.sql ?? "0", length?.sql ?? "-1", occurrence?.sql ?? "1"].map(
        (sql) => `(${sql})::VARCHAR`,
      );
      return `kql_index_of(${[...given, ...numbers].join(", ")})::BIGINT`;
    },
  ),
  define(
    "indexof_regex",
    "text:any, regex:string, start?:long, length?:long, occurrence?:long",
    "long",
    "own",
    indexOfRegex,
    { note: "start, length and occurrence must be constants" },
  ),
  define(
    "translate",
    "search:string, replacement:string, text:string",
    "string",
    "value",
    plain((a, b, s) => `kql_translate(${a}, ${b}, ${s})`),
  ),
  define(
    "strcmp",
    "a:string, b:string",
    "int",
    "value",
    plain((a, b) => `CASE WHEN ${a} < ${b} THEN -1 WHEN ${a} > ${b} THEN 1 ELSE 0 END`),
  ),
  define("tohex", "value:any, length?:long", "string", "null", ({ args: [e, length], refuse }) => {
    if (e?.type !== "int" && e?.type !== "long") return refuse("of this type", "KQL_TYPE");
    // A negative int has eight digits, a negative long sixteen.
    const bits = e.type === "int" ? `((${e.sql})::BIGINT & 4294967295)` : e.sql;
    const bare = `CASE WHEN ${e.sql} = 0 THEN '0' ELSE ltrim(lower(hex(${bits})), '0') END`;
    return length ? `lpad(${bare}, greatest(${length.sql}, length(${bare}))::INTEGER, '0')` : bare;
  }),
  define(
    "parse_url",
    "url:string",
    "dynamic",
    "own",
    plain((s) => `kql_parse_url(${s})::JSON`),
    { also: ["parseurl"] },
  ),
  define(
    "parse_urlquery",
    "query:string",
    "dynamic",
    "own",
    plain((s) => `kql_parse_url_query(${s})::JSON`),
    { also: ["parseurlquery"] },
  ),
  define("has_any_index", "text:string, list:dynamic", "long", "value", hasAnyIndex),
  define(
    "parse_csv",
    "text:string",
    "dynamic",
    "value",
    plain((s) => `kql_parse_csv(${s})::JSON`),
  ),
  define(
    "regex_quote",
    "text:string",
    "string",
    "value",
    ({ args: [s], node, c }) => {
      const refused = refusalSql(
        node,
        "whether the service quotes this character is not documented",
        "KQL_UNSUPPORTED",
        c,
      );
      const sure = `regexp_full_match(${s?.sql}, '[\\pL\\pN_\\\\.+*?()|{\\[^$#]*')`;
      return `CASE WHEN ${sure} THEN regexp_replace(${s?.sql}, '[\\\\.+*?()|{\\[^$#]', '\\\\\\0', 'g') ELSE ${refused} END`;
    },
    { note: "of letters, digits, _ and the characters \\ . + * ? ( ) | { [ ^ $ #" },
  ),
  define("replace_strings", "text:string, lookups:dynamic, rewrites:dynamic", "string", "own", (call) => {
    const [s, lookups, rewrites] = call.args as [Expression, Expression, Expression];
    const several = refusalSql(call.node, "two arrays of one length are needed", "KQL_UNSUPPORTED", call.c);
    const [a, b] = [lookups.sql, rewrites.sql];
    const fit = `json_type(${a}) = 'ARRAY' AND json_type(${b}) = 'ARRAY' AND json_array_length(${a}) = json_array_length(${b})`;
    return `CASE WHEN coalesce(${fit}, FALSE) THEN kql_replace_strings(${s.sql}, (${a})::VARCHAR, (${b})::VARCHAR) ELSE ${several} END`;
  }),
  define(
    "isascii",
    "text:string",
    "bool",
    "value",
    plain((s) => `regexp_full_match(${s}, '[\\x00-\\x7f]*')`),
  ),
];

function hasAnyIndex(call: Call): string {
  const [s, list] = call.args as [Expression, Expression];
  const words = list.json;
  if (!Array.isArray(words)) {
    const word: Expression = { type: "string", sql: WORD, present: true };
    const found = `lambda ${WORD}: coalesce(${matchText("has", s, word, call.node, call.c).sql}, FALSE)`;
    const all = `from_json(CASE json_type(${list.sql}) WHEN 'ARRAY' THEN ${list.sql} ELSE '[]'::JSON END, '["VARCHAR"]')`;
    return `(coalesce(list_position(list_transform(${all}, ${found}), TRUE), 0) - 1)::BIGINT`;
  }
  const cases = words.map((word, i) => {
    const wanted = stringConstant(typeof word === "string" ? word : JSON.stringify(word));
    return `WHEN ${matchText("has", s, wanted, call.node, call.c).sql} THEN ${i}`;
  });
  return cases.length > 0 ? `(CASE ${cases.join(" ")} ELSE -1 END)::BIGINT` : "(-1)::BIGINT";
}

/** Matches do not overlap. What is searched is cut out first, so nothing may depend on what stands around it. */
function indexOfRegex(call: Call): string {
  const [whole, regex] = [searched(call, 0, 1), regexOf(call, 1)];
  const given = (index: number, otherwise: bigint, what: string): bigint =>
    call.args[index] ? constantNumber(call, index, what) : otherwise;
  const [start, length, occurrence] = [given(2, 0n, "start"), given(3, -1n, "length"), given(4, 1n, "occurrence")];
  if (start < 0n || length < -1n || occurrence < 0n) return "NULL::BIGINT";
  if (occurrence === 0n || occurrence > 1000n) return call.refuse("this occurrence is not supported", "KQL_RANGE");
  const cut = start > 0n || length >= 0n;
  if (cut && /[\^$]|\\[bBAz]/.test(String(call.args[1]?.constant ?? "^")))
    return call.refuse("an expression that looks around needs the whole text to be searched");
  const s = cut ? `substring(${whole}, ${start + 1n}${length >= 0n ? `, ${length}` : ""})` : whole;
  // What was found may stand further ahead as well, where the expression does not match it.
  const earlier = occurrence === 1n ? "" : `(?:(?s:.*?)(?:' || ${regex} || ')){${occurrence - 1n}}`;
  const before = `regexp_extract(${s}, '^(${earlier}(?s:.*?))(?:' || ${regex} || ')', 1)`;
  const found =
    occurrence === 1n
      ? `regexp_matches(${s}, ${regex})`
      : `len(regexp_extract_all(${s}, '(?:' || ${regex} || ')')) >= ${occurrence}`;
  return `CASE WHEN ${found} THEN ${start} + length(${before}) ELSE -1 END`;
}

/** What was found, as the type that an argument `typeof(…)` asks for; a text where there is none. */
function typed(found: Expression, position: number, call: Call): Expression {
  const type = call.nodes[position];
  if (!type) return convert(found, "string");
  if (kindOf(type) !== "TypeOfLiteralExpression") return call.refuse("the type must be written typeof(…)");
  return convert(found, typeNamed(String(call.args[position]?.constant)));
}

/** "$.a['b'][0]" as its names and positions: learn.microsoft.com/kusto/query/jsonpath */
function stepsOf(path: Expression, call: Call): readonly (string | number)[] {
  if (typeof path.constant !== "string") return call.refuse("the path must be a constant");
  const step = /\.([A-Za-z_][\w-]*)|\[(?:'([^']*)'|"([^"]*)"|(\d+))\]/y;
  const steps: (string | number)[] = [];
  for (step.lastIndex = 1; step.lastIndex < path.constant.length; ) {
    const found = step.exec(path.constant);
    if (!found) return call.refuse(`the path ${path.constant} has more in it than names and positions`);
    steps.push(found[4] === undefined ? (found[1] ?? found[2] ?? found[3] ?? "") : Number(found[4]));
  }
  return path.constant.startsWith("$") ? steps : call.refuse("a path begins with $");
}

const below = (e: Expression, step: string | number, { node, c }: Call): Expression =>
  typeof step === "number" ? item(e, step, node, c) : property(e, step, node, c);

/** extract_all(regex, [groups,] text): an array per match, or its one group. */
function extractAll(call: Call): Expression {
  const [, groupsOrText, last] = call.args as [Expression, Expression, Expression | undefined];
  const regex = call.args[0] as Expression;
  if (typeof regex.constant !== "string") return call.refuse("the regular expression must be a constant");
  const pattern = checkedRegex(regex, call.node, call.c).sql;
  const subject = searched(call, last ? 2 : 1, 0);
  const groups = groupNames(regex.constant);
  if (groups.length === 0 || groups.length > 16)
    return call.refuse("the regular expression needs 1 to 16 groups", "KQL_REGEX");
  const wanted = last ? chosenGroups(groupsOrText, groups, call) : groups.map((_, i) => i + 1);
  const columns = wanted.map((group) => `regexp_extract_all(${subject}, ${pattern}, ${group})`);
  if (columns.length === 1) return { type: "dynamic", sql: `nullif(to_json(${columns[0]}), '[]'::JSON)` };
  const rows = `list_transform(range(1, len(${columns[0]}) + 1), lambda ${POSITION}: [${columns.map((list) => `(${list})[${POSITION}]`).join(", ")}])`;
  return { type: "dynamic", sql: `nullif(to_json(${rows}), '[]'::JSON)` };
}

function groupNames(regex: string): (string | undefined)[] {
  const bare = regex.replace(/\\./g, "..").replace(/\[[^\]]*\]/g, (c) => ".".repeat(c.length));
  return [...bare.matchAll(/\((?!\?)|\(\?P?<([A-Za-z_]\w*)>/g)].map((m) => m[1]);
}

function chosenGroups(chosen: Expression, groups: readonly (string | undefined)[], call: Call): number[] {
  const list = toJson(chosen).json;
  if (!Array.isArray(list)) return call.refuse("the groups must be a constant array");
  return list.map((group) => {
    const index = typeof group === "number" ? group : groups.indexOf(String(group)) + 1;
    return index >= 1 && index <= groups.length ? index : call.refuse(`there is no group ${group}`, "KQL_REGEX");
  });
}
