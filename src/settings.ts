// The environment, read once: everything that is wrong with it is told together. Nothing else looks at process.env.
import type { Cloud } from "./azure/clouds.ts";
import { Problem, Problems, type ProblemText } from "./problems.ts";
import { isLoopback } from "./setting-kinds.ts";
import { type Setting, type SettingTable, settingTable } from "./setting-table.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

type ValueOf<S> = S extends Setting<infer T> ? T : never;
type GroupName = keyof SettingTable;
type Values<G extends GroupName> = {
  readonly [S in keyof SettingTable[G]["settings"]]: ValueOf<SettingTable[G]["settings"][S]>;
};

/** Groups as in the table of settings; the cloud comes with all of its hosts. */
export type Settings = { readonly [G in Exclude<GroupName, "cloud">]: Values<G> } & { readonly cloud: Cloud };

/** Groups that name what exists in Azure alone; a laptop has none of it. */
const azureOnly = ["workspace", "state", "telemetry", "records"] as const;
export type LaptopSettings = Omit<Settings, (typeof azureOnly)[number]>;

/** Throws Problems with every fault there is, none of which shows a secret. */
export function readSettings(environment: Environment = process.env): Settings {
  return read(environment, Object.keys(settingTable) as GroupName[]) as unknown as Settings;
}

/** The same without what exists in Azure alone. */
export function readLaptopSettings(environment: Environment = process.env): LaptopSettings {
  const names = (Object.keys(settingTable) as GroupName[]).filter((name) => !azureOnly.some((one) => one === name));
  return read(environment, names) as unknown as LaptopSettings;
}

type Raw = { readonly [G in GroupName]?: Values<G> };

function read(environment: Environment, names: readonly GroupName[]): object {
  const faults: ProblemText[] = [];
  const groups = names.map((name) => [name, readGroup(environment, name, faults)] as const);
  // Built from the table by name, which the compiler cannot follow; a faulty value is undefined until the throw below.
  const raw = Object.fromEntries(groups) as Raw;
  faults.push(...contradictions(raw));
  if (faults.length > 0) throw new Problems(faults.map((fault) => new Problem(fault)));
  return { ...raw, cloud: raw.cloud && cloudOf(raw.cloud) };
}

function readGroup(environment: Environment, name: GroupName, faults: ProblemText[]): object {
  const settings: Readonly<Record<string, Setting<unknown>>> = settingTable[name].settings;
  return Object.fromEntries(
    Object.entries(settings).map(([key, setting]) => [key, readOne(setting, environment[setting.name], faults)]),
  );
}

/** How App Service hands on a reference that it could not resolve: as it was written. */
const UNRESOLVED = "@microsoft.keyvault(";
const LONGEST_SHOWN = 80;

function readOne(setting: Setting<unknown>, written: string | undefined, faults: ProblemText[]): unknown {
  const text = written?.trim() || setting.preset;
  if (text === null) {
    if (!setting.required) return null;
    faults.push(faultTexts.missing(setting));
    return undefined;
  }
  if (text.toLowerCase().startsWith(UNRESOLVED)) {
    faults.push(faultTexts.unresolved(setting));
    return undefined;
  }
  const result = setting.kind.read(text);
  if ("value" in result) return result.value;
  faults.push(faultTexts.unfit(setting, text, result.fault, result.advice));
  return undefined;
}

function cloudOf({ hosts, login, portal, ...services }: Values<"cloud">): Cloud {
  const at = (own: Cloud["graph"], other: string | null) => {
    if (!other) return own;
    // Another host of the service asks for tokens of its own; a stand-in on this machine is shown the real one's.
    return { endpoint: other, audience: isLoopback(other) ? own.audience : other };
  };
  return {
    ...hosts,
    login: login ?? hosts.login,
    portal: portal ?? hosts.portal,
    logAnalytics: at(hosts.logAnalytics, services.logAnalytics),
    resourceManager: at(hosts.resourceManager, services.resourceManager),
    graph: at(hosts.graph, services.graph),
  };
}

