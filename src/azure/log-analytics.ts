// Questions to a Log Analytics workspace through Microsoft's SDK. The SDK carries the request and the token; its retries,
// its deadline (it has none) and its conversion of cells are ours, for the reasons that stand beside each.
import type { TokenCredential } from "@azure/identity";
import { LogsQueryClient } from "@azure/monitor-query";
import type { Answer, Clock, Logs, Question } from "../ports.ts";
import { type Duration, duration, minutes, seconds, toDate } from "../time.ts";
import type { Cloud } from "./clouds.ts";
import { readAnswer } from "./log-analytics-answer.ts";
import { type Patience, usualPatience, withPatience } from "./patience.ts";
import { approachTo } from "./plain-loopback.ts";
import type { Role } from "./role.ts";
import { turns } from "./turns.ts";
import { type Far, type Reply, tellingProblems, withoutAnswer } from "./wire.ts";

type ClientOptions = NonNullable<ConstructorParameters<typeof LogsQueryClient>[1]>;
type Policy = NonNullable<ClientOptions["additionalPolicies"]>[number]["policy"];

export interface LogAnalyticsOptions {
  readonly credential: TokenCredential;
  readonly cloud: Cloud;
  /** The GUID of the workspace. */
  readonly workspace: string;
  readonly clock: Clock;
  /** How long one question may take altogether, with waiting for its turn and all its tries. */
  readonly longest?: Duration;
  /** How many questions are asked at once. */
  readonly atOnce?: number;
  /** How long the service may work on it; ten minutes at most. */
  readonly serverTimeout?: Duration;
  readonly patience?: Partial<Patience>;
  readonly chance?: () => number;
  /** Next to the wire, such as for a proxy. */
  readonly policies?: readonly Policy[];
}

const dataReader: Role = {
  role: "Log Analytics Data Reader",
  id: "3b03c2da-16b3-4a49-8834-0f8130efdd3b",
  scope: "workspace",
  for: "asking the workspace's tables",
};
export const permissions: readonly Role[] = [dataReader];

// The service runs five queries of one identity at a time and queues the rest for three minutes before it answers 429
// (https://learn.microsoft.com/azure/azure-monitor/fundamentals/service-limits); people ask with the same identity's rights too.
const AT_ONCE = 3;
// https://learn.microsoft.com/azure/azure-monitor/logs/api/timeouts
const LONGEST_SERVER_TIMEOUT = minutes(10);
// The answer to a query that ran into the service's own limit must still have time to arrive.
const TRAVEL = seconds(15);

export function logAnalytics(options: LogAnalyticsOptions): Logs {
  const { clock, cloud, workspace, longest = minutes(4), serverTimeout = minutes(3), chance = Math.random } = options;
  const far: Far = { service: "Log Analytics", host: new URL(cloud.logAnalytics.endpoint).host };
  const allowed = duration(Math.min(serverTimeout, LONGEST_SERVER_TIMEOUT));
  const patience: Patience = { ...usualPatience, longestTry: duration(allowed + TRAVEL), ...options.patience };
  const turn = turns(options.atOnce ?? AT_ONCE);
  const replies = new WeakMap<object, Reply>();
  const approach = approachTo(cloud.logAnalytics.endpoint, far.service);
  const client = new LogsQueryClient(tellingProblems(options.credential, far.service), {
    endpoint: approach.endpoint,
    audience: cloud.logAnalytics.audience,
    // The SDK obeys a Retry-After of any length; withPatience knows the run's deadline.
    retryOptions: { maxRetries: 0 },
    additionalPolicies: [keepReply(replies), ...approach.policies, ...(options.policies ?? [])].map((policy) => ({
      policy,
      position: "perRetry",
    })),
  });

  const ask = async (question: Question, signal: AbortSignal, left: Duration): Promise<Answer> => {
    // There is no use in the service working on after we have left.
    const wait = duration(Math.min(allowed, left));
    const trouble = await client
      .queryWorkspace(
        workspace,
        question.kql,
        { startTime: toDate(question.window.from), endTime: toDate(question.window.to) },
        {
          serverTimeoutInSeconds: Math.max(1, Math.floor(wait / seconds(1))),
          abortSignal: signal,
          // Answers are otherwise kept for two minutes: https://learn.microsoft.com/azure/azure-monitor/logs/api/cache
          requestOptions: { customHeaders: { "Cache-Control": "no-cache" } },
        },
      )
      .then(() => undefined)
      .catch((error: unknown) => error);
    const reply = replies.get(signal);
    if (reply === undefined) throw withoutAnswer(far, trouble);
    return readAnswer(reply, { far, workspace, wait, now: clock.now(), role: dataReader.role });
  };

  return {
    query: (question) =>
      withPatience({
        service: far.service,
        longest,
        patience,
        clock,
        chance,
        turn,
        ...(question.deadline === undefined ? {} : { deadline: question.deadline }),
        ...(question.signal === undefined ? {} : { signal: question.signal }),
        // What ran out of time once seldom needs more than one other chance, and each costs minutes.
        triesFor: (problem) => (problem.code === "QueryTimedOut" ? 2 : patience.tries),
        attempt: (signal, left) => ask(question, signal, left),
      }),
  };
}

/**
 * Keeps each answer as it came, by the signal of its request, and gives the SDK an empty one in its place. Its conversion
 * turns a null datetime into 1970, text in a dynamic column into numbers and long numbers into their neighbours, it drops
 * the details of a partial failure, and it holds a large answer in memory four times.
 */
function keepReply(replies: WeakMap<object, Reply>): Policy {
  return {
    name: "keepReply",
    async sendRequest(request, next) {
      const response = await next(request);
      const { abortSignal } = request;
      if (abortSignal === undefined) throw new Error("A query went out without its signal.");
      replies.set(abortSignal, {
        status: response.status,
        header: (name) => response.headers.get(name),
        text: response.bodyAsText ?? "",
      });
      return response.status === 200 ? { ...response, bodyAsText: '{"tables":[]}' } : response;
    },
  };
}
