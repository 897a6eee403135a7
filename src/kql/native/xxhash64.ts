// The hash that hash() gives: github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md, whose figures these are.
const PRIME_1 = 0x9e3779b185ebca87n;
const PRIME_2 = 0xc2b2ae3d27d4eb4fn;
const PRIME_3 = 0x165667b19e3779f9n;
const PRIME_4 = 0x85ebca77c2b2ae63n;
const PRIME_5 = 0x27d4eb2f165667c5n;

const whole = (value: bigint): bigint => BigInt.asUintN(64, value);
const turned = (value: bigint, by: bigint): bigint => whole((value << by) | (value >> (64n - by)));
const round = (sum: bigint, lane: bigint): bigint => whole(turned(whole(sum + lane * PRIME_2), 31n) * PRIME_1);
const merged = (hash: bigint, sum: bigint): bigint => whole((hash ^ round(0n, sum)) * PRIME_1 + PRIME_4);

const STRIPE = 32;

function stripes(bytes: Buffer): bigint {
  let sums = [whole(PRIME_1 + PRIME_2), PRIME_2, 0n, whole(-PRIME_1)];
  for (let at = 0; at + STRIPE <= bytes.length; at += STRIPE)
    sums = sums.map((sum, i) => round(sum, bytes.readBigUInt64LE(at + 8 * i)));
  const [a = 0n, b = 0n, c = 0n, d = 0n] = sums;
  return sums.reduce(merged, whole(turned(a, 1n) + turned(b, 7n) + turned(c, 12n) + turned(d, 18n)));
}

/** With the seed 0, as a signed number. */
export function xxHash64(bytes: Buffer): bigint {
  let hash = whole((bytes.length >= STRIPE ? stripes(bytes) : PRIME_5) + BigInt(bytes.length));
  let at = bytes.length - (bytes.length % STRIPE);
  for (; at + 8 <= bytes.length; at += 8)
    hash = whole(turned(hash ^ round(0n, bytes.readBigUInt64LE(at)), 27n) * PRIME_1 + PRIME_4);
  for (; at + 4 <= bytes.length; at += 4)
    hash = whole(turned(hash ^ whole(BigInt(bytes.readUInt32LE(at)) * PRIME_1), 23n) * PRIME_2 + PRIME_3);
  for (; at < bytes.length; at++) hash = whole(turned(hash ^ whole(BigInt(bytes[at] ?? 0) * PRIME_5), 11n) * PRIME_1);
  hash = whole((hash ^ (hash >> 33n)) * PRIME_2);
  hash = whole((hash ^ (hash >> 29n)) * PRIME_3);
  return BigInt.asIntN(64, hash ^ (hash >> 32n));
}
