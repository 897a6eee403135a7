// Draws what infra/ deploys, from the templates themselves, into README.md and docs/deploy.md between their two marks.
import { readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { readBicep, type Source } from "./bicep-source.ts";
import { at, Expression, type Module, type Resource, type Value, written } from "./bicep-template.ts";

const infra = fileURLToPath(new URL("../infra/", import.meta.url));
const root = fileURLToPath(new URL("../", import.meta.url));
const pages = ["README.md", "docs/deploy.md"];
const BEGIN = "<!-- made by scripts/deployment-diagram.ts -->";
const END = "<!-- end -->";

/** What is drawn, and what it is called; other types are parts of these. */
const drawn: Readonly<Record<string, string>> = {
  "Microsoft.Insights/actionGroups": "Action group",
  "Microsoft.Insights/components": "Application Insights",
  "Microsoft.Insights/scheduledQueryRules": "Alarms",
  "Microsoft.KeyVault/vaults": "Key Vault",
  "Microsoft.ManagedIdentity/userAssignedIdentities": "Managed identity",
  "Microsoft.OperationalInsights/queryPacks": "Query pack",
  "Microsoft.OperationalInsights/workspaces": "Log Analytics workspace<br/>with Microsoft Sentinel",
  "Microsoft.Storage/storageAccounts": "Storage account",
  "Microsoft.Storage/storageAccounts/blobServices/containers": "Container",
  "Microsoft.Storage/storageAccounts/tableServices/tables": "Table",
  "Microsoft.Web/serverfarms": "Flex Consumption plan",
  "Microsoft.Web/sites": "Function app",
};

/** What a resource has to do with what its module was given, by the parameter's name. */
const verbs: Readonly<Record<string, string>> = {
  identityId: "is",
  packageContainerUri: "runs from",
  workspaceResourceId: "writes to",
};

interface Part {
  readonly module: Module;
  readonly source: Source;
}

const nodeOf = (part: Part, symbol: string): string => `${part.module.symbol}_${symbol}`;

export function deploymentDiagram(): string {
  const main = readBicep(`${infra}main.bicep`);
  const parts = main.modules.map((module) => ({ module, source: readBicep(`${infra}${module.path}`) }));
  const lines = parts.flatMap((part) => [...arrowsOf(part, parts, main)]);
  return [
    "```mermaid",
    "flowchart LR",
    '  subgraph own["Resource group of the app"]',
    ...parts.filter(({ module }) => at(module.body, "scope") === undefined).flatMap(nodes),
    "  end",
    '  subgraph theirs["Resource group of the workspace"]',
    ...parts.filter(({ module }) => at(module.body, "scope") !== undefined).flatMap(nodes),
    "  end",
    '  teams(["Workflow in Teams"])',
    '  msgraph(["Microsoft Graph"])',
    `  app_app -. "cards, by the URL in the vault" .-> teams`,
    `  app_app -. "sessions, where allowed" .-> msgraph`,
    ...new Set(lines),
    "```",
  ].join("\n");
}

function nodes(part: Part): readonly string[] {
  const seen = new Map<string, Resource[]>();
  for (const resource of part.source.resources) {
    // What a module only refers to is drawn where it is deployed; the workspace is nobody's.
    const foreign = resource.existing && resource.type !== "Microsoft.OperationalInsights/workspaces";
    if (!foreign && drawn[resource.type]) {
      seen.set(resource.symbol, [...(seen.get(resource.symbol) ?? []), resource]);
    }
  }
  return [...seen].map(([symbol, resources]) => `    ${nodeOf(part, symbol)}["${labelOf(part, resources)}"]`);
}

function labelOf({ module, source }: Part, resources: readonly Resource[]): string {
  const [resource] = resources as [Resource];
  const label = drawn[resource.type] ?? resource.type;
  if (resources.length > 1) return `${resources.length} ${label.toLowerCase()}`;
  if (resource.type.endsWith("queryPacks")) {
    const queries = source.resources.filter(({ type }) => type.endsWith("queryPacks/queries")).length;
    return `${label}<br/>${queries} saved queries`;
  }
  const name = at(resource.body, "name");
  // A name that main.bicep hands over is known where it is a plain text there.
  const given = at(module.body, "params", written(name));
  const known = [name, given].find((one) => typeof one === "string");
  return known === undefined ? label : `${label}<br/>${String(known)}`;
}

function* arrowsOf(part: Part, parts: readonly Part[], main: Source): Iterable<string> {
  const { resources } = part.source;
  const identity = "identity_identity";
  for (const resource of resources) {
    const scope = resources.find(({ symbol }) => symbol === written(at(resource.body, "scope")));
    const name = nodeOf(part, resource.symbol);
    if (resource.type === "Microsoft.Authorization/roleAssignments" && scope) {
      yield arrow(identity, roleName(part, resource), nodeOf(part, scope.symbol), resource.condition !== null);
    } else if (resource.type === "Microsoft.Insights/diagnosticSettings" && scope) {
      yield arrow(nodeOf(part, scope.symbol), "logs to", "workspaceAccess_workspace", false);
    } else if (resource.type === "Microsoft.Web/sites/config" && at(resource.body, "name") === "authsettingsV2") {
      yield arrow('people(["People who approve"])', "sign in with Entra", "app_app", true);
    } else if (drawn[resource.type] && !resource.existing) {
      yield* ownArrows(part, resource);
      yield* givenArrows(part, resource, name, parts, main);
    }
  }
}

/** To other resources of the module: a child's parent, what an alarm calls. */
function* ownArrows(part: Part, resource: Resource): Iterable<string> {
  const name = nodeOf(part, resource.symbol);
  const others = part.source.resources.filter(({ type, symbol }) => drawn[type] && symbol !== resource.symbol);
  const account = others.find(({ type }) => type === "Microsoft.Storage/storageAccounts");
  if (account && /containers$|tables$/.test(resource.type)) yield `  ${nodeOf(part, account.symbol)} --- ${name}`;
  for (const other of others) {
    if (!mentions(at(resource.body, "properties"), other.symbol)) continue;
    const verb = other.type.endsWith("serverfarms") ? "on" : "call";
    yield arrow(name, verb, nodeOf(part, other.symbol), false);
  }
}

/** To resources of other modules, by way of what main.bicep hands over. */
function* givenArrows(
  part: Part,
  resource: Resource,
  name: string,
  parts: readonly Part[],
  main: Source,
): Iterable<string> {
  const given = at(part.module.body, "params");
  for (const { name: parameter } of part.source.parameters) {
    const verb = resource.type.endsWith("scheduledQueryRules") ? "ask" : verbs[parameter];
    if (verb === undefined || !mentions(resource.body, parameter)) continue;
    const value = written(at(given, parameter));
    const output = /^(\w+)!?\.outputs\.(\w+)$/.exec(value);
    const from = parts.find(({ module }) => module.symbol === output?.[1]);
    const made = from?.source.outputs.find((one) => one.name === output?.[2])?.value ?? "";
    const target = from?.source.resources.find(
      ({ symbol, type }) => drawn[type] && new RegExp(`\\b${symbol}\\.name\\}|^${symbol}\\b`).test(made),
    );
    if (from && target) yield arrow(name, verb, nodeOf(from, target.symbol), false);
    else if (main.parameters.some((one) => one.name === value))
      yield arrow(name, verb, "workspaceAccess_workspace", false);
  }
}

const arrow = (from: string, verb: string, to: string, onlyIfOn: boolean): string =>
  onlyIfOn ? `  ${from} -. "${verb}" .-> ${to}` : `  ${from} -- "${verb}" --> ${to}`;

function mentions(value: Value | undefined, symbol: string): boolean {
  if (value instanceof Expression) return new RegExp(`\\b${symbol}\\b`).test(value.text);
  if (typeof value !== "object" || value === null) return false;
  return Object.entries(value).some(
    ([key, inner]) => key.includes(`\${${symbol}}`) || mentions(inner as Value, symbol),
  );
}

/** The name of the variable that holds the role's id, in words: "logAnalyticsDataReader" is "Log Analytics Data Reader". */
function roleName({ source }: Part, { body }: Resource): string {
  const id = written(at(body, "properties", "roleDefinitionId"))
    .split("/")
    .at(-1);
  const variable = [...source.variables].find(([, value]) => value === id)?.[0] ?? "a role";
  return variable.replace(/[A-Z]/g, " $&").replace(/^./, (first) => first.toUpperCase());
}

export function withDiagram(text: string): string {
  const [before, rest] = text.split(BEGIN);
  const after = rest?.split(END)[1];
  if (before === undefined || after === undefined) throw new Error(`The page lacks the marks ${BEGIN} and ${END}.`);
  return `${before}${BEGIN}\n\n${deploymentDiagram()}\n\n${END}${after}`;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  for (const page of pages) {
    const before = readFileSync(`${root}${page}`, "utf8");
    const now = withDiagram(before);
    writeFileSync(`${root}${page}`, now);
    console.log(`${page}: ${now === before ? "unchanged" : "written"}`);
  }
}
