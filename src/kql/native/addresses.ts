// Reading and comparing IPv4 and IPv6 addresses with prefixes, as Kusto's functions do.
import type { NativeFunction } from "../functions/registry.ts";

const BITS_V6 = 128;
const BITS_V4 = 32;
const BITS_OF_A_GROUP = 16;

export interface Network {
  /** The address in groups of 16 bits, the first one leading: two of them or eight. */
  readonly groups: readonly number[];
  /** In bits; all of the address where the text names none. */
  readonly prefix: number;
}

/** "10.0.0.1", "10.0.0.1/8"; undefined where the text is neither. */
export function readIpv4(text: string): Network | undefined {
  const parts = /^(\d{1,3})\.(\d{1,3})\.(\d{1,3})\.(\d{1,3})(?:\/(\d{1,2}))?$/.exec(text.trim());
  if (!parts) return undefined;
  const [a = 0, b = 0, c = 0, d = 0] = parts.slice(1, 5).map(Number);
  const prefix = Number(parts[5] ?? BITS_V4);
  if (a > 255 || b > 255 || c > 255 || d > 255 || prefix > BITS_V4) return undefined;
  return { groups: [a * 256 + b, c * 256 + d], prefix };
}

/** An IPv6 address, or an IPv4 one in its place among them; `prefix` counts from the 128 bits. */
export function readIpv6(text: string): Network | undefined {
  const [address = "", suffix, more] = text.trim().split("/");
  if (more !== undefined || (suffix !== undefined && !/^\d{1,3}$/.test(suffix))) return undefined;
  const dotted = address.includes(".");
  const v4 = dotted ? readIpv4(address) : undefined;
  const groups = v4 ? [...V4_IN_V6, ...v4.groups] : readGroups(address);
  if (!groups) return undefined;
  const bits = suffix === undefined ? BITS_V6 : Number(suffix);
  // A prefix after dotted notation counts the bits of the IPv4 part.
  const ofV4 = suffix !== undefined && (v4 !== undefined || (dotted && bits <= BITS_V4));
  const prefix = ofV4 ? bits + BITS_V6 - BITS_V4 : bits;
  if (prefix > BITS_V6) return undefined;
  const compatible = dotted && groups.slice(0, 6).every((group) => group === 0);
  return { groups: compatible ? [...V4_IN_V6, ...groups.slice(6)] : groups, prefix };
}

/** ::ffff:0:0/96, where IPv4 addresses lie among IPv6 ones. */
const V4_IN_V6: readonly number[] = [0, 0, 0, 0, 0, 0xffff];

/** Without prefix; a zone ("%eth0") is left out. */
function readGroups(text: string): readonly number[] | undefined {
  const zone = text.indexOf("%");
  const address = zone < 0 ? text : text.slice(0, zone);
  const gap = address.indexOf("::");
  if (gap < 0) {
    const all = groupsOf(address);
    return all?.length === 8 ? all : undefined;
  }
  const head = groupsOf(address.slice(0, gap));
  const tail = groupsOf(address.slice(gap + 2));
  if (!head || !tail) return undefined;
  const missing = 8 - head.length - tail.length;
  return missing < 1 ? undefined : [...head, ...Array<number>(missing).fill(0), ...tail];
}

/** "2001:db8", the last of them perhaps in dotted notation. */
function groupsOf(text: string): number[] | undefined {
  if (text === "") return [];
  const found: number[] = [];
  const parts = text.split(":");
  for (const [i, part] of parts.entries()) {
    const group = groupOf(part);
    if (group !== undefined) found.push(group);
    else {
      const v4 = i === parts.length - 1 ? readIpv4(part) : undefined;
      if (!v4) return undefined;
      found.push(...v4.groups);
    }
  }
  return found;
}

/** One to four hexadecimal digits. */
function groupOf(part: string): number | undefined {
  if (part.length === 0 || part.length > 4) return undefined;
  let value = 0;
  for (let i = 0; i < part.length; i++) {
    const code = part.charCodeAt(i);
    // 0-9, and A-F in either case.
    const letter = (code | 32) - 87;
    const digit = code >= 48 && code <= 57 ? code - 48 : letter >= 10 && letter <= 15 ? letter : -1;
    if (digit < 0) return undefined;
    value = value * 16 + digit;
  }
  return value;
}

/** What is left of a group when the bits behind the prefix are gone. */
function groupWithin(group: number, index: number, prefix: number): number {
  const kept = prefix - index * BITS_OF_A_GROUP;
  if (kept >= BITS_OF_A_GROUP) return group;
  return kept <= 0 ? 0 : group & (0xffff << (BITS_OF_A_GROUP - kept));
}

const masked = ({ groups }: Network, prefix: number): number[] =>
  groups.map((group, i) => groupWithin(group, i, prefix));

