import { expect, test } from "vitest";
import { exclusionWarnings, hiddenShareWarning } from "../../src/hunts/check-exclusions.ts";
import { exclusionSchema } from "../../src/hunts/exclusion.ts";

const warnings = (some: Record<string, unknown>): string =>
  exclusionWarnings([
    exclusionSchema.parse({ name: "test", because: "of a test", owner: "us", until: "2030-01-01", ...some }),
  ]).join("\n");

test("a narrow exclusion with an end is no reason to say anything", () => {
  expect(warnings({ accounts: ["ann@contoso.example"], addresses: ["203.0.113.7"] })).toBe("");
});

test.each([
  [{ accounts: ["ann@contoso.example"], until: null }, "no end date"],
  [{ addresses: ["10.0.0.0/8"] }, "never the address of a public sign-in"],
  [{ addresses: ["fd00::/8"] }, "never the address of a public sign-in"],
  [{ addresses: ["203.0.0.0/8"] }, "very wide"],
  [{ addresses: ["10.0.0.0/4"] }, "very wide"],
  [{ addresses: ["240.0.0.1"] }, "never the address of a public sign-in"],
  [{ userAgentHas: ["azure-cli"] }, "anyone can forge"],
  [{ appIds: ["c44b4083-3bb0-49c1-b47d-974e53cbdf3c"] }, "anyone can forge"],
])("%j is warned about", (some, expected) => {
  expect(warnings(some)).toContain(expected);
});

test("an exclusion that is off is not spoken of", () => {
  expect(warnings({ addresses: ["10.0.0.0/8"], until: null, enabled: false })).toBe("");
});

test("more than a fifth of the failed sign-ins hidden is said, a fifth is not", () => {
  expect(hiddenShareWarning(20, 100)).toEqual([]);
  expect(hiddenShareWarning(21, 100)[0]).toContain("21 of 100");
  expect(hiddenShareWarning(0, 0)).toEqual([]);
});
