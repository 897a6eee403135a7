import { describe, expect, test } from "vitest";
import { Problems } from "../src/problems.ts";
import { settingGroups, settingTable } from "../src/setting-table.ts";
import { type Environment, readLaptopSettings, readSettings } from "../src/settings.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../src/time.ts";

const needed: Environment = {
  WORKSPACE_ID: "6d9d3c1e-0000-4000-8000-000000000001",
  WORKSPACE_SUBSCRIPTION_ID: "6d9d3c1e-0000-4000-8000-000000000002",
  WORKSPACE_RESOURCE_GROUP: "rg-sentinel",
  WORKSPACE_NAME: "law-sentinel",
  STATE_TABLE_URI: "https://stresponder.table.core.windows.net/",
};
const SIGNED =
  "https://default0.00.environment.api.powerplatform.com:443/powerautomate/automations/direct/workflows/1/triggers/manual/paths/invoke?sig=s3cr3t-signature";
const APPROVER = "6d9d3c1e-0000-4000-8000-00000000000a";

const settingsWith = (more: Environment) => readSettings({ ...needed, ...more });

function faultsOf(environment: Environment): { code: string; message: string; advice: string }[] {
  try {
    readSettings(environment);
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    return error.problems.map(({ code, message, advice }) => ({ code, message, advice }));
  }
  return [];
}
const faultsWith = (more: Environment) => faultsOf({ ...needed, ...more });

