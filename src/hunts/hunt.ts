// A hunt: Microsoft Sentinel's YAML for hunting queries and scheduled analytics rules, with one key of our own, `responder`.
import * as z from "zod";
import type { Severity } from "../ports.ts";
import { DAY, type Duration, duration, HOUR, MINUTE, parseDuration } from "../time.ts";
import { type Exclusion, exclusionSchema } from "./exclusion.ts";

export type Operator = "gt" | "lt" | "eq" | "ne";

/** What a tenant of each size needs before something counts. */
export interface Threshold {
  readonly small: number;
  readonly large: number;
  /** The hunt's question returns nothing below this, so a lower number would change nothing. */
  readonly least: number;
}

export type Condition =
  | { readonly column: string; readonly kind: "atLeast"; readonly threshold: string }
  | { readonly column: string; readonly kind: "moreThan"; readonly other: string };

/** One way to become a finding; all of its conditions must hold. */
export interface Alternative {
  readonly conditions: readonly Condition[];
  /** Holds only for groups that had no successful sign-in for this long before the window. */
  readonly unseenFor: Duration | null;
}

export interface FindingRule {
  /** The kind of group: "account", "source", "code". */
  readonly kind: string;
  /** The column whose value is the group. */
  readonly group: string;
  /** The column that shows the group to a person; the group's own column where absent. */
  readonly label: string;
  /** Which rows the rule looks at: column and value. */
  readonly rows: Readonly<Record<string, string>>;
  /** How long the windows of its rows are, where they are not as long as the hunt's. */
  readonly length: Duration | null;
  readonly any: readonly Alternative[];
}

/** A class of rows that the hunt's own query leaves out, counted so that the run can say how much that was. */
export interface LeftOut {
  readonly name: string;
  readonly because: string;
  /** A KQL condition on the table's columns. */
  readonly where: string;
}

export interface Responder {
  /** Our own question, where the hunt's rows cannot be judged as they are. */
  readonly judge: string | null;
  /** The failed sign-ins that the hunt is about, before anything is left out. */
  readonly attempts: string | null;
  readonly window: { readonly column: string; readonly length: Duration; readonly step: Duration };
  /** The period of an on-demand run that names none. */
  readonly period: Duration;
  readonly thresholds: Readonly<Record<string, Threshold>>;
  readonly findings: readonly FindingRule[];
  readonly lists: { readonly accounts: string; readonly addresses: string; readonly cut: string };
  /** How long a window is left to settle after its end: sign-in rows arrive late. */
  readonly settle: Duration;
  readonly exclusions: readonly Exclusion[];
  readonly leftOut: readonly LeftOut[];
  readonly actions: Readonly<Record<"entered" | "known", readonly string[]>>;
  readonly runbook: string | null;
}

export interface EntityMapping {
  readonly entityType: string;
  readonly fieldMappings: readonly { readonly identifier: string; readonly columnName: string }[];
}

export interface Hunt {
  /** The file's name without its ending: the hunt's name on the command line and in addresses. */
  readonly slug: string;
  readonly file: string;
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly severity: Severity;
  readonly version: string | null;
  readonly kind: "hunting" | "scheduled" | "nrt";
  readonly tactics: readonly string[];
  readonly techniques: readonly string[];
  readonly connectors: readonly { readonly connectorId: string; readonly dataTypes: readonly string[] }[];
  readonly entityMappings: readonly EntityMapping[];
  readonly customDetails: Readonly<Record<string, string>>;
  readonly queryFrequency: Duration;
  readonly queryPeriod: Duration;
  readonly trigger: { readonly operator: Operator; readonly threshold: number };
  readonly query: string;
  /** The line of the file on which the query begins. */
  readonly queryLine: number;
  readonly metadata: Readonly<Record<string, unknown>>;
  /** Keys of the file that mean nothing here; kept so that nothing is lost without a word. */
  readonly unknownKeys: readonly string[];
  /** Absent in files of other people: such a hunt looks and reports, and never acts. */
  readonly responder: Responder | null;
}

