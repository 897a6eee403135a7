// Cards to a Teams workflow ("When a Teams webhook request is received"). The webhook's URL is a secret: who knows it can
// post. It is given to `fetch` and to nothing else, so no error of anything that saw it is passed on, not even as a cause.
import type { Card, Cards, Clock } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { type Duration, type Instant, seconds } from "../time.ts";
import { type Patience, usualPatience, withPatience } from "./patience.ts";
import { errorOf, type Far, looksLikeHtml, passingTrouble, type Reply } from "./wire.ts";

export interface TeamsOptions {
  /** Whole, as the workflow's trigger shows it. */
  readonly webhookUrl: string;
  /** Each name and everything below it may be posted to. */
  readonly hosts?: readonly string[];
  /** The largest request, in bytes with the envelope. */
  readonly budget?: number;
  readonly clock: Clock;
  /** How long one card may take altogether. */
  readonly longest?: Duration;
  readonly patience?: Partial<Patience>;
  readonly chance?: () => number;
  /** Next to the wire, such as for a proxy. */
  readonly fetch?: typeof fetch;
}

const HOSTS = ["environment.api.powerplatform.com", "logic.azure.com"];
// Teams takes about 28 KB (https://learn.microsoft.com/connectors/teams), and cards above 21 KB have been lost.
const BUDGET = 20_480;
const SERVICE = "the Teams workflow";

/** Throws plainly where the URL is not one that may be posted to. */
export function teams(options: TeamsOptions): Cards {
  const { webhookUrl, clock, hosts = HOSTS, budget = BUDGET, longest = seconds(30), chance = Math.random } = options;
  checkUrl(webhookUrl, hosts);
  const patience: Patience = { ...usualPatience, longestTry: seconds(15), ...options.patience };
  const send = options.fetch ?? fetch;

  const post = async (body: string, signal: AbortSignal): Promise<void> => {
    let reply: Reply;
    try {
      const response = await send(webhookUrl, {
        method: "POST",
        headers: { "content-type": "application/json; charset=utf-8" },
        body,
        redirect: "manual",
        signal,
      });
      const text = await response.text();
      reply = { status: response.status, header: (name) => response.headers.get(name) ?? undefined, text };
    } catch (error) {
      throw unreachable(error);
    }
    const trouble = troubleIn(reply, Buffer.byteLength(body), budget, clock.now());
    if (trouble !== undefined) throw trouble;
  };

  return {
    async post(_, card, limits) {
      const body = JSON.stringify(envelope(card));
      const bytes = Buffer.byteLength(body);
      if (bytes > budget) throw new Problem(problemTexts.cardTooLarge(bytes, budget));
      await withPatience({
        service: SERVICE,
        longest,
        patience,
        clock,
        chance,
        ...limits,
        // A card that may have been taken is not sent again at once: whoever keeps the deliveries decides about a second one.
        triesFor: (problem) => (notTaken.has(problem) ? patience.tries : 1),
        attempt: (signal) => post(body, signal),
      });
    },
  };
}

/** https://learn.microsoft.com/connectors/teams — a message with one card. */
const envelope = (card: Card): unknown => ({
  type: "message",
  attachments: [{ contentType: "application/vnd.microsoft.card.adaptive", contentUrl: null, content: card }],
});

function checkUrl(text: string, hosts: readonly string[]): void {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url?.protocol !== "https:" || url.username !== "" || url.password !== "") {
    throw new Error("The webhook of the Teams workflow is not an https URL.");
  }
  const host = url.hostname.toLowerCase();
  if (!hosts.some((allowed) => host === allowed.toLowerCase() || host.endsWith(`.${allowed.toLowerCase()}`))) {
    throw new Error(`The webhook of the Teams workflow is not at one of the allowed hosts: ${hosts.join(", ")}.`);
  }
}

/** Problems that prove that the card was not taken. */
const notTaken = new WeakSet<Problem>();
const NEVER_SENT = new Set(["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "ENETUNREACH", "EHOSTUNREACH"]);

function unreachable(error: unknown): Problem {
  const { code } = Object(Object(error).cause);
  const word = typeof code === "string" && /^\w+$/.test(code) ? code : "no answer";
  const problem = new Problem(problemTexts.unreachable("The Teams workflow", "its webhook", word, true));
  if (NEVER_SENT.has(word)) notTaken.add(problem);
  return problem;
}

/** Undefined where the workflow took the card, which says that it was started and not that Teams shows it. */
function troubleIn(reply: Reply, bytes: number, budget: number, now: Instant): Problem | undefined {
  const seen = wordsOf(reply);
  switch (reply.status) {
    case 200:
    case 202:
      return looksLikeHtml(reply.text) ? new Problem(problemTexts.unreadableAnswer(SERVICE, seen)) : undefined;
    case 400:
      return new Problem(problemTexts.cardRefused(seen));
    case 401:
    case 403:
      return new Problem(problemTexts.webhookRefused(seen));
    case 404:
    case 410:
      return new Problem(problemTexts.webhookGone(seen));
    case 413:
      return new Problem(problemTexts.cardTooLarge(bytes, budget));
  }
  if (reply.status >= 300 && reply.status < 400) return new Problem(problemTexts.webhookElsewhere(seen));
  // Its status and its wait alone: the rest of what a workflow says repeats parts of its URL.
  const passing = passingTrouble(FAR, { ...reply, text: "" }, now);
  if (passing === undefined) return new Problem(problemTexts.requestRefused(SERVICE, seen));
  if (reply.status === 429 || (reply.status === 503 && passing.after !== undefined)) notTaken.add(passing);
  return passing;
}

const FAR: Far = { service: SERVICE, host: "its webhook" };

function wordsOf(reply: Reply): string {
  const code = errorOf(reply.text)?.code ?? "";
  return `status ${reply.status}${/^[A-Za-z]{1,60}$/.test(code) ? ` ${code}` : ""}`;
}
