// The far end of the app's adapters in one server on loopback: Log Analytics over a test's tenant, Sentinel's incidents,
// a Teams workflow, Microsoft Graph. It can be slow, and it can fail in any way that a service fails.
import type { TokenCredential } from "@azure/identity";
import type { World } from "../src/azure-app.ts";
import type { Answer, Cell, Clock, Logs } from "../src/ports.ts";
import { Problem } from "../src/problems.ts";
import { parseInstant } from "../src/time.ts";
import type { GraphServer } from "./azure/graph-server.ts";
import {
  fetchThroughLoopback,
  type Loopback,
  type Reply,
  type Seen,
  startLoopback,
  throughLoopback,
} from "./azure/loopback.ts";

export type Service = "logs" | "incidents" | "cards" | "graph";

export interface FarEnd {
  readonly loopback: Loopback;
  readonly world: Pick<World, "credential" | "policies" | "fetch">;
  /** As they stand now, by the name of their resource. */
  readonly incidents: ReadonlyMap<string, IncidentKept>;
  /** Their comments by the name of the resource of each. */
  readonly comments: ReadonlyMap<string, { readonly incident: string; readonly text: string }>;
  /** Titles of the cards that were taken, in order. */
  readonly cards: readonly string[];
  /** Every call in order. */
  readonly log: readonly Call[];
  /** Calls that reached each service so far. */
  readonly calls: Readonly<Record<Service, number>>;
  /** What a service answers instead of its own answer. `take` lets it do its work first, so that only the answer is lost. */
  fault:
    | ((service: Service, call: number, seen: Seen) => { readonly reply: Reply; readonly take?: boolean } | undefined)
    | undefined;
  close(): Promise<void>;
}

export interface Call {
  readonly service: Service;
  readonly seen: Seen;
  /** Whether the service did what it was asked, and whether the answer was its own. */
  readonly done: boolean;
  readonly answered: boolean;
}

interface IncidentKept {
  readonly properties: Readonly<Record<string, unknown>>;
  readonly etag: number;
  readonly writes: number;
}

export interface FarEndOptions {
  readonly logs: Logs;
  /** Without one Graph knows nobody. */
  readonly graph?: GraphServer;
  /** How long every answer takes, in real milliseconds. */
  readonly latency?: number;
}

export const WEBHOOK = "https://contoso.environment.api.powerplatform.com/workflows/hook?sig=a-secret";

/** Settings for an app that speaks to the far end. */
export const farEnvironment = {
  WORKSPACE_ID: "11111111-1111-4111-8111-111111111111",
  WORKSPACE_SUBSCRIPTION_ID: "22222222-2222-4222-8222-222222222222",
  WORKSPACE_RESOURCE_GROUP: "rg-logs",
  WORKSPACE_NAME: "law-logs",
  STATE_TABLE_URI: "https://state.table.core.windows.net",
  TEAMS_WEBHOOK_URL: WEBHOOK,
} as const;

const credential: TokenCredential = {
  getToken: async () => ({ token: "a-token-for-tests", expiresOnTimestamp: Date.now() + 3_600_000 }),
};

export async function startFarEnd({ logs, graph, latency = 0 }: FarEndOptions): Promise<FarEnd> {
  const loopback = await startLoopback();
  const incidents = new Map<string, IncidentKept>();
  const comments = new Map<string, { readonly incident: string; readonly text: string }>();
  const cards: string[] = [];
  const log: Call[] = [];
  const calls: Record<Service, number> = { logs: 0, incidents: 0, cards: 0, graph: 0 };

  const own = async (service: Service, seen: Seen): Promise<Reply> => {
    switch (service) {
      case "logs":
        return answerLogs(seen, logs);
      case "incidents":
        return answerIncidents(seen, incidents, comments);
      case "cards":
        cards.push(JSON.parse(seen.body).attachments[0].content.fallbackText);
        return { status: 202 };
      case "graph":
        return graph?.answer(seen) ?? notFound;
    }
  };
  const farEnd: FarEnd = {
    loopback,
    world: {
      credential,
      policies: [throughLoopback(loopback)] as World["policies"],
      fetch: fetchThroughLoopback(loopback),
    },
    incidents,
    comments,
    cards,
    log,
    calls,
    fault: undefined,
    close: () => loopback.close(),
  };
  loopback.answer(async (seen) => {
    const service = serviceOf(seen);
    calls[service] += 1;
    if (latency > 0) await new Promise((resolve) => setTimeout(resolve, latency));
    const fault = farEnd.fault?.(service, calls[service], seen);
    log.push({ service, seen, done: fault === undefined || fault.take === true, answered: fault === undefined });
    if (fault === undefined) return own(service, seen);
    if (fault.take) await own(service, seen);
    return fault.reply;
  });
  return farEnd;
}

