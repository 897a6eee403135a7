// What a person saw when they decided, as one short text: another page, or a record that was altered, has another.
import { createHash } from "node:crypto";
import type { Campaign } from "../findings/campaign.ts";
import type { PlannedAccount } from "./plan-accounts.ts";

export function evidenceDigest(campaign: Campaign, accounts: readonly PlannedAccount[]): string {
  const seen = [
    campaign.id,
    campaign.generation,
    campaign.shortName,
    campaign.assessment,
    campaign.first,
    campaign.last,
    campaign.accounts.attempted,
    accounts.map(({ account, measures, lastProof, synchronised, privileged }) => [
      account.id.toLowerCase(),
      account.name,
      account.because,
      measures,
      lastProof,
      synchronised,
      privileged,
    ]),
  ];
  return createHash("sha256").update(JSON.stringify(seen)).digest("base64url");
}
