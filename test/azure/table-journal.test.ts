import { createServer, type IncomingMessage, request, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { TableClient } from "@azure/data-tables";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { type TableJournalOptions, tableJournal } from "../../src/azure/table-journal.ts";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import type { Change, Journal } from "../../src/ports.ts";
import { duration, seconds } from "../../src/time.ts";
import { journalContract } from "../contracts/journal.ts";
import { startLoopback, throughLoopback } from "./loopback.ts";
import { aClock, aCredential } from "./test-ports.ts";

let azurite: Azurite;
let direct: Journal;
beforeAll(async () => {
  azurite = await startAzurite();
  direct = tableJournal({ store: azurite, clock: aClock() });
});
afterAll(() => azurite.stop());

journalContract("Table Storage", () => direct);

/** What the way to the table does to a request; the default lets it through. */
type Fault =
  | "answer lost"
  | "request lost"
  | "stall"
  | { readonly status: number; readonly headers?: Record<string, string>; readonly body?: string };

/** A road to Azurite that breaks as told, once for each fault, on requests of that method. */
let road: Server | undefined;
const faults: { method: string; fault: Fault }[] = [];
const passed: string[] = [];

async function brokenRoad(options: Partial<TableJournalOptions> = {}): Promise<Journal> {
  passed.length = 0;
  road = createServer((incoming, answer) => travel(incoming, answer));
  await new Promise<void>((resolve) => road?.listen(0, "127.0.0.1", resolve));
  const { port } = road.address() as AddressInfo;
  const connectionString = azurite.connectionString.replace(/127\.0\.0\.1:\d+/, `127.0.0.1:${port}`);
  return tableJournal({ clock: aClock(), ...options, store: { connectionString } });
}

function travel(incoming: IncomingMessage, answer: ServerResponse): void {
  passed.push(incoming.method ?? "");
  const at = faults.findIndex(({ method }) => method === incoming.method);
  const fault = at < 0 ? undefined : faults.splice(at, 1)[0]?.fault;
  if (fault === "request lost") return void incoming.socket.destroy();
  if (fault === "stall") return void incoming.resume();
  if (typeof fault === "object") {
    incoming.resume();
    answer.writeHead(fault.status, fault.headers).end(fault.body ?? "");
    return;
  }
  const { hostname, port } = new URL(azurite.url);
  const options = { hostname, port, method: incoming.method, path: incoming.url, headers: incoming.headers };
  const onward = request(options, (reply) => {
    if (fault === "answer lost") {
      reply.resume();
      reply.on("end", () => incoming.socket.destroy());
      return;
    }
    answer.writeHead(reply.statusCode ?? 500, reply.headers);
    reply.pipe(answer);
  });
  incoming.pipe(onward);
}

afterEach(() => {
  road?.closeAllConnections();
  road?.close();
  road = undefined;
  faults.length = 0;
});

let made = 0;
const aPartition = (): string => {
  made += 1;
  return `hunt ${made}`;
};
const create = (id: string, value: string | number = 1): Change => ({ kind: "put", id, value, basedOn: null });

describe("when the way to the table breaks", () => {
  test("a commit whose answer was lost is found to be made, and made once", async () => {
    const journal = await brokenRoad();
    await journal.list("warm-up", "", 1);
    const partition = aPartition();
    faults.push({ method: "POST", fault: "answer lost" });
    const committed = await journal.commit(partition, [create("a"), create("b")]);
    expect(committed.kind).toBe("committed");
    const versions = committed.kind === "committed" ? committed.versions : {};
    expect((await direct.list(partition, "", 10)).map(({ id, version }) => [id, version])).toEqual(
      Object.entries(versions),
    );
    expect(passed.filter((method) => method === "POST")).toHaveLength(1);
  });

  test("a commit that never arrived is not taken for made, and may be repeated", async () => {
    const journal = await brokenRoad();
    const partition = aPartition();
    faults.push({ method: "POST", fault: "request lost" });
    await expect(journal.commit(partition, [create("a")])).rejects.toMatchObject({
      code: "CommitOutcomeUnknown",
      retry: true,
    });
    expect(await direct.read(partition, "a")).toBeNull();
    expect((await journal.commit(partition, [create("a")])).kind).toBe("committed");
  });

  test("a commit that nobody answers is given up in time, and its outcome is called unknown", async () => {
    const journal = await brokenRoad({ patience: { longestTry: duration(150) } });
    faults.push({ method: "POST", fault: "stall" }, { method: "POST", fault: "stall" });
    await expect(journal.commit(aPartition(), [create("a")])).rejects.toMatchObject({
      code: "CommitOutcomeUnknown",
      retry: true,
    });
    expect(passed.filter((method) => method === "POST")).toHaveLength(1);
  });

  test("an overwrite by somebody else is not taken for our own lost commit", async () => {
    const journal = await brokenRoad();
    const partition = aPartition();
    await direct.commit(partition, [create("a", "theirs")]);
    faults.push({ method: "POST", fault: { status: 500, body: "" } });
    const ours: Change = { kind: "put", id: "a", value: "ours", basedOn: "any" };
    await expect(journal.commit(partition, [ours])).rejects.toMatchObject({ code: "CommitOutcomeUnknown" });
    expect((await direct.read(partition, "a"))?.value).toBe("theirs");
  });

  test("repeating a commit of unknown outcome that was made after all is a conflict, never a second one", async () => {
    const journal = await brokenRoad();
    const partition = aPartition();
    // Its answer is lost, and it cannot be read back either.
    faults.push({ method: "POST", fault: "answer lost" }, { method: "GET", fault: { status: 500 } });
    await expect(journal.commit(partition, [create("a")])).rejects.toMatchObject({ code: "CommitOutcomeUnknown" });
    expect(await journal.commit(partition, [create("a")])).toEqual({ kind: "conflict", ids: ["a"] });
  });

  test("a throttled commit waits as long as it is asked to and is made", async () => {
    const clock = aClock();
    const journal = await brokenRoad({ clock });
    faults.push({ method: "POST", fault: { status: 429, headers: { "retry-after": "7" } } });
    expect((await journal.commit(aPartition(), [create("a")])).kind).toBe("committed");
    expect(clock.pauses).toEqual([seconds(7)]);
  });

  test("a wait of an hour is not waited for, but told", async () => {
    const clock = aClock();
    const journal = await brokenRoad({ clock });
    faults.push({ method: "GET", fault: { status: 429, headers: { "retry-after": "3600" } } });
    await expect(journal.read(aPartition(), "a")).rejects.toMatchObject({
      code: "Throttled",
      retry: true,
      after: seconds(3600),
    });
    expect(clock.pauses).toEqual([]);
  });

  test.each<[string, Fault]>([
    ["a failure of the service", { status: 503, body: "<html>busy</html>" }],
    ["a lost request", "request lost"],
    ["a lost answer", "answer lost"],
  ])("a read is made again after %s", async (_, fault) => {
    const journal = await brokenRoad();
    const partition = aPartition();
    await direct.commit(partition, [create("a", "here")]);
    faults.push({ method: "GET", fault }, { method: "GET", fault });
    expect((await journal.read(partition, "a"))?.value).toBe("here");
    faults.push({ method: "GET", fault });
    expect(await journal.list(partition, "", 10)).toHaveLength(1);
  });

  test("a 404 that is not the table's own word is no proof that a record is missing", async () => {
    const journal = await brokenRoad();
    const proxy: Fault = { status: 404, headers: { "content-type": "text/html" }, body: "<html>not here</html>" };
    faults.push({ method: "GET", fault: proxy }, { method: "GET", fault: proxy });
    await expect(journal.read("p", "a")).rejects.toMatchObject({ code: "RequestRefused" });
    await expect(journal.list("p", "", 1)).rejects.toMatchObject({ code: "RequestRefused" });
  });

  test("a missing role is named, and asked for once", async () => {
    const journal = await brokenRoad();
    const body = JSON.stringify({
      "odata.error": { code: "AuthorizationPermissionMismatch", message: { lang: "en-US", value: "No." } },
    });
    const forbidden: Fault = { status: 403, headers: { "content-type": "application/json" }, body };
    faults.push({ method: "GET", fault: forbidden }, { method: "POST", fault: forbidden });
    const problem = {
      code: "NoPermission",
      retry: false,
      advice: expect.stringContaining("Storage Table Data Contributor"),
    };
    await expect(journal.read("p", "a")).rejects.toMatchObject(problem);
    await expect(journal.commit("p", [create("a")])).rejects.toMatchObject(problem);
    expect(passed).toEqual(["GET", "POST"]);
  });

  test("a table that nobody listens at is unreachable, which is not a commit of unknown outcome", async () => {
    const journal = await brokenRoad();
    road?.close();
    road?.closeAllConnections();
    await expect(journal.read("p", "a")).rejects.toMatchObject({ code: "Unreachable", retry: true });
    await expect(journal.commit("p", [create("a")])).rejects.toMatchObject({ code: "Unreachable", retry: true });
  });
});

test("in Azure every request is signed in with the app's identity, for storage and nothing else", async () => {
  const loopback = await startLoopback();
  const credential = aCredential();
  const journal = tableJournal({
    store: { endpoint: "https://contoso.table.core.windows.net", credential },
    clock: aClock(),
    policies: [throughLoopback(loopback)],
  });
  const answer = [
    "",
    "--batchresponse_1",
    "--changesetresponse_1",
    "",
    "HTTP/1.1 204 No Content",
    'ETag: W/"1"',
    "",
    "",
  ];
  loopback.answer(
    { body: { value: [] } },
    {
      status: 202,
      headers: { "content-type": "multipart/mixed" },
      body: `${answer.join("\r\n")}--changesetresponse_1--`,
    },
  );
  expect(await journal.list("hunt", "", 5)).toEqual([]);
  expect(await journal.commit("hunt", [create("a")])).toEqual({ kind: "committed", versions: { a: 'W/"1"' } });
  expect(loopback.seen.map(({ host, headers }) => [host, headers.authorization])).toEqual(
    Array(2).fill(["contoso.table.core.windows.net", "Bearer a-token-for-tests"]),
  );
  expect(new Set(credential.scopes)).toEqual(new Set(["https://storage.azure.com/.default"]));
  await loopback.close();
});

test("the table is made by the first commit, and a read before it finds nothing", async () => {
  const journal = tableJournal({ store: azurite, clock: aClock(), table: "made2ndly" });
  expect(await journal.read("p", "a")).toBeNull();
  expect(await journal.list("p", "", 5)).toEqual([]);
  const tables = async (): Promise<boolean> => {
    const client = TableClient.fromConnectionString(azurite.connectionString, "made2ndly", {
      allowInsecureConnection: true,
    });
    return client
      .listEntities()
      .next()
      .then(
        () => true,
        () => false,
      );
  };
  expect(await tables()).toBe(false);
  const both = await Promise.all([journal.commit("p", [create("a")]), journal.commit("p", [create("b")])]);
  expect(both.map(({ kind }) => kind)).toEqual(["committed", "committed"]);
  expect(await tables()).toBe(true);
});

test("a list of more records than a page of the service holds is whole and in order", async () => {
  const partition = aPartition();
  const ids = Array.from({ length: 1_150 }, (_, n) => `id ${String(n).padStart(5, "0")}`);
  for (let n = 0; n < ids.length; n += 100) {
    await direct.commit(
      partition,
      ids.slice(n, n + 100).map((id) => create(id)),
    );
  }
  expect((await direct.list(partition, "", 5_000)).map(({ id }) => id)).toEqual(ids);
  expect((await direct.list(partition, "id 00001", 1_100)).map(({ id }) => id)).toEqual(ids.slice(1, 1_101));
});

test("a record that something else wrote is a problem, not an empty value", async () => {
  const client = TableClient.fromConnectionString(azurite.connectionString, "journal", {
    allowInsecureConnection: true,
  });
  await client.createEntity({ partitionKey: "foreign", rowKey: "a", note: "hello" });
  await expect(direct.read("foreign", "a")).rejects.toMatchObject({ code: "UnreadableRecord" });
  await expect(direct.list("foreign", "", 5)).rejects.toMatchObject({ code: "UnreadableRecord" });
});

test("a connection string with a key is refused for any account but one on this machine", () => {
  const key = Buffer.from("not a key").toString("base64");
  const connectionString = `DefaultEndpointsProtocol=https;AccountName=contoso;AccountKey=${key};TableEndpoint=https://contoso.table.core.windows.net/`;
  const open = (): Journal => tableJournal({ store: { connectionString }, clock: aClock() });
  expect(open).toThrow(/Storage Table Data Contributor/);
  expect(open).not.toThrow(key);
});
