// Answers over HTTP: what went well as JSON, what did not as a problem of RFC 9457, never with a stack.
import { Problem, Problems, type ProblemText } from "../problems.ts";
import type { Answered, Asked } from "./trigger.ts";

export const json = (body: unknown, status = 200): Answered => ({ status, type: "application/json", body });

/** What goes over the wire. */
export const textOfBody = ({ type, body }: Answered): string =>
  type.startsWith("text/html") ? String(body) : JSON.stringify(body);

const TITLES: Readonly<Record<number, string>> = {
  400: "The request cannot be understood",
  404: "There is no such thing",
  413: "The request is too large",
  422: "The request contradicts itself",
  500: "The app failed",
  502: "A service failed",
  503: "Not available now",
  504: "Not ready in time",
};

export function problemAnswer(status: number, problem: Omit<ProblemText, "retry">, more: object = {}): Answered {
  const { code, message, advice, after } = problem;
  return {
    status,
    type: "application/problem+json",
    ...(after === undefined ? {} : { headers: { "retry-after": String(Math.ceil(after / 1000)) } }),
    body: { type: "about:blank", title: TITLES[status] ?? "Problem", status, detail: message, code, advice, ...more },
  };
}

const STATUS: Readonly<Record<string, number>> = {
  BadRequest: 400,
  Contradiction: 422,
  TooLarge: 413,
  UnknownHunt: 404,
  UnknownCampaign: 404,
  BusyCampaign: 503,
  TooSlow: 504,
  RunTooSlow: 504,
  QueryTimedOut: 504,
  Throttled: 503,
};

/** Whatever was thrown, as an answer. What is no Problem is a bug: its words go to the log, not to whoever asked. */
export function answerTo(error: unknown, log: (text: string) => void): Answered {
  if (error instanceof Problem) return problemAnswer(STATUS[error.code] ?? 502, textOf(error));
  if (error instanceof Problems) {
    const problems = error.problems.map(({ code, message, advice }) => ({ code, message, advice }));
    return problemAnswer(500, textOf(error.problems[0] ?? new Problem(bug)), { problems });
  }
  log(`A bug: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`);
  return problemAnswer(500, bug);
}

const bug: ProblemText = {
  code: "Bug",
  message: "The app failed in a way that nobody thought of.",
  advice: "The app's log has the details under this invocation; please report them.",
  retry: false,
};

const textOf = ({ code, message, advice, after }: Problem): Omit<ProblemText, "retry"> => ({
  code,
  message,
  advice,
  ...(after === undefined ? {} : { after }),
});

const refused = (code: string, message: string, advice: string): Problem =>
  new Problem({ code, message, advice, retry: false });

export const badRequest = (message: string, advice: string): Problem => refused("BadRequest", message, advice);
export const contradiction = (message: string, advice: string): Problem => refused("Contradiction", message, advice);

/** The body as text; throws the Problem TooLarge before more than `limit` bytes are looked at twice. */
export async function bodyOf(asked: Asked, limit: number): Promise<string> {
  const tooLarge = (bytes: number) =>
    refused(
      "TooLarge",
      `The body has ${bytes} bytes; ${limit} are possible.`,
      "Send the few keys that are documented.",
    );
  const announced = Number(asked.header("content-length") ?? 0);
  if (announced > limit) throw tooLarge(announced);
  const text = await asked.text();
  const bytes = Buffer.byteLength(text);
  if (bytes > limit) throw tooLarge(bytes);
  return text;
}
