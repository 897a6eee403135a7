import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import { readBicep } from "../../scripts/bicep-source.ts";
import { at, type Value } from "../../scripts/bicep-template.ts";
import { presetsModule, setByDeployment, settingsExample, settingsPage } from "../../scripts/settings-page.ts";
import { Problems } from "../../src/problems.ts";
import { settingTable } from "../../src/setting-table.ts";
import { readSettings } from "../../src/settings.ts";
import { parseDuration } from "../../src/time.ts";
import { laptopSettings, platformSettings } from "./facts.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const read = (file: string) => readFileSync(`${root}${file}`, "utf8");
const groups = Object.entries(settingTable);
const settings = groups.flatMap(([, group]) => Object.values(group.settings));
const names = settings.map(({ name }) => name).sort();

const module = readBicep(`${root}infra/modules/settings.bicep`);
const main = readBicep(`${root}infra/main.bicep`);
const appSettings = at(
  module.resources.find(({ type }) => type === "Microsoft.Web/sites/config")?.body,
  "properties",
) as Readonly<Record<string, Value>>;
const variable = (name: string) => Object.keys(module.variables.get(name) as object);
/** What main.bicep hands over, besides what the team tunes. */
const chosen = Object.keys(
  at(main.modules.find(({ symbol }) => symbol === "appSettings")?.body, "params", "chosen") as object,
);

describe("every setting that the code reads, and nothing else, is", () => {
  test("an app setting in Azure", () => {
    const ours = Object.keys(appSettings).filter((name) => !platformSettings.includes(name));
    expect(ours.sort()).toEqual(names);
  });

  test("in local.settings.example.json", () => {
    const { Values } = JSON.parse(read("local.settings.example.json")) as { Values: Record<string, unknown> };
    expect(
      Object.keys(Values)
        .filter((name) => !laptopSettings.includes(name))
        .sort(),
    ).toEqual(names);
    for (const value of Object.values(Values)) expect(value).toBeTypeOf("string");
  });

  test("in the table of docs/settings.md", () => {
    const listed = [...read("docs/settings.md").matchAll(/^\| `([A-Z0-9_]+)` \|/gm)].map(([, name]) => name);
    expect(listed.sort()).toEqual(names);
  });

  test("read by the code", () => {
    const text = readdirSync(`${root}src`, { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".ts") && !/(?:^|\/)setting/.test(file))
      .map((file) => read(`src/${file}`))
      .join("\n");
    // settings.query.deadline; { silence } = settings.coverage; or settings.retry handed on whole, and .tries asked of it.
    const used = (group: string, key: string) =>
      group === "cloud" ||
      new RegExp(`\\b${group}\\??\\.${key}\\b`).test(text) ||
      new RegExp(`\\b${key}\\b[^{}]*\\} = [\\w.]*settings\\.${group}\\b`).test(text) ||
      (new RegExp(`\\bsettings\\.${group}\\s*[,);]`).test(text) && new RegExp(`\\.${key}\\b`).test(text));
    const unread = groups.flatMap(([name, group]) =>
      Object.entries(group.settings)
        .filter(([key]) => !used(name, key))
        .map(([, setting]) => setting.name),
    );
    expect(unread).toEqual([]);
  });
});

describe("what repeats the table of settings is as the table makes it", () => {
  test.each([
    ["docs/settings.md", settingsPage],
    ["local.settings.example.json", settingsExample],
    ["infra/modules/presets.bicep", presetsModule],
  ])("%s (else run: node scripts/settings-page.ts)", (file, made) => {
    expect(read(file)).toBe(made());
  });
});

describe("in Azure", () => {
  test("a setting that has no parameter of its own can be tuned", () => {
    const given = [...chosen, ...variable("deployed")];
    expect([...new Set(given)].sort()).toEqual([...setByDeployment].sort());
    const tunable = [...readBicep(`${root}infra/modules/presets.bicep`).text.matchAll(/^ {2}([A-Z0-9_]+): string\?/gm)];
    expect([...tunable.map(([, name]) => name!), ...given].sort()).toEqual(names);
  });

  test("what only the deployment knows wins over what a team tunes", () => {
    const order = /properties: union\(([^)]*)\)/.exec(module.text)?.[1]?.split(", ");
    expect(order).toEqual(["presets", "chosen", "deployed", "platform", "signIn"]);
    expect(variable("deployed")).toContain("TRUST_PRINCIPAL_HEADER");
  });

  test("the presets of the parameters are those of the settings", () => {
    const preset = (name: string) => main.parameters.find((parameter) => parameter.name === name)?.preset;
    const of = (name: string) => settings.find((setting) => setting.name === name)?.preset;
    expect(preset("watchSchedule")).toBe(of("WATCH_SCHEDULE"));
    expect(preset("tendSchedule")).toBe(of("TEND_SCHEDULE"));
    expect(preset("tenantSize")).toBe(of("TENANT_SIZE"));
    expect(preset("incidents")).toBe(true);
    expect(main.variables.get("stateTableName")).toBe(of("STATE_TABLE_NAME"));
    expect(main.variables.get("recordsContainerName")).toBe(of("RECORDS_CONTAINER"));
  });

  test("the presets with a deployment's own values are a start that the app accepts", () => {
    const known = Object.fromEntries(
      Object.entries(appSettings).map(([name, value]) => [name, typeof value === "string" ? value : ""]),
    );
    const id = "6d9d3c1e-0000-4000-8000-000000000001";
    expect(() =>
      readSettings({
        ...known,
        WORKSPACE_ID: id,
        WORKSPACE_SUBSCRIPTION_ID: id,
        WORKSPACE_RESOURCE_GROUP: "rg-sentinel",
        WORKSPACE_NAME: "law-sentinel",
        STATE_TABLE_URI: "https://stresponder.table.core.windows.net/",
        APP_URL: "https://func-responder.azurewebsites.net",
      }),
    ).not.toThrow();
  });
});

describe("on a laptop", () => {
  test("the example lacks nothing but the ids of the workspace", () => {
    const { Values } = JSON.parse(read("local.settings.example.json")) as { Values: Record<string, string> };
    try {
      readSettings(Values);
      expect.unreachable("the all-zero ids of the example were accepted");
    } catch (error) {
      if (!(error instanceof Problems)) throw error;
      const wrong = error.problems.map(({ message }) => message.split(":")[0]);
      expect(wrong).toEqual(["WORKSPACE_ID", "WORKSPACE_SUBSCRIPTION_ID"]);
    }
  });
});

describe("host.json", () => {
  const host = JSON.parse(read("host.json")) as {
    functionTimeout: string;
    extensions: { http: { routePrefix: string } };
  };

  test("leaves a run the time of RUN_DEADLINE, and ends before the next tick of the timer", () => {
    const timeout = parseDuration(host.functionTimeout)!;
    expect("fault" in settingTable.timers.settings.runDeadline.kind.read("9m")).toBe(true);
    expect(timeout).toBeGreaterThan(parseDuration("530s")!);
    expect(timeout).toBeLessThan(parseDuration("10m")!);
  });

  test("keeps the routes where sign-in excludes them", () => {
    expect(host.extensions.http.routePrefix).toBe("api");
  });
});
