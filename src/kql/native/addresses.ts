// Reading and comparing IPv4 and IPv6 addresses with prefixes, as Kusto's functions do.
import type { NativeFunction } from "../functions/registry.ts";

const BITS_V6 = 128n;
const BITS_V4 = 32n;
/** ::ffff:0:0/96, where IPv4 addresses lie among IPv6 ones. */
const V4_IN_V6 = 0xffff_0000_0000n;

export interface Network {
  readonly address: bigint;
  readonly prefix: bigint;
}

/** "10.0.0.1", "10.0.0.1/8"; undefined where the text is neither. */
export function readIpv4(text: string): Network | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text.trim());
  if (!parts) return undefined;
  const bytes = parts.slice(1, 5).map(Number);
  const prefix = Number(parts[5] ?? 32);
  if (bytes.some((byte) => byte > 255) || prefix > 32) return undefined;
  return { address: bytes.reduce((sum, byte) => sum * 256n + BigInt(byte), 0n), prefix: BigInt(prefix) };
}

/** An IPv6 address, or an IPv4 one in its place among them; `prefix` counts from the 128 bits. */
export function readIpv6(text: string): Network | undefined {
  const [address = "", suffix, more] = text.trim().split("/");
  if (more !== undefined || (suffix !== undefined && !/^\d{1,3}$/.test(suffix))) return undefined;
  const v4 = readIpv4(address);
  if (v4) {
    const prefix = suffix === undefined ? 128n : BigInt(suffix) + 96n;
    return prefix > BITS_V6 ? undefined : { address: V4_IN_V6 | v4.address, prefix };
  }
  const value = readGroups(address);
  if (value === undefined) return undefined;
  const embedded = /\d+\.\d+\.\d+\.\d+$/.test(address);
  // A prefix after dotted notation counts the bits of the IPv4 part.
  const prefix = suffix === undefined ? BITS_V6 : BigInt(suffix) + (embedded && BigInt(suffix) <= BITS_V4 ? 96n : 0n);
  if (prefix > BITS_V6) return undefined;
  const compatible = embedded && value >> 32n === 0n;
  return { address: compatible ? V4_IN_V6 | value : value, prefix };
}

function readGroups(text: string): bigint | undefined {
  const zoneless = text.split("%")[0] ?? "";
  const halves = zoneless.split("::");
  if (halves.length > 2) return undefined;
  const groups = halves.map(groupsOf);
  const [head, tail] = groups;
  if (!head || (halves.length === 2 && !tail)) return undefined;
  const missing = 8 - head.length - (tail?.length ?? 0);
  if (halves.length === 2 ? missing < 1 : missing !== 0) return undefined;
  const all = [...head, ...Array<bigint>(missing).fill(0n), ...(tail ?? [])];
  return all.reduce((sum, group) => (sum << 16n) | group, 0n);
}

function groupsOf(half: string): bigint[] | undefined {
  if (half === "") return [];
  const found: bigint[] = [];
  for (const [i, part] of half.split(":").entries()) {
    if (part.includes(".")) {
      const v4 = i === half.split(":").length - 1 ? readIpv4(part) : undefined;
      if (!v4 || part.includes("/")) return undefined;
      found.push(v4.address >> 16n, v4.address & 0xffffn);
    } else if (/^[0-9a-f]{1,4}$/i.test(part)) found.push(BigInt(`0x${part}`));
    else return undefined;
  }
  return found;
}

const masked = (address: bigint, prefix: bigint, bits: bigint): bigint =>
  (address >> (bits - prefix)) << (bits - prefix);
const smallest = (...values: bigint[]): bigint =>
  values.reduce((least, value) => {
    if (value < least) return value;
    return least;
  });

const formatIpv4 = (address: bigint): string =>
  [24n, 16n, 8n, 0n].map((shift) => String((address >> shift) & 255n)).join(".");

function formatIpv6(address: bigint): string {
  const groups = Array.from({ length: 8 }, (_, i) => (address >> BigInt(112 - 16 * i)) & 0xffffn);
  return groups.map((group) => group.toString(16).padStart(4, "0")).join(":");
}

type Read = (text: string) => Network | undefined;

/** -1, 0 or 1 after cutting both to the shorter prefix; undefined where one is no address or the prefix is impossible. */
function compare(
  a: string | null,
  b: string | null,
  prefix: string | null,
  read: Read,
  bits: bigint,
): number | undefined {
  const [x, y] = [read(a ?? ""), read(b ?? "")];
  const wanted = prefix === null ? bits : BigInt(prefix);
  if (!x || !y || wanted < 0n || wanted > bits) return undefined;
  const common = smallest(x.prefix, y.prefix, wanted);
  const [p, q] = [masked(x.address, common, bits), masked(y.address, common, bits)];
  return p === q ? 0 : p < q ? -1 : 1;
}

const truth = (value: boolean | undefined): string | null => (value === undefined ? null : String(value));

const LISTS = new Map<string, readonly string[]>();

/** Lists come as JSON, mostly the same text for every row. */
function textsOf(json: string): readonly string[] {
  const known = LISTS.get(json);
  if (known) return known;
  const list = (JSON.parse(json) as unknown[]).map(String);
  if (LISTS.size > 100) LISTS.clear();
  LISTS.set(json, list);
  return list;
}

const RANGES = new Map<string, Network | undefined>();

function readOnce(text: string, read: Read, family: string): Network | undefined {
  const key = `${family} ${text}`;
  if (RANGES.has(key)) return RANGES.get(key);
  if (RANGES.size > 10_000) RANGES.clear();
  const value = read(text);
  RANGES.set(key, value);
  return value;
}

