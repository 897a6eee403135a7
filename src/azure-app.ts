// Settings -> the app on Azure's services.
import { join } from "node:path";
import { setTimeout as wait } from "node:timers/promises";
import { gzipSync } from "node:zlib";
import { DefaultAzureCredential, ManagedIdentityCredential, type TokenCredential } from "@azure/identity";
import { signedIn } from "./approvals/approver.ts";
import { graph } from "./azure/graph.ts";
import { logAnalytics } from "./azure/log-analytics.ts";
import type { Patience } from "./azure/patience.ts";
import { runRecords } from "./azure/run-records.ts";
import { sentinel } from "./azure/sentinel.ts";
import { tableJournal } from "./azure/table-journal.ts";
import { teams } from "./azure/teams.ts";
import { telemetry } from "./azure/telemetry.ts";
import type { Cards, Clock, Logs, Ports } from "./ports.ts";
import { Problem, problemTexts } from "./problems.ts";
import { type Links, linksTo } from "./response/links.ts";
import { HUNTS_FOLDER, readExclusions, readGrading, readQuestions, readRules } from "./rulebook.ts";
import type { Settings } from "./settings.ts";
import { systemClock } from "./time.ts";
import type { App } from "./triggers/app.ts";

/** What stands in for the world in tests and measurements. */
export interface World {
  readonly credential: TokenCredential;
  readonly clock: Clock;
  readonly policies: NonNullable<Parameters<typeof sentinel>[0]["policies"]>;
  readonly fetch: typeof fetch;
  /** Where the settings are too patient for a test. */
  readonly patience: Partial<Patience>;
}

/** One for the whole process: it keeps the tokens. */
export const credentialOf = ({ identity, cloud }: Pick<Settings, "identity" | "cloud">): TokenCredential =>
  identity.clientId === null
    ? new DefaultAzureCredential({ authorityHost: cloud.login })
    : new ManagedIdentityCredential({ clientId: identity.clientId });

const patienceOf = ({ retry }: Pick<Settings, "retry">) => ({
  tries: retry.tries,
  firstWait: retry.firstWait,
  longestWait: retry.longestWait,
});

export type WorkspaceSettings = Pick<Settings, "cloud" | "identity" | "query" | "retry"> & {
  readonly workspace: Pick<Settings["workspace"], "id">;
};

export const workspaceLogs = (settings: WorkspaceSettings, clock: Clock, world: Partial<World> = {}): Logs =>
  logAnalytics({
    credential: world.credential ?? credentialOf(settings),
    cloud: settings.cloud,
    workspace: settings.workspace.id,
    clock,
    atOnce: settings.query.concurrency,
    longest: settings.query.deadline,
    serverTimeout: settings.query.serverTimeout,
    patience: { ...patienceOf(settings), ...world.patience },
    ...(world.policies === undefined ? {} : { policies: world.policies }),
  });

export const linksOf = ({ cloud, identity, workspace }: Pick<Settings, "cloud" | "identity" | "workspace">): Links =>
  linksTo(
    {
      portal: cloud.portal,
      tenantId: identity.tenantId ?? "",
      workspace: `/subscriptions/${workspace.subscriptionId}/resourceGroups/${workspace.resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${workspace.name}`,
    },
    gzipSync,
  );

/** Without a webhook no card is planned. One that has waited since there was one is tried and given up like any other. */
const noCards: Cards = {
  async post() {
    throw new Problem(problemTexts.noWebhook());
  },
};
const wallClock: Clock = {
  now: systemClock,
  pause: (length, signal) => wait(length, undefined, signal ? { signal } : {}).catch(() => undefined),
};

function portsOf(settings: Settings, world: Partial<World>): Ports {
  const { cards, cloud, workspace, incidents, state } = settings;
  const clock = world.clock ?? wallClock;
  const credential = world.credential ?? credentialOf(settings);
  const patience = { ...patienceOf(settings), ...world.patience };
  const fetching = world.fetch === undefined ? {} : { fetch: world.fetch };
  const policies = world.policies === undefined ? {} : { policies: world.policies };
  return {
    logs: workspaceLogs(settings, clock, { ...world, credential }),
    incidents: sentinel({
      credential,
      cloud,
      subscription: workspace.subscriptionId,
      resourceGroup: workspace.resourceGroup,
      workspaceName: workspace.name,
      apiVersion: incidents.apiVersion,
      clock,
      patience,
      ...policies,
    }),
    cards:
      cards.webhookUrl === null
        ? noCards
        : teams({
            webhookUrl: cards.webhookUrl,
            hosts: cards.webhookHosts,
            budget: cards.budgetBytes,
            clock,
            patience,
            ...fetching,
          }),
    ...graph({
      credential,
      cloud,
      allow: settings.response.actions.length === 0 ? [] : ["readDirectory", ...settings.response.actions],
      clock,
      patience,
      ...fetching,
    }),
    journal: tableJournal({
      store: { endpoint: state.tableUri, credential },
      table: state.tableName,
      clock,
      patience,
    }),
    events: telemetry({ connectionString: settings.telemetry.connectionString ?? undefined, credential, ...policies }),
    clock,
  };
}

/** Reads the hunts and fills the ports; throws Problems where a file is at fault. */
export async function azureApp(settings: Settings, world: Partial<World> = {}): Promise<App> {
  const { exclusionsFile } = settings.hunts;
  const { gradingFile } = settings.evidence;
  const ports = portsOf(settings, world);
  return {
    hunts: await readRules([HUNTS_FOLDER]),
    questions: await readQuestions(),
    exclusions: exclusionsFile === null ? {} : await readExclusions(join(HUNTS_FOLDER, "..", exclusionsFile)),
    ...(gradingFile === null ? {} : { grading: await readGrading(join(HUNTS_FOLDER, "..", gradingFile)) }),
    ports,
    settings,
    links: linksOf(settings),
    logs: `the workspace ${settings.workspace.name}`,
    takesCards: settings.cards.webhookUrl !== null,
    neverActs: false,
    whoAsks: signedIn({
      trusted: settings.approval.trustPrincipalHeader,
      approvers: settings.approval.approvers,
      tenantId: settings.identity.tenantId,
    }),
    ...recordsOf(settings, world),
    startedAt: ports.clock.now(),
  };
}

function recordsOf({ records, ...settings }: Settings, world: Partial<World>): Pick<App, "records"> {
  if (records.blobUri === null) return {};
  const credential = world.credential ?? credentialOf(settings);
  const store = runRecords({ store: { endpoint: records.blobUri, credential }, container: records.container });
  return { records: { store, retention: records.retention, sizeBytes: records.sizeBytes } };
}
