// What Table Storage's refusals mean.
import { RestError } from "@azure/core-rest-pipeline";
import { Problem, problemTexts } from "../problems.ts";
import type { Instant } from "../time.ts";
import { type Far, passingTrouble, type Reply, withoutAnswer } from "./wire.ts";

/** The service's own word for what went wrong, "" where it said none. The SDK keeps it in one of three places. */
export function codeOf(error: unknown): string {
  if (!(error instanceof RestError)) return "";
  // `details` is untyped: the parsed body of the answer, and its headers.
  const details = error.details as { odataError?: { code?: string }; errorCode?: string } | undefined;
  return error.code ?? details?.odataError?.code ?? details?.errorCode ?? "";
}

/** Which change of a transaction was refused: the service's message begins with its number, as "2:The specified…". */
export function indexOf(error: unknown): number | undefined {
  const number = error instanceof RestError ? /^(\d+):/.exec(error.message)?.[1] : undefined;
  return number === undefined ? undefined : Number(number);
}

/** Failures on the way there: nothing was sent. */
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"]);

/** True where the service may have done what it was asked, and its answer was lost or says nothing. */
export function isUndecided(error: unknown): boolean {
  if (!(error instanceof Error) || error instanceof Problem) return false;
  if (error.name === "AbortError") return true;
  if (!(error instanceof RestError)) return false;
  if (error.statusCode === undefined) return !NEVER_SENT.has(error.code ?? "");
  return error.statusCode >= 500 || error.statusCode === 408;
}

/** `role` is the one that the adapter needs. */
export function storeProblem(far: Far, error: unknown, role: string, now: Instant): unknown {
  if (!(error instanceof RestError) || error.statusCode === undefined) return withoutAnswer(far, error);
  const reply: Reply = {
    status: error.statusCode,
    header: (name) => error.response?.headers.get(name),
    text: error.response?.bodyAsText ?? "",
  };
  const seen = `status ${error.statusCode} ${codeOf(error)}`.trim();
  switch (error.statusCode) {
    case 401:
      return new Problem(problemTexts.tokenRefused(far.service, seen), error);
    case 403:
      return new Problem(problemTexts.noPermission(far.service, seen, role, "the storage account"), error);
    case 409: // TableBeingDeleted: the name is free again after a while
      return new Problem(problemTexts.serviceFailed(far.service, seen), error);
    default:
      return passingTrouble(far, reply, now) ?? new Problem(problemTexts.requestRefused(far.service, seen), error);
  }
}
