// The real compiler, where there is one, and what it makes of the templates.
import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, readdirSync } from "node:fs";
import { homedir } from "node:os";
import { delimiter, join } from "node:path";
import {
  Expression,
  type Output,
  type Parameter,
  type Resource,
  type Template,
  type Value,
} from "../../scripts/bicep-template.ts";

const PACKAGE = "azure.bicep.commandline.linux-x64";

/** Where a compiler is: named by BICEP, on the path, from the Azure CLI, or restored from NuGet. */
export function findCompiler(environment: NodeJS.ProcessEnv = process.env, home = homedir()): string | undefined {
  const onPath = (environment.PATH ?? "").split(delimiter).map((folder) => join(folder, "bicep"));
  const packages = join(environment.NUGET_PACKAGES ?? join(home, ".nuget", "packages"), PACKAGE);
  const versions = existsSync(packages) ? readdirSync(packages).sort(newestFirst) : [];
  const candidates = [
    environment.BICEP ?? "",
    ...onPath,
    join(home, ".azure", "bin", "bicep"),
    ...versions.map((version) => join(packages, version, "tools", "bicep")),
  ];
  return candidates.find((candidate) => candidate !== "" && existsSync(candidate));
}

const newestFirst = (a: string, b: string): number => b.localeCompare(a, "en", { numeric: true });

export interface Compiled {
  readonly version: string;
  /** Everything it complained about, linter included. */
  readonly complaints: readonly string[];
  readonly json: ArmTemplate;
}

export function compile(compiler: string, file: string): Compiled {
  const version = execFileSync(compiler, ["--version"], { encoding: "utf8" }).trim();
  const run = spawnSync(compiler, ["build", file, "--stdout"], { encoding: "utf8", maxBuffer: 64 * 1024 * 1024 });
  const complaints = run.stderr.split(/\r?\n/).filter((line) => /: (?:Error|Warning|Info) /.test(line));
  if (run.status !== 0 && complaints.length === 0) throw new Error(run.stderr || String(run.error));
  return { version, complaints, json: run.status === 0 ? (JSON.parse(run.stdout) as ArmTemplate) : {} };
}

type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };
type ArmResource = { readonly type: string; readonly apiVersion: string; readonly [key: string]: Json };
export interface ArmTemplate {
  readonly parameters?: Readonly<Record<string, { readonly [key: string]: Json }>>;
  readonly variables?: Readonly<Record<string, Json>>;
  readonly resources?: readonly ArmResource[] | Readonly<Record<string, ArmResource>>;
  readonly outputs?: Readonly<Record<string, { readonly value?: Json }>>;
}

/** The template and all that are nested in it. */
export function readCompiled(template: ArmTemplate, file = "main"): readonly Template[] {
  const entries = Object.entries(template.resources ?? {});
  const nested: Template[] = [];
  const resources: Resource[] = [];
  const own: Json[] = [];
  for (const [symbol, resource] of entries) {
    const { type, apiVersion, existing, condition, properties, ...rest } = resource;
    if (type === "Microsoft.Resources/deployments") {
      const { template: inner, ...others } = (properties ?? {}) as { template?: ArmTemplate; [key: string]: unknown };
      nested.push(...readCompiled(inner ?? {}, symbol));
      own.push(others as Json);
      continue;
    }
    own.push(resource);
    const body = known({ ...rest, properties: properties ?? null, name: ownName(resource.name ?? null) }, template);
    resources.push({
      file,
      symbol,
      type,
      apiVersion,
      existing: existing === true,
      condition: condition === undefined ? null : String(condition),
      body,
    });
  }
  const parameters = Object.entries(template.parameters ?? {}).map(([name, parameter]): Parameter => {
    const preset = parameter.defaultValue;
    const { description } = (parameter.metadata ?? {}) as { description?: string };
    return {
      name,
      secure: /^secure/i.test(String(parameter.type)),
      description: description ?? null,
      preset: preset === undefined ? undefined : known(preset, template),
    };
  });
  const outputs = Object.entries(template.outputs ?? {}).map(
    ([name, { value }]): Output => ({ name, value: JSON.stringify(value ?? null) }),
  );
  const text = JSON.stringify([own, template.variables ?? {}, template.outputs ?? {}]);
  return [{ file, parameters, resources, modules: [], outputs, text }, ...nested];
}

/** A child's name is compiled to "[format('{0}/{1}', …, 'appsettings')]": only its own part is asked for. */
function ownName(name: Json): Json {
  const own = typeof name === "string" ? /^\[format\(.*, '([^']+)'\)\]$/.exec(name)?.[1] : undefined;
  return own ?? name;
}

const VARIABLE = /variables\('([^']+)'\)/g;

function known(value: Json, template: ArmTemplate): Value {
  const variable = (name = ""): Json => template.variables?.[name] ?? null;
  if (typeof value === "string") {
    if (!/^\[[^[]/.test(value)) return value;
    const union = /^\[union\((.*)\)\]$/.exec(value);
    if (union) {
      const parts = [...(union[1] ?? "").matchAll(VARIABLE)].map(([, name]) => variable(name));
      const objects = parts.filter((part) => typeof part === "object" && part !== null && !Array.isArray(part));
      return known(Object.assign({}, ...objects) as Json, template);
    }
    return new Expression(
      value.replace(VARIABLE, (whole, name: string) => {
        const text = variable(name);
        return typeof text === "string" ? `'${text}'` : whole;
      }),
    );
  }
  if (Array.isArray(value)) return value.map((inner) => known(inner, template));
  if (typeof value !== "object" || value === null) return value as Value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, known(inner as Json, template)]));
}
