// The number in a link to approve. Only its hash is kept: whoever reads the journal cannot approve.
import { createHash } from "node:crypto";

/** So many random bytes; `randomBytes` of node:crypto where it matters. */
export type Random = (bytes: number) => Uint8Array;

const BYTES = 32;
const FORM = /^[A-Za-z0-9_-]{43}$/;

export interface NewLink {
  readonly url: string;
  readonly hash: string;
}

/** `appUrl` is an origin. */
export function newLink(appUrl: string, random: Random): NewLink {
  const number = Buffer.from(random(BYTES)).toString("base64url");
  return { url: `${appUrl}/api/approvals/${number}`, hash: hashOf(number)! };
}

/** Null for what is no such number. */
export const hashOf = (number: string): string | null =>
  FORM.test(number) ? createHash("sha256").update(number).digest("hex") : null;
