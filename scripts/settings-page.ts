// Writes what repeats the table of settings: its page, the example for laptops and the presets of the deployment.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { type Setting, settingGroups } from "../src/setting-table.ts";

const NOBODY = "00000000-0000-0000-0000-000000000000";
/** What the example holds where a setting has no preset and must be there. */
const examples: Readonly<Record<string, string>> = {
  WORKSPACE_ID: NOBODY,
  WORKSPACE_SUBSCRIPTION_ID: NOBODY,
  WORKSPACE_RESOURCE_GROUP: "rg-sentinel",
  WORKSPACE_NAME: "law-sentinel",
  STATE_TABLE_URI: "http://127.0.0.1:10002/devstoreaccount1",
};

export function settingsPage(): string {
  return `# Settings

Every setting of the app, as an app setting in Azure and as an environment variable on a laptop. This page is made from \`src/setting-table.ts\` by \`node scripts/settings-page.ts\`.

All of them are read at the start and everything that is wrong is told together, each with what was seen and what to do; the app does not start until it is right. An empty text counts as not set. Durations are written as \`90s\`, \`10m\`, \`4h\` or \`14d\`; lists have commas. A value that still begins with \`@Microsoft.KeyVault(\` was not resolved by the platform and is a fault.

The parameters of \`infra/main.bicep\` set all of them; [the page on deploying](deploy.md) says how.

${settingGroups.map(section).join("\n")}`;
}

function section({ title, settings }: (typeof settingGroups)[number]): string {
  const rows = Object.values(settings).map((setting) => {
    const cells = [`\`${setting.name}\``, setting.purpose, setting.kind.form, presetOf(setting)];
    return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
  });
  return `## ${title}

| setting | what for | value | preset |
| --- | --- | --- | --- |
${rows.join("\n")}
`;
}

function presetOf({ preset, required, secret }: Setting<unknown>): string {
  if (secret) return "none; secret";
  if (required) return "must be set";
  if (preset === null) return "none";
  return preset === "" ? "empty" : `\`${preset}\``;
}

export function settingsExample(): string {
  const values = settingGroups.flatMap(({ settings }) =>
    Object.values(settings).map(({ name, preset }) => [name, examples[name] ?? preset ?? ""] as const),
  );
  const example = {
    IsEncrypted: false,
    Values: {
      FUNCTIONS_WORKER_RUNTIME: "node",
      AzureWebJobsStorage: "UseDevelopmentStorage=true",
      ...Object.fromEntries(values),
    },
    Host: { LocalHttpPort: 7071 },
  };
  return `${JSON.stringify(example, null, 2)}\n`;
}

/** Settings that the deployment works out, or that have a parameter of their own in infra/main.bicep. */
export const setByDeployment: ReadonlySet<string> = new Set([
  ...[
    "CLOUD",
    "AZURE_CLIENT_ID",
    "TENANT_ID",
    "APP_URL",
    "TRUST_PRINCIPAL_HEADER",
    "APPLICATIONINSIGHTS_CONNECTION_STRING",
  ],
  ...["WORKSPACE_ID", "WORKSPACE_SUBSCRIPTION_ID", "WORKSPACE_RESOURCE_GROUP", "WORKSPACE_NAME"],
  ...["STATE_TABLE_URI", "STATE_TABLE_NAME", "RECORDS_BLOB_URI", "RECORDS_CONTAINER"],
  ...["INCIDENTS", "TEAMS_WEBHOOK_URL", "WATCH_SCHEDULE", "TEND_SCHEDULE", "DISABLED_HUNTS", "TENANT_SIZE"],
  ...["RESPONSE_MODES", "RESPONSE_ACTIONS", "PROTECTED_ACCOUNTS", "PROTECTED_GROUPS", "BREAK_GLASS_ACCOUNTS"],
  ...["APPROVALS", "APPROVERS"],
]);

const bicepText = (text: string): string =>
  `'${text.replaceAll("\\", "\\\\").replaceAll("'", "\\'").replaceAll("${", "\\${")}'`;

export function presetsModule(): string {
  const settings = settingGroups.flatMap((group) => Object.values(group.settings));
  const tunable = settings.filter(({ name }) => !setByDeployment.has(name));
  return `metadata description = 'Made from src/setting-table.ts by node scripts/settings-page.ts: the settings of the app and their presets.'

@export()
@description('Every setting that has a value without anybody choosing one, and the others empty, which counts as not set.')
var presets = {
${settings.map(({ name, preset }) => `  ${name}: ${bicepText(preset ?? "")}`).join("\n")}
}

@export()
@sealed()
@description('Settings to set besides the parameters that have names of their own.')
type tuning = {
${tunable.map(({ name, purpose, kind }) => `  @description(${bicepText(`${purpose} Write ${kind.form}.`)})\n  ${name}: string?`).join("\n\n")}
}
`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const [file, text] of [
    ["docs/settings.md", settingsPage()],
    ["local.settings.example.json", settingsExample()],
    ["infra/modules/presets.bicep", presetsModule()],
  ] as const) {
    const path = fileURLToPath(new URL(`../${file}`, import.meta.url));
    const before = readOr(path, "");
    writeFileSync(path, text);
    console.log(`${file}: ${before === text ? "unchanged" : "written"}`);
  }
}

function readOr(path: string, fallback: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return fallback;
  }
}
