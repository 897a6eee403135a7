// What can go wrong at each service that the app calls.
import { type GraphCall, graphCallOf, graphCalls } from "../azure/graph-server.ts";
import type { Reply, Seen } from "../azure/loopback.ts";
import type { Service } from "../far-end.ts";

/** Of Graph each kind of call by itself: what is read before something is done, and what is done. */
export type Faulty = Exclude<Service, "graph"> | "table" | `graph: ${GraphCall}`;
export const services: readonly Faulty[] = [
  "logs",
  "incidents",
  "cards",
  "table",
  ...graphCalls.map((call) => `graph: ${call}` as const),
];
export type Position = "first" | "middle" | "last";

export interface Fault {
  readonly reply: Reply;
  /** The service did its work; only its answer is lost. */
  readonly take?: boolean;
}

const error = (code: string) => ({
  error: { code, message: "made up for a test" },
  "odata.error": { code, message: { lang: "en", value: "made up" } },
});

export const faults: Readonly<Record<string, Fault>> = {
  "429 with Retry-After": { reply: { status: 429, headers: { "retry-after": "1" }, body: error("TooManyRequests") } },
  "429 without": { reply: { status: 429, body: error("TooManyRequests") } },
  "500": { reply: { status: 500, body: error("InternalServerError") } },
  "500 after the work": { reply: { status: 500, body: error("InternalServerError") }, take: true },
  "503": { reply: { status: 503, body: error("ServerBusy") } },
  "504": { reply: { status: 504, body: error("GatewayTimeout") } },
  reset: { reply: { fault: "reset" } },
  "reset after the work": { reply: { fault: "reset" }, take: true },
  stall: { reply: { fault: "stall" } },
  "malformed body": {
    reply: { status: 200, headers: { "content-type": "application/json" }, body: '{"tables":[{"na' },
  },
  "empty body": { reply: { status: 200, body: "" } },
  "page of HTML": {
    reply: { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in to the guest network</html>" },
  },
  "partial answer": {
    reply: {
      status: 200,
      body: {
        tables: [
          {
            name: "PrimaryResult",
            columns: [
              { name: "Window", type: "datetime" },
              { name: "ResultType", type: "string" },
              { name: "Users", type: "long" },
            ],
            rows: [],
          },
        ],
        error: {
          code: "PartialError",
          message: "There were some errors",
          details: [{ code: "EngineError", message: "a limit" }],
        },
      },
    },
  },
  "401": { reply: { status: 401, body: error("Unauthorized") } },
  "403": { reply: { status: 403, body: error("Forbidden") } },
  "409": { reply: { status: 409, body: error("Conflict") } },
  "412": { reply: { status: 412, body: error("PreconditionFailed") } },
};

/** What a service cannot say is left out: only Log Analytics answers in part, and a workflow's answer has no body to break. */
export const faultsOf = (service: Faulty): readonly string[] =>
  Object.keys(faults).filter((name) => {
    if (name === "partial answer") return service === "logs";
    return service !== "cards" || (name !== "malformed body" && name !== "empty body");
  });

export const isCallOf = (faulty: Faulty, service: Service, seen: Pick<Seen, "method" | "path">): boolean =>
  service === "graph" ? faulty === `graph: ${graphCallOf(seen)}` : faulty === service;
