// Texts as other texts, at the edges that the pages name and where they name nothing.
import { deflateSync, gzipSync } from "node:zlib";
import { expect, test } from "vitest";
import { cellOf, refusalOf } from "../ask.ts";

test.each([
  ["a text that is no base64 has no bytes", "base64_decode_toarray('S3VzdG8')", null],
  ["a guid that is null encodes to nothing", "base64_encode_fromguid(guid(null))", ""],
  ["old spellings mean the same", "base64_decodestring(base64_encodestring('sign-in'))", "sign-in"],
  [
    "a text of 40 letters is hashed in stripes",
    "hash(strrep('0123456789', 4)) == hash_xxhash64(strrep('0123456789', 4))",
    true,
  ],
  [
    "what is hashed at another time of day is another hash",
    "hash(datetime(2015-01-01)) == hash(datetime(2015-01-01 00:00:01))",
    false,
  ],
  ["the hash of a null datetime is null", "hash(datetime(null))", null],
  [
    "a label that is ASCII stays as it is",
    "punycode_domain_to_string('sign-in.bücher.example')",
    "sign-in.xn--bcher-kva.example",
  ],
  ["the prefix of a label has no case", "punycode_domain_from_string('XN--bcher-kva.example')", "bücher.example"],
  ["a homoglyph shows its letters", "punycode_domain_from_string('xn--cntoso-wqf.example')", "cоntoso.example"],
  ["a label that cannot be read makes the domain empty", "punycode_domain_from_string('a.xn--!.example')", ""],
  ["letters that are not ASCII are no punycode", "punycode_to_string('bücher')", ""],
  ["a text is UTF-8", "isutf8('Größe')", true],
  ["a hyphen ahead of all delimits nothing", "punycode_to_string('-9ba')", ""],
  ["there and back", "punycode_to_string(punycode_from_string('Größe 艺术 😀'))", "Größe 艺术 😀"],
])("%s", async (_, expression, expected) => expect(await cellOf(expression)).toEqual(expected));

test("a longer text has the hash that the algorithm's own description gives", async () => {
  // From the test vectors of github.com/Cyan4973/xxHash: an empty text with the seed 0.
  expect(await cellOf("tohex(hash(''))")).toBe("ef46db3751d8e999");
});

const packed = (text: string | Buffer): string => gzipSync(text).toString("base64");

test("what was packed with any strength is unpacked", async () => {
  const text = "sign-in from 192.0.2.7 ".repeat(200);
  expect(await cellOf(`gzip_decompress_from_base64_string('${packed(text)}')`)).toBe(text);
  expect(await cellOf(`zlib_decompress_from_base64_string('${deflateSync(text).toString("base64")}')`)).toBe(text);
});

test("what is damaged, not packed, or no text is empty", async () => {
  for (const bytes of [packed("contoso").slice(0, 16), packed(Buffer.from([0xff, 0xfe])), "Y29udG9zbw=="])
    expect(await cellOf(`gzip_decompress_from_base64_string('${bytes}')`)).toBe("");
});

test("a small text that unpacks to more than there is room for ends the query, not the process", async () => {
  const bomb = packed(Buffer.alloc(17 * 1024 * 1024, 0x61));
  expect(await refusalOf(`print gzip_decompress_from_base64_string('${bomb}')`)).toMatch(/^KQL_TOO_LARGE 1:7 /);
});

test.each([
  ["hash(7)", "KQL_TYPE 1:7 hash(): how the service hashes a long"],
  ["hash('a', 7)", "KQL_UNSUPPORTED 1:7 the rest of a negative hash"],
  ["punycode_to_string(strrep('ab', 1024, '-----'))", "KQL_TOO_LARGE 1:7 a text of more than 4096 characters"],
  ["punycode_from_string('contoso')", "KQL_UNSUPPORTED 1:7 a text of ASCII only"],
  ["base64_encode_fromarray(dynamic([1, 256]))", "KQL_TYPE 1:7 an array of whole numbers"],
])("%s is refused, for no page tells its answer", async (expression, why) =>
  expect(await refusalOf(`print ${expression}`)).toContain(why),
);
