// What a careful colleague would say about an exclusion before it hides anything.
import type { Exclusion } from "./exclusion.ts";

/** RFC 1918, 6598, 3927, 1122, 5771 and 1112: no public sign-in comes from these. */
const RESERVED_V4 = [
  "0.0.0.0/8",
  "10.0.0.0/8",
  "100.64.0.0/10",
  "127.0.0.0/8",
  "169.254.0.0/16",
  "172.16.0.0/12",
  "192.168.0.0/16",
  "224.0.0.0/3",
];
/** RFC 4193, 4291. */
const RESERVED_V6 = /^(?:f[cd][0-9a-f]{2}:|fe[89ab][0-9a-f]:|::1(?:\/|$))/i;

const numberOfV4 = (address: string): number => address.split(".").reduce((sum, part) => sum * 256 + Number(part), 0);

/** Whether the range as a whole lies where no public address is; a wider one takes in public addresses too. */
function isNeverPublic(range: string): boolean {
  if (range.includes(":")) return RESERVED_V6.test(range) && prefixLength(range) >= 7;
  return RESERVED_V4.some((reserved) => {
    const size = 2 ** (32 - prefixLength(reserved));
    const [a = 0, b = 0] = [range, reserved].map((each) => Math.floor(numberOfV4(each.split("/")[0] ?? "") / size));
    return prefixLength(range) >= prefixLength(reserved) && a === b;
  });
}

const prefixLength = (range: string): number => Number(range.split("/")[1] ?? (range.includes(":") ? 128 : 32));

/** Sentences for the warnings of a run; exclusions that are off say nothing. */
export function exclusionWarnings(exclusions: readonly Exclusion[]): readonly string[] {
  return exclusions.flatMap((exclusion) => {
    if (!exclusion.enabled) return [];
    const named = `Exclusion "${exclusion.name}"`;
    const never = exclusion.addresses.filter(isNeverPublic);
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
