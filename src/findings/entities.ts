// Accounts and addresses of rows, by the rule's entity mappings or the alias columns of older rules.
import type { EntityMapping, Hunt } from "../hunts/hunt.ts";
import type { Row } from "../ports.ts";
import { distinct, textsOf } from "./cells.ts";

const ACCOUNT_ALIAS = "AccountCustomEntity";
const ADDRESS_ALIAS = "IPCustomEntity";

function accountsOf({ fieldMappings }: EntityMapping, row: Row): readonly string[] {
  const cell = (identifier: string): readonly string[] => {
    const mapping = fieldMappings.find((field) => field.identifier === identifier);
    return mapping ? textsOf(row[mapping.columnName]) : [];
  };
  const full = cell("FullName");
  if (full.length > 0) return full;
  const suffixes = cell("UPNSuffix");
  const names = cell("Name").map((name, at) =>
    name.includes("@") || !suffixes[at] ? name : `${name}@${suffixes[at]}`,
  );
  return names.length > 0 ? names : cell("AadUserId");
}

/** Values that are arrays are flattened; each account and address once. */
export function entitiesOf(
  hunt: Hunt,
  rows: readonly Row[],
): { readonly accounts: readonly string[]; readonly addresses: readonly string[] } {
  const of = (type: string): readonly EntityMapping[] =>
    hunt.entityMappings.filter((mapping) => mapping.entityType === type);
  const mapped = rows.flatMap((row) => of("Account").flatMap((mapping) => accountsOf(mapping, row)));
  const addressColumns = of("IP").flatMap((mapping) => mapping.fieldMappings.map((field) => field.columnName));
  const addresses = rows.flatMap((row) => addressColumns.flatMap((column) => textsOf(row[column])));
  return {
    accounts: distinct(mapped.length > 0 ? mapped : rows.flatMap((row) => textsOf(row[ACCOUNT_ALIAS]))),
    addresses: distinct(addresses.length > 0 ? addresses : rows.flatMap((row) => textsOf(row[ADDRESS_ALIAS]))),
  };
}
