// The functions over HTTP on loopback, with keys and routes as in Azure.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { seconds } from "../time.ts";
import { answerTo, textOfBody } from "../triggers/answers.ts";
import type { App } from "../triggers/app.ts";
import type { Answered, Asked, HttpTrigger, Invocation, TimerTrigger, Trigger } from "../triggers/trigger.ts";
import { type Keys, opens } from "./keys.ts";

export interface HttpServer {
  /** "http://127.0.0.1:7071" */
  readonly url: string;
  /** Ends what is open; whoever waits for an answer gets none. */
  close(): Promise<void>;
}

export interface HttpServerOptions {
  readonly triggers: readonly Trigger[];
  readonly app: App;
  readonly keys: Keys;
  /** 0 takes any free port. */
  readonly port: number;
  readonly newInvocation: (name: string) => Invocation;
  /** Runs a timer out of turn; resolves when it has ended, and never rejects. */
  readonly runTimer: (trigger: TimerTrigger) => Promise<void>;
}

/** The platform takes 100 MB; nothing that these functions are asked needs a hundredth of that. */
const LARGEST_BODY = 1024 * 1024;
const PREFIX = "/api/";
const ADMIN = "/admin/functions/";

export async function serveHttp(options: HttpServerOptions): Promise<HttpServer> {
  const sockets = new Set<Socket>();
  const server = createServer((incoming, outgoing) => {
    void handle(incoming, outgoing, options);
  });
  // A client on a busy machine sends into a connection that a shorter patience would just be closing.
  server.keepAliveTimeout = seconds(75);
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(options.port, "127.0.0.1", resolve);
  });
  const { port } = server.address() as AddressInfo; // it listens on a port, not on a pipe
  return {
    url: `http://127.0.0.1:${port}`,
    async close() {
      const closed = new Promise<void>((resolve) => server.close(() => resolve()));
      for (const socket of sockets) socket.destroy();
      await closed;
    },
  };
}

async function handle(incoming: IncomingMessage, outgoing: ServerResponse, options: HttpServerOptions): Promise<void> {
  const url = new URL(incoming.url ?? "/", "http://127.0.0.1");
  const given = firstOf(incoming.headers["x-functions-key"]) ?? url.searchParams.get("code");
  if (url.pathname.startsWith(ADMIN))
    return administer(url.pathname.slice(ADMIN.length), given, incoming, outgoing, options);
  const route = routeOf(url.pathname, incoming.method ?? "", options.triggers);
  if (route === undefined) return void outgoing.writeHead(404).end();
  if (!opens(given, route.trigger.authLevel, options.keys)) return void outgoing.writeHead(401).end();
  const invocation = options.newInvocation(route.trigger.name);
  try {
    const answer = await route.trigger.load();
    send(await answer(askedOf(incoming, url, route.params), options.app, invocation), outgoing);
  } catch (error) {
    send(answerTo(error, invocation.say), outgoing);
  }
}

/** As in Azure, where the same call runs a timer by hand. */
function administer(
  name: string,
  given: string | null,
  incoming: IncomingMessage,
  outgoing: ServerResponse,
  options: HttpServerOptions,
): void {
  if (!opens(given, "admin", options.keys)) return void outgoing.writeHead(401).end();
  const timer = options.triggers.find((each) => each.kind === "timer" && each.name === name);
  if (incoming.method !== "POST" || timer?.kind !== "timer") return void outgoing.writeHead(404).end();
  void options.runTimer(timer);
  outgoing.writeHead(202).end();
}

interface Route {
  readonly trigger: HttpTrigger;
  readonly params: Readonly<Record<string, string>>;
}

function routeOf(path: string, method: string, triggers: readonly Trigger[]): Route | undefined {
  if (!path.startsWith(PREFIX)) return undefined;
  const parts = path.slice(PREFIX.length).replace(/\/$/, "").split("/");
  for (const trigger of triggers) {
    if (trigger.kind !== "http" || trigger.method !== method) continue;
    const params = paramsOf(trigger.route.split("/"), parts);
    if (params !== undefined) return { trigger, params };
  }
  return undefined;
}

function paramsOf(route: readonly string[], parts: readonly string[]): Readonly<Record<string, string>> | undefined {
  if (route.length !== parts.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of route.entries()) {
    const given = parts[index] ?? "";
    const name = /^\{(\w+)\}$/.exec(part)?.[1];
    if (name === undefined && part !== given) return undefined;
    if (name !== undefined) params[name] = decoded(given);
  }
  return params;
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

const firstOf = (header: string | string[] | undefined): string | null => [header].flat()[0] ?? null;

const askedOf = (incoming: IncomingMessage, url: URL, params: Readonly<Record<string, string>>): Asked => ({
  method: incoming.method ?? "",
  params,
  query: url.searchParams,
  header: (name) => firstOf(incoming.headers[name.toLowerCase()]),
  text: () => read(incoming),
});

/** What is too long is cut one byte later, for the handler to refuse. */
async function read(incoming: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of incoming) {
    parts.push(part as Buffer); // a request without an encoding gives buffers
    bytes += parts.at(-1)?.length ?? 0;
    if (bytes > LARGEST_BODY) break;
  }
  return Buffer.concat(parts).toString("utf8");
}

function send(answer: Answered, outgoing: ServerResponse): void {
  if (outgoing.destroyed) return;
  outgoing.writeHead(answer.status, { ...answer.headers, "content-type": answer.type, "cache-control": "no-store" });
  outgoing.end(textOfBody(answer));
}
