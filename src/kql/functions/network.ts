// Internet addresses. Constant IPv4 ranges become comparisons of numbers; everything else goes through one careful reader.
import { toText } from "../conversions.ts";
import { boolConstant, type Expression, stringConstant } from "../expression.ts";
import { textSql } from "../sql-text.ts";
import { type Call, define } from "./registry.ts";

/** First and last address of "10.0.0.0/8"; undefined where the text is no IPv4 range. */
function ipv4Range(text: string): readonly [bigint, bigint] | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text.trim());
  if (!parts) return undefined;
  const bytes = parts.slice(1, 5).map(Number);
  const prefix = Number(parts[5] ?? 32);
  if (bytes.some((byte) => byte > 255) || prefix > 32) return undefined;
  const size = 1n << BigInt(32 - prefix);
  const address = bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n);
  const first = (address / size) * size;
  return [first, first + size - 1n];
}

/** An address that has a prefix of its own, or that is no IPv4 at all, goes to the careful reader. */
function inConstantRange(address: Expression, range: string): string {
  const bounds = ipv4Range(range);
  if (!bounds) return `kql_ipv4_in_range(${address.sql}, ${textSql(range)})::BOOLEAN`;
  return `(kql_ipv4(${address.sql}) BETWEEN ${bounds[0]} AND ${bounds[1]})`;
}

function inRange(address: Expression, range: Expression): string {
  if (typeof range.constant === "string") {
    return `CASE WHEN contains(${address.sql}, '/') THEN kql_ipv4_in_range(${address.sql}, ${range.sql})::BOOLEAN ELSE ${inConstantRange(address, range.constant)} END`;
  }
  return `kql_ipv4_in_range(${address.sql}, ${range.sql})::BOOLEAN`;
}

/** The constant texts among the arguments, or undefined where rows decide. */
function constantTexts(args: readonly Expression[]): string[] | undefined {
  const texts: string[] = [];
  for (const e of args) {
    if (typeof e.constant === "string") texts.push(e.constant);
    else if (Array.isArray(e.json)) texts.push(...e.json.map(String));
    else return undefined;
  }
  return texts;
}

/** Ranges as one JSON array, whether they came as arguments or as an array. */
function asArray(args: readonly Expression[]): string {
  const parts = args.map((e) => (e.type === "dynamic" ? `kql_texts(${e.sql})` : `[${toText(e).sql}]`));
  return `to_json(${parts.reduce((a, b) => `list_concat(${a}, ${b})`)})::VARCHAR`;
}

function inAnyIpv4Range(call: Call): string | Expression {
  const [address, ...ranges] = call.args as [Expression, ...Expression[]];
  const texts = constantTexts(ranges);
  if (!texts) return `kql_ipv4_in_any(${address.sql}, ${asArray(ranges)})::BOOLEAN`;
  if (texts.length === 0) return boolConstant(false);
  // One by one a long list is slower than the reader, which keeps the ranges it has read.
  if (texts.length > 200) return `kql_ipv4_in_any(${address.sql}, ${textSql(JSON.stringify(texts))})::BOOLEAN`;
  const bounds = texts.map(ipv4Range);
  const readable = bounds.filter((b) => b !== undefined);
  if (readable.length === 0) return `kql_ipv4_in_any(${address.sql}, ${textSql(JSON.stringify(texts))})::BOOLEAN`;
  const inside = readable.map(([first, last]) => `kql_ipv4(${address.sql}) BETWEEN ${first} AND ${last}`).join(" OR ");
  return `CASE WHEN contains(${address.sql}, '/') THEN kql_ipv4_in_any(${address.sql}, ${textSql(JSON.stringify(texts))})::BOOLEAN ELSE (${inside}) END`;
}

function hasAnyAddress(name: string) {
  return (call: Call): string => {
    const [text, ...addresses] = call.args as [Expression, ...Expression[]];
    return `${name}(${text.sql}, ${asArray(addresses)})::BOOLEAN`;
  };
}

const prefixed = (call: Call, name: string, type: string): string => {
  const [a, b, prefix] = call.args as [Expression, Expression, Expression | undefined];
  return `${name}(${a.sql}, ${b.sql}, (${prefix?.sql ?? "NULL"})::VARCHAR)::${type}`;
};

