// Work on strings that has no form in SQL.
import type { NativeFunction } from "../functions/registry.ts";

function countText(text: string, search: string): number {
  let count = 0;
  // Occurrences may overlap: learn.microsoft.com/kusto/query/countof-function
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + 1)) count++;
  return count;
}

/** Each search is `length` characters long and begins behind the last find. */
function indexOf(text: string, search: string, start: number, length: number, occurrence: number): number | null {
  if (occurrence < 0 || length < -1) return null;
  const [characters, wanted] = [[...text], [...search]];
  const matches = (i: number): boolean => wanted.every((character, j) => characters[i + j] === character);
  let from = start < 0 ? Math.max(characters.length + start, 0) : start;
  for (let seen = 0; seen < occurrence; seen++) {
    const to = (length < 0 ? characters.length : Math.min(from + length, characters.length)) - wanted.length;
    let at = from;
    while (at <= to && !matches(at)) at++;
    if (at > to) return -1;
    if (seen + 1 === occurrence) return at;
    from = at + 1;
  }
  return -1;
}

/** Where the replacement list is shorter, its last character stands for the rest. */
function translate(search: string, replacement: string, text: string): string {
  const [from, to] = [[...search], [...replacement]];
  const table = new Map(from.map((character, i) => [character, to[i] ?? to.at(-1) ?? ""] as const));
  return [...text].map((character) => table.get(character) ?? character).join("");
}

/** What one lookup has found is not searched by the next, nor is what is written for it. */
function replaceStrings(text: string, lookups: readonly unknown[], rewrites: readonly unknown[]): string {
  let parts: readonly { readonly text: string; readonly found: boolean }[] = [{ text, found: false }];
  for (const [i, lookup] of lookups.entries()) {
    if (typeof lookup !== "string" || lookup === "") continue;
    const rewrite = rewrites[i];
    const written = { text: typeof rewrite === "string" ? rewrite : lookup, found: true };
    parts = parts.flatMap((part) =>
      part.found
        ? [part]
        : part.text.split(lookup).flatMap((rest, at) => [...(at > 0 ? [written] : []), { text: rest, found: false }]),
    );
  }
  return parts.map((part) => part.text).join("");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text.replaceAll("+", " "));
  } catch {
    return text;
  }
}

function queryParameters(query: string): Record<string, string> {
  const pairs = query
    .replace(/^\?/, "")
    .split("&")
    .filter((part) => part !== "");
  return Object.fromEntries(
    pairs.map((part) => {
      const at = part.indexOf("=");
      return at < 0 ? [part, ""] : [part.slice(0, at), part.slice(at + 1)];
    }),
  );
}

