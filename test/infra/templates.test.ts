import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { parse } from "yaml";
import { parseBicep, readBicep } from "../../scripts/bicep-source.ts";
import { at, Expression, written } from "../../scripts/bicep-template.ts";
import { triggers } from "../../src/triggers/triggers.ts";
import { apiVersions, roles } from "./facts.ts";
import { broken } from "./rules.ts";

const infra = fileURLToPath(new URL("../../infra/", import.meta.url));
const files = readdirSync(infra, { recursive: true, encoding: "utf8" })
  .filter((file) => file.endsWith(".bicep"))
  .sort();
const sources = files.map((file) => readBicep(`${infra}${file}`));
const main = sources[files.indexOf("main.bicep")]!;
const moduleNamed = (file: string) => sources[files.indexOf(`modules/${file}.bicep`)]!;
const resources = sources.flatMap((source) => source.resources);

describe("the templates", () => {
  test.each(files)("%s parses", (file) => {
    expect(readBicep(`${infra}${file}`).faults).toEqual([]);
  });

  test.each(files)("%s keeps every rule", (file) => {
    expect([...broken(readBicep(`${infra}${file}`))]).toEqual([]);
  });

  test.each(files)("%s describes itself and every parameter", (file) => {
    const source = readBicep(`${infra}${file}`);
    expect(source.text).toMatch(/^metadata description = '[^']/m);
    const silent = source.parameters.filter(({ description }) => !description).map(({ name }) => name);
    expect(silent).toEqual([]);
  });

  test.each(files)("%s uses all of its parameters and variables", (file) => {
    const { text, parameters, variables, references } = readBicep(`${infra}${file}`);
    const exported = [...text.matchAll(/@export\(\)[^=]*?var (\w+)/g)].map(([, name]) => name);
    const names = [...parameters.map(({ name }) => name), ...variables.keys()];
    const unused = names.filter((name) => !references.has(name) && !exported.includes(name));
    expect(unused).toEqual([]);
  });

  test("every module is deployed, and is given exactly the parameters that it asks for", () => {
    const used = main.modules.map(({ path }) => path);
    const libraries = ["modules/presets.bicep"];
    expect([...used, ...libraries].sort()).toEqual(files.filter((file) => file !== "main.bicep"));
    for (const module of main.modules) {
      const { parameters } = readBicep(`${infra}${module.path}`);
      const given = Object.keys(at(module.body, "params") as object).sort();
      expect({ module: module.symbol, given }).toEqual({
        module: module.symbol,
        given: parameters.map(({ name }) => name).sort(),
      });
    }
  });

  test("what a module is asked for is among its outputs", () => {
    for (const [, symbol, output] of main.text.matchAll(/\b(\w+)!?\.outputs\.(\w+)/g)) {
      const path = main.modules.find((module) => module.symbol === symbol)?.path;
      expect(readBicep(`${infra}${path}`).outputs.map(({ name }) => name)).toContain(output);
    }
  });

  test("nothing is in the tables that the templates do not use", () => {
    const types = new Set(resources.map(({ type }) => type));
    expect(Object.keys(apiVersions).filter((type) => !types.has(type))).toEqual([]);
    const text = sources.map((source) => source.text).join("\n");
    expect(Object.keys(roles).filter((id) => !text.includes(id))).toEqual([]);
  });

  test("no secret and no address of one cloud is written anywhere", () => {
    for (const { text } of sources) {
      expect(text).not.toMatch(
        /sig=|AccountKey|login\.microsoftonline|core\.windows\.net|vault\.azure\.net|management\.azure/,
      );
    }
  });
});

describe("the app", () => {
  test("runs Node 24 on Flex Consumption on Linux, as its own identity, from a container of its account", () => {
    const app = moduleNamed("app");
    const site = app.resources.find(({ type }) => type === "Microsoft.Web/sites")!;
    const plan = app.resources.find(({ type }) => type === "Microsoft.Web/serverfarms")!;
    expect(at(plan.body, "sku")).toEqual({ name: "FC1", tier: "FlexConsumption" });
    expect(at(site.body, "kind")).toBe("functionapp,linux");
    expect(main.parameters.find(({ name }) => name === "nodeVersion")?.preset).toBe("24");
    expect(written(at(site.body, "properties", "functionAppConfig", "deployment", "storage", "value"))).toBe(
      "packageContainerUri",
    );
    expect(written(at(site.body, "tags"))).toContain("responder");
  });

  test("cannot be published to with a password", () => {
    const closed = moduleNamed("app").resources.filter(({ type }) =>
      type.endsWith("basicPublishingCredentialsPolicies"),
    );
    expect(closed.map(({ body }) => at(body, "name")).sort()).toEqual(["ftp", "scm"]);
  });

  test("has its settings put in place after sign-in stands in front of it", () => {
    const settings = main.modules.find(({ symbol }) => symbol === "appSettings")!;
    expect(settings.uses).toContain("signIn");
  });

  test("works for a workspace in another group and subscription", () => {
    const access = main.modules.find(({ symbol }) => symbol === "workspaceAccess")!;
    expect(written(at(access.body, "scope"))).toBe("resourceGroup(workspace.subscriptionId, workspace.resourceGroup)");
    const rest = main.modules.filter(({ symbol }) => symbol !== "workspaceAccess");
    expect(rest.filter(({ body }) => at(body, "scope") !== undefined)).toEqual([]);
  });
});

