// Work on strings that has no form in SQL.
import type { NativeFunction } from "../functions/registry.ts";
import { position } from "./json.ts";

function countText(text: string, search: string): number {
  let count = 0;
  // Occurrences may overlap: learn.microsoft.com/kusto/query/countof-function
  for (let at = text.indexOf(search); at >= 0; at = text.indexOf(search, at + 1)) count++;
  return count;
}

function indexOf(text: string, search: string, start: number, length: number, occurrence: number): number | null {
  if (occurrence <= 0) return null;
  const characters = [...text];
  const wanted = [...search];
  const from = start < 0 ? Math.max(characters.length + start, 0) : start;
  const to = length < 0 ? characters.length : Math.min(from + length, characters.length);
  return position(
    Math.max(to - wanted.length + 1, 0),
    (i) => wanted.every((character, j) => characters[i + j] === character),
    from,
    -1,
    occurrence,
  );
}

/** Where the replacement list is shorter, its last character stands for the rest. */
function translate(search: string, replacement: string, text: string): string {
  const [from, to] = [[...search], [...replacement]];
  const table = new Map(from.map((character, i) => [character, to[i] ?? to.at(-1) ?? ""] as const));
  return [...text].map((character) => table.get(character) ?? character).join("");
}

function decodeBase64(text: string): string | null {
  if (!/^[A-Za-z0-9+/]*={0,2}$/.test(text) || text.length % 4 !== 0) return null;
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(Buffer.from(text, "base64"));
  } catch {
    return null;
  }
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

export const textFunctions: readonly NativeFunction[] = [
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
  { name: "kql_base64_decode", arguments: 1, run: (text) => decodeBase64(text ?? "") },
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