const URL_PARTS =
  /^([A-Za-z][A-Za-z0-9+.-]*):\/\/(?:([^/?#@:]*)(?::([^/?#@]*))?@)?([^/?#:[\]]*|\[[^\]]*\])(?::(\d+))?([^?#]*)(?:\?([^#]*))?(?:#(.*))?$/;

function parseUrl(url: string): string {
  const [, scheme = "", user = "", password = "", host = "", port = "", path = "", query = "", fragment = ""] =
    URL_PARTS.exec(url) ?? [];
  return JSON.stringify({
    Scheme: scheme,
    Host: host,
    Port: port,
    Path: path,
    Username: user,
    Password: password,
    "Query Parameters": queryParameters(query),
    Fragment: fragment,
  });
}

interface KeyValueOptions {
  readonly pair_delimiter?: readonly string[];
  readonly kv_delimiter?: readonly string[];
  readonly quote?: readonly string[];
  readonly escape?: readonly string[];
  readonly greedy?: readonly string[];
}

/** Key-value pairs of a text; the first value of a key counts. learn.microsoft.com/kusto/query/parse-kv-operator */
function parseKeyValues(text: string, options: KeyValueOptions): Record<string, string> {
  const pair = options.pair_delimiter?.[0];
  const kv = options.kv_delimiter?.[0];
  const found = new Map<string, string>();
  const tokens =
    pair !== undefined && kv !== undefined ? delimited(text, pair, kv, options) : undelimited(text, options);
  for (const [key, value] of tokens) if (!found.has(key)) found.set(key, value);
  return Object.fromEntries(found);
}

function* delimited(text: string, pair: string, kv: string, options: KeyValueOptions): Generator<[string, string]> {
  let at = 0;
  while (at < text.length) {
    if (text.startsWith(pair, at)) {
      at += pair.length;
      continue;
    }
    const key = piece(text, at, [kv, pair], options);
    at = key.end;
    if (!text.startsWith(kv, at)) continue;
    at += kv.length;
    const value =
      options.greedy?.[0] === "true" ? greedyPiece(text, at, pair, kv, options) : piece(text, at, [pair], options);
    at = value.end;
    yield [key.text.trim(), value.quoted ? value.text : value.text.trim()];
  }
}

interface Piece {
  readonly text: string;
  readonly end: number;
  readonly quoted: boolean;
}

/** Up to one of the stops, or a quoted text. */
function piece(text: string, from: number, stops: readonly string[], options: KeyValueOptions): Piece {
  let start = from;
  while (text[start] === " " && !stops.includes(" ")) start++;
  for (const quote of options.quote ?? []) {
    if (!text.startsWith(quote[0] ?? "\0", start)) continue;
    const quoted = quotedPiece(text, start + 1, quote[1] ?? quote[0] ?? "", options.escape ?? []);
    if (quoted) return quoted;
  }
  let end = from;
  while (end < text.length && !stops.some((stop) => text.startsWith(stop, end))) end++;
  return { text: text.slice(from, end), end, quoted: false };
}

function quotedPiece(text: string, from: number, close: string, escapes: readonly string[]): Piece | undefined {
  let value = "";
  for (let i = from; i < text.length; i++) {
    const c = text[i] ?? "";
    if (escapes.includes(c) && i + 1 < text.length) value += text[++i];
    else if (c === close) return { text: value, end: i + 1, quoted: true };
    else value += c;
  }
  return undefined;
}

/** A greedy value runs up to the last pair delimiter before the next key. */
function greedyPiece(text: string, from: number, pair: string, kv: string, options: KeyValueOptions): Piece {
  const plain = piece(text, from, [pair], options);
  if (plain.quoted) return plain;
  const next = text.indexOf(kv, from);
  if (next < 0) return { text: text.slice(from), end: text.length, quoted: false };
  const cut = text.lastIndexOf(pair, next);
  return cut < from ? plain : { text: text.slice(from, cut), end: cut, quoted: false };
}

/** Without delimiters, whatever is no letter, digit or underscore delimits: words come as key, value, key, value. */
function* undelimited(text: string, options: KeyValueOptions): Generator<[string, string]> {
  const words: string[] = [];
  for (let i = 0; i < text.length; ) {
    const quote = (options.quote ?? []).find((q) => text[i] === q[0]);
    const quoted = quote && quotedPiece(text, i + 1, quote[1] ?? quote[0] ?? "", options.escape ?? []);
    const word = /^[\p{L}\p{N}_]+/u.exec(text.slice(i, i + 1000))?.[0];
    if (quoted) words.push(quoted.text);
    else if (word) words.push(word);
    i = quoted ? quoted.end : i + (word?.length ?? 1);
  }
  for (let i = 0; i + 1 < words.length; i += 2) yield [words[i] ?? "", words[i + 1] ?? ""];
}

function firstPairs(keys: readonly string[], values: readonly string[]): Record<string, string> {
  const found = new Map<string, string>();
  for (const [i, key] of keys.entries()) if (!found.has(key)) found.set(key.trim(), (values[i] ?? "").trim());
  return Object.fromEntries(found);
}

/** The fields of the first record; quotes are doubled inside quotes. */
function parseCsv(text: string): string[] {
  const fields: string[] = [];
  let field = "";
  let quoted = false;
  for (let i = 0; i < text.length; i++) {
    const c = text[i] ?? "";
    if (quoted && c === '"' && text[i + 1] === '"') field += text[++i];
    else if (c === '"' && (quoted || field === "")) quoted = !quoted;
    else if (c === "," && !quoted) {
      fields.push(field);
      field = "";
    } else if ((c === "\n" || c === "\r") && !quoted) break;
    else field += c;
  }
  return [...fields, field];
}

export const textFunctions: readonly NativeFunction[] = [
  {
    name: "kql_join",
    arguments: 2,
    run: (texts, delimiter) => (texts ? (JSON.parse(texts) as string[]).join(delimiter ?? "") : null),
  },
  { name: "kql_parse_csv", arguments: 1, run: (text) => JSON.stringify(parseCsv(text ?? "")) },
  {
    name: "kql_replace_strings",
    arguments: 3,
    run: (text, lookups, rewrites) =>
      replaceStrings(text ?? "", JSON.parse(lookups ?? "[]") as unknown[], JSON.parse(rewrites ?? "[]") as unknown[]),
  },
  { name: "kql_count_text", arguments: 2, run: (text, search) => String(countText(text ?? "", search ?? "")) },
  {
    name: "kql_index_of",
    arguments: 5,
    run: (text, search, start, length, occurrence) =>
      indexOf(text ?? "", search ?? "", Number(start), Number(length), Number(occurrence))?.toString() ?? null,
  },
  {
    name: "kql_translate",
    arguments: 3,
    run: (search, replacement, text) => translate(search ?? "", replacement ?? "", text ?? ""),
  },
  {
    name: "kql_parse_kv",
    arguments: 2,
    run: (text, options) => JSON.stringify(parseKeyValues(text ?? "", JSON.parse(options ?? "{}") as KeyValueOptions)),
  },
  {
    name: "kql_first_pairs",
    arguments: 2,
    run: (keys, values) => JSON.stringify(firstPairs(JSON.parse(keys ?? "[]"), JSON.parse(values ?? "[]"))),
  },
  { name: "kql_parse_url", arguments: 1, run: (url) => parseUrl(url ?? "") },
  {
    name: "kql_parse_url_query",
    arguments: 1,
    run: (query) => {
      const parameters = Object.entries(queryParameters(query ?? "")).map(([k, v]) => [decoded(k), decoded(v)]);
      return JSON.stringify({ "Query Parameters": Object.fromEntries(parameters) });
    },
  },
];
