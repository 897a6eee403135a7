// A stand-in on this machine speaks plain http, and the SDKs send a token nowhere without TLS. They are given the same
// address over https, and what they send is turned back at the last hop: to this machine, and nowhere else.
import type { PipelinePolicy } from "@azure/core-rest-pipeline";

const LOOPBACK = /^http:\/\/(?:127(?:\.\d{1,3}){3}|localhost|\[::1\])(?::\d+)?$/;

export const isPlainLoopback = (origin: string): boolean => LOOPBACK.test(origin);

export interface Approach {
  /** What the SDK is told. */
  readonly endpoint: string;
  /** To be placed after the policy that adds the token. */
  readonly policies: readonly PipelinePolicy[];
}

/** Throws where a token would travel in the clear to another machine. */
export function approachTo(endpoint: string, service: string): Approach {
  if (endpoint.startsWith("https://")) return { endpoint, policies: [] };
  if (!isPlainLoopback(endpoint)) {
    throw new Error(`${service} is reached over https, not at ${endpoint}: a token goes with every request.`);
  }
  const secured = endpoint.replace(/^http:/, "https:");
  return {
    endpoint: secured,
    policies: [
      {
        name: "plainLoopback",
        sendRequest(request, next) {
          if (request.url.startsWith(`${secured}/`)) {
            request.url = request.url.replace(/^https:/, "http:");
            request.allowInsecureConnection = true;
          }
          return next(request);
        },
      },
    ],
  };
}
