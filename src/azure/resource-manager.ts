// Requests to Azure Resource Manager: a token, a signal and one try each.
import {
  bearerTokenAuthenticationPolicy,
  createDefaultHttpClient,
  createHttpHeaders,
  createPipelineFromOptions,
  createPipelineRequest,
  type PipelinePolicy,
} from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import type { CloudService } from "./clouds.ts";
import { approachTo } from "./plain-loopback.ts";
import { type Far, type Reply, tellingProblems, withoutAnswer } from "./wire.ts";

export interface ResourceManagerOptions {
  readonly credential: TokenCredential;
  readonly resourceManager: CloudService;
  readonly far: Far;
  readonly apiVersion: string;
  /** Next to the wire, such as for a proxy. */
  readonly policies?: readonly PipelinePolicy[];
}

export interface ResourceRequest {
  readonly method: "GET" | "PUT";
  /** An ARM id, from "/subscriptions" on. */
  readonly id: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

/** Whatever status comes is a Reply; only a call without an answer throws. */
export function resourceManager(options: ResourceManagerOptions): (request: ResourceRequest) => Promise<Reply> {
  const { credential, far, apiVersion, policies = [] } = options;
  const { audience } = options.resourceManager;
  const { endpoint, policies: own } = approachTo(options.resourceManager.endpoint, far.service);
  // Whether to try again is decided where the deadline is known and where a write starts over with reading.
  const pipeline = createPipelineFromOptions({ retryOptions: { maxRetries: 0 } });
  const tokens = tellingProblems(credential, far.service);
  pipeline.addPolicy(bearerTokenAuthenticationPolicy({ credential: tokens, scopes: `${audience}/.default` }), {
    phase: "Sign",
  });
  for (const policy of [...own, ...policies]) pipeline.addPolicy(policy, { afterPhase: "Sign" });
  const http = createDefaultHttpClient();

  return async ({ method, id, body, signal }) => {
    const request = createPipelineRequest({
      url: `${endpoint}${id}?api-version=${encodeURIComponent(apiVersion)}`,
      method,
      headers: createHttpHeaders({ accept: "application/json" }),
      abortSignal: signal,
    });
    if (body !== undefined) {
      request.headers.set("content-type", "application/json");
      request.body = JSON.stringify(body);
    }
    try {
      const response = await pipeline.sendRequest(http, request);
      return { status: response.status, header: (name) => response.headers.get(name), text: response.bodyAsText ?? "" };
    } catch (error) {
      throw withoutAnswer(far, error);
    }
  };
}
