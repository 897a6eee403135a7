import { type ChildProcess, spawn } from "node:child_process";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { runRecords } from "../../src/azure/run-records.ts";
import type { RunRecords } from "../../src/run-record.ts";
import { at } from "../builders.ts";
import { runRecordsContract } from "../contracts/run-records.ts";

const KEY = Buffer.from("a key of this test and of nothing else").toString("base64");
let azurite: ChildProcess;
let port = 0;

const aFreePort = (): Promise<number> =>
  new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port: free } = server.address() as AddressInfo;
      server.close(() => resolve(free));
    });
  });

beforeAll(async () => {
  port = await aFreePort();
  const entry = join(import.meta.dirname, "..", "..", "node_modules", "azurite", "dist", "src", "blob", "main.js");
  const args = [
    entry,
    "--blobHost",
    "127.0.0.1",
    "--blobPort",
    String(port),
    "--inMemoryPersistence",
    "--skipApiVersionCheck",
    "--disableTelemetry",
  ];
  azurite = spawn(process.execPath, args, {
    stdio: ["ignore", "pipe", "inherit"],
    env: { AZURITE_ACCOUNTS: `local:${KEY}`, NODE_COMPILE_CACHE: join(tmpdir(), "node-compile-cache") },
  });
  await new Promise<void>((resolve, reject) => {
    azurite.stdout?.on("data", (text: Buffer) => {
      if (text.toString().includes("successfully listens")) resolve();
    });
    azurite.once("exit", (code) => reject(new Error(`Azurite ended with ${code}.`)));
  });
}, 60_000);
afterAll(async () => {
  azurite.kill();
});

let containers = 0;
function open(): RunRecords {
  containers += 1;
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=local;AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:${port}/local;`;
  return runRecords({ store: { connectionString }, container: `run-records-${containers}` });
}

runRecordsContract("blobs", open);

test("a container that is not there yet is made with the first record, and holds none before", async () => {
  const records = open();
  expect(await records.eraseBefore(at("2026-11-21T12:00:00Z"))).toBe(0);
  expect(await records.read("20261121T120000Z-single-factor-spray-live-1f2e3d4c")).toBeNull();
});

test("a service that cannot be reached is a Problem and no crash", async () => {
  const connectionString = `DefaultEndpointsProtocol=http;AccountName=local;AccountKey=${KEY};BlobEndpoint=http://127.0.0.1:1/local;`;
  const records = runRecords({ store: { connectionString }, container: "run-records", longest: 500 as never });
  await expect(records.keep("20261121T120000Z-a-live-1", new Uint8Array([1]))).rejects.toMatchObject({
    name: "Problem",
    retry: true,
  });
});
