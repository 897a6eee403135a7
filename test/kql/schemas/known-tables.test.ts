import { expect, test } from "vitest";
import { knownTable, knownTables, standardColumns } from "../../../src/kql/schemas/known-tables.ts";
import { physicalType } from "../../../src/kql/types.ts";

test.each(knownTables)("every column of $name has a type, and no name is there twice", ({ columns }) => {
  for (const { type } of [...columns, ...standardColumns]) expect(Object.keys(physicalType)).toContain(type);
  const names = columns.map((column) => column.name.toLowerCase());
  expect(new Set(names).size).toBe(names.length);
  expect(columns).toContainEqual({ name: "TimeGenerated", type: "datetime" });
  expect(columns).toContainEqual({ name: "TenantId", type: "string" });
});

test("the two sign-in tables differ where Microsoft documents it: JSON is text in the one that nobody interacts with", () => {
  const typeIn = (table: string, name: string) =>
    knownTable(table)?.columns.find((column) => column.name === name)?.type;
  for (const name of ["ConditionalAccessPolicies", "DeviceDetail", "LocationDetails", "MfaDetail", "Status"]) {
    expect(typeIn("SigninLogs", name)).toBe("dynamic");
    expect(typeIn("AADNonInteractiveUserSignInLogs", name)).toBe("string");
  }
  expect(knownTable("SigninLogs")?.columns).toHaveLength(96);
  expect(knownTable("aadnoninteractiveusersigninlogs")?.columns).toHaveLength(86);
});