describe("sign-in for approvals", () => {
  const signIn = moduleNamed("sign-in").resources.find(({ type }) => type === "Microsoft.Web/sites/config")!;

  test("stands before everything but what is called with a key", () => {
    const validation = at(signIn.body, "properties", "globalValidation");
    expect(at(validation, "requireAuthentication")).toBe(true);
    expect(at(validation, "excludedPaths")).toEqual([
      "/api/health",
      "/api/campaigns/*",
      "/api/hunts",
      "/api/hunts/*",
      "/api/stop",
    ]);
  });

  test("leaves what is called with a key reachable, and nothing that a person approves on", () => {
    const excluded = at(signIn.body, "properties", "globalValidation", "excludedPaths") as readonly string[];
    const covers = (path: string) =>
      excluded.some((one) => (one.endsWith("/*") ? path.startsWith(one.slice(0, -1)) : path === one));
    for (const trigger of triggers) {
      if (trigger.kind !== "http") continue;
      const reachable = covers(`/api/${trigger.route}`);
      expect({ route: trigger.route, reachable }).toEqual({
        route: trigger.route,
        reachable: !trigger.route.startsWith("approvals"),
      });
    }
    expect(covers("/api/approvals/0123456789")).toBe(false);
  });

  test("alone lets the app trust the principal header", () => {
    const trusting = sources.filter(({ text }) => /'on'/.test(text) && /trustPrincipalHeader string = /.test(text));
    expect(trusting.map(({ file }) => file)).toEqual([`${infra}modules/sign-in.bicep`]);
    const given = at(
      main.modules.find(({ symbol }) => symbol === "appSettings")?.body,
      "params",
      "trustPrincipalHeader",
    );
    expect(written(given)).toBe("approvals ? signIn!.outputs.trustPrincipalHeader : 'off'");
    const settings = moduleNamed("settings");
    const config = settings.resources.find(({ type }) => type === "Microsoft.Web/sites/config")!;
    expect(written(at(config.body, "properties", "TRUST_PRINCIPAL_HEADER"))).toBe("trustPrincipalHeader");
  });

  test("is left out without an app registration and people to approve", () => {
    expect(main.modules.find(({ symbol }) => symbol === "signIn")?.condition).toBe("approvals");
    expect(main.variables.get("approvals")).toEqual(new Expression("!empty(signInClientId) && !empty(approvers)"));
  });

  test("keeps no secret of its own", () => {
    const azure = at(signIn.body, "properties", "identityProviders", "azureActiveDirectory", "registration");
    expect(at(azure, "clientSecretSettingName")).toBe("OVERRIDE_USE_MI_FIC_ASSERTION_CLIENTID");
  });
});

describe("the URL of the Teams workflow", () => {
  test("goes into the vault and nowhere else", () => {
    const uses = sources.flatMap(({ file, text }) =>
      [...text.matchAll(/^(?!@description).*\bteamsWebhookUrl\b.*/gm)].map(
        ([line]) => `${file.slice(infra.length)}: ${line.trim()}`,
      ),
    );
    expect(uses).toEqual([
      "main.bicep: param teamsWebhookUrl string = ''",
      "main.bicep: var postsCards = cards || !empty(teamsWebhookUrl)",
      "main.bicep: teamsWebhookUrl: teamsWebhookUrl",
      "modules/vault.bicep: param teamsWebhookUrl string",
      "modules/vault.bicep: resource entry 'Microsoft.KeyVault/vaults/secrets@2024-11-01' = if (!empty(teamsWebhookUrl)) {",
      "modules/vault.bicep: value: teamsWebhookUrl",
    ]);
  });
});

