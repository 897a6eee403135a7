// What no template of ours may do. Each rule says what is wrong, in words, or nothing.

import { at, Expression, type Resource, type Template, type Value, written } from "../../scripts/bicep-template.ts";
import { allowedSiteConfig, apiVersions, forbiddenSettings, roles } from "./facts.ts";

const of = (template: Template, type: string): readonly Resource[] =>
  template.resources.filter((resource) => !resource.existing && resource.type === type);
const keysOf = (value: Value | undefined): readonly string[] =>
  typeof value === "object" && value !== null && !(value instanceof Expression) ? Object.keys(value) : [];

const MUST = {
  "Microsoft.Storage/storageAccounts": {
    allowBlobPublicAccess: false,
    allowCrossTenantReplication: false,
    allowSharedKeyAccess: false,
    minimumTlsVersion: "TLS1_2",
    supportsHttpsTrafficOnly: true,
  },
  "Microsoft.Insights/components": { DisableLocalAuth: true },
  "Microsoft.KeyVault/vaults": { enableRbacAuthorization: true, enablePurgeProtection: true },
  "Microsoft.Web/sites": { httpsOnly: true },
  "Microsoft.Web/sites/basicPublishingCredentialsPolicies": { allow: false },
  "Microsoft.Storage/storageAccounts/blobServices/containers": { publicAccess: "None" },
} as const;

const SECRET_VALUE = /\blist[A-Z]\w*\(|ConnectionString\b|InstrumentationKey|\bgetSecret\(|sharedKey/i;
const SECRET_NAME = /password|pwd|accountkey|webhookurl|connectionstring|(?<!name)secret$/i;
const KEY_BASED =
  /\blistKeys\(|\blistAccountSas\(|AccountKey=|SharedAccessKey|DefaultEndpointsProtocol|StorageAccountConnectionString/i;
const ROLE_ID = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/i;

export function* broken(template: Template): Iterable<string> {
  const secure = template.parameters.filter((parameter) => parameter.secure).map(({ name }) => name);
  for (const { name, value } of template.outputs) {
    if (SECRET_VALUE.test(value) || secure.some((one) => new RegExp(`\\b${one}\\b`).test(value))) {
      yield `the output ${name} holds a secret`;
    }
  }
  for (const { name, secure: isSecure, preset } of template.parameters) {
    if (SECRET_NAME.test(name) && !isSecure) yield `the parameter ${name} is a secret and not secure`;
    if (isSecure && preset !== undefined && preset !== "") yield `the secure parameter ${name} has a default`;
  }
  if (KEY_BASED.test(template.text)) yield "something is reached with a key";

  for (const resource of template.resources) {
    const known = apiVersions[resource.type];
    if (known === undefined) yield `${resource.type} is not in the table of types`;
    else if (known !== resource.apiVersion)
      yield `${resource.type} is spoken to as ${resource.apiVersion}, not ${known}`;
    if (resource.type === "Microsoft.Authorization/roleDefinitions") yield "a role of our own is defined";
  }
  for (const assignment of of(template, "Microsoft.Authorization/roleAssignments")) {
    const id = ROLE_ID.exec(written(at(assignment.body, "properties", "roleDefinitionId")))?.[0];
    if (id === undefined || roles[id] === undefined)
      yield `${assignment.symbol} assigns a role that is not in the table`;
    if (at(assignment.body, "scope") === undefined) yield `${assignment.symbol} is for a whole resource group`;
    if (at(assignment.body, "properties", "principalType") !== "ServicePrincipal") {
      yield `${assignment.symbol} does not say what it is given to`;
    }
  }
  for (const [type, wanted] of Object.entries(MUST)) {
    for (const resource of of(template, type)) {
      for (const [key, value] of Object.entries(wanted)) {
        const seen = at(resource.body, "properties", key);
        if (seen !== value) yield `${resource.symbol}: ${key} is ${written(seen)}, not ${String(value)}`;
      }
    }
  }
  for (const site of of(template, "Microsoft.Web/sites")) yield* brokenSite(site);
  for (const config of of(template, "Microsoft.Web/sites/config")) {
    if (at(config.body, "name") !== "appsettings") continue;
    for (const name of keysOf(at(config.body, "properties"))) {
      if (forbiddenSettings.includes(name)) yield `Flex Consumption does not take the setting ${name}`;
      if (name === "AzureWebJobsStorage") yield "the host's storage is reached with a key";
    }
  }
  for (const group of of(template, "Microsoft.Insights/actionGroups")) {
    const short = written(at(group.body, "properties", "groupShortName"));
    if (short.length > 12) yield `the action group's short name ${short} is longer than 12 characters`;
  }
}

function* brokenSite(site: Resource): Iterable<string> {
  const properties = at(site.body, "properties");
  for (const name of keysOf(at(properties, "siteConfig"))) {
    if (!allowedSiteConfig.includes(name)) yield `Flex Consumption does not take siteConfig.${name}`;
  }
  if (at(properties, "siteConfig", "minTlsVersion") !== "1.2") yield `${site.symbol} takes less than TLS 1.2`;
  if (at(site.body, "identity", "type") !== "UserAssigned") yield `${site.symbol} has no user-assigned identity`;
  if (at(properties, "keyVaultReferenceIdentity") === undefined) yield `${site.symbol} cannot resolve secrets`;
  const storage = at(properties, "functionAppConfig", "deployment", "storage", "authentication", "type");
  if (storage !== "UserAssignedIdentity") yield `${site.symbol} fetches its package as ${written(storage)}`;
}
