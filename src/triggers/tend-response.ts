// What acting on accounts owes: cases without an answer, orders that are not carried out, people who have to be asked,
// accounts that are watched. Every part goes on from what the journal says, so it can be called at any time.
import { randomBytes } from "node:crypto";
import { askApprovers } from "../approvals/ask.ts";
import { Problem } from "../problems.ts";
import { carryOutOrders } from "../response/carry-out-orders.ts";
import { type AskAgain, answerCase, openCases } from "../response/cases.ts";
import { forgetResponses } from "../response/forget-responses.ts";
import { tendCares } from "../response/tend-cares.ts";
import type { Instant } from "../time.ts";
import type { App } from "./app.ts";
import { askAgain, orderChannelsOf, responseRulesOf } from "./response-rules.ts";
import { troubleInCare, troubleInCase, troubleInOrder } from "./response-trouble.ts";
import type { Invocation } from "./trigger.ts";

export async function tendResponse(app: App, deadline: Instant, invocation: Pick<Invocation, "say">): Promise<void> {
  const { ports } = app;
  const rules = responseRulesOf(app);
  const channels = orderChannelsOf(app);
  const limits = { deadline };
  const again: AskAgain = (of) => askAgain(of, app, deadline);
  const parts: readonly (readonly [string, () => Promise<void>])[] = [
    [
      "Cases",
      async () => {
        for (const record of await openCases(ports.journal)) {
          const answered = await answerCase(record, app.hunts, rules, again, ports, limits);
          for (const line of answered === null ? [] : troubleInCase(answered)) invocation.say(line);
        }
      },
    ],
    [
      "Orders",
      async () => {
        const carried = await carryOutOrders(rules, ports, channels, limits);
        for (const line of carried.flatMap(troubleInOrder)) invocation.say(line);
      },
    ],
    ["Approvals", () => askApprovers({ rules, ports, channels, random: randomBytes }, limits)],
    [
      "After-care",
      async () => {
        const notLookedAt = await tendCares(app.questions, rules, ports, channels, limits);
        for (const line of troubleInCare(notLookedAt)) invocation.say(line);
      },
    ],
    ["Retention", () => forgetResponses(ports.clock.now(), ports.journal)],
  ];
  for (const [what, part] of parts) {
    try {
      await part();
    } catch (error) {
      // What one part cannot do now keeps none of the others from what they owe.
      if (!(error instanceof Problem)) throw error;
      invocation.say(`${what}: ${error.code}. ${error.advice}`);
    }
  }
}
