// The numbers that a tenant of this size needs before something is a finding, with what a person set for this run.
import type { Hunt } from "../hunts/hunt.ts";

export type TenantSize = "small" | "large";
export type Thresholds = Readonly<Record<string, number>>;

/** Distinct accounts with a successful sign-in in 14 days from which on a tenant is large. */
export const LARGE_TENANT = 2_000;

export function thresholdsOf(hunt: Hunt, size: TenantSize, overrides: Thresholds = {}): Thresholds {
  const own = Object.entries(hunt.responder?.thresholds ?? {}).map(([name, threshold]) => [name, threshold[size]]);
  return { ...Object.fromEntries(own), ...overrides };
}

/** False where the size of the tenant cannot change what is found, so that nobody has to ask for it. */
export function sizeMatters(hunt: Hunt, overrides: Thresholds = {}): boolean {
  return Object.entries(hunt.responder?.thresholds ?? {}).some(
    ([name, { small, large }]) => !(name in overrides) && small !== large,
  );
}
