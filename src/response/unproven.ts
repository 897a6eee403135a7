// Why each account that is not proven stays as it is.
import type { Campaign } from "../findings/campaign.ts";
import type { HeldBack } from "./action.ts";

const MERELY = "whoever is merely attacked is not signed out";

/** The accounts of a campaign that are on no list, each with what the evidence says of it. */
export function unprovenAccounts(campaign: Campaign): readonly HeldBack[] {
  const proven = new Set([...campaign.accounts.entered, ...campaign.accounts.known].map(({ name, id }) => name || id));
  const why = new Map(campaign.others?.map(({ name, because }) => [name, because]));
  return campaign.accountNames
    .filter((name) => !proven.has(name))
    .map((target) => {
      const because = why.get(target) ?? "Its password is not proven to be known";
      return { kind: "revokeSessions", target, reason: `${because}: ${MERELY}.` };
    });
}

/** One of those. */
export const isUnproven = ({ reason }: HeldBack): boolean => reason.endsWith(`${MERELY}.`);
