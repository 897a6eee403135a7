import { mkdtemp, readdir, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, expect, test } from "vitest";
import { openOutbox } from "../../src/local/outbox.ts";
import { type CardsWorld, cardsContract } from "../contracts/cards.ts";

const folders: string[] = [];
afterEach(async () => {
  await Promise.all(folders.splice(0).map((folder) => rm(folder, { recursive: true })));
});

async function anOutbox() {
  const folder = await mkdtemp(join(tmpdir(), "outbox-"));
  folders.push(folder);
  return openOutbox(folder);
}

const filesIn = async (folder: string): Promise<readonly unknown[]> => {
  const names = (await readdir(folder)).sort();
  return Promise.all(names.map(async (name) => JSON.parse(await readFile(join(folder, name), "utf8"))));
};

cardsContract("the outbox", async (): Promise<CardsWorld> => {
  const { cards, folder } = await anOutbox();
  return { cards, posted: () => filesIn(join(folder, "cards")) };
});

test("disabling and revoking are written down as what they are not", async () => {
  const { sessions, folder } = await anOutbox();
  await sessions.disable("5a0b1c2d-0000-4000-8000-00000000a11c");
  await sessions.revoke("5a0b1c2d-0000-4000-8000-00000000a11c");
  expect(await filesIn(join(folder, "disabled"))).toMatchObject([{ note: expect.stringContaining("Nothing was") }]);
  expect(await filesIn(join(folder, "revocations"))).toMatchObject([{ note: expect.stringContaining("Nothing was") }]);
});