describe("settings that say only what must be said", () => {
  test("are enough, and nothing on an account is allowed", () => {
    const settings = readSettings(needed);
    expect(settings.response).toMatchObject({ modes: {}, actions: [], stopped: false });
    expect(settings.approval).toMatchObject({ allowed: false, approvers: [], trustPrincipalHeader: false });
    expect(settings.cards.webhookUrl).toBeNull();
    expect(settings.identity.clientId).toBeNull();
  });

  test("bring the periods and limits that the product was asked for", () => {
    const settings = readSettings(needed);
    expect(settings.query.concurrency).toBe(3);
    expect(settings.coverage).toMatchObject({ firstLookBack: 14 * DAY, settle: 30 * MINUTE, silence: 60 * MINUTE });
    expect(settings.evidence).toEqual({
      gradingFile: null,
      openFor: 72 * HOUR,
      dailyUntil: 14 * DAY,
      afterCare: 24 * HOUR,
    });
    expect(settings.response).toMatchObject({ perRun: 3, perHour: 5, perDay: 10 });
    expect(settings.cards.budgetBytes).toBe(20 * 1024);
    expect(settings.cardLimits).toEqual({ perHour: 5, perDay: 20 });
    expect(settings.approval.expiry).toBe(4 * HOUR);
    expect(settings.incidents).toEqual({ open: true, apiVersion: "2025-09-01" });
    expect(settings.timers.onDemandDeadline).toBeLessThan(230 * SECOND);
  });

  test("every preset is itself a value that its setting accepts", () => {
    for (const { settings } of settingGroups) {
      for (const { name, preset, kind } of Object.values(settings)) {
        if (preset !== null) expect({ name, ...kind.read(preset) }).toHaveProperty("value");
      }
    }
  });

  test("no setting is declared twice", () => {
    const names = settingGroups.flatMap(({ settings }) => Object.values(settings).map(({ name }) => name));
    expect(new Set(names).size).toBe(names.length);
    for (const name of names) expect(name).toMatch(/^[A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*$/);
  });

  test("empty texts count as not set, and blanks around a value do not count", () => {
    const settings = settingsWith({ TENANT_SIZE: "", WORKSPACE_NAME: " law-sentinel ", TEAMS_WEBHOOK_URL: "  " });
    expect(settings.hunts.tenantSize).toBe("auto");
    expect(settings.workspace.name).toBe("law-sentinel");
    expect(settings.cards.webhookUrl).toBeNull();
  });
});

describe("what a team writes is what it gets", () => {
  test("modes per hunt", () => {
    const { response } = settingsWith({
      RESPONSE_MODES: "failed-portal-sign-in=propose, single-factor-spray=automatic",
      RESPONSE_ACTIONS: "revokeSessions",
    });
    expect(response.modes).toEqual({ "failed-portal-sign-in": "propose", "single-factor-spray": "automatic" });
    expect(response.actions).toEqual(["revokeSessions"]);
  });

  test("lists, each value once, ids in lower case", () => {
    const { response } = settingsWith({
      BREAK_GLASS_ACCOUNTS: `${APPROVER.toUpperCase()},${APPROVER}`,
      PROTECTED_ACCOUNTS: "ceo@contoso.example, svc-sync@contoso.example,",
    });
    expect(response.breakGlass).toEqual([APPROVER]);
    expect(response.protectedAccounts).toEqual(["ceo@contoso.example", "svc-sync@contoso.example"]);
  });

  test("a boolean as Bicep writes it", () => {
    expect(settingsWith({ INCIDENTS: "False" }).incidents.open).toBe(false);
    expect(settingsWith({ RESPONSE_STOPPED: "True" }).response.stopped).toBe(true);
  });

  test("a timer's schedule that can be followed", () => {
    expect(settingsWith({ WATCH_SCHEDULE: "0 */5 * * * *" }).timers.watch.text).toBe("0 */5 * * * *");
  });

  test("the webhook's address untouched, signature and port included", () => {
    expect(settingsWith({ TEAMS_WEBHOOK_URL: SIGNED }).cards.webhookUrl).toBe(SIGNED);
  });
});

describe("the cloud", () => {
  test("US Government brings all of its hosts", () => {
    const { cloud } = settingsWith({ CLOUD: "usgov" });
    expect(cloud.logAnalytics.endpoint).toBe("https://api.loganalytics.us");
    expect(cloud.login).toBe("https://login.microsoftonline.us");
    expect(cloud.portal).toBe("https://portal.azure.us");
  });

  test.each(["china", "AzureChinaCloud"])("%s is refused with the reason", (name) => {
    const [fault, ...others] = faultsWith({ CLOUD: name });
    expect(others).toEqual([]);
    expect(fault?.message).toContain("CLOUD");
    expect(fault?.message).toContain("retired in Azure China");
  });

  test("one that does not exist is refused", () => {
    expect(faultsWith({ CLOUD: "mars" })[0]?.message).toContain('"mars"');
  });

  test("another host of a service is asked with tokens for that host", () => {
    const { cloud } = settingsWith({ CLOUD: "usgov", GRAPH_ENDPOINT: "dod-graph.microsoft.us" });
    expect(cloud.graph).toEqual({
      endpoint: "https://dod-graph.microsoft.us",
      audience: "https://dod-graph.microsoft.us",
    });
  });

  test("a stand-in on this machine may speak plain HTTP and is shown the service's own tokens", () => {
    const { cloud } = settingsWith({ LOG_ANALYTICS_ENDPOINT: "http://127.0.0.1:4000" });
    expect(cloud.logAnalytics).toEqual({ endpoint: "http://127.0.0.1:4000", audience: "https://api.loganalytics.io" });
  });

  test.each([
    "http://graph.microsoft.com",
    "https://graph.microsoft.com/v1.0",
    "https://user:pass@host.example",
    "ftp://x",
  ])("%s is no endpoint", (endpoint) => {
    expect(faultsWith({ GRAPH_ENDPOINT: endpoint })[0]?.message).toContain("GRAPH_ENDPOINT");
  });
});

describe("faults", () => {
  test("are told all together, each with its name, what was seen and what to do", () => {
    const faults = faultsOf({
      WORKSPACE_ID: "law-sentinel",
      WATCH_SCHEDULE: "*/10 * * * *",
      QUERY_CONCURRENCY: "12",
      APPROVAL_EXPIRY: "3 weeks",
    });
    const messages = faults.map(({ message }) => message).join("\n");
    for (const name of ["WORKSPACE_SUBSCRIPTION_ID", "WORKSPACE_RESOURCE_GROUP", "WORKSPACE_NAME", "STATE_TABLE_URI"]) {
      expect(messages).toContain(`${name} is not set`);
    }
    expect(messages).toContain('WORKSPACE_ID: "law-sentinel"');
    expect(messages).toContain('WATCH_SCHEDULE: "*/10 * * * *" has 5 fields');
    expect(messages).toContain('QUERY_CONCURRENCY: "12"');
    expect(messages).toContain('APPROVAL_EXPIRY: "3 weeks"');
    expect(faults).toHaveLength(8);
    for (const { advice } of faults) expect(advice).not.toBe("");
  });

  test("the id of an example is not taken for a workspace's", () => {
    expect(faultsWith({ WORKSPACE_ID: "00000000-0000-0000-0000-000000000000" })[0]?.message).toContain("not all zeros");
  });

  test.each([
    ["QUERY_CONCURRENCY", "0"],
    ["QUERY_CONCURRENCY", "3.5"],
    ["QUERY_CONCURRENCY", "0x3"],
    ["RUN_DEADLINE", "10m"],
    ["CARDS_PER_HOUR", "-1"],
    ["INCIDENTS", "constructor"],
    ["TENANT_SIZE", "medium"],
    ["STATE_TABLE_NAME", "responder-state"],
    ["RECORDS_CONTAINER", "run--records"],
    ["STATE_TABLE_URI", "https://st.table.core.windows.net/?sv=2022&sig=abc"],
    ["STATE_TABLE_URI", "http://st.table.core.windows.net"],
    ["SENTINEL_API_VERSION", "latest"],
    ["RESPONSE_MODES", "failed-portal-sign-in=always"],
    ["RESPONSE_MODES", "failed-portal-sign-in"],
    ["RESPONSE_MODES", "a=off,a=propose"],
    ["RESPONSE_ACTIONS", "revokeSession"],
    ["APPROVERS", "ceo@contoso.example"],
    ["EXCLUSIONS_FILE", "exclusions.json"],
  ])("%s cannot be %s", (name, value) => {
    const faults = faultsWith({ [name]: value });
    expect(faults).toHaveLength(1);
    expect(faults[0]?.message).toContain(`${name}: `);
  });

  test("a reference to Key Vault that nobody resolved is one, whatever the setting", () => {
    const reference = "@Microsoft.KeyVault(SecretUri=https://kv.vault.azure.net/secrets/teams)";
    const faults = faultsWith({ TEAMS_WEBHOOK_URL: reference, TENANT_SIZE: reference });
    expect(faults.map(({ code }) => code)).toEqual(["UnresolvedSetting", "UnresolvedSetting"]);
    expect(faults[0]?.advice).toContain("Key Vault Secrets User");
  });

  test.each([
    ["an address without TLS", SIGNED.replace("https", "http")],
    ["no address at all", "s3cr3t-signature"],
    ["a host that is not allowed", "https://hooks.attacker.example/?sig=s3cr3t-signature"],
    ["a host that only ends like an allowed one", "https://evillogic.azure.com.attacker.example/?sig=s3cr3t-signature"],
    ["a retired connector", "https://contoso.webhook.office.com/webhookb2/s3cr3t-signature"],
  ])("a webhook with %s is refused and its URL is never shown", (_what, url) => {
    const faults = faultsWith({ TEAMS_WEBHOOK_URL: url });
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).toContain("TEAMS_WEBHOOK_URL");
    expect(JSON.stringify(faults)).not.toMatch(/s3cr3t|attacker|contoso/);
  });

  test("a connection string that is none is not shown either", () => {
    const faults = faultsWith({ APPLICATIONINSIGHTS_CONNECTION_STRING: "Endpoint=sb://s3cr3t" });
    expect(faults).toHaveLength(1);
    expect(JSON.stringify(faults)).not.toContain("s3cr3t");
  });
});

