// What Azure's services have in common over HTTP: how they ask to wait, how they fail, and how a token is missed.
import type { TokenCredential } from "@azure/identity";
import type * as z from "zod";
import { Problem, problemTexts } from "../problems.ts";
import { between, type Duration, duration, type Instant, parseInstant, seconds } from "../time.ts";

/** An answer as it came, before anybody made sense of it. */
export interface Reply {
  readonly status: number;
  readonly header: (name: string) => string | undefined;
  readonly text: string;
}

/** The service as a person knows it and where it is. */
export interface Far {
  readonly service: string;
  readonly host: string;
}

const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
// RFC 9110, 5.6.7: "Sun, 06 Nov 1994 08:49:37 GMT"
const HTTP_DATE = /^\w{3}, (\d{2}) (\w{3}) (\d{4}) (\d{2}:\d{2}:\d{2}) GMT$/;

/** How long the service asks us to wait: in seconds or until a date (RFC 9110, 10.2.3), or in milliseconds as some Azure services say it. */
export function waitAsked(header: Reply["header"], now: Instant): Duration | undefined {
  for (const name of ["retry-after-ms", "x-ms-retry-after-ms"]) {
    const milliseconds = header(name);
    if (milliseconds !== undefined && /^\d+$/.test(milliseconds)) return duration(Number(milliseconds));
  }
  const asked = header("retry-after")?.trim();
  if (asked === undefined) return undefined;
  if (/^\d+$/.test(asked)) return seconds(Number(asked));
  const at = httpDate(asked);
  return at === undefined ? undefined : duration(Math.max(0, between(now, at)));
}

function httpDate(text: string): Instant | undefined {
  const [, day, monthName = "", year, time] = HTTP_DATE.exec(text) ?? [];
  const month = MONTHS.indexOf(monthName) + 1;
  return parseInstant(`${year}-${String(month).padStart(2, "0")}-${day}T${time}Z`);
}

/** Throttling and failures that look alike everywhere; undefined where the status means something else. */
export function passingTrouble(far: Far, reply: Reply, now: Instant): Problem | undefined {
  const after = waitAsked(reply.header, now);
  if (reply.status === 429) return new Problem(problemTexts.throttled(far.service, after));
  if (reply.status === 408 || reply.status >= 500) {
    return new Problem(problemTexts.serviceFailed(far.service, seen(reply), after));
  }
  return undefined;
}

const MESSAGE_LIMIT = 500;

/** A status with the service's own code and words, never the body as it came: that can hold rows, or a page of HTML. */
export function seen(reply: Reply): string {
  const { code, message } = errorOf(reply.text) ?? {};
  const words = [code, message].filter((part) => part !== undefined && part !== "").join(": ");
  if (words === "") return `status ${reply.status}${looksLikeHtml(reply.text) ? " with a page of HTML" : ""}`;
  return `status ${reply.status}, ${words.length > MESSAGE_LIMIT ? `${words.slice(0, MESSAGE_LIMIT)}…` : words}`;
}

export const looksLikeHtml = (text: string): boolean => /^\s*</.test(text);

/** The outermost code and message of `{"error":{"code","message"}}`, the envelope of all these services. */
export function errorOf(text: string): { readonly code?: string; readonly message?: string } | undefined {
  const { error } = Object(readJson(text));
  const { code, message } = Object(error);
  if (typeof code !== "string" && typeof message !== "string") return undefined;
  return {
    ...(typeof code === "string" ? { code } : {}),
    ...(typeof message === "string" ? { message: message.replace(/\.$/, "") } : {}),
  };
}

/** Where a body departs from its schema; never what stood there. */
export function misfit(error: z.ZodError): string {
  const [issue] = error.issues;
  return `${issue?.path.join(".") || "the body"}: ${issue?.message ?? "of another shape"}`;
}

/** Undefined where the text is no JSON. */
export function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

// What node:tls reports about certificates does not go away by itself.
const CERTIFICATE = /^(CERT_|ERR_TLS_|ERR_SSL_|UNABLE_TO_|SELF_SIGNED_|DEPTH_ZERO_)/;

/** A call that ended without an answer. What is neither a Problem nor trouble of the network is a bug and is thrown as it is. */
export function withoutAnswer(far: Far, error: unknown): unknown {
  if (error instanceof Problem) return error;
  if (!(error instanceof Error) || !["RestError", "AbortError"].includes(error.name)) return error;
  const code = "code" in error && typeof error.code === "string" ? error.code : error.name;
  return new Problem(
    problemTexts.unreachable(far.service, far.host, code, !CERTIFICATE.test(code)),
    withoutRequest(error),
  );
}

/** What went wrong and where, without the request that an SDK's error holds on to: that has the token and the query. */
function withoutRequest({ name, message, stack }: Error): Error {
  const bare = new Error(message.slice(0, MESSAGE_LIMIT));
  bare.name = name;
  bare.stack = [`${name}: ${bare.message}`, ...(stack?.match(/^ +at .*$/gm) ?? [])].join("\n");
  return bare;
}

/** The credential, with its failures told as Problems: an SDK lets them through whatever they are. */
export function tellingProblems(credential: TokenCredential, service: string): TokenCredential {
  return {
    getToken: async (scopes, options) => {
      try {
        return await credential.getToken(scopes, options);
      } catch (error) {
        throw new Problem(problemTexts.noToken(service, tokenTrouble(error), mayPass(error)), error);
      }
    },
  };
}

function tokenTrouble(error: unknown): string {
  if (!(error instanceof Error)) return "the credential failed";
  // The whole message can run to pages; the code is what a person can look up.
  const code = /AADSTS\d+/.exec(error.message)?.[0];
  return code === undefined ? error.name : `${error.name} ${code}`;
}

function mayPass(error: unknown): boolean {
  const { statusCode } = Object(error);
  return typeof statusCode === "number" && (statusCode === 429 || statusCode >= 500);
}
