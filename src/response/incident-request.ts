// The writable part of a Sentinel incident: what a new one says, and what is left of a standing one that people work on.
import { createHash } from "node:crypto";
import type { Incident, Severity } from "../ports.ts";
import { type Instant, instant, iso, parseInstant } from "../time.ts";
import { cutCleanly } from "./cut-cleanly.ts";

/** As the service takes it (Microsoft.SecurityInsights 2025-09-01). A PUT replaces: what is left out is reset. */
export interface IncidentProperties {
  readonly title: string;
  readonly description: string;
  readonly severity: string;
  readonly status: string;
  readonly labels: readonly { readonly labelName: string }[];
  readonly firstActivityTimeUtc?: string;
  readonly lastActivityTimeUtc?: string;
  readonly owner?: Readonly<Record<string, unknown>>;
  readonly classification?: string;
  readonly classificationReason?: string;
  readonly classificationComment?: string;
}

/** https://learn.microsoft.com/azure/sentinel/sentinel-service-limits */
const DESCRIPTION_LIMIT = 5_000;
/** What a description may have without being cut: our own last line needs the rest. */
export const DESCRIPTION_ROOM = DESCRIPTION_LIMIT - 300;
const CUT_NOTE = "\n\n[The rest was cut: an incident's description holds 5,000 characters.]";
const SEVERITIES: readonly string[] = ["Informational", "Low", "Medium", "High"] satisfies Severity[];

/** The properties of an incident that does not exist yet. */
export function incidentRequest(incident: Incident): IncidentProperties {
  return {
    title: incident.title,
    description: marked(incident.description, markOf(incident)),
    severity: incident.severity,
    status: "New",
    labels: labelsOf(incident).map((labelName) => ({ labelName })),
    firstActivityTimeUtc: iso(incident.firstActivity),
    lastActivityTimeUtc: iso(incident.lastActivity),
  };
}

const labelsOf = ({ labels, raises }: Incident): readonly string[] =>
  raises === undefined ? labels : [...labels, raises];

/**
 * A standing incident brought up to date, or undefined where there is nothing new to say. Owner, status, and the labels
 * of people stay; so does a severity or title that a person changed, and a label that a person took away stays away.
 * The severity is never lowered, and one that a person lowered rises only when more is known than they knew. Labels of
 * ours go when they no longer hold. A description without our last line was written anew by a person: it and the title
 * are theirs from then on.
 */
export function incidentUpdate(standing: IncidentProperties, incident: Incident): IncidentProperties | undefined {
  if (incident.raises !== undefined) return raised(standing, incident, incident.raises);
  const last = readMark(standing.description);
  const mark = markOf(incident, last, standing);
  const saidBefore = last?.description === mark.description;
  const labels = labelsToWrite(standing, incident, last);
  const update: IncidentProperties = {
    ...standing,
    title: renamed(standing, last) || last?.title === mark.title ? standing.title : incident.title,
    description: last === undefined || saidBefore ? standing.description : marked(incident.description, mark),
    severity: severityToWrite(standing.severity, incident.severity, last?.severity),
    labels: labels.map((labelName) => ({ labelName })),
    firstActivityTimeUtc: earliest(standing.firstActivityTimeUtc, incident.firstActivity),
    lastActivityTimeUtc: latest(standing.lastActivityTimeUtc, incident.lastActivity),
  };
  if (!says(update, standing)) return undefined;
  return last === undefined ? update : { ...update, description: withMark(update.description, mark) };
}

/** The label is remembered as nobody's, so that no later update takes it back. */
function raised(standing: IncidentProperties, incident: Incident, label: string): IncidentProperties | undefined {
  const last = readMark(standing.description);
  const there = standing.labels.some(({ labelName }) => labelKey(labelName) === labelKey(label));
  const update: IncidentProperties = {
    ...standing,
    severity: severityToWrite(standing.severity, incident.severity, last?.severity),
    labels: there ? standing.labels : [...standing.labels, { labelName: label }],
    lastActivityTimeUtc: latest(standing.lastActivityTimeUtc, incident.lastActivity),
  };
  if (!says(update, standing)) return undefined;
  if (last === undefined || rank(last.severity) >= rank(incident.severity)) return update;
  return { ...update, description: withMark(update.description, { ...last, severity: incident.severity }) };
}

// What was last asked for is remembered in the description's last line, since the incident is the one place that every
// run, on whatever machine, reads before it writes. Texts are remembered by fingerprints: the service may tidy them.
interface Mark {
  readonly severity: string;
  readonly title: string;
  readonly description: string;
  /** Labels that we wrote, to be taken back when they no longer hold. */
  readonly labels: readonly string[];
  /** Labels of ours that a person took away. */
  readonly unwanted: readonly string[];
}

const MARK = /\s*Last written by Entra Hunt Responder with severity (\w+) \(mark ([0-9a-f.-]+)\)\.\s*$/;

