import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterEach, describe, expect, test } from "vitest";
import { type ArmTemplate, compile, findCompiler, readCompiled } from "./compiled-template.ts";
import { broken } from "./rules.ts";

const main = fileURLToPath(new URL("../../infra/main.bicep", import.meta.url));

describe("the real compiler", () => {
  const compiler = findCompiler();

  test("takes the templates without an error or a warning, and what it makes of them keeps every rule", (context) => {
    if (compiler === undefined) {
      context.skip("There is no Bicep compiler here: set BICEP, run `az bicep install`, or restore it from NuGet.");
      return;
    }
    const { version, complaints, json } = compile(compiler, main);
    expect({ version, complaints }).toEqual({ version, complaints: [] });
    const templates = readCompiled(json);
    expect(templates.length).toBeGreaterThan(5);
    expect(templates.flatMap((template) => [...broken(template)])).toEqual([]);
  });
});

describe("a compiler is found", () => {
  const folders: string[] = [];
  const folder = () => {
    const made = mkdtempSync(join(tmpdir(), "bicep-"));
    folders.push(made);
    return made;
  };
  const program = (...path: readonly string[]) => {
    const file = join(...(path as [string, ...string[]]));
    mkdirSync(join(file, ".."), { recursive: true });
    writeFileSync(file, "#!/bin/sh\n");
    chmodSync(file, 0o755);
    return file;
  };
  afterEach(() => {
    for (const made of folders.splice(0)) rmSync(made, { recursive: true });
  });

  test("where BICEP says", () => {
    const home = folder();
    const file = program(home, "own", "bicep");
    expect(findCompiler({ BICEP: file }, home)).toBe(file);
  });

  test("on the path", () => {
    const home = folder();
    const file = program(home, "bin", "bicep");
    expect(findCompiler({ PATH: join(home, "bin") }, home)).toBe(file);
  });

  test("among the packages of NuGet, the newest version first", () => {
    const home = folder();
    const version = (number: string) =>
      program(home, ".nuget", "packages", "azure.bicep.commandline.linux-x64", number, "tools", "bicep");
    version("0.9.1");
    const newest = version("0.44.1");
    expect(findCompiler({ PATH: "" }, home)).toBe(newest);
  });

  test("nowhere, where there is none", () => {
    expect(findCompiler({ PATH: "" }, folder())).toBeUndefined();
  });
});

// What the compiler makes is ARM JSON. The same rules are held against it, so each has to find its breach there too.
describe("a compiled template", () => {
  const roleId = "3b03c2da-16b3-4a49-8834-0f8130efdd3b";
  const nested = (template: ArmTemplate): ArmTemplate => ({
    resources: {
      inner: {
        type: "Microsoft.Resources/deployments",
        apiVersion: "2025-04-01",
        name: "inner",
        properties: { template: template as never },
      },
    },
  });
  const assignment = (definition: string) => ({
    type: "Microsoft.Authorization/roleAssignments",
    apiVersion: "2022-04-01",
    scope: "[resourceId('Microsoft.KeyVault/vaults', parameters('name'))]",
    name: "[guid(parameters('name'))]",
    properties: { principalType: "ServicePrincipal", roleDefinitionId: definition },
  });
  const faults = (template: ArmTemplate) => readCompiled(nested(template)).flatMap((one) => [...broken(one)]);

  test("that is good keeps the rules, its roles read through variables", () => {
    const definition =
      "[subscriptionResourceId('Microsoft.Authorization/roleDefinitions', variables('logAnalyticsDataReader'))]";
    const variables = { logAnalyticsDataReader: roleId };
    expect(faults({ variables, resources: { reads: assignment(definition) } })).toEqual([]);
  });

  test.each<[string, ArmTemplate, string]>([
    [
      "assigns a role that nobody named",
      { resources: [assignment("[subscriptionResourceId('r', '8e3af657-a8ff-443c-a75c-2fe8c4bcb635')]")] },
      "a role that is not in the table",
    ],
    [
      "gives out a key",
      { outputs: { key: { value: "[listKeys(parameters('id'), '2025-06-01').keys[0].value]" } } },
      "the output key holds a secret",
    ],
    [
      "has a secret's default",
      { parameters: { url: { type: "securestring", defaultValue: "https://x" } } },
      "the secure parameter url has a default",
    ],
    [
      "sets what Flex Consumption refuses, by way of a variable",
      {
        variables: { presets: { WEBSITE_RUN_FROM_PACKAGE: "1" } },
        resources: {
          settings: {
            type: "Microsoft.Web/sites/config",
            apiVersion: "2025-03-01",
            name: "[format('{0}/{1}', parameters('appName'), 'appsettings')]",
            properties: "[union(variables('presets'), parameters('chosen'))]",
          },
        },
      },
      "Flex Consumption does not take the setting WEBSITE_RUN_FROM_PACKAGE",
    ],
    [
      "speaks another API",
      { resources: [{ type: "Microsoft.KeyVault/vaults", apiVersion: "2019-09-01", existing: true, name: "v" }] },
      "2019-09-01",
    ],
  ])("that %s does not", (_what, template, fault) => {
    expect(faults(template).join("\n")).toContain(fault);
  });
});
