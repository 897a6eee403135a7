// What a careful colleague would say about an exclusion before it hides anything.
import type { Exclusion } from "./exclusion.ts";

/** RFC 1918, 6598, 3927, 1122 and 4193, 4291: no public sign-in comes from these. */
const NEVER_PUBLIC =
  /^(?:10\.|127\.|169\.254\.|192\.168\.|172\.(?:1[6-9]|2\d|3[01])\.|100\.(?:6[4-9]|[7-9]\d|1[01]\d|12[0-7])\.|f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1(?:\/|$))/i;

const prefixLength = (range: string): number => Number(range.split("/")[1] ?? (range.includes(":") ? 128 : 32));

/** Sentences for the warnings of a run; exclusions that are off say nothing. */
export function exclusionWarnings(exclusions: readonly Exclusion[]): readonly string[] {
  return exclusions.flatMap((exclusion) => {
    if (!exclusion.enabled) return [];
    const named = `Exclusion "${exclusion.name}"`;
    const never = exclusion.addresses.filter((range) => NEVER_PUBLIC.test(range));
    const bound = exclusion.addresses.length + exclusion.accounts.length + exclusion.networks.length > 0;
    const wide = exclusion.addresses.filter((range) => prefixLength(range) < (range.includes(":") ? 32 : 16));
    return [
      ...(exclusion.until === null
        ? [`${named} has no end date: give it an \`until\`, so that somebody looks at it again.`]
        : []),
      ...never.map(
        (range) => `${named} names ${range}, which is never the address of a public sign-in: it hides nothing.`,
      ),
      ...wide
        .filter((range) => !never.includes(range))
        .map((range) => `${named} names ${range}, a very wide range: name the addresses that are yours.`),
      ...(bound
        ? []
        : [
            `${named} rests on what the client says of itself (user agent or application) alone, which anyone can forge.`,
          ]),
    ];
  });
}

/** More than this share of a hunt's failed sign-ins hidden, and nobody can say that the hunt looked. */
export const HIDDEN_SHARE_LIMIT = 0.2;

export function hiddenShareWarning(hidden: number, all: number): readonly string[] {
  if (all === 0 || hidden / all <= HIDDEN_SHARE_LIMIT) return [];
  return [
    `The exclusions hide ${hidden} of ${all} failed sign-ins of this hunt (${Math.round((100 * hidden) / all)} %): narrow them.`,
  ];
}