const length = z.string().transform((text, context) => {
  const read = parseDuration(text);
  if (read !== undefined && read > 0) return read;
  context.addIssue({
    code: "custom",
    message: `"${text}" is not a length of time such as 10m, 1h, 14d, PT1H or 1.00:00:00`,
  });
  return z.NEVER;
});
const number = z.number().finite();
const words = z
  .union([z.array(z.string()), z.string().transform((text) => [text])])
  .nullish()
  .transform((read) => read ?? []);

const threshold = z
  .union([
    number.transform((n) => ({ small: n, large: n, least: 0 })),
    z.strictObject({ small: number, large: number, least: number.default(0) }),
  ])
  .describe("a number, or { small: …, large: … }");

const bound = z.union([
  z.string(),
  z.strictObject({ atLeast: z.string().optional(), moreThan: z.string().optional() }),
]);
const alternative = z.record(z.string(), bound).transform((read, context): Alternative => {
  const { unseenFor, ...columns } = read;
  const unseen = typeof unseenFor === "string" ? parseDuration(unseenFor) : undefined;
  if (unseenFor !== undefined && unseen === undefined) {
    const seen = JSON.stringify(unseenFor);
    context.addIssue({ code: "custom", message: `unseenFor: ${seen} is not a length of time such as 14d` });
  }
  const conditions = Object.entries(columns).flatMap(([column, value]): Condition[] => {
    const { atLeast, moreThan } = typeof value === "string" ? { atLeast: value } : { moreThan: undefined, ...value };
    return [
      ...(atLeast === undefined ? [] : [{ column, kind: "atLeast" as const, threshold: atLeast }]),
      ...(moreThan === undefined ? [] : [{ column, kind: "moreThan" as const, other: moreThan }]),
    ];
  });
  return { conditions, unseenFor: unseen ?? null };
});

const findingRule = z
  .strictObject({
    kind: z.string().min(1),
    group: z.string().min(1),
    label: z.string().min(1).optional(),
    rows: z.record(z.string(), z.string()).default({}),
    length: length.nullable().default(null),
    any: z.array(alternative).min(1),
  })
  .transform((read): FindingRule => ({ ...read, label: read.label ?? read.group }));

const responderSchema = z
  .strictObject({
    judge: z.string().min(1).nullable().default(null),
    attempts: z.string().min(1).nullable().default(null),
    window: z.strictObject({ column: z.string().default("Window"), length, step: length.optional() }),
    period: length.default(DAY),
    thresholds: z.record(z.string().regex(/^[a-zA-Z][\w-]*$/), threshold).default({}),
    findings: z.array(findingRule).min(1),
    lists: z
      .strictObject({
        accounts: z.string().default("Accounts"),
        addresses: z.string().default("Addresses"),
        cut: z.string().default("Cut"),
      })
      .prefault({}),
    settle: length.default(duration(5 * MINUTE)),
    exclusions: z.array(exclusionSchema).default([]),
    leftOut: z.array(z.strictObject({ name: z.string(), because: z.string(), where: z.string() })).default([]),
    actions: z
      .strictObject({ entered: z.array(z.string()).default([]), known: z.array(z.string()).default([]) })
      .prefault({}),
    runbook: z.string().nullable().default(null),
  })
  .transform(
    (read): Responder => ({ ...read, window: { ...read.window, step: read.window.step ?? read.window.length } }),
  )
  .superRefine((read, context) => {
    read.findings.forEach((rule, at) => {
      for (const { conditions } of rule.any) {
        for (const condition of conditions) {
          if (condition.kind !== "atLeast" || condition.threshold in read.thresholds) continue;
          const known = Object.keys(read.thresholds).join(", ") || "none";
          context.addIssue({
            code: "custom",
            path: ["findings", at, "any"],
            message: `${condition.column} asks for the threshold "${condition.threshold}", which is not under thresholds (${known})`,
          });
        }
      }
    });
    const names = read.exclusions.map((exclusion) => exclusion.name);
    for (const name of new Set(names.filter((name, at) => names.indexOf(name) !== at))) {
      context.addIssue({ code: "custom", path: ["exclusions"], message: `two exclusions are called "${name}"` });
    }
  });

