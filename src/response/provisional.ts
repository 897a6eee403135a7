// Proof that may still change: the details of a sign-in are not always complete when it first shows in the logs
// (https://learn.microsoft.com/entra/identity/monitoring-health/concept-sign-in-log-activity-details).
//
// Ending sessions costs an employee a sign-in, so it is done on such proof. Disabling locks somebody out, so without asking
// it is done only once the proof was at least an hour old when it was seen: until then a person is asked.
import type { ProvenAccount } from "../findings/campaign.ts";
import { PROVISIONAL } from "../findings/campaign-from-evidence.ts";
import { instantOf } from "../findings/cells.ts";
import { earlier, type Instant, instant } from "../time.ts";

/** Whether every proof that has not been answered was younger than an hour when the logs were asked. */
export function isProvisional(
  { rows }: Pick<ProvenAccount, "rows">,
  answeredTo: Instant | null,
  seenAt: Instant,
): boolean {
  const settled = earlier(seenAt, PROVISIONAL);
  const after = answeredTo ?? instant(0);
  return !rows.some((row) => {
    const only = instantOf(row.TimeGenerated);
    const [first, last] = [instantOf(row.FirstTime) ?? only, instantOf(row.LastTime) ?? only];
    // Of sign-ins that look alike, all have the same grade: the first that has not been answered counts.
    const at = first !== null && first > after ? first : last;
    return at !== null && at > after && at <= settled;
  });
}
