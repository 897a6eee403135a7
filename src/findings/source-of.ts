// Where a sign-in came from, as the questions group it. Pure.

const GROUPS = 8;
const OF_NETWORK = 4;

/** An IPv4 address as it is; of an IPv6 address, or a range of them, the /64, however it is written. */
export function sourceOf(address: string): string {
  if (!address.includes(":")) return address;
  const [text = ""] = address.split("/");
  const [head = "", tail] = text.split("::");
  const groupsOf = (part: string): readonly string[] =>
    part === "" ? [] : part.split(":").flatMap((group) => (group.includes(".") ? ["0", "0"] : [group]));
  const [left, right] = [groupsOf(head), groupsOf(tail ?? "")];
  const between = tail === undefined ? 0 : Math.max(0, GROUPS - left.length - right.length);
  const groups = [...left, ...new Array<string>(between).fill("0"), ...right].map((group) =>
    Number.parseInt(group, 16),
  );
  if (groups.length !== GROUPS || groups.some(Number.isNaN)) return address;
  return `${groups
    .slice(0, OF_NETWORK)
    .map((group) => group.toString(16))
    .join(":")}::/64`;
}
