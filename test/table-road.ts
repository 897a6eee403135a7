// The way to Azurite, which can break: every request goes through here and can be answered by somebody else.
import { createServer, type IncomingMessage, request, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import type { Azurite } from "../src/local/azurite.ts";
import type { Reply } from "./azure/loopback.ts";

export interface TableRoad {
  /** Of the same account, by this road. */
  readonly connectionString: string;
  readonly calls: number;
  /** What comes instead of an answer. `take` lets the request through first, so that only the answer is lost. */
  fault: ((call: number) => { readonly reply: Reply; readonly take?: boolean } | undefined) | undefined;
  close(): Promise<void>;
}

export async function openTableRoad(azurite: Azurite): Promise<TableRoad> {
  let calls = 0;
  const server = createServer((incoming, answer) => {
    calls += 1;
    const fault = road.fault?.(calls);
    if (fault !== undefined && !fault.take) {
      incoming.resume();
      incoming.on("end", () => send(fault.reply, answer));
      return;
    }
    onward(azurite, incoming, answer, fault?.reply);
  });
  // As the service: a client on a busy machine must not send into a connection that is just being closed.
  server.keepAliveTimeout = 75_000;
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const { port } = server.address() as AddressInfo;
  const road: TableRoad = {
    connectionString: azurite.connectionString.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`),
    get calls() {
      return calls;
    },
    fault: undefined,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return road;
}

function onward(azurite: Azurite, incoming: IncomingMessage, answer: ServerResponse, instead: Reply | undefined): void {
  const { hostname, port } = new URL(azurite.url);
  const options = { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers };
  const sent = request(options, (reply) => {
    if (instead !== undefined) {
      reply.resume();
      reply.on("end", () => send(instead, answer));
      return;
    }
    answer.writeHead(reply.statusCode ?? 500, reply.headers);
    reply.pipe(answer);
  });
  sent.on("error", () => answer.destroy());
  incoming.pipe(sent);
}

function send(reply: Reply, answer: ServerResponse): void {
  if ("fault" in reply) {
    if (reply.fault === "reset") answer.socket?.destroy();
    return;
  }
  const body = reply.body === undefined ? "" : typeof reply.body === "string" ? reply.body : JSON.stringify(reply.body);
  answer.writeHead(reply.status ?? 200, { "content-type": "application/json", ...reply.headers }).end(body);
}