describe("settings that contradict each other are refused", () => {
  test.each<[string, Environment]>([
    ["QUERY_DEADLINE", { QUERY_DEADLINE: "2m" }],
    ["RETRY_FIRST_WAIT", { RETRY_FIRST_WAIT: "30s", RETRY_LONGEST_WAIT: "10s" }],
    ["EVIDENCE_DAILY_UNTIL", { EVIDENCE_DAILY_UNTIL: "2d" }],
    ["CARDS_PER_HOUR", { CARDS_PER_HOUR: "30" }],
    ["RESPONSE_ACTIONS allows nothing", { RESPONSE_MODES: "single-factor-spray=automatic" }],
    ["do not rise", { RESPONSE_PER_RUN: "25" }],
    ["APP_URL is missing", { APPROVALS: "on", APPROVERS: APPROVER }],
    ["APPROVERS names nobody", { APPROVALS: "on", APP_URL: "https://func.azurewebsites.net" }],
  ])("%s", (message, environment) => {
    const faults = faultsWith(environment);
    expect(faults).toHaveLength(1);
    expect(faults[0]?.code).toBe("SettingsDisagree");
    expect(faults[0]?.message).toContain(message);
  });

  test("a hunt that is off needs no action to be allowed", () => {
    expect(faultsWith({ RESPONSE_MODES: "single-factor-spray=off" })).toEqual([]);
  });
});

describe("on a laptop", () => {
  test("nothing has to be set", () => {
    const settings = readLaptopSettings({});
    expect(settings.query.concurrency).toBe(3);
    expect(settings).not.toHaveProperty("workspace");
  });

  test("what is set is checked all the same", () => {
    expect(() => readLaptopSettings({ TENANT_SIZE: "medium" })).toThrow(/TENANT_SIZE/);
  });

  test("only groups that every reader may do without are left out", () => {
    const needing = Object.entries(settingTable)
      .filter(([, { settings }]) => Object.values(settings).some(({ required }) => required))
      .map(([name]) => name);
    expect(needing).toEqual(["workspace", "state"]);
  });
});
