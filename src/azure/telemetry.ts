// Events about runs to Application Insights. Its SDK costs half a second and 90 MB to load, so it is loaded with the first
// event, and only where there is somewhere to send it. Nothing here can fail a run.

import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { TelemetryClient } from "applicationinsights";
import type { Events, TelemetryEvent } from "../ports.ts";
import { type Duration, seconds } from "../time.ts";
import type { Role } from "./role.ts";

export interface TelemetryOptions {
  /** Without it there are no events. */
  readonly connectionString: string | undefined;
  readonly credential: TokenCredential;
  /** How long `flush` may hold a run up. */
  readonly longest?: Duration;
  /** Told once per flush, in words without content, why events did not arrive: the SDK keeps that to itself. */
  readonly note?: (what: string) => void;
  /** Next to the wire, such as for a proxy. */
  readonly policies?: readonly PipelinePolicy[];
}

export const permissions: readonly Role[] = [
  {
    role: "Monitoring Metrics Publisher",
    id: "3913510d-42f4-4e42-8a64-420c390055eb",
    scope: "telemetry",
    for: "sending events about runs",
  },
];

const WAITING_AT_MOST = 1_000;

/** Once per process: the SDK registers itself for all of it. */
export function telemetry(options: TelemetryOptions): Events {
  const { connectionString, longest = seconds(10), note = () => {} } = options;
  if (connectionString === undefined || connectionString === "") return { emit() {}, flush: async () => {} };

  let trouble: string | undefined;
  let client: Promise<TelemetryClient | undefined> | undefined;
  const opened = (): Promise<TelemetryClient | undefined> => {
    client ??= open(connectionString, options, (what) => {
      trouble ??= what;
    }).catch((error: unknown) => {
      trouble ??= `it could not be started (${nameOf(error)})`;
      return undefined;
    });
    return client;
  };

  let waiting: TelemetryEvent[] = [];
  const hand = (to: TelemetryClient): void => {
    const events = waiting;
    waiting = [];
    for (const { name, properties } of events) to.trackEvent({ name, properties: { ...properties } });
  };
  const send = async (): Promise<void> => {
    const to = await opened();
    if (to === undefined) return;
    hand(to);
    await to.flush();
  };

  return {
    emit(event) {
      if (waiting.length < WAITING_AT_MOST) waiting.push(event);
      else trouble ??= "too many events were waiting";
      // Started now, so that a flush soon after finds it loaded.
      void opened();
    },
    async flush() {
      if (waiting.length === 0) return;
      try {
        if (!(await inTime(send(), longest))) trouble ??= `nothing was confirmed within ${longest / 1000} s`;
      } catch (error) {
        trouble ??= nameOf(error);
      }
      if (trouble !== undefined) note(`Events did not reach Application Insights: ${trouble}.`);
      trouble = undefined;
    },
  };
}

/** False where it took longer. */
async function inTime(work: Promise<void>, longest: Duration): Promise<boolean> {
  const late = Promise.withResolvers<false>();
  const timer = setTimeout(() => late.resolve(false), longest);
  try {
    return await Promise.race([work.then(() => true), late.promise]);
  } finally {
    clearTimeout(timer);
  }
}

async function open(
  connectionString: string,
  { credential, policies = [] }: TelemetryOptions,
  refused: (what: string) => void,
): Promise<TelemetryClient> {
  const { TelemetryClient } = await import("applicationinsights");
  const off = { enabled: false };
  // The SDK asks for the token before any policy of ours sees the request.
  const watched: TokenCredential = {
    async getToken(scopes, asked) {
      try {
        return await credential.getToken(scopes, asked);
      } catch (error) {
        refused(`there is no token (${nameOf(error)})`);
        throw error;
      }
    },
  };
  const watch: PipelinePolicy = {
    name: "noteRefusals",
    async sendRequest(request, next) {
      try {
        const response = await next(request);
        if (response.status >= 400) refused(refusal(response.status));
        return response;
      } catch (error) {
        refused(`it cannot be reached (${nameOf(error)})`);
        throw error;
      }
    },
  };
  const client = new TelemetryClient(connectionString);
  client.config.azureMonitorOpenTelemetryOptions = {
    azureMonitorExporterOptions: {
      connectionString,
      credential: watched,
      // A Functions instance keeps no disk worth writing to, and what is late is of no use to an alarm.
      disableOfflineStorage: true,
      retryOptions: { maxRetries: 1, retryDelayInMs: 200, maxRetryDelayInMs: 1_000 },
      additionalPolicies: [
        { policy: watch, position: "perCall" },
        ...policies.map((policy) => ({ policy, position: "perRetry" as const })),
      ],
    },
    // The default sampler drops spans where there are few.
    tracesPerSecond: 0,
    samplingRatio: 1,
    enableLiveMetrics: false,
    enablePerformanceCounters: false,
    enableStandardMetrics: false,
    // It would report exceptions with all their words, and swallow rejections that nobody handles.
    enableAutoCollectExceptions: false,
    // The host reports requests and its log. Calls to Azure would be reported with their URLs, and those of the journal
    // name accounts and addresses.
    instrumentationOptions: {
      http: off,
      azureSdk: off,
      mongoDb: off,
      mySql: off,
      postgreSql: off,
      redis: off,
      redis4: off,
      bunyan: off,
      winston: off,
    },
  };
  client.initialize();
  return client;
}

function refusal(status: number): string {
  const role = permissions.map(({ role }) => role).join(", ");
  return status === 401 || status === 403
    ? `it refuses the app with status ${status}; assign the role ${role} to the app's identity`
    : `it answers with status ${status}`;
}

const nameOf = (error: unknown): string => {
  const { code, name } = Object(error);
  return typeof code === "string" ? code : typeof name === "string" ? name : "an unknown error";
};
