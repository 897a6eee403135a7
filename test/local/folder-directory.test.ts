import { mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { DIRECTORY_FILE, peopleOf, readDirectory } from "../../src/local/folder-directory.ts";
import { openLogStore } from "../../src/local/log-store.ts";
import { memoryDirectory } from "../../src/local/memory-directory.ts";
import { openOutbox } from "../../src/local/outbox.ts";
import { Problems } from "../../src/problems.ts";
import { iso } from "../../src/time.ts";
import { aClock } from "../azure/test-ports.ts";
import {
  alice,
  bob,
  type DirectoryPerson,
  directoryContract,
  nobody,
  type OpenDirectory,
} from "../contracts/directory.ts";
import { sessionsContract } from "../contracts/sessions.ts";

async function aFolder(text?: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-directory-"));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  if (text !== undefined) await writeFile(join(folder, DIRECTORY_FILE), text);
  return folder;
}

const written = ({ user, roles = [], groups = [] }: DirectoryPerson) => ({
  id: user.id,
  name: user.userPrincipalName,
  enabled: user.enabled,
  guest: user.kind === "guest",
  synchronised: user.synchronised,
  roles,
  groups,
  ...(user.sessionsValidFrom === null ? {} : { sessionsValidFrom: iso(user.sessionsValidFrom) }),
  ...(user.passwordChangedAt == null ? {} : { passwordChangedAt: iso(user.passwordChangedAt) }),
});

const opened: OpenDirectory = async (people) => {
  // JSON is YAML.
  const known = await readDirectory(await aFolder(JSON.stringify({ accounts: people.map(written) })));
  if (known === null) throw new Error("The directory was not found.");
  const outside = await aFolder();
  const clock = aClock();
  const outbox = await openOutbox(outside);
  const files = async (call: string, kind: string): Promise<readonly string[]> =>
    (await readdir(join(outside, kind)).catch(() => [])).map((file) => `${call} ${file.replace(/\.json$/, "")}`);
  return {
    ...memoryDirectory(known, outbox.sessions, clock),
    now: clock.now,
    done: async () => new Set([...(await files("revoke", "revocations")), ...(await files("disable", "disabled"))]),
  };
};

directoryContract("a folder's own file", opened, { groups: true, history: true });
sessionsContract("a folder's own file, over the outbox", opened);

describe("the directory of a folder", () => {
  const sessions = { revoke: async () => {}, disable: async () => {} };
  const rolesIn = async (text: string | undefined, id: string) =>
    peopleOf(await readDirectory(await aFolder(text)), sessions).directory.roles(id);
  const ADMIN = `accounts:\n  - id: ${alice}\n    name: alice@contoso.example\n    roles: [Global Administrator]\n`;

  test("is nobody's where there is no file: no account is known to hold no role", async () => {
    await expect(rolesIn(undefined, alice)).rejects.toMatchObject({ code: "NoDirectory" });
  });

  test("is not taken for missing where the file is there and cannot be read", async () => {
    const folder = await aFolder();
    await symlink(join(folder, "nowhere"), join(folder, DIRECTORY_FILE));
    await expect(readDirectory(folder)).rejects.toThrow(/directory\.yaml/);
  });

  test("says nothing of who is not listed, unless it says that they hold no role", async () => {
    expect(await rolesIn(ADMIN, alice)).toEqual(["Global Administrator"]);
    await expect(rolesIn(ADMIN, bob)).rejects.toMatchObject({ code: "UnknownAccount" });
    expect(await rolesIn(`others: hold no role\n${ADMIN}`, nobody)).toEqual([]);
    expect(await rolesIn(`others: hold no role\n${ADMIN}`, alice)).toEqual(["Global Administrator"]);
  });

  test.each([
    ["an account without an id", "accounts:\n  - name: alice@contoso.example\n", "accounts.0.id"],
    ["a name in place of an id", "accounts:\n  - id: alice@contoso.example\n", "is no object id"],
    ["a field that there is not", `accounts:\n  - id: ${alice}\n    role: Reader\n`, "role"],
    [
      "an account that is listed twice",
      `accounts:\n  - id: ${alice}\n  - id: ${alice.toUpperCase()}\n`,
      "listed twice",
    ],
    ["a time that is none", `accounts:\n  - id: ${alice}\n    passwordChangedAt: last week\n`, "is no time"],
    ["no list of accounts", "others: hold no role\n", "accounts"],
    ["text that is no YAML", "accounts: [", "YAML"],
  ])("is refused with file, line and field: %s", async (_, text, expected) => {
    const refused = await readDirectory(await aFolder(text)).catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(Problems);
    expect(String(refused)).toContain(expected);
    expect(String(refused)).toMatch(/directory\.yaml.*\d/);
    expect(String(refused)).toContain("docs/hunts.md");
  });

  test("is no log, and nobody is warned about it", async () => {
    const folder = await aFolder(ADMIN);
    await writeFile(join(folder, "SigninLogs.ndjson"), '{"TimeGenerated":"2026-11-20T10:00:00Z","Id":"1"}\n');
    const store = await openLogStore({ folder, threads: 1 });
    onTestFinished(() => store.close());
    expect([store.tables.map(({ name }) => name), store.warnings]).toEqual([["SigninLogs"], []]);
  });
});
