// Texts as other texts: base64, URLs, code points, punycode, packed texts, and hashes.
import { refusalSql } from "../compilation.ts";
import { plainJson, toText } from "../conversions.ts";
import { type Expression, TICKS_BEFORE_1970 } from "../expression.ts";
import { startOf } from "../parser.ts";
import { isWhole } from "../types.ts";
import { type Call, define, plain } from "./registry.ts";

/** Only for texts and datetimes do the pages print what comes out. */
function hash(call: Call): string {
  const [value, modulo] = call.args as [Expression, Expression | undefined];
  if (value.type !== "string" && value.type !== "datetime")
    return call.refuse(`how the service hashes a ${value.type} is not documented`, "KQL_TYPE");
  const ticks = `(epoch_us(${value.sql})::HUGEINT * 10 + ${TICKS_BEFORE_1970})::VARCHAR`;
  const whole = `(${value.type === "string" ? `kql_hash_text(${value.sql})` : `kql_hash_number(${ticks})`})::BIGINT`;
  if (!modulo) return whole;
  const negative = refusalSql(
    call.node,
    "the rest of a negative hash is not documented; take the hash without a modulo",
    "KQL_UNSUPPORTED",
    call.c,
  );
  return `CASE WHEN ${whole} < 0 THEN ${negative} ELSE ${whole} % nullif(${modulo.sql}, 0) END`;
}

const HASH_NOTE = "of strings and datetimes; a modulo is refused where the hash is negative";

const unpacking = (name: string, native: string, page: string) =>
  define(
    name,
    "text:string",
    "string",
    "own",
    ({ args: [s], c, node }) => `${native}(${s?.sql}, '${c.original(startOf(node))}')`,
    {
      page,
      note: "texts of more than 16 MB are refused",
    },
  );

/** Host names are far shorter, and the work grows with the square of the length. */
const LONGEST_PUNYCODE = 4096;

/** `unclear` says of which texts the page does not tell what comes out. */
const punycode = (name: string, native: string, unclear?: (s: string) => string) =>
  define(
    name,
    "text:string",
    "string",
    "own",
    ({ args: [e], node, c }) => {
      const s = e?.sql ?? "";
      const long = refusalSql(node, `a text of more than ${LONGEST_PUNYCODE} characters`, "KQL_TOO_LARGE", c);
      const plain = refusalSql(node, "a text of ASCII only needs no punycode", "KQL_UNSUPPORTED", c);
      const asked = unclear ? ` WHEN ${unclear(s)} THEN ${plain}` : "";
      return `CASE WHEN length(${s}) > ${LONGEST_PUNYCODE} THEN ${long}${asked} ELSE ${native}(${s}) END`;
    },
    unclear ? { note: "of a text of ASCII refused: the page does not say whether a hyphen follows it" } : {},
  );

export const encoding = [
  define(
    "base64_encode_tostring",
    "text:string",
    "string",
    "value",
    plain((s) => `to_base64(encode(${s}))`),
    { also: ["base64_encodestring"] },
  ),
  define(
    "base64_decode_tostring",
    "text:string",
    "string",
    "own",
    plain((s) => `kql_base64_decode(${s})`),
    { also: ["base64_decodestring"] },
  ),
  define(
    "url_decode",
    "text:string",
    "string",
    "value",
    plain((s) => `url_decode(replace(${s}, '+', ' '))`),
    { note: "a + is a space, as url_encode() writes it" },
  ),
  define(
    "url_encode",
    "text:string",
    "string",
    "value",
    plain((s) => `kql_url_encode(${s}, '+')`),
  ),
  define(
    "url_encode_component",
    "text:string",
    "string",
    "value",
    plain((s) => `kql_url_encode(${s}, '%20')`),
    { page: "url-encode-component-function" },
  ),
  define("hash_sha256", "value:any", "string", "value", ({ args: [e] }) => `sha256(${toText(e as Expression).sql})`),
  define("hash_md5", "value:any", "string", "value", ({ args: [e] }) => `md5(${toText(e as Expression).sql})`),
  define("hash_sha1", "value:any", "string", "value", ({ args: [e] }) => `sha1(${toText(e as Expression).sql})`),
  define(
    "unicode_codepoints_from_string",
    "text:string",
    "dynamic",
    "value",
    plain((s) => `kql_codepoints(${s})::JSON`),
    { also: ["to_utf8"] },
  ),
  define(
    "unicode_codepoints_to_string",
    "value:any, more*:any",
    "string",
    "own",
    (call) => {
      if (!call.args.every(({ type }) => type === "dynamic" || isWhole(type))) call.refuse("of this type", "KQL_TYPE");
      return `kql_from_codepoints(to_json([${call.args.map((e) => `(${plainJson(e).sql})::VARCHAR`).join(", ")}])::VARCHAR)`;
    },
    { also: ["make_string"] },
  ),
  // Every text that is read here is UTF-8.
  define("isutf8", "text:string", "bool", "value", () => "TRUE"),
  define(
    "base64_decode_toarray",
    "text:string",
    "dynamic",
    "own",
    plain((s) => `kql_base64_bytes(${s})::JSON`),
  ),
  define("base64_encode_fromarray", "bytes:dynamic", "string", "own", ({ args: [e], node, c }) => {
    const bytes = (e as Expression).sql;
    const refused = refusalSql(node, "an array of whole numbers from 0 to 255 is needed", "KQL_TYPE", c);
    return `CASE WHEN ${bytes} IS NOT NULL THEN coalesce(kql_base64_of_array((${bytes})::VARCHAR), ${refused}) END`;
  }),
  define(
    "base64_encode_fromguid",
    "value:guid",
    "string",
    "own",
    plain((guid) => `kql_base64_of_guid((${guid})::VARCHAR)`),
  ),
  unpacking("gzip_decompress_from_base64_string", "kql_gunzip", "gzip-base64-decompress"),
  unpacking("zlib_decompress_from_base64_string", "kql_inflate", "zlib-base64-decompress-function"),
  punycode("punycode_from_string", "kql_punycode", (s) => `${s} <> '' AND regexp_full_match(${s}, '[\\x00-\\x7f]*')`),
  punycode("punycode_to_string", "kql_from_punycode"),
  punycode("punycode_domain_from_string", "kql_from_punycode_domain"),
  punycode("punycode_domain_to_string", "kql_punycode_domain"),
  define("hash", "value:any, modulo?:long", "long", "own", hash, { note: HASH_NOTE }),
  define("hash_xxhash64", "value:any, modulo?:long", "long", "own", hash, { note: HASH_NOTE }),
];
