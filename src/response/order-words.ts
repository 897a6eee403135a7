// What an order says in the incident, before it is carried out and after.
import type { AccountOrder, Person } from "../ledger/response-records.ts";
import { nameOf } from "./campaign-facts.ts";
import { deedsComment } from "./comments.ts";
import { measureFacts, nextStep, ON_PREMISES, onPremisesSteps } from "./measures.ts";
import { deedsOf } from "./orders.ts";
import type { Measure } from "./rules.ts";
import { safeText } from "./safe-text.ts";
import * as say from "./words.ts";

const safe = safeText.incident;
const MOST_ACCOUNTS = 40;

export const approverName = ({ name, id, verified }: Person): string =>
  `${name || id}${verified ? "" : " (unverified: the user of this machine)"}`;

const by = (order: AccountOrder): string =>
  order.approver === null
    ? say.comments.automatic
    : `${say.comments.approvedBy} ${safe(approverName(order.approver), 160)}`;

export function intentComment(order: AccountOrder): string {
  const lines = order.accounts
    .slice(0, MOST_ACCOUNTS)
    .map(
      ({ planned }) =>
        `- ${safe(nameOf(planned.account), 113)}: ${planned.measures.map(say.actionPlan).join(", then ")}. ${safe(planned.account.because, 240)}`,
    );
  const rest = say.more(order.accounts.length - lines.length);
  return [`About to be done, ${by(order)}.`, ...lines, ...(rest === "" ? [] : [`- ${rest}`])].join("\n");
}

export function resultComment(order: AccountOrder): string {
  const approver = order.approver === null ? "" : approverName(order.approver);
  const done = [...new Set(order.accounts.flatMap(({ steps }) => steps.filter(isDone).map(({ measure }) => measure)))];
  const synchronised = order.accounts.filter(({ planned, steps }) => planned.synchronised && steps.some(isDone));
  return [
    deedsComment(deedsOf(order), approver),
    ...(done.length === 0 ? [] : [meaning(done), `Next: ${nextStep(done)}`]),
    ...(synchronised.length === 0
      ? []
      : [
          `${synchronised.map(({ planned }) => safe(nameOf(planned.account), 113)).join(", ")}: ${ON_PREMISES}\n${onPremisesSteps(
            done,
          )
            .map((line) => `- ${line}`)
            .join("\n")}`,
        ]),
  ].join("\n\n");
}

const isDone = ({ state }: { readonly state: string }): boolean => state === "done";

const meaning = (measures: readonly Measure[]): string =>
  measures
    .map((measure) => {
      const { achieves, noticed, undo } = measureFacts[measure];
      return `${say.sentence(say.actionPlan(measure))} ${achieves} The employee: ${noticed.toLowerCase()} To undo: ${undo}`;
    })
    .join("\n");