const OPERATORS: Readonly<Record<string, Operator>> = {
  gt: "gt",
  greaterthan: "gt",
  lt: "lt",
  lessthan: "lt",
  eq: "eq",
  equal: "eq",
  equals: "eq",
  ne: "ne",
  notequal: "ne",
};
const operator = z.string().transform((text, context): Operator => {
  const read = OPERATORS[text.toLowerCase()];
  if (read) return read;
  context.addIssue({
    code: "custom",
    message: `"${text}" is none of gt, lt, eq, ne, GreaterThan, LessThan, Equal, NotEqual`,
  });
  return z.NEVER;
});

const SEVERITIES: readonly Severity[] = ["High", "Medium", "Low", "Informational"];
/** Files in the wild say "Hight" and "Test": what nobody can mean counts as Medium and is named among the unknown keys. */
const severity = z
  .string()
  .transform((text) => SEVERITIES.find((known) => known.toLowerCase() === text.trim().toLowerCase()) ?? null);

/** Half of Microsoft's files wrap the text of `description` in single quotes; nobody wants to read them. */
const unquoted = z.string().transform((text) =>
  text
    .trim()
    .replace(/^'([\s\S]*)'$/, "$1")
    .trim(),
);

const KINDS: Readonly<Record<string, Hunt["kind"]>> = { scheduled: "scheduled", nrt: "nrt" };

/** The file's content as Sentinel and we understand it. Names and places are added by the reader. */
export const huntSchema = z
  .looseObject({
    id: z.string().trim().min(1),
    name: z.string().trim().min(1),
    query: z.string().trim().min(1),
    description: unquoted.nullish(),
    severity: severity.nullish(),
    version: z.union([z.string(), z.number()]).transform(String).nullish(),
    kind: z.string().nullish(),
    tactics: words,
    relevantTechniques: words,
    techniques: words,
    requiredDataConnectors: z
      .array(z.looseObject({ connectorId: z.string(), dataTypes: words }))
      .nullish()
      .transform((read) => read ?? []),
    entityMappings: z
      .array(
        z.looseObject({
          entityType: z.string(),
          fieldMappings: z.array(z.looseObject({ identifier: z.string(), columnName: z.string() })),
        }),
      )
      .nullish()
      .transform((read) => read ?? []),
    customDetails: z
      .record(z.string(), z.string())
      .nullish()
      .transform((read) => read ?? {}),
    queryFrequency: length.nullish(),
    queryPeriod: length.nullish(),
    triggerOperator: operator.nullish(),
    triggerThreshold: z.coerce.number().nullish(),
    metadata: z
      .record(z.string(), z.unknown())
      .nullish()
      .transform((read) => read ?? {}),
    responder: responderSchema.nullish(),
  })
  .transform((read) => ({
    id: read.id,
    name: read.name,
    description: read.description ?? "",
    severity: read.severity ?? "Medium",
    version: read.version ?? null,
    kind: KINDS[(read.kind ?? "").toLowerCase()] ?? "hunting",
    tactics: read.tactics,
    techniques: read.relevantTechniques.length > 0 ? read.relevantTechniques : read.techniques,
    connectors: read.requiredDataConnectors,
    entityMappings: read.entityMappings,
    customDetails: read.customDetails,
    queryFrequency: read.queryFrequency ?? duration(HOUR),
    queryPeriod: read.queryPeriod ?? duration(DAY),
    trigger: { operator: read.triggerOperator ?? ("gt" as const), threshold: read.triggerThreshold ?? 0 },
    query: read.query,
    metadata: read.metadata,
    unknownKeys: Object.keys(read).filter((key) => !KNOWN_KEYS.has(key)),
    responder: read.responder ?? null,
  }));

const KNOWN_KEYS: ReadonlySet<string> = new Set([
  "id",
  "name",
  "query",
  "description",
  "severity",
  "version",
  "kind",
  "tactics",
  "relevantTechniques",
  "techniques",
  "requiredDataConnectors",
  "entityMappings",
  "customDetails",
  "queryFrequency",
  "queryPeriod",
  "triggerOperator",
  "triggerThreshold",
  "metadata",
  "responder",
  "tags",
  "status",
]);
