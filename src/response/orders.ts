// What is to be done to accounts, step by step, and how far that has come. Pure.
import type { Campaign } from "../findings/campaign.ts";
import { nameBasedId } from "../findings/campaign.ts";
import type { AccountOrder, OrderStep, Person } from "../ledger/response-records.ts";
import { hours, type Instant, later } from "../time.ts";
import { nameOf } from "./campaign-facts.ts";
import type { PlannedAccount } from "./plan-accounts.ts";
import type { Deed } from "./telling.ts";

/** What was decided on old evidence is not begun: the next run decides anew. */
const STARTS_WITHIN = hours(1);

export type OrderedAccount = AccountOrder["accounts"][number];

/** The same accounts with the same proofs are the same order for ever; an approval's part is the same order too. */
export function newOrder(
  campaign: Campaign,
  accounts: readonly PlannedAccount[],
  approver: Person | null,
  origin: string,
  now: Instant,
  seenAt: Instant = now,
): AccountOrder {
  const proofs = accounts.map(({ account, lastProof }) => `${account.id.toLowerCase()} ${lastProof}`).toSorted();
  return {
    id: nameBasedId("order", campaign.id, origin, ...(approver === null ? proofs : [])),
    campaign: lean(campaign),
    approver,
    accounts: accounts.map((planned) => ({
      planned: {
        ...planned,
        measures: [...planned.measures],
        account: { ...planned.account, rows: planned.account.rows.map((row) => ({ ...row })) },
      },
      steps: planned.measures.map((measure) => ({
        measure,
        state: "waiting",
        at: now,
        tries: 0,
        code: "",
        detail: "",
        advice: "",
      })),
    })),
    seenAt,
    madeAt: now,
    until: later(now, STARTS_WITHIN),
    notBefore: now,
    state: "open",
    told: { intent: false, result: false, card: false },
  };
}

/** The campaign without the rows of its hunts, which no card about an order shows. */
export const lean = (campaign: Campaign): Campaign => ({
  ...campaign,
  findings: campaign.findings.map((finding) => ({ ...finding, rows: [], accounts: finding.accounts.slice(0, 200) })),
});

export const isFinal = ({ state }: OrderStep): boolean =>
  state === "done" || state === "failed" || state === "heldBack";
export const isFinished = (order: AccountOrder): boolean => order.accounts.every(({ steps }) => steps.every(isFinal));

/** The order with one step changed. */
export function withStep(order: AccountOrder, account: number, at: number, change: Partial<OrderStep>): AccountOrder {
  return {
    ...order,
    accounts: order.accounts.map((one, n) =>
      n === account ? { ...one, steps: one.steps.map((step, m) => (m === at ? { ...step, ...change } : step)) } : one,
    ),
  };
}

/** What became of each step, for cards and comments. */
export const deedsOf = (order: AccountOrder): readonly Deed[] =>
  order.accounts.flatMap(({ planned, steps }) =>
    steps.map((step): Deed => {
      const account = nameOf(planned.account);
      const { measure: kind, state, code, detail, advice } = step;
      if (state === "done") return { kind, account, outcome: { kind: "done", detail } };
      return { kind, account, outcome: { kind: "failed", code: code || "NotDone", detail, advice, retry: false } };
    }),
  );
