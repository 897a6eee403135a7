// What approvals say in incidents.
import type { Approval, ApprovalPart, Person } from "../ledger/response-records.ts";
import { nameOf } from "../response/campaign-facts.ts";
import { approverName } from "../response/order-words.ts";
import { safeText } from "../response/safe-text.ts";
import { firstOf, time } from "../response/words.ts";

const safe = safeText.incident;
const MOST_NAMES = 40;
const names = (parts: readonly ApprovalPart[]): string =>
  firstOf(
    parts.flatMap(({ accounts }) => accounts.map(({ account }) => safe(nameOf(account), 113))),
    MOST_NAMES,
  );

export const approvalWords = {
  expiredLabel: "approval-expired",
  expiredComment: ({ parts, madeAt, expires }: Approval): string =>
    `Nobody decided between ${time(madeAt)} and ${time(expires)}, so nothing was done. The password of these accounts is known to the attacker and still works: ${names(parts.filter(({ decision }) => decision === null))}. Set new passwords under MFA now.`,
  declinedComment: (part: ApprovalPart, by: Person): string =>
    `Declined by ${safe(approverName(by), 160)}: nothing is done to ${names([part])} by this app until there is new proof.`,
} as const;
