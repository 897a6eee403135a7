import { spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TableClient } from "@azure/data-tables";
import { expect, test, vi } from "vitest";
import { startAzurite } from "../../src/local/azurite.ts";

function lives(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const clientOf = (connectionString: string): TableClient =>
  TableClient.fromConnectionString(connectionString, "journal", { allowInsecureConnection: true });

test("what was written in a folder is there after a stop and a start, and a stop leaves no process", async () => {
  const folder = await mkdtemp(join(tmpdir(), "journal-"));
  try {
    const first = await startAzurite({ folder });
    await clientOf(first.connectionString).createTable();
    await clientOf(first.connectionString).createEntity({ partitionKey: "p", rowKey: "a", note: "kept" });
    await first.stop();
    await first.stop();
    expect(lives(first.pid)).toBe(false);

    const second = await startAzurite({ folder });
    expect(await clientOf(second.connectionString).getEntity("p", "a")).toMatchObject({ note: "kept" });
    // The key was made for the first start alone.
    const stale = first.connectionString.replace(first.url, second.url);
    await expect(clientOf(stale).getEntity("p", "a")).rejects.toMatchObject({ statusCode: 403 });
    await second.stop();
    expect(lives(second.pid)).toBe(false);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
});

test("it ends with whoever started it, even one that was killed", async () => {
  const source = new URL("../../src/local/azurite.ts", import.meta.url).href;
  const starter = spawn(process.execPath, [
    "--input-type=module",
    "--eval",
    `const { startAzurite } = await import(${JSON.stringify(source)}); console.log((await startAzurite()).pid);`,
  ]);
  const pid = await new Promise<number>((resolve) => starter.stdout.once("data", (text) => resolve(Number(text))));
  expect(lives(pid)).toBe(true);
  starter.kill("SIGKILL");
  await vi.waitFor(() => expect(lives(pid)).toBe(false), { timeout: 10_000 });
});

test("a start that fails says why and leaves no process", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  const { port } = taken.address() as { port: number };
  await expect(startAzurite({ port })).rejects.toMatchObject({
    code: "AzuriteDidNotStart",
    message: expect.stringContaining("EADDRINUSE"),
  });
  taken.close();
});
