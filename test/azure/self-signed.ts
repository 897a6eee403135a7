// A certificate for 127.0.0.1 that nobody but this test vouches for, made anew each time: Node signs, but makes none.
import { generateKeyPairSync, sign } from "node:crypto";

export interface SelfSigned {
  /** Both PEM. */
  readonly cert: string;
  readonly key: string;
}

const of = (tag: number, ...parts: readonly Uint8Array[]): Buffer => {
  const body = Buffer.concat(parts);
  // Lengths below 128 stand alone; longer ones are led by the number of their bytes (X.690, 8.1.3).
  const length = body.length < 128 ? [body.length] : [0x82, body.length >> 8, body.length & 255];
  return Buffer.concat([Buffer.from([tag, ...length]), body]);
};
const sequence = (...parts: readonly Uint8Array[]): Buffer => of(0x30, ...parts);
const hex = (tag: number, text: string): Buffer => of(tag, Buffer.from(text, "hex"));
const oid = (text: string): Buffer => hex(0x06, text);

const ECDSA_WITH_SHA256 = sequence(oid("2a8648ce3d040302"));
const COMMON_NAME = "550403";
const BASIC_CONSTRAINTS = "551d13";
const SUBJECT_ALT_NAME = "551d11";

/** https://www.rfc-editor.org/rfc/rfc5280#section-4.1 */
export function selfSigned(): SelfSigned {
  const { publicKey, privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const name = sequence(of(0x31, sequence(oid(COMMON_NAME), of(0x0c, Buffer.from("a stand-in for tests")))));
  const extensions = sequence(
    sequence(oid(BASIC_CONSTRAINTS), of(0x04, sequence(hex(0x01, "ff")))),
    sequence(oid(SUBJECT_ALT_NAME), of(0x04, sequence(hex(0x87, "7f000001")))),
  );
  const body = sequence(
    of(0xa0, hex(0x02, "02")),
    hex(0x02, "01"),
    ECDSA_WITH_SHA256,
    name,
    sequence(of(0x17, Buffer.from("200101000000Z")), of(0x18, Buffer.from("20991231235959Z"))),
    name,
    publicKey.export({ type: "spki", format: "der" }),
    of(0xa3, extensions),
  );
  const signature = sign("sha256", body, privateKey);
  const der = sequence(body, ECDSA_WITH_SHA256, of(0x03, Buffer.from([0]), signature));
  const lines = der.toString("base64").replace(/.{64}/g, "$&\n");
  return {
    cert: `-----BEGIN CERTIFICATE-----\n${lines}\n-----END CERTIFICATE-----\n`,
    key: privateKey.export({ type: "pkcs8", format: "pem" }).toString(),
  };
}