function inAny(address: string | null, ranges: string | null, read: Read, bits: bigint): boolean | undefined {
  const value = read(address ?? "");
  if (!value || ranges === null) return undefined;
  let readable = false;
  for (const text of textsOf(ranges)) {
    const range = readOnce(text, read, String(bits));
    if (!range) continue;
    readable = true;
    const common = smallest(value.prefix, range.prefix);
    if (masked(value.address, common, bits) === masked(range.address, common, bits)) return true;
  }
  return readable || textsOf(ranges).length === 0 ? false : undefined;
}

const ADDRESS_IN_TEXT = /(?<![0-9A-Za-z.])\d{1,3}(?:\.\d{1,3}){3}(?![0-9A-Za-z]|\.\d)/g;

function hasIpv4(text: string, wanted: readonly string[]): boolean {
  const addresses = new Set(wanted.filter((w) => !w.includes("/") && readIpv4(w)));
  if (addresses.size === 0) return false;
  return [...text.matchAll(ADDRESS_IN_TEXT)].some(([found]) => addresses.has(found));
}

function hasIpv4Prefix(text: string, wanted: readonly string[]): boolean {
  return [...text.matchAll(ADDRESS_IN_TEXT)].some(
    ([found]) =>
      readIpv4(found) !== undefined &&
      wanted.some((prefix) => (readIpv4(prefix) ? found === prefix : prefix.endsWith(".") && found.startsWith(prefix))),
  );
}

function cidrs(from: string | null, to: string | null): string | null {
  let at = readIpv4(from ?? "")?.address;
  const last = readIpv4(to ?? "")?.address;
  if (at === undefined || last === undefined || at > last) return null;
  const found: string[] = [];
  while (at <= last) {
    let prefix = 32n;
    while (prefix > 0n && at % (1n << (33n - prefix)) === 0n && at + (1n << (33n - prefix)) - 1n <= last) prefix--;
    found.push(`${formatIpv4(at)}/${prefix}`);
    at += 1n << (32n - prefix);
  }
  return JSON.stringify(found);
}

function formatted(value: string | null, prefix: string | null, kind: string | null): string | null {
  const text = value ?? "";
  const read: Network | undefined = /^\d+$/.test(text) ? { address: BigInt(text), prefix: 32n } : readIpv4(text);
  const bits = prefix === null ? (read?.prefix ?? 32n) : BigInt(prefix);
  if (!read || read.address >= 1n << BITS_V4 || bits < 0n || bits > BITS_V4) return "";
  const shorter = smallest(bits, read.prefix);
  const address = formatIpv4(masked(read.address, shorter, BITS_V4));
  return kind === "mask" ? `${address}/${shorter}` : address;
}

export const addressFunctions: readonly NativeFunction[] = [
  {
    name: "kql_ipv4_in_range",
    arguments: 2,
    run: (a, r) => truth(r === null ? undefined : inAny(a ?? null, JSON.stringify([r]), readIpv4, BITS_V4)),
  },
  { name: "kql_ipv4_in_any", arguments: 2, run: (a, r) => truth(inAny(a ?? null, r ?? null, readIpv4, BITS_V4)) },
  { name: "kql_ipv6_in_any", arguments: 2, run: (a, r) => truth(inAny(a ?? null, r ?? null, readIpv6, BITS_V6)) },
  {
    name: "kql_ipv4_match",
    arguments: 3,
    run: (a, b, p) => matched(compare(a ?? null, b ?? null, p ?? null, readIpv4, BITS_V4)),
  },
  {
    name: "kql_ipv6_match",
    arguments: 3,
    run: (a, b, p) => matched(compare(a ?? null, b ?? null, p ?? null, readIpv6, BITS_V6)),
  },
  {
    name: "kql_ipv4_compare",
    arguments: 3,
    run: (a, b, p) => compare(a ?? null, b ?? null, p ?? null, readIpv4, BITS_V4)?.toString() ?? null,
  },
  {
    name: "kql_ipv6_compare",
    arguments: 3,
    run: (a, b, p) => compare(a ?? null, b ?? null, p ?? null, readIpv6, BITS_V6)?.toString() ?? null,
  },
  { name: "kql_ipv4_suffix", arguments: 1, run: (a) => readIpv4(a ?? "")?.prefix.toString() ?? null },
  { name: "kql_ipv4_cidrs", arguments: 2, run: (a, b) => cidrs(a ?? null, b ?? null) },
  { name: "kql_format_ipv4", arguments: 3, run: (a, p, kind) => formatted(a ?? null, p ?? null, kind ?? null) },
  {
    name: "kql_parse_ipv4",
    arguments: 2,
    run: (a, p) => {
      const read = readIpv4(a ?? "");
      const prefix = p === null || p === undefined ? BITS_V4 : BigInt(p);
      if (!read || prefix < 0n || prefix > BITS_V4) return null;
      return masked(read.address, smallest(read.prefix, prefix), BITS_V4).toString();
    },
  },
  {
    name: "kql_parse_ipv6",
    arguments: 2,
    run: (a, p) => {
      const read = readIpv6(a ?? "");
      const prefix = p === null || p === undefined ? BITS_V6 : BigInt(p);
      if (!read || prefix < 0n || prefix > BITS_V6) return null;
      return formatIpv6(masked(read.address, smallest(read.prefix, prefix), BITS_V6));
    },
  },
  { name: "kql_has_ipv4", arguments: 2, run: (s, list) => String(hasIpv4(s ?? "", textsOf(list ?? "[]"))) },
  {
    name: "kql_has_ipv4_prefix",
    arguments: 2,
    run: (s, list) => String(hasIpv4Prefix(s ?? "", textsOf(list ?? "[]"))),
  },
];

const matched = (order: number | undefined): string | null => truth(order === undefined ? undefined : order === 0);
