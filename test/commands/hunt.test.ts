// Wrong use and unreadable input of `npm run hunt`, in this process; test/cli.test.ts starts one.
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { explanationOf } from "../../src/commands/explanation-of.ts";
import { huntCommand } from "../../src/commands/hunt.ts";
import { sprayFailure } from "../sign-in-rows.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "hunt-of-a-test-"));
});
afterAll(() => rm(folder, { recursive: true, force: true }));

/** What the terminal would say, with an exit status of 2. */
const refusalOf = (...args: readonly string[]): Promise<string | undefined> =>
  huntCommand(args).then(() => "It was done.", explanationOf);

test.each([
  [["--logs", "/no/such/folder"], "does not exist"],
  [["--grading", "/no/such/grading.yaml"], "There is no file or folder /no/such/grading.yaml"],
  [["--frmo", "2026-11-20"], "Unknown option '--frmo'"],
  [["portal"], "failed-portal-sign-in, single-factor-spray"],
  [["--out", "README.md"], "cannot be used (ENOTDIR)"],
  [["single-factor-spray", "src/hunts/single-factor-spray.yaml"], "have the same name"],
])("%j is wrong use", async (args, expected) => {
  expect(await refusalOf(...args)).toContain(expected);
});

test("a folder that somebody else filled is not written into", async () => {
  const theirs = join(folder, "theirs");
  await mkdir(theirs);
  await writeFile(join(theirs, "thesis.txt"), "unsaved elsewhere");
  expect(await refusalOf("--out", theirs)).toContain("was not made by this command");
  expect(await readFile(join(theirs, "thesis.txt"), "utf8")).toBe("unsaved elsewhere");
});

test("what an earlier run left stays until this one can be made", async () => {
  const kept = join(folder, "kept");
  await mkdir(join(kept, "cards"), { recursive: true });
  await writeFile(join(kept, ".entra-hunt-responder-outbox"), "");
  await writeFile(join(kept, "cards", "last-night.json"), "{}");
  expect(await refusalOf("--logs", "/no/such/folder", "--out", kept)).toContain("/no/such/folder");
  expect(await readdir(join(kept, "cards"))).toEqual(["last-night.json"]);
});

test("a directory beside the logs that says what no directory can is refused, with its line", async () => {
  const logs = join(folder, "directed");
  await mkdir(logs);
  const row = sprayFailure("2026-11-20T13:00:00Z", 1);
  await writeFile(join(logs, "AADNonInteractiveUserSignInLogs.ndjson"), `${JSON.stringify(row)}\n`);
  await writeFile(join(logs, "directory.yaml"), "accounts:\n  - id: the administrator\n");
  expect(await refusalOf("single-factor-spray", "--logs", logs, "--out", join(folder, "out"))).toMatch(
    /directory\.yaml.*2.*accounts\.0\.id.*no object id/s,
  );
});
