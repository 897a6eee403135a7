import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { readBicep } from "../../scripts/bicep-source.ts";
import { at, written } from "../../scripts/bicep-template.ts";
import { awaitedRoles, graphPermissions, platformRoles, roles, scopeNames } from "./facts.ts";

const infra = fileURLToPath(new URL("../../infra/", import.meta.url));
const azure = fileURLToPath(new URL("../../src/azure/", import.meta.url));

interface Right {
  readonly role: string;
  readonly scope: string;
}
interface Named extends Right {
  readonly id: string;
}

const line = ({ role, scope }: Right): string => `${role} on the ${scope}`;

/** What the templates give to the app's identity. */
function givenRights(): readonly Right[] {
  return readdirSync(`${infra}modules`).flatMap((file) => {
    const { resources } = readBicep(`${infra}modules/${file}`);
    return resources
      .filter(({ type }) => type === "Microsoft.Authorization/roleAssignments")
      .map(({ body, symbol }) => {
        expect(written(at(body, "properties", "principalId")), symbol).toBe("principalId");
        const id =
          written(at(body, "properties", "roleDefinitionId"))
            .split("/")
            .at(-1) ?? "";
        const scope = resources.find((resource) => resource.symbol === written(at(body, "scope")));
        return { role: roles[id] ?? id, scope: scopeNames[scope?.type ?? ""] ?? `unknown scope of ${symbol}` };
      });
  });
}

/** What the adapters say that they cannot do without. */
async function namedRights(): Promise<readonly Named[]> {
  const files = readdirSync(azure).filter((file) => file.endsWith(".ts"));
  const modules = await Promise.all(
    files.map((file) => import(`${azure}${file}`) as Promise<{ permissions?: unknown }>),
  );
  const all = modules.flatMap(({ permissions }) => (Array.isArray(permissions) ? permissions : []));
  return all.filter((one) => typeof one === "object" && one !== null && "role" in one) as Named[];
}

describe("the app's rights in Azure", () => {
  let given: readonly Right[] = [];
  let named: readonly Named[] = [];
  const written = readdirSync(azure);
  const awaited = awaitedRoles.filter(({ adapter }) => !written.includes(adapter));

  beforeAll(async () => {
    given = givenRights();
    named = await namedRights();
  });

  test("are those that the adapters and the platform need, and no others", () => {
    const needed = [...named, ...platformRoles, ...awaited].map(line);
    expect([...new Set(given.map(line))].sort()).toEqual([...new Set(needed)].sort());
  });

  test("are each given once", () => {
    expect(given.map(line).length).toBe(new Set(given.map(line)).size);
  });

  test("go by the same ids in the adapters as in the table", () => {
    expect(named.length).toBeGreaterThan(0);
    for (const { role, id } of named) expect(roles[id]).toBe(role);
  });
});

describe("the app's rights in Microsoft Graph", () => {
  test("go by the same ids in the adapter as in the table", async () => {
    const { permissions } = await import("../../src/azure/graph-permissions.ts");
    const ids = Object.fromEntries(permissions.map(({ permission, id }) => [permission, id]));
    expect(ids).toEqual(graphPermissions);
  });

  test("are not given by the templates", () => {
    const files = readdirSync(infra, { recursive: true, encoding: "utf8" }).filter((file) => file.endsWith(".bicep"));
    for (const file of files) expect(readBicep(`${infra}${file}`).text).not.toMatch(/Microsoft\.Graph|microsoftGraph/);
  });
});
