// What Microsoft Graph's refusals mean, and whether it may have done what it was asked all the same.
import { Problem, problemTexts } from "../problems.ts";
import type { Instant } from "../time.ts";
import type { GraphReply } from "./graph-client.ts";
import type { GraphPermission } from "./graph-permissions.ts";
import { errorOf, type Far, passingTrouble, seen } from "./wire.ts";

export function refusal(far: Far, reply: GraphReply, needed: GraphPermission, now: Instant): Problem {
  const words = seen(reply);
  const code = errorOf(reply.text)?.code;
  if (reply.status === 401) return new Problem(problemTexts.tokenRefused(far.service, words));
  if (reply.status === 404 && code === "Request_ResourceNotFound") return new Problem(problemTexts.unknownAccount());
  if (reply.status === 403) return forbidden(reply, needed, words);
  const passing = passingTrouble(far, reply, now);
  if (passing === undefined) return new Problem(problemTexts.requestRefused(far.service, words));
  // Only with a Retry-After does a 503 say that the request was turned away and not half done.
  if (reply.status === 429 || (reply.status === 503 && passing.after !== undefined)) notDone.add(passing);
  return passing;
}

/** Graph answers alike where the app lacks the permission and where a role protects the account; the token knows which. */
function forbidden(reply: GraphReply, needed: GraphPermission, words: string): Problem {
  const { permission, id } = needed;
  if (reply.granted === undefined) return new Problem(problemTexts.graphRefused(permission, words));
  if (!reply.granted.includes(permission)) return new Problem(problemTexts.missingGraphPermission(permission, id));
  return needed.uses.includes("readDirectory")
    ? new Problem(problemTexts.graphRefused(permission, words))
    : new Problem(problemTexts.protectedAccount(permission));
}

const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"]);

/** A call that ended without an answer. */
export function withoutReply(far: Far, error: unknown): unknown {
  if (error instanceof Problem || !(error instanceof TypeError)) return error;
  // fetch says no more than "fetch failed"; its cause knows what happened.
  const { code } = Object(error.cause);
  const problem = new Problem(
    problemTexts.unreachable(far.service, far.host, String(code ?? "no answer"), true),
    error,
  );
  if (NEVER_SENT.has(code)) notDone.add(problem);
  return problem;
}

/** Problems that prove that the service did not do what it was asked. */
const notDone = new WeakSet<Problem>();
const OPEN = new Set(["ServiceFailed", "Unreachable", "UnreadableAnswer"]);
export const isOpen = (problem: Problem): boolean => OPEN.has(problem.code) && !notDone.has(problem);
export const outcomeUnknown = (problem: Problem): Problem =>
  new Problem(problemTexts.actionOutcomeUnknown(problem.message.replace(/\.$/, "")), problem);
