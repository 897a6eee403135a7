import { readdirSync, readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { beforeAll, describe, expect, test } from "vitest";
import { readBicep } from "../../scripts/bicep-source.ts";
import { at, written } from "../../scripts/bicep-template.ts";
import { eventNames } from "../../src/event-names.ts";
import { analyse, type Catalogue, loadParser, makeCatalogue } from "../../src/kql/parser.ts";
import { parseDuration } from "../../src/time.ts";

const infra = fileURLToPath(new URL("../../infra/", import.meta.url));
const files = readdirSync(`${infra}queries`).sort();
const read = (file: string) => readFileSync(`${infra}queries/${file}`, "utf8");
const alarms = readBicep(`${infra}modules/alarms.bicep`);
const rules = alarms.resources.filter(({ type }) => type === "Microsoft.Insights/scheduledQueryRules");
const saved = alarms.resources.filter(({ type }) => type === "Microsoft.OperationalInsights/queryPacks/queries");

const column = (name: string, type: "datetime" | "string" | "dynamic" | "bool" | "int") => ({ name, type });
// https://learn.microsoft.com/azure/azure-monitor/reference/tables/appevents, apprequests and securityincident: what is asked of them.
const tables = [
  {
    name: "AppEvents",
    columns: [
      column("TimeGenerated", "datetime"),
      column("Name", "string"),
      column("Properties", "dynamic"),
      column("Measurements", "dynamic"),
      column("_ResourceId", "string"),
    ],
  },
  {
    name: "AppRequests",
    columns: [
      column("TimeGenerated", "datetime"),
      column("OperationName", "string"),
      column("Success", "bool"),
      column("_ResourceId", "string"),
    ],
  },
  {
    name: "SecurityIncident",
    columns: [
      column("TimeGenerated", "datetime"),
      column("LastModifiedTime", "datetime"),
      column("IncidentNumber", "int"),
      column("IncidentUrl", "string"),
      column("Title", "string"),
      column("Severity", "string"),
      column("Status", "string"),
      column("ProviderName", "string"),
      column("Owner", "dynamic"),
      column("Labels", "dynamic"),
    ],
  },
];

describe("the queries of the deployment", () => {
  let catalogue: Catalogue;
  beforeAll(async () => {
    await loadParser();
    catalogue = makeCatalogue(tables, []);
  });

  test.each(files)("%s is understood by the parser of the service", (file) => {
    const { diagnostics } = analyse(read(file), catalogue);
    expect(diagnostics.filter(({ severity }) => severity === "error")).toEqual([]);
  });

  test("a query with a wrong column would not be", () => {
    const { diagnostics } = analyse("AppEvents | where Nmae == 'RunCompleted'", catalogue);
    expect(diagnostics.some(({ severity }) => severity === "error")).toBe(true);
  });

  test.each(files)("%s begins by saying what it is for", (file) => {
    expect(read(file)).toMatch(/^\/\/ [A-Z].*\.\n/);
  });

  test("each is an alarm's or saved, and each of those has one", () => {
    const used = [...rules, ...saved].map(({ body }) =>
      written(
        at(body, "properties", "body") ??
          (at(body, "properties", "criteria", "allOf") as readonly { query: string }[])[0]?.query,
      ),
    );
    expect(used.length).toBe(files.length);
    expect(files.filter((file) => !used.includes(read(file)))).toEqual([]);
  });

  test("ask for events that the app sends, and only for the app's own", () => {
    const asked = new Set<string>();
    for (const file of files) {
      const text = read(file);
      for (const [, list = ""] of text.matchAll(/Name (?:==|in) (\('[^)]*\)|'\w+')/g)) {
        for (const [, name = ""] of list.matchAll(/'(\w+)'/g)) if (!["watch", "tend"].includes(name)) asked.add(name);
      }
      if (/AppEvents|AppRequests/.test(text)) expect(text).toContain("_ResourceId =~ '{component}'");
    }
    expect([...asked].sort()).toEqual(Object.values(eventNames).sort());
  });
});

describe("somebody is told when", () => {
  const ruleNamed = (key: string) => {
    const rule = rules.find(({ body }) => titles[key]?.test(written(at(body, "properties", "displayName"))));
    if (!rule) throw new Error(`no alarm ${key}`);
    const properties = at(rule.body, "properties");
    const [criterion] = at(properties, "criteria", "allOf") as readonly [{ [key: string]: string | number }];
    return { properties, criterion };
  };
  const titles: Readonly<Record<string, RegExp>> = {
    silent: /no hunt has completed/,
    failed: /runs fail/,
    undelivered: /could not be delivered/,
    stale: /table is silent/,
    throttled: /slow down/,
  };
  test.each(Object.keys(titles))("%s", (key) => {
    const { properties, criterion } = ruleNamed(key);
    expect(at(properties, "enabled")).toBe(true);
    expect(written(at(properties, "actions", "actionGroups"))).toContain("people.id");
    expect(at(properties, "skipQueryValidation")).toBe(true);
    expect(criterion.timeAggregation).toBe("Count");
  });

  test("no run was completed in three periods of the hunts", () => {
    const { properties, criterion } = ruleNamed("silent");
    expect(criterion).toMatchObject({ operator: "LessThan", threshold: 1 });
    expect(written(at(properties, "windowSize"))).toBe("longestSilence");
    const silence = readBicep(`${infra}main.bicep`).parameters.find(({ name }) => name === "longestSilence")?.preset;
    const hunts = fileURLToPath(new URL("../../src/hunts/", import.meta.url));
    const periods = readdirSync(hunts)
      .filter((file) => file.endsWith(".yaml"))
      .flatMap((file) => [...readFileSync(`${hunts}${file}`, "utf8").matchAll(/^queryFrequency: (\S+)/gm)])
      .map(([, text = ""]) => parseDuration(text)!);
    expect(periods.length).toBeGreaterThan(0);
    expect(parseDuration(String(silence))).toBe(3 * Math.max(...periods));
  });

  test("nothing that an alarm asks for lies between two of its looks", () => {
    for (const { body } of rules) {
      const every = parseDuration(written(at(body, "properties", "evaluationFrequency")))!;
      const over = parseDuration(written(at(body, "properties", "windowSize"))) ?? parseDuration("PT15M")!;
      expect(over).toBeGreaterThanOrEqual(every);
    }
  });
});
