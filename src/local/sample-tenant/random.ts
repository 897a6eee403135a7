// Reproducible chance: everything in the sample tenant that looks random comes from here and depends on the seed alone.

/** Spreads a 32-bit number over all 32 bits (the finaliser of MurmurHash3, which is in the public domain). */
function mix(n: number): number {
  let h = n | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return (h ^ (h >>> 16)) >>> 0;
}

/** 2^32 divided by the golden ratio: steps of it visit every 32-bit number before one comes twice. */
const STRIDE = 0x9e3779b9;

function hashText(text: string, seed: number): number {
  let h = mix(seed + STRIDE);
  for (let i = 0; i < text.length; i++) h = mix(Math.imul(h, 31) + text.charCodeAt(i));
  return h;
}

export interface Random {
  /** At least 0, below 1. */
  fraction(): number;
  /** A whole number of at least 0 and below `end`. */
  below(end: number): number;
  /** A whole number from `first` to `last`, both included. */
  from(first: number, last: number): number;
  chance(probability: number): boolean;
  pick<T>(list: readonly T[]): T;
  /** The same members in another order. */
  shuffle<T>(list: readonly T[]): T[];
}

/** A stream of its own per topic, so that a change to one scene leaves every other scene as it was. */
export function seededRandom(seed: number, topic: string): Random {
  const start = hashText(topic, seed);
  let count = 0;
  const next = (): number => {
    count = (count + STRIDE) | 0;
    return mix(start + mix(count));
  };
  const below = (end: number): number => Math.floor((next() / 2 ** 32) * end);
  return {
    fraction: () => next() / 2 ** 32,
    below,
    from: (first, last) => first + below(last - first + 1),
    chance: (probability) => next() / 2 ** 32 < probability,
    pick: (list) => list[below(list.length)]!,
    shuffle(list) {
      const shuffled = [...list];
      for (let i = shuffled.length - 1; i > 0; i--) {
        const j = below(i + 1);
        [shuffled[i], shuffled[j]] = [shuffled[j]!, shuffled[i]!];
      }
      return shuffled;
    },
  };
}

const HEX = Array.from({ length: 0x10000 }, (_, n) => n.toString(16).padStart(4, "0"));

/** A UUID (version 4 in form) that belongs to this seed, this kind of thing and this number. */
export function madeUpId(seed: number, kind: number, number: number): string {
  const base = mix(seed ^ Math.imul(kind, STRIDE));
  // Two words carry the number through one-to-one functions: two numbers below 2^32 never give the same id.
  const a = mix(number + base);
  const b = mix(number ^ mix(base + 1));
  const c = mix(a + b);
  const d = mix(a ^ mix(b + 2));
  return `${HEX[a >>> 16]}${HEX[a & 0xffff]}-${HEX[c >>> 16]}-${HEX[0x4000 | (c & 0xfff)]}-${HEX[0x8000 | (d >>> 18)]}-${HEX[d & 0xffff]}${HEX[b >>> 16]}${HEX[b & 0xffff]}`;
}
