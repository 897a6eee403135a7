// What an installation keeps ready, and what starts from it.
import { spawnSync } from "node:child_process";
import { cp, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";

const root = join(import.meta.dirname, "..", "..");
let copy: string;

/** A project that was just installed: its scripts and its parser, and nothing kept yet. */
beforeAll(async () => {
  copy = await mkdtemp(join(tmpdir(), "installed-"));
  await cp(join(root, "scripts"), join(copy, "scripts"), { recursive: true });
  await cp(join(root, "src"), join(copy, "src"), { recursive: true });
  await cp(join(root, "package.json"), join(copy, "package.json"));
  await mkdir(join(copy, "node_modules"));
  for (const name of await readdir(join(root, "node_modules")))
    if (!name.startsWith(".")) await symlink(join(root, "node_modules", name), join(copy, "node_modules", name));
  await writeFile(
    join(copy, "probe.ts"),
    `const there = typeof globalThis.Kusto;
     const said = [there, process.argv.slice(2)];
     if (there === "object") {
       const { analyse, loadParser, makeCatalogue } = await import("./src/kql/parser.ts");
       loadParser();
       const { diagnostics } = analyse("print a = 1 | where b > a", makeCatalogue([], []));
       said.push(diagnostics.map(({ message }) => message));
     }
     console.log(JSON.stringify(said));`,
  );
});
afterAll(() => rm(copy, { recursive: true, force: true }));

const node = (...args: readonly string[]) => spawnSync(process.execPath, [...args], { cwd: copy, encoding: "utf8" });
const itsAnswer = ["The name 'b' does not refer to any known column, table, variable or function."];

describe.skipIf(process.platform === "win32")("the parser that an installation keeps", () => {
  test("is missing until then, and commands start without it", () => {
    const { stdout, stderr } = node("scripts/run.mjs", "probe.ts", "--flag", "a b");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual(["undefined", ["--flag", "a b"]]);
  });

  test("is what a command starts with, with its own arguments, and it answers", () => {
    expect(node("scripts/prepare.mjs")).toMatchObject({ status: 0, stdout: "", stderr: "" });
    const { stdout, stderr } = node("scripts/run.mjs", "probe.ts", "--flag", "a b");
    expect(stderr).toBe("");
    expect(JSON.parse(stdout)).toEqual(["object", ["--flag", "a b"], itsAnswer]);
  });

  test("is left alone by a process that was given flags of its own", () => {
    const { stdout } = node("--stack-trace-limit=5", "scripts/run.mjs", "probe.ts");
    expect(JSON.parse(stdout)[0]).toBe("undefined");
  });

  test("is not used once what it was made from has changed", async () => {
    await writeFile(join(copy, "src/kql/parser-runtime.ts"), "export function hastenRuntime(): void {}\n");
    const { stdout } = node("scripts/run.mjs", "probe.ts");
    expect(JSON.parse(stdout)).toEqual(["undefined", []]);
  });

  test("does not fail an installation where it cannot be made", async () => {
    await writeFile(join(copy, "src/kql/parser-runtime.ts"), "this is no TypeScript\n");
    const { status, stderr } = node("scripts/prepare.mjs");
    expect(status).toBe(0);
    expect(stderr).toMatch(
      /^The KQL parser could not be kept ready \(.*\): commands take about a second longer to start\.$/m,
    );
  });
});
