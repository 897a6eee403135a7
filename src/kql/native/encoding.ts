// Texts as other texts: base64, URLs, code points, punycode, packed texts, and hashes of them.
import { gunzipSync, inflateSync } from "node:zlib";
import type { NativeFunction } from "../functions/registry.ts";
import { punycodeOf, textOfPunycode } from "./punycode.ts";
import { xxHash64 } from "./xxhash64.ts";

/** Of numbers and arrays of them, each as JSON; null where one is no code point. */
function fromCodepoints(values: string): string | null {
  const points = (JSON.parse(values) as (string | null)[]).flatMap((value) => JSON.parse(value ?? "null") as unknown);
  const valid = (point: unknown): point is number =>
    typeof point === "number" &&
    Number.isInteger(point) &&
    point >= 0 &&
    point <= 0x10ffff &&
    (point & ~0x7ff) !== 0xd800;
  return points.every(valid) ? points.map((point) => String.fromCodePoint(point)).join("") : null;
}

/** Null where the text is no base64. */
function bytesOf(text: string): Buffer | null {
  return /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0 ? Buffer.from(text, "base64") : null;
}

/** Null where the bytes are no UTF-8. */
function utf8(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder("utf-8", { fatal: true }).decode(bytes);
  } catch {
    return null;
  }
}

function decodeBase64(text: string): string | null {
  const bytes = bytesOf(text);
  return bytes && utf8(bytes);
}

/** Larger texts are refused: a short text may be packed that unpacks to more than there is memory. */
const LONGEST_UNPACKED = 16 * 1024 * 1024;

/** `place` is where the query asks for it, in case that it is too large. */
function unpacked(text: string, place: string, unpack: typeof gunzipSync): string | null {
  const bytes = bytesOf(text);
  // The page of gzip_decompress_from_base64_string wants headers without optional fields.
  if (!bytes || bytes.length === 0 || (unpack === gunzipSync && bytes[3] !== 0)) return null;
  try {
    return utf8(unpack(bytes, { maxOutputLength: LONGEST_UNPACKED }));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ERR_BUFFER_TOO_LARGE")
      throw new Error(`KQL_TOO_LARGE@${place}: the text is larger than ${LONGEST_UNPACKED} bytes unpacked`);
    return null;
  }
}

/** The bytes of an array of them; null where it holds anything else. */
function base64OfArray(json: string): string | null {
  const values = JSON.parse(json) as unknown;
  const isByte = (value: unknown): value is number =>
    Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256;
  return Array.isArray(values) && values.every(isByte) ? Buffer.from(values).toString("base64") : null;
}

/** The first three groups of a guid lie with their lowest byte first. */
function base64OfGuid(guid: string): string {
  const [a = "", b = "", c = "", ...rest] = guid.split("-");
  const turned = [a, b, c].map((group) => Buffer.from(group, "hex").reverse());
  return Buffer.concat([...turned, Buffer.from(rest.join(""), "hex")]).toString("base64");
}

const ACE_PREFIX = "xn--";

/** Label by label; what is ASCII stays. Full stops of IDNA: rfc-editor.org/rfc/rfc3490#section-3.1 */
function encodeDomain(domain: string): string {
  const labels = domain.split(/[.\u3002\uff0e\uff61]/);
  return labels.map((label) => (/^[\0-\x7f]*$/.test(label) ? label : ACE_PREFIX + punycodeOf(label))).join(".");
}

function decodeDomain(domain: string): string | null {
  const labels = domain
    .split(".")
    .map((label) =>
      label.toLowerCase().startsWith(ACE_PREFIX) ? textOfPunycode(label.slice(ACE_PREFIX.length)) : label,
    );
  return labels.includes(null) ? null : labels.join(".");
}

export const encodingFunctions: readonly NativeFunction[] = [
  {
    name: "kql_url_encode",
    arguments: 2,
    run: (text, space) =>
      encodeURIComponent((text ?? "").toWellFormed())
        .replaceAll("%20", space ?? "%20")
        .replace(/%[0-9A-F]{2}/g, (code) => code.toLowerCase()),
  },
  {
    name: "kql_codepoints",
    arguments: 1,
    run: (text) => JSON.stringify([...(text ?? "")].map((character) => character.codePointAt(0))),
  },
  { name: "kql_from_codepoints", arguments: 1, run: (values) => fromCodepoints(values ?? "[]") },
  { name: "kql_base64_decode", arguments: 1, run: (text) => decodeBase64(text ?? "") },
  {
    name: "kql_base64_bytes",
    arguments: 1,
    run: (text) => {
      const bytes = bytesOf(text ?? "");
      return bytes && JSON.stringify([...bytes]);
    },
  },
  { name: "kql_base64_of_array", arguments: 1, run: (json) => base64OfArray(json ?? "null") },
  { name: "kql_base64_of_guid", arguments: 1, run: (guid) => guid && base64OfGuid(guid) },
  { name: "kql_gunzip", arguments: 2, run: (text, place) => unpacked(text ?? "", place ?? "0", gunzipSync) },
  { name: "kql_inflate", arguments: 2, run: (text, place) => unpacked(text ?? "", place ?? "0", inflateSync) },
  { name: "kql_punycode", arguments: 1, run: (text) => punycodeOf(text ?? "") },
  { name: "kql_from_punycode", arguments: 1, run: (text) => textOfPunycode(text ?? "") },
  { name: "kql_punycode_domain", arguments: 1, run: (domain) => encodeDomain(domain ?? "") },
  { name: "kql_from_punycode_domain", arguments: 1, run: (domain) => decodeDomain(domain ?? "") },
  { name: "kql_hash_text", arguments: 1, run: (text) => xxHash64(Buffer.from(text ?? "", "utf8")).toString() },
  {
    name: "kql_hash_number",
    arguments: 1,
    run: (number) => {
      if (number === null) return null;
      const bytes = Buffer.alloc(8);
      bytes.writeBigInt64LE(BigInt(number));
      return xxHash64(bytes).toString();
    },
  },
];