/** -1, 0 or 1 by the first `prefix` bits. */
function order(a: Network, b: Network, prefix: number): number {
  for (const [i, group] of a.groups.entries()) {
    const difference = groupWithin(group, i, prefix) - groupWithin(b.groups[i] ?? 0, i, prefix);
    if (difference !== 0) return Math.sign(difference);
  }
  return 0;
}

const numberOf = ([high = 0, low = 0]: readonly number[]): number => high * 65_536 + low;

const formatIpv4 = ([high = 0, low = 0]: readonly number[]): string =>
  `${high >> 8}.${high & 255}.${low >> 8}.${low & 255}`;

const formatIpv6 = (groups: readonly number[]): string =>
  groups.map((group) => group.toString(16).padStart(4, "0")).join(":");

type Read = (text: string) => Network | undefined;

/** -1, 0 or 1 after cutting both to the shorter prefix; undefined where one is no address or the prefix is impossible. */
function compare(
  a: string | null,
  b: string | null,
  prefix: string | null,
  read: Read,
  bits: number,
): number | undefined {
  const [x, y] = [read(a ?? ""), read(b ?? "")];
  const wanted = prefix === null ? bits : Number(prefix);
  if (!x || !y || wanted < 0 || wanted > bits) return undefined;
  return order(x, y, Math.min(x.prefix, y.prefix, wanted));
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

const RANGES = new Map<Read, Map<string, Network | undefined>>([
  [readIpv4, new Map()],
  [readIpv6, new Map()],
]);

function readOnce(text: string, read: Read): Network | undefined {
  const known = RANGES.get(read);
  if (known?.has(text)) return known.get(text);
  if (known && known.size > 10_000) known.clear();
  const value = read(text);
  known?.set(text, value);
  return value;
}

function inAny(address: string | null, ranges: string | null, read: Read): boolean | undefined {
  const value = read(address ?? "");
  if (!value || ranges === null) return undefined;
  let readable = false;
  for (const text of textsOf(ranges)) {
    const range = readOnce(text, read);
    if (!range) continue;
    readable = true;
    if (order(value, range, Math.min(value.prefix, range.prefix)) === 0) return true;
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
  const [first, last] = [readIpv4(from ?? ""), readIpv4(to ?? "")];
  if (!first || !last || order(first, last, BITS_V4) > 0) return null;
  const end = numberOf(last.groups);
  const found: string[] = [];
  for (let at = numberOf(first.groups); at <= end; ) {
    let size = 1;
    while (size < 2 ** BITS_V4 && at % (size * 2) === 0 && at + size * 2 - 1 <= end) size *= 2;
    found.push(`${formatIpv4([Math.floor(at / 65_536), at % 65_536])}/${BITS_V4 - Math.log2(size)}`);
    at += size;
  }
  return JSON.stringify(found);
}

const numbered = (value: number): Network | undefined =>
  value < 2 ** BITS_V4 ? { groups: [Math.floor(value / 65_536), value % 65_536], prefix: BITS_V4 } : undefined;

function formatted(value: string | null, prefix: string | null, kind: string | null): string | null {
  const text = value ?? "";
  const read = /^\d+$/.test(text) ? numbered(Number(text)) : readIpv4(text);
  const bits = prefix === null ? (read?.prefix ?? BITS_V4) : Number(prefix);
  if (!read || bits < 0 || bits > BITS_V4) return "";
  const shorter = Math.min(bits, read.prefix);
  const address = formatIpv4(masked(read, shorter));
  return kind === "mask" ? `${address}/${shorter}` : address;
}

export const addressFunctions: readonly NativeFunction[] = [
  {
    name: "kql_ipv4_in_range",
    arguments: 2,
    run: (a, r) => truth(r === null ? undefined : inAny(a ?? null, JSON.stringify([r]), readIpv4)),
  },
  { name: "kql_ipv4_in_any", arguments: 2, run: (a, r) => truth(inAny(a ?? null, r ?? null, readIpv4)) },
  { name: "kql_ipv6_in_any", arguments: 2, run: (a, r) => truth(inAny(a ?? null, r ?? null, readIpv6)) },
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
      const prefix = p === null || p === undefined ? BITS_V4 : Number(p);
      if (!read || prefix < 0 || prefix > BITS_V4) return null;
      return String(numberOf(masked(read, Math.min(read.prefix, prefix))));
    },
  },
  {
    name: "kql_parse_ipv6",
    arguments: 2,
    run: (a, p) => {
      const read = readIpv6(a ?? "");
      const prefix = p === null || p === undefined ? BITS_V6 : Number(p);
      if (!read || prefix < 0 || prefix > BITS_V6) return null;
      return formatIpv6(masked(read, Math.min(read.prefix, prefix)));
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
