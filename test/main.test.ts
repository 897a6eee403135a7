import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { triggers } from "../src/triggers/triggers.ts";

const root = join(import.meta.dirname, "..");
const complete = {
  WORKSPACE_ID: "11111111-1111-4111-8111-111111111111",
  WORKSPACE_SUBSCRIPTION_ID: "22222222-2222-4222-8222-222222222222",
  WORKSPACE_RESOURCE_GROUP: "rg-logs",
  WORKSPACE_NAME: "law-logs",
  STATE_TABLE_URI: "https://state.table.core.windows.net",
};

/** The sources' main as the worker would load it, in a process with this environment and no other. */
async function loadMain(environment: Readonly<Record<string, string>>) {
  const args = [join(root, "test", "worker-child.ts"), join(root, "src", "main.ts")];
  const { stdout } = await promisify(execFile)(process.execPath, args, { env: { ...environment } });
  return JSON.parse(stdout) as { failed?: string; functions?: readonly { name: string }[] };
}

test("the app registers its functions when its settings are right", async () => {
  const { functions = [] } = await loadMain(complete);
  expect(functions.map(({ name }) => name)).toEqual(triggers.map(({ name }) => name));
});

test("bad settings stop the app with every fault, each with what to do, and show no secret", async () => {
  const { WORKSPACE_ID: _, ...incomplete } = complete;
  const { failed = "" } = await loadMain({
    ...incomplete,
    WATCH_SCHEDULE: "*/5 * * * * *",
    TEAMS_WEBHOOK_URL: "@Microsoft.KeyVault(SecretUri=https://vault-of-ours.vault.azure.net/secrets/hook)",
  });
  expect(failed).toContain("WORKSPACE_ID is not set.");
  expect(failed).toContain("WATCH_SCHEDULE");
  expect(failed).toContain("TEAMS_WEBHOOK_URL still holds its reference to Key Vault");
  expect(failed).toContain("Key Vault Secrets User");
  expect(failed).not.toContain("vault-of-ours");
});
