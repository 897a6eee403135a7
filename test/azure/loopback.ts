// A server on loopback that answers what a test tells it to, and the ways to bring each SDK there: they refuse to send
// a token over http, so the request is made for the real host and turned aside at the last hop.
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { gzipSync } from "node:zlib";

export interface Seen {
  readonly method: string;
  /** With the query string. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** The host that the SDK meant. */
  readonly host: string;
}

export type Reply =
  | {
      readonly status?: number;
      readonly headers?: Readonly<Record<string, string>>;
      /** An object is sent as JSON, a text as it is. */
      readonly body?: unknown;
      readonly gzip?: boolean;
    }
  /** The connection breaks: before anything was answered, or in the middle of the body. */
  | { readonly fault: "reset" | "cut"; readonly gzip?: boolean }
  /** Nothing comes, or half a body and then nothing. */
  | { readonly fault: "stall" | "half"; readonly gzip?: boolean };

export type Answerer = (request: Seen) => Reply | Promise<Reply>;

export interface Loopback {
  readonly origin: string;
  readonly seen: readonly Seen[];
  /** Replies in order; after the last one, that one again. A function answers every request. */
  answer(...replies: readonly Reply[] | readonly [Answerer]): void;
  close(): Promise<void>;
}

export async function startLoopback(): Promise<Loopback> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  let answerer: Answerer = () => ({ status: 500, body: "The test gave no answer." });

  const server = createServer(async (incoming, outgoing) => {
    const request = await read(incoming);
    seen.push(request);
    send(await answerer(request), outgoing);
  });
  // As the services: a client on a busy machine must not send into a connection that is just being closed.
  server.keepAliveTimeout = 75_000;
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;

  return {
    origin: `http://127.0.0.1:${port}`,
    seen,
    answer(...replies) {
      const [first] = replies;
      if (typeof first === "function") {
        answerer = first;
        return;
      }
      const left = [...(replies as readonly Reply[])];
      answerer = () => (left.length > 1 ? left.shift() : left[0]) ?? { status: 500 };
    },
    async close() {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

const MEANT = "x-meant-for";

async function read(incoming: IncomingMessage): Promise<Seen> {
  const parts: Buffer[] = [];
  for await (const part of incoming) parts.push(part as Buffer);
  const headers = Object.fromEntries(Object.entries(incoming.headers).map(([name, value]) => [name, String(value)]));
  return {
    method: incoming.method ?? "",
    path: incoming.url ?? "",
    headers,
    body: Buffer.concat(parts).toString("utf8"),
    host: headers[MEANT] ?? headers.host ?? "",
  };
}

function send(reply: Reply, outgoing: ServerResponse): void {
  if ("fault" in reply) {
    if (reply.fault === "reset") outgoing.socket?.destroy();
    if (reply.fault === "cut" || reply.fault === "half") {
      const encoding = reply.gzip ? { "content-encoding": "gzip" } : {};
      outgoing.writeHead(200, { "content-type": "application/json", "content-length": "5000", ...encoding });
      outgoing.write(reply.gzip ? gzipSync('{"tables":[').subarray(0, 12) : '{"tables":[');
      if (reply.fault === "cut") setImmediate(() => outgoing.socket?.destroy());
    }
    return;
  }
  const { status = 200, headers = {}, body = "", gzip = false } = reply;
  const text = typeof body === "string" ? body : JSON.stringify(body);
  const type = typeof body === "string" ? "text/plain" : "application/json; charset=utf-8";
  outgoing.writeHead(status, { "content-type": type, ...(gzip ? { "content-encoding": "gzip" } : {}), ...headers });
  outgoing.end(gzip ? gzipSync(text) : text);
}

interface PipelineRequest {
  url: string;
  allowInsecureConnection?: boolean;
  readonly headers: { set(name: string, value: string): void };
}

/** For every SDK on Azure's core pipeline: a policy to be placed after the token's. */
export function throughLoopback(loopback: Loopback) {
  return {
    name: "throughLoopback",
    sendRequest<R extends PipelineRequest, A>(request: R, next: (request: R) => Promise<A>): Promise<A> {
      const url = new URL(request.url);
      request.headers.set(MEANT, url.host);
      request.url = `${loopback.origin}${url.pathname}${url.search}`;
      request.allowInsecureConnection = true;
      return next(request);
    },
  };
}

/** For what calls `fetch`: the same, as a fetch of one's own. */
export function fetchThroughLoopback(loopback: Loopback): typeof fetch {
  return (input, init) => {
    const request = new Request(input, init);
    const url = new URL(request.url);
    const headers = new Headers(request.headers);
    headers.set(MEANT, url.host);
    const body = request.body === null ? {} : { body: request.body, duplex: "half" as const };
    const { method, signal, redirect } = request;
    return fetch(`${loopback.origin}${url.pathname}${url.search}`, { method, headers, signal, redirect, ...body });
  };
}
