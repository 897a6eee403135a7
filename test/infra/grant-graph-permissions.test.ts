import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { type GraphUse, permissions } from "../../src/azure/graph-permissions.ts";

const script = fileURLToPath(new URL("../../infra/grant-graph-permissions.sh", import.meta.url));
const identity = "6d9d3c1e-0000-4000-8000-000000000001";
const ids = (text: string) => permissions.filter(({ id }) => text.includes(id)).map(({ permission }) => permission);
/** What an action needs: its own permissions, and those by which protection is checked. */
const needed = (...uses: readonly GraphUse[]) =>
  permissions
    .filter((permission) => permission.uses.some((use) => use === "readDirectory" || uses.includes(use)))
    .map(({ permission }) => permission);

const bash = spawnSync("bash", ["--version"]).status === 0;
const checker = "shellcheck";
const canCheck = spawnSync(checker, ["--version"]).status === 0;

describe.runIf(bash)("the script that grants permissions in Microsoft Graph", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "grant-"));
    // Writes down what it is asked and answers as the Azure CLI would.
    writeFileSync(
      join(folder, "az"),
      `#!/usr/bin/env bash
printf '%s\\n' "$*" >>"${folder}/asked"
case "$*" in
  'cloud show'*) echo 'https://graph.microsoft.us/' ;;
  'ad sp show'*) echo '6d9d3c1e-0000-4000-8000-00000000000f' ;;
  'rest --method GET'*) cat "${folder}/granted" 2>/dev/null || true ;;
  'rest --method POST'*) [ ! -e "${folder}/refuse" ] ;;
esac
`,
    );
    chmodSync(join(folder, "az"), 0o755);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const run = (...args: readonly string[]) => {
    const { stdout, stderr, status } = spawnSync("bash", [script, ...args], {
      encoding: "utf8",
      env: { ...process.env, PATH: `${folder}:${process.env.PATH}` },
    });
    const file = join(folder, "asked");
    return { stdout, stderr, status, asked: existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : [] };
  };

  test("says what it would do and does nothing, until it is told to run", () => {
    const { stdout, status, asked } = run("--identity", identity, "--actions", "revokeSessions");
    expect({ status, asked }).toEqual({ status: 0, asked: [] });
    expect(stdout).toContain("Nothing is run");
    expect(ids(stdout)).toEqual(needed("revokeSessions"));
  });

  test.each<[string, readonly GraphUse[]]>([
    ["revokeSessions", ["revokeSessions"]],
    ["disableAccount", ["disableAccount"]],
    ["revokeSessions, disableAccount", ["revokeSessions", "disableAccount"]],
  ])("grants for %s what that needs, and nothing else", (actions, uses) => {
    const { status, asked } = run("--identity", identity, "--actions", actions, "--run");
    expect(status).toBe(0);
    const posts = asked.filter((line) => line.startsWith("rest --method POST"));
    expect(ids(posts.join("\n"))).toEqual(needed(...uses));
    expect(posts).toHaveLength(needed(...uses).length);
    for (const line of posts) {
      expect(line).toContain(`https://graph.microsoft.us/v1.0/servicePrincipals/${identity}/appRoleAssignments`);
      expect(line).toContain('"resourceId":"6d9d3c1e-0000-4000-8000-00000000000f"');
    }
  });

  test("grants nothing where no action is allowed", () => {
    const { stdout, status, asked } = run("--identity", identity, "--run");
    expect({ status, asked }).toEqual({ status: 0, asked: [] });
    expect(stdout).toContain("nothing to grant");
  });

  test("leaves what is granted already, so that it can be run again", () => {
    writeFileSync(join(folder, "granted"), permissions.map(({ id }) => id).join("\n"));
    const { status, asked } = run("--identity", identity, "--actions", "revokeSessions,disableAccount", "--run");
    expect(status).toBe(0);
    expect(asked.filter((line) => line.includes("POST"))).toEqual([]);
  });

  test("tries the others where one is refused, and says that it failed", () => {
    writeFileSync(join(folder, "refuse"), "");
    const { status, stderr, asked } = run("--identity", identity, "--actions", "revokeSessions", "--run");
    expect(status).toBe(1);
    expect(stderr).toContain(`${needed("revokeSessions").length} of the grants were not made`);
    expect(asked.filter((line) => line.includes("POST"))).toHaveLength(needed("revokeSessions").length);
  });

  test.each([
    ["an action that there is not", ["--identity", identity, "--actions", "deleteAccount", "--run"]],
    ["nobody to grant it to", ["--actions", "revokeSessions", "--run"]],
    ["an identity that is no object id", ["--identity", "func-responder", "--run"]],
    ["an option without its value", ["--identity"]],
    ["an option that there is not", ["--identity", identity, "--all"]],
  ])("refuses %s before anything is asked", (_what, args) => {
    const { status, stderr, asked } = run(...args);
    expect({ status, asked }).toEqual({ status: 2, asked: [] });
    expect(stderr).toContain("Usage:");
  });

  test.runIf(canCheck)("is clean to shellcheck", () => {
    const { stdout, status } = spawnSync(checker, [script], { encoding: "utf8" });
    expect({ stdout, status }).toEqual({ stdout: "", status: 0 });
  });
});
