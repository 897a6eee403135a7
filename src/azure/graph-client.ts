// Requests to Microsoft Graph through Microsoft's SDK, which builds and sends them. The handlers it would put between
// are replaced: its retries repeat a POST blindly and obey a Retry-After of any length, and its authentication drops the
// token without a word for a host that it does not know.
import type { TokenCredential } from "@azure/identity";
import { Client, type Middleware, ResponseType } from "@microsoft/microsoft-graph-client";
import { Problem, problemTexts } from "../problems.ts";
import type { CloudService } from "./clouds.ts";
import { isPlainLoopback } from "./plain-loopback.ts";
import { type Far, type Reply, tellingProblems } from "./wire.ts";

export interface GraphRequest {
  readonly method: "GET" | "POST" | "PATCH";
  /** Below the version, with its query, or a whole address that an answer gave as its next page. */
  readonly path: string;
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface GraphReply extends Reply {
  /** The permissions in the token that was sent; undefined where it cannot be read, as Microsoft reserves the right to. */
  readonly granted: readonly string[] | undefined;
}

export interface GraphClientOptions {
  readonly credential: TokenCredential;
  readonly graph: CloudService;
  readonly far: Far;
  readonly fetch: typeof fetch;
}

const VERSION = "v1.0";

/** Throws what `fetch` throws where no answer came; every answer is given back, whatever its status. */
export function graphClient(options: GraphClientOptions): (request: GraphRequest) => Promise<GraphReply> {
  const { graph, far } = options;
  const origin = new URL(graph.endpoint).origin;
  if (!origin.startsWith("https://") && !isPlainLoopback(origin)) {
    throw new Error(
      `Microsoft Graph is reached over https, not at ${graph.endpoint}: a token goes with every request.`,
    );
  }
  const credential = tellingProblems(options.credential, far.service);

  return async (request) => {
    // The SDK turns whatever its handlers throw into an error of its own without a cause; this is the one to tell.
    let failure: unknown;
    let token = "";
    const handler: Middleware = {
      async execute(context) {
        try {
          const scopes = `${graph.audience}/.default`;
          const given = await credential.getToken(scopes, { abortSignal: request.signal });
          if (given === null) throw new Problem(problemTexts.noToken(far.service, "the credential gave none", false));
          token = given.token;
          // The SDK fills the headers as a plain object.
          const headers = { ...(context.options?.headers as Record<string, string>), Authorization: `Bearer ${token}` };
          context.response = await options.fetch(context.request, { ...context.options, headers });
        } catch (error) {
          failure = error;
          throw error;
        }
      },
    };
    const path = belowVersion(request.path, origin);
    if (path === undefined) {
      throw new Problem(problemTexts.unreadableAnswer(far.service, "its next page is at another address"));
    }
    const client = Client.initWithMiddleware({ middleware: handler, baseUrl: `${origin}/` });
    const call = client
      .api(path)
      .version(VERSION)
      .responseType(ResponseType.RAW)
      .options({ signal: request.signal, redirect: "manual" });
    try {
      const response: Response = await sent(call, request);
      const text = await response.text();
      return {
        status: response.status,
        header: (name) => response.headers.get(name) ?? undefined,
        text,
        granted: permissionsIn(token),
      };
    } catch (error) {
      throw failure ?? error;
    }
  };
}

type Call = ReturnType<Client["api"]>;

function sent(call: Call, { method, body }: GraphRequest): Promise<Response> {
  switch (method) {
    case "GET":
      return call.get();
    case "POST":
      // Undefined sends no body; null would send the text "null".
      return call.post(body);
    case "PATCH":
      return call.patch(body);
  }
}

/** The SDK takes a whole address only over https, and asks whatever host it names. */
function belowVersion(path: string, origin: string): string | undefined {
  if (path.startsWith("/")) return path;
  const start = `${origin}/${VERSION}/`;
  return path.startsWith(start) ? path.slice(start.length - 1) : undefined;
}

function permissionsIn(token: string): readonly string[] | undefined {
  try {
    const { roles } = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString("utf8"));
    return Array.isArray(roles) ? roles.map(String) : [];
  } catch {
    return undefined;
  }
}
