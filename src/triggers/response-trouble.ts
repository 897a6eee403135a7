// What acting on accounts could not find out or do, in words for the log of an invocation: campaigns, codes and reasons,
// never who it is about.
import type { AccountOrder } from "../ledger/response-records.ts";
import { nameOf } from "../response/campaign-facts.ts";
import { NOT_CHECKED } from "../response/guards.ts";
import { type AccountPlan, provenOf } from "../response/plan-accounts.ts";

const distinct = (texts: readonly string[]): readonly string[] => [...new Set(texts)];

/** Of a case that has been answered as far as it could be. */
export function troubleInCase({ campaign, unsettled, heldBack, proposed }: AccountPlan): readonly string[] {
  const names = new Set(
    provenOf(campaign)
      .filter(({ account }) => unsettled.includes(account.id))
      .map(({ account }) => nameOf(account)),
  );
  // Whatever else an account waits for, such as its proof to settle, is no trouble of this run.
  const waiting = heldBack
    .filter(({ target, reason }) => names.has(target) && reason.startsWith(NOT_CHECKED))
    .map(({ reason }) => reason);
  const asked = proposed.map(({ privileged }) => privileged).filter((why) => why !== "");
  return [
    ...distinct(waiting).map((reason) => `Accounts of ${campaign.shortName} could not be decided about yet. ${reason}`),
    ...distinct(asked).map((why) => `Accounts of ${campaign.shortName} were not acted on without asking: ${why}.`),
  ];
}

/** Of an order as far as it has been carried out. */
export function troubleInOrder({ campaign, accounts, state, told }: AccountOrder): readonly string[] {
  const steps = accounts.flatMap((account) => account.steps);
  const failed = steps
    .filter(({ code, state: now }) => code !== "" && now !== "heldBack")
    .map(
      ({ measure, code, state: now }) => `${measure} ${now === "failed" ? "failed" : "could not be done yet"}: ${code}`,
    );
  return [
    ...distinct(failed).map((what) => `For ${campaign.shortName} ${what}.`),
    ...(state === "closed" && !(told.result && told.card)
      ? [`What was done for ${campaign.shortName} could not be told everywhere yet.`]
      : []),
  ];
}

const NOT_EXPORTED = "is not exported";

/** Of what accounts are watched by; a table that the tenant does not have is no trouble of one run. */
export const troubleInCare = (notLookedAt: readonly string[]): readonly string[] =>
  notLookedAt.filter((what) => !what.includes(NOT_EXPORTED)).map((what) => `After-care is incomplete: ${what}.`);
