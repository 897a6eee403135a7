// The keys of a local start, made like those of Azure: one opens the functions, one the administration too.
import { randomBytes, timingSafeEqual } from "node:crypto";

export interface Keys {
  readonly function: string;
  readonly master: string;
}

export const newKeys = (): Keys => ({
  function: randomBytes(30).toString("base64url"),
  master: randomBytes(30).toString("base64url"),
});

/** Whether a given key opens what asks for this level, as the platform decides it. */
export function opens(given: string | null, level: "anonymous" | "function" | "admin", keys: Keys): boolean {
  if (level === "anonymous") return true;
  if (given === null) return false;
  return same(given, keys.master) || (level === "function" && same(given, keys.function));
}

function same(a: string, b: string): boolean {
  const [left, right] = [Buffer.from(a), Buffer.from(b)];
  return left.length === right.length && timingSafeEqual(left, right);
}