const fingerprint = (text: string): string => createHash("sha256").update(text).digest("hex").slice(0, 8);
const labelKey = (label: string): string => fingerprint(label.toLowerCase());
const rank = (severity: string): number => SEVERITIES.indexOf(severity);

function markOf(incident: Incident, last?: Mark, standing?: IncidentProperties): Mark {
  const there = keysOf(standing?.labels.map((label) => label.labelName) ?? []);
  const unwanted = unwantedLabels(last, there);
  // A label that a person had set before us is theirs.
  const ours = (key: string) =>
    !unwanted.includes(key) && (!there.includes(key) || last?.labels.includes(key) === true);
  return {
    severity: last !== undefined && rank(last.severity) > rank(incident.severity) ? last.severity : incident.severity,
    title: fingerprint(incident.title.trim()),
    description: fingerprint(incident.description),
    labels: keysOf(incident.labels).filter(ours),
    unwanted,
  };
}

const keysOf = (labels: readonly string[]): readonly string[] => [...new Set(labels.map(labelKey))];

const unwantedLabels = (last: Mark | undefined, there: readonly string[]): readonly string[] => [
  ...(last?.unwanted ?? []),
  ...(last?.labels.filter((key) => !there.includes(key)) ?? []),
];

function readMark(description: string): Mark | undefined {
  const found = MARK.exec(description);
  const [title, text, ...labels] = found?.[2]?.split(".") ?? [];
  if (found?.[1] === undefined || title === undefined || text === undefined) return undefined;
  return {
    severity: found[1],
    title,
    description: text,
    labels: labels.filter((key) => !key.startsWith("-")),
    unwanted: labels.filter((key) => key.startsWith("-")).map((key) => key.slice(1)),
  };
}

function writeMark(mark: Mark): string {
  const prints = [mark.title, mark.description, ...mark.labels, ...mark.unwanted.map((key) => `-${key}`)].join(".");
  return `\n\nLast written by Entra Hunt Responder with severity ${mark.severity} (mark ${prints}).`;
}

function marked(description: string, mark: Mark): string {
  const line = writeMark(mark);
  return cutCleanly(description.trimEnd(), DESCRIPTION_LIMIT - line.length, CUT_NOTE) + line;
}

/** The description as it stands, with its last line renewed; a description that has no room for it is left as it is. */
function withMark(description: string, mark: Mark): string {
  const renewed = description.replace(MARK, "") + writeMark(mark);
  return renewed.length <= DESCRIPTION_LIMIT ? renewed : description;
}

const renamed = (standing: IncidentProperties, last: Mark | undefined): boolean =>
  last === undefined || fingerprint(standing.title.trim()) !== last.title;

function severityToWrite(standing: string, asked: Severity, lastAsked: string | undefined): string {
  if (rank(asked) <= rank(standing)) return standing;
  const changedByPerson = lastAsked !== undefined && lastAsked !== standing;
  return changedByPerson && rank(asked) <= rank(lastAsked) ? standing : asked;
}

function labelsToWrite(standing: IncidentProperties, incident: Incident, last: Mark | undefined): readonly string[] {
  const names = standing.labels.map((label) => label.labelName);
  const there = keysOf(names);
  const asked = keysOf(incident.labels);
  const unwanted = unwantedLabels(last, there);
  const kept = names.filter((name) => asked.includes(labelKey(name)) || last?.labels.includes(labelKey(name)) !== true);
  const fresh = incident.labels.filter((name) => ![...there, ...unwanted].includes(labelKey(name)));
  return [...kept, ...fresh];
}

function earliest(standing: string | undefined, asked: Instant): string {
  const at = standing === undefined ? undefined : parseInstant(standing);
  return standing !== undefined && at !== undefined && at <= asked ? standing : iso(asked);
}

function latest(standing: string | undefined, asked: Instant): string {
  const at = standing === undefined ? undefined : parseInstant(standing);
  return standing !== undefined && at !== undefined && at >= asked ? standing : iso(asked);
}

const says = (update: IncidentProperties, standing: IncidentProperties): boolean =>
  update.title !== standing.title ||
  update.description !== standing.description ||
  update.severity !== standing.severity ||
  JSON.stringify(update.labels) !== JSON.stringify(standing.labels) ||
  update.firstActivityTimeUtc !== standing.firstActivityTimeUtc ||
  update.lastActivityTimeUtc !== standing.lastActivityTimeUtc;

/** The same for keepers that have no request of their own: what `standing` says once `by` has raised it. */
export const raisedBy = (standing: Incident, by: Incident): Incident => ({
  ...standing,
  severity: rank(by.severity) > rank(standing.severity) ? by.severity : standing.severity,
  labels: by.raises === undefined ? standing.labels : [...new Set([...standing.labels, by.raises])],
  lastActivity: instant(Math.max(by.lastActivity, standing.lastActivity)),
});