describe("azure.yaml", () => {
  const { services, infra: place } = parse(readFileSync(`${infra}../azure.yaml`, "utf8")) as {
    services: Record<string, { host: string; dist: string; remoteBuild: boolean }>;
    infra: { path: string; module: string };
  };

  test("puts what the build made, as it is, into the app that the templates mark for it", () => {
    const [[name, service] = [], ...others] = Object.entries(services);
    expect(others).toEqual([]);
    expect(service).toMatchObject({ host: "function", remoteBuild: false });
    const site = moduleNamed("app").resources.find(({ type }) => type === "Microsoft.Web/sites")!;
    expect(written(at(site.body, "tags"))).toContain(`azd-service-name: ${name}`);
    const { main: entry } = JSON.parse(readFileSync(`${infra}../package.json`, "utf8")) as { main: string };
    expect(entry.startsWith(`${service?.dist}/`)).toBe(true);
    expect(place).toMatchObject({ path: "infra", module: "main" });
  });
});

describe("main.parameters.json", () => {
  test("gives values for parameters that there are, and for all that must be given", () => {
    const { parameters } = JSON.parse(readFileSync(`${infra}main.parameters.json`, "utf8")) as { parameters: object };
    const known = main.parameters.map(({ name }) => name);
    const needed = main.parameters.filter(({ preset }) => preset === undefined).map(({ name }) => name);
    expect(Object.keys(parameters).filter((name) => !known.includes(name))).toEqual([]);
    expect(needed.filter((name) => !(name in parameters))).toEqual([]);
  });
});

// The rules above say nothing about good templates; each has to find its own bad one.
describe("a template is refused that", () => {
  const site = (properties: string) => `
resource app 'Microsoft.Web/sites@2025-03-01' = {
  name: 'a'
  identity: { type: 'UserAssigned' }
  properties: {
    httpsOnly: true
    keyVaultReferenceIdentity: id
    functionAppConfig: { deployment: { storage: { authentication: { type: 'UserAssignedIdentity' } } } }
    ${properties}
  }
}`;
  const assignment = (id: string, scope = "scope: x") => `
resource a 'Microsoft.Authorization/roleAssignments@2022-04-01' = {
  name: 'a'
  ${scope}
  properties: { principalType: 'ServicePrincipal', roleDefinitionId: subscriptionResourceId('r', '${id}') }
}`;
  const reader = "3b03c2da-16b3-4a49-8834-0f8130efdd3b";
  const settings = (line: string) => `
resource s 'Microsoft.Web/sites/config@2025-03-01' = {
  name: 'appsettings'
  properties: { ${line} }
}`;

  test.each([
    ["gives out a key", "output key string = account.listKeys().keys[0].value", "the output key holds a secret"],
    [
      "gives out a connection string",
      "output c string = ai.properties.ConnectionString",
      "the output c holds a secret",
    ],
    [
      "gives out what it was given in secret",
      "@secure()\nparam x string\noutput y string = x",
      "the output y holds a secret",
    ],
    ["has a secret's default", "@secure()\nparam x string = 'y'", "the secure parameter x has a default"],
    ["takes a secret openly", "param teamsWebhookUrl string", "is a secret and not secure"],
    ["makes somebody owner", assignment("8e3af657-a8ff-443c-a75c-2fe8c4bcb635"), "a role that is not in the table"],
    ["gives a right on the whole group", assignment(reader, ""), "for a whole resource group"],
    ["uses an old API", "resource v 'Microsoft.KeyVault/vaults@2019-09-01' existing = { name: 'v' }", "2019-09-01"],
    [
      "uses a type we do not know",
      "resource v 'Microsoft.Sql/servers@2023-08-01' existing = { name: 'v' }",
      "not in the table",
    ],
    ["reaches storage with a key", settings("AzureWebJobsStorage: 'x'"), "reached with a key"],
    ["sets the worker's runtime", settings("FUNCTIONS_WORKER_RUNTIME: 'node'"), "FUNCTIONS_WORKER_RUNTIME"],
    ["sets the time zone", settings("WEBSITE_TIME_ZONE: 'x'"), "WEBSITE_TIME_ZONE"],
    ["sets ftpsState", site("siteConfig: { minTlsVersion: '1.2', ftpsState: 'Disabled' }"), "siteConfig.ftpsState"],
    ["allows TLS 1.1", site("siteConfig: { minTlsVersion: '1.1' }"), "less than TLS 1.2"],
  ])("%s", (_what, text, fault) => {
    const source = parseBicep(text);
    expect(source.faults).toEqual([]);
    expect([...broken(source)].join("\n")).toContain(fault);
  });

  test("a template that keeps the rules is not refused", () => {
    expect([...broken(parseBicep(site("siteConfig: { minTlsVersion: '1.2' }") + assignment(reader)))]).toEqual([]);
  });
});