/** What no single setting can show. Each side that is itself at fault is undefined and compares false. */
function* contradictions({
  query,
  retry,
  evidence,
  cards,
  cardLimits,
  response,
  approval,
}: Raw): Iterable<ProblemText> {
  if (query && query.deadline <= query.serverTimeout) {
    yield faultTexts.contradiction(
      "QUERY_DEADLINE is not longer than QUERY_SERVER_TIMEOUT, so that the service's own answer to a slow query is never seen",
      "Raise the one or lower the other.",
    );
  }
  if (retry && retry.firstWait > retry.longestWait) {
    yield faultTexts.contradiction("RETRY_FIRST_WAIT is longer than RETRY_LONGEST_WAIT", "Swap them.");
  }
  if (evidence && evidence.dailyUntil <= evidence.openFor) {
    yield faultTexts.contradiction(
      "EVIDENCE_DAILY_UNTIL is not longer than EVIDENCE_OPEN_FOR",
      "Both count from a campaign's last attempt: raise the first.",
    );
  }
  if (cardLimits && cardLimits.perHour > cardLimits.perDay) {
    yield faultTexts.contradiction("CARDS_PER_HOUR is more than CARDS_PER_DAY", "Lower the first or raise the second.");
  }
  if (cards?.webhookUrl && cards.webhookHosts) yield* webhookFaults(cards.webhookUrl, cards.webhookHosts);
  if (response?.modes && response.actions) yield* responseFaults(response);
  if (approval?.allowed) yield* approvalFaults(approval);
}

const RETIRED_CONNECTOR = "webhook.office.com";
const below = (host: string, end: string): boolean => host === end || host.endsWith(`.${end}`);

function* webhookFaults(url: string, allowed: readonly string[]): Iterable<ProblemText> {
  const host = new URL(url).hostname.toLowerCase();
  if (below(host, RETIRED_CONNECTOR)) {
    yield faultTexts.contradiction(
      "TEAMS_WEBHOOK_URL is that of an Office 365 connector, which Microsoft has retired",
      "Make a workflow in Teams that posts to a channel when a webhook request is received, and use its URL.",
    );
  } else if (!allowed.some((end) => below(host, end))) {
    yield faultTexts.contradiction(
      "TEAMS_WEBHOOK_URL is of a host that TEAMS_WEBHOOK_HOSTS does not allow",
      "Check that it is the URL of a Teams workflow; if its host is right, add that host to the list.",
    );
  }
}

function* responseFaults({ modes, actions, perRun, perHour, perDay }: Values<"response">): Iterable<ProblemText> {
  const acting = Object.entries(modes).filter(([, mode]) => mode !== "off");
  if (acting.length > 0 && actions.length === 0) {
    yield faultTexts.contradiction(
      `RESPONSE_MODES lets ${acting.map(([hunt]) => hunt).join(", ")} act, and RESPONSE_ACTIONS allows nothing`,
      "Name the actions that are allowed, or set those hunts to off.",
    );
  }
  if (perRun > perHour || perHour > perDay) {
    yield faultTexts.contradiction(
      "RESPONSE_PER_RUN, RESPONSE_PER_HOUR and RESPONSE_PER_DAY do not rise",
      "A run's budget fits into the hour's, and the hour's into the day's.",
    );
  }
}

function* approvalFaults({ approvers, appUrl }: Values<"approval">): Iterable<ProblemText> {
  if (appUrl === null) {
    yield faultTexts.contradiction(
      "APPROVALS is on and APP_URL is missing, so that no link could be made",
      "Set APP_URL to the app's own https address, or switch approvals off.",
    );
  }
  if (approvers?.length === 0) {
    yield faultTexts.contradiction(
      "APPROVALS is on and APPROVERS names nobody",
      "List the object ids of those who may approve, or switch approvals off.",
    );
  }
}

const shown = (setting: Setting<unknown>, text: string): string =>
  setting.secret ? "what is there, which is secret," : JSON.stringify(text.slice(0, LONGEST_SHOWN));

const faultTexts = {
  missing: ({ name, purpose, kind }: Setting<unknown>): ProblemText => ({
    code: "MissingSetting",
    message: `${name} is not set.`,
    advice: `${purpose} Write ${kind.form}.`,
    retry: false,
  }),
  unfit: (setting: Setting<unknown>, text: string, fault: string, advice: string): ProblemText => ({
    code: "BadSetting",
    message: `${setting.name}: ${shown(setting, text)} ${fault}.`,
    advice,
    retry: false,
  }),
  unresolved: ({ name }: Setting<unknown>): ProblemText => ({
    code: "UnresolvedSetting",
    message: `${name} still holds its reference to Key Vault in place of the secret.`,
    advice:
      "Check that the secret exists and is enabled, that the app's identity has the role Key Vault Secrets User on the vault, that the vault's network lets the app in, and that keyVaultReferenceIdentity names that identity; then restart the app.",
    retry: false,
  }),
  contradiction: (seen: string, advice: string): ProblemText => ({
    code: "SettingsDisagree",
    message: `${seen}.`,
    advice,
    retry: false,
  }),
};
