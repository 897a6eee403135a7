import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readBicep } from "../../scripts/bicep-source.ts";
import { withDiagram } from "../../scripts/deployment-diagram.ts";
import { roles } from "./facts.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const page = readFileSync(`${root}docs/deploy.md`, "utf8");
const main = readBicep(`${root}infra/main.bicep`);
const parameters = main.parameters.map(({ name }) => name);

describe("the page on deploying", () => {
  test("draws what the templates deploy (else run: node scripts/deployment-diagram.ts)", () => {
    expect(page).toBe(withDiagram(page));
    const readme = readFileSync(`${root}README.md`, "utf8");
    expect(readme).toBe(withDiagram(readme));
    for (const role of Object.values(roles)) expect(withDiagram(page)).toContain(`"${role}"`);
  });

  test("lists the roles that the templates assign, and no others", () => {
    const listed = [...page.matchAll(/^\| ([A-Z][^|]*?) +\| [^|]* \| [^|]* \| (?:always|with `(\w+)`) *\|$/gm)];
    expect(listed.map(([, role]) => role).sort()).toEqual(Object.values(roles).sort());
    for (const [, , parameter] of listed) if (parameter) expect(parameters).toContain(parameter);
  });

  test("sets only what the deployment reads", () => {
    const file = readFileSync(`${root}infra/main.parameters.json`, "utf8");
    const set = [...page.matchAll(/azd env set ([A-Z_]+)/g)].map(([, name]) => name);
    expect(set.length).toBeGreaterThan(0);
    for (const name of set) expect(file).toContain(`\${${name}`);
    const outputs = main.outputs.map(({ name }) => name);
    // The Developer CLI sets this one itself.
    for (const [, name = ""] of page.matchAll(/azd env get-value ([A-Z_]+)/g)) {
      if (name !== "AZURE_RESOURCE_GROUP") expect(outputs).toContain(name);
    }
  });

  test("names parameters that there are", () => {
    const named = [...page.matchAll(/^"(\w+)": \{ "value"/gm), ...page.matchAll(/`"(\w+)": \{ "value"/g)];
    expect(named.length).toBeGreaterThan(3);
    for (const [, name] of named) expect(parameters).toContain(name);
  });

  test("lists every alarm", () => {
    const { resources } = readBicep(`${root}infra/modules/alarms.bicep`);
    const alarms = resources.filter(({ type }) => type === "Microsoft.Insights/scheduledQueryRules").length;
    expect([...page.matchAll(/^\| .* \| [0-4] *\|$/gm)]).toHaveLength(alarms);
  });
});
