// What every adapter is given besides its service: a credential and a clock, neither of which asks the world.
import type { TokenCredential } from "@azure/identity";
import type { Clock } from "../../src/ports.ts";
import { type Duration, type Instant, later, parseInstant } from "../../src/time.ts";

export const noon = parseInstant("2026-11-21T12:00:00Z") as Instant;

export interface TestClock extends Clock {
  /** How long was waited, in order. */
  readonly pauses: readonly Duration[];
}

/** Stands still; a pause is over at once and moves it on. */
export function aClock(from: Instant = noon): TestClock {
  const pauses: Duration[] = [];
  let now = from;
  return {
    pauses,
    now: () => now,
    async pause(length) {
      pauses.push(length);
      now = later(now, length);
    },
  };
}

/** A credential that hands out one token and remembers for what. */
export function aCredential(): TokenCredential & { readonly scopes: readonly string[] } {
  const scopes: string[] = [];
  return {
    scopes,
    async getToken(asked) {
      scopes.push(...[asked].flat());
      return { token: "a-token-for-tests", expiresOnTimestamp: Date.now() + 3_600_000 };
    },
  };
}

/** The Problem that a promise ends in. */
export async function problemOf(promise: Promise<unknown>): Promise<unknown> {
  return promise.then(
    (value) => {
      throw new Error(`No problem, but ${JSON.stringify(value)}.`);
    },
    (error: unknown) => error,
  );
}