export const network = [
  define(
    "ipv4_is_private",
    "address:string",
    "bool",
    "own",
    ({ args: [e] }) =>
      `CASE WHEN contains(${e?.sql}, '/') THEN kql_ipv4_in_any(${e?.sql}, '["10.0.0.0/8","172.16.0.0/12","192.168.0.0/16"]')::BOOLEAN
     ELSE kql_ipv4_private(kql_ipv4(${e?.sql})) END`,
  ),
  define("ipv4_is_in_range", "address:string, range:string", "bool", "own", ({ args: [a, r] }) =>
    inRange(a as Expression, r as Expression),
  ),
  define("ipv4_is_in_any_range", "address:string, range:any, more*:any", "bool", "own", inAnyIpv4Range),
  define("ipv4_is_match", "a:string, b:string, prefix?:long", "bool", "own", (call) =>
    prefixed(call, "kql_ipv4_match", "BOOLEAN"),
  ),
  define("ipv4_compare", "a:string, b:string, prefix?:long", "long", "own", (call) =>
    prefixed(call, "kql_ipv4_compare", "BIGINT"),
  ),
  define(
    "ipv4_netmask_suffix",
    "address:string",
    "long",
    "own",
    ({ args: [e] }) => `kql_ipv4_suffix(${e?.sql})::BIGINT`,
  ),
  define(
    "ipv4_range_to_cidr_list",
    "from:string, to:string",
    "dynamic",
    "own",
    ({ args: [a, b] }) => `kql_ipv4_cidrs(${a?.sql}, ${b?.sql})::JSON`,
  ),
  define(
    "parse_ipv4",
    "address:string",
    "long",
    "own",
    ({ args: [e] }) =>
      `CASE WHEN contains(${e?.sql}, '/') THEN kql_parse_ipv4(${e?.sql}, NULL)::BIGINT ELSE kql_ipv4(${e?.sql}) END`,
  ),
  define(
    "parse_ipv4_mask",
    "address:string, prefix:long",
    "long",
    "own",
    ({ args: [e, p] }) => `kql_parse_ipv4(${e?.sql}, (${p?.sql})::VARCHAR)::BIGINT`,
  ),
  define(
    "format_ipv4",
    "address:any, prefix?:long",
    "string",
    "own",
    ({ args: [e, p] }) => `kql_format_ipv4(${toText(e as Expression).sql}, (${p?.sql ?? "32"})::VARCHAR, '')`,
  ),
  define(
    "format_ipv4_mask",
    "address:any, prefix?:long",
    "string",
    "own",
    ({ args: [e, p] }) => `kql_format_ipv4(${toText(e as Expression).sql}, (${p?.sql ?? "NULL"})::VARCHAR, 'mask')`,
  ),
  define("has_ipv4", "text:string, address:string", "bool", "own", hasAnyAddress("kql_has_ipv4")),
  define("has_any_ipv4", "text:string, address:any, more*:any", "bool", "own", hasAnyAddress("kql_has_ipv4")),
  define("has_ipv4_prefix", "text:string, prefix:string", "bool", "own", hasAnyAddress("kql_has_ipv4_prefix")),
  define(
    "has_any_ipv4_prefix",
    "text:string, prefix:any, more*:any",
    "bool",
    "own",
    hasAnyAddress("kql_has_ipv4_prefix"),
  ),
  define("parse_ipv6", "address:string", "string", "own", ({ args: [e] }) => `kql_parse_ipv6(${e?.sql}, NULL)`),
  define(
    "parse_ipv6_mask",
    "address:string, prefix:long",
    "string",
    "own",
    ({ args: [e, p] }) => `kql_parse_ipv6(${e?.sql}, (${p?.sql})::VARCHAR)`,
  ),
  define("ipv6_is_match", "a:string, b:string, prefix?:long", "bool", "own", (call) =>
    prefixed(call, "kql_ipv6_match", "BOOLEAN"),
  ),
  define("ipv6_compare", "a:string, b:string, prefix?:long", "long", "own", (call) =>
    prefixed(call, "kql_ipv6_compare", "BIGINT"),
  ),
  define(
    "ipv6_is_in_range",
    "address:string, range:string",
    "bool",
    "own",
    ({ args: [a, r] }) => `kql_ipv6_in_any(${a?.sql}, to_json([${r?.sql}])::VARCHAR)::BOOLEAN`,
  ),
  define("ipv6_is_in_any_range", "address:string, range:any, more*:any", "bool", "own", (call) => {
    const [address, ...ranges] = call.args as [Expression, ...Expression[]];
    const texts = constantTexts(ranges);
    const list = texts ? stringConstant(JSON.stringify(texts)).sql : asArray(ranges);
    return `kql_ipv6_in_any(${address.sql}, ${list})::BOOLEAN`;
  }),
];