function serviceOf({ host, path }: Seen): Service {
  if (host.startsWith("api.loganalytics")) return "logs";
  if (host.startsWith("management.")) return "incidents";
  if (path.includes("/workflows/")) return "cards";
  return "graph";
}

async function answerLogs(seen: Seen, logs: Logs): Promise<Reply> {
  const { query, timespan } = JSON.parse(seen.body) as { query: string; timespan: string };
  const [from, to] = timespan.split("/").map((text) => parseInstant(text));
  if (from === undefined || to === undefined)
    return { status: 400, body: { error: { code: "BadArgumentError", message: "timespan" } } };
  try {
    return { body: tablesOf(await logs.query({ kql: query, window: { from, to } })) };
  } catch (error) {
    if (!(error instanceof Problem)) throw error;
    const inner = {
      code: "SEM0100",
      message: `'where' operator: Failed to resolve table or column expression named 'SigninLogs'`,
    };
    return {
      status: 400,
      body: {
        error: {
          code: "BadArgumentError",
          message: "The request had some invalid properties",
          innererror: { code: "SemanticError", message: error.message, innererror: inner },
        },
      },
    };
  }
}

/** An answer in the service's own shape: dynamic cells are JSON texts. */
function tablesOf({ columns, rows }: Answer): unknown {
  const typed = columns.map(({ name }) => ({ name, type: typeOf(rows.map((row) => row[name] ?? null)) }));
  const wire = rows.map((row) =>
    typed.map(({ name, type }) => (type === "dynamic" ? JSON.stringify(row[name] ?? null) : (row[name] ?? null))),
  );
  return { tables: [{ name: "PrimaryResult", columns: typed, rows: wire }] };
}

function typeOf(cells: readonly Cell[]): string {
  const cell = cells.find((each) => each !== null) ?? null;
  if (typeof cell === "number") return Number.isInteger(cell) ? "long" : "real";
  if (typeof cell === "object" && cell !== null) return "dynamic";
  if (typeof cell === "string" && /^\d{4}-\d\d-\d\dT/.test(cell)) return "datetime";
  return "string";
}

function answerIncidents(
  { method, path, body }: Seen,
  incidents: Map<string, IncidentKept>,
  comments: Map<string, { readonly incident: string; readonly text: string }>,
): Reply {
  const [, name = "", comment] = /\/incidents\/([^/?]+)(?:\/comments\/([^/?]+))?/.exec(path) ?? [];
  const standing = incidents.get(name);
  if (comment !== undefined) {
    if (method === "GET") return comments.has(comment) ? { body: { properties: {} } } : notFound;
    comments.set(comment, { incident: name, text: String(JSON.parse(body).properties.message) });
    return { status: 201, body: { properties: {} } };
  }
  const commentsOf = (): number => [...comments.values()].filter(({ incident }) => incident === name).length;
  if (method === "GET") return standing === undefined ? notFound : { body: shown(name, standing, commentsOf()) };
  const asked = JSON.parse(body) as { etag?: string; properties: Record<string, unknown> };
  if (standing !== undefined && asked.etag !== `"${standing.etag}"`) {
    return { status: 409, body: { error: { code: "Conflict", message: "Newer version of resource exists" } } };
  }
  const kept = { properties: asked.properties, etag: (standing?.etag ?? 0) + 1, writes: (standing?.writes ?? 0) + 1 };
  incidents.set(name, kept);
  return { status: standing === undefined ? 201 : 200, body: shown(name, kept, commentsOf()) };
}

const notFound: Reply = { status: 404, body: { error: { code: "NotFound", message: "There is no such incident" } } };

const shown = (name: string, { properties, etag }: IncidentKept, commentsCount: number): unknown => ({
  id: `/incidents/${name}`,
  name,
  etag: `"${etag}"`,
  properties: {
    ...properties,
    incidentUrl: `https://portal.azure.com/#incident/${name}`,
    additionalData: { commentsCount },
  },
});

/** The machine's time, as it must be for real waits. */
export const realTime: Clock = {
  now: () => Date.now() as ReturnType<Clock["now"]>,
  pause: (length, signal) =>
    new Promise((resolve) => {
      const timer = setTimeout(resolve, length);
      signal?.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    }),
};
