// Incidents in Microsoft Sentinel over its REST API. ARM ids, etags and the shapes of the service stay in this file.
import type { PipelinePolicy } from "@azure/core-rest-pipeline";
import type { TokenCredential } from "@azure/identity";
import * as z from "zod";
import { nameBasedId } from "../findings/campaign.ts";
import type { CallLimits, Classification, Clock, Incident, IncidentReceipt, Incidents } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { cutCleanly } from "../response/cut-cleanly.ts";
import { type IncidentProperties, incidentRequest, incidentUpdate } from "../response/incident-request.ts";
import { type Duration, parseInstant, seconds } from "../time.ts";
import type { Cloud } from "./clouds.ts";
import { type Patience, usualPatience, withPatience } from "./patience.ts";
import { resourceManager } from "./resource-manager.ts";
import type { Role } from "./role.ts";
import { errorOf, type Far, misfit, passingTrouble, type Reply, readJson, seen } from "./wire.ts";

export interface SentinelOptions {
  readonly credential: TokenCredential;
  readonly cloud: Cloud;
  readonly subscription: string;
  readonly resourceGroup: string;
  /** The name of the workspace, not its GUID. */
  readonly workspaceName: string;
  readonly apiVersion?: string;
  readonly clock: Clock;
  /** How long one call of the port may take altogether. */
  readonly longest?: Duration;
  readonly patience?: Partial<Patience>;
  readonly chance?: () => number;
  /** Next to the wire, such as for a proxy. */
  readonly policies?: readonly PipelinePolicy[];
}

const responder: Role = {
  role: "Microsoft Sentinel Responder",
  id: "3e150937-b8fe-4cfb-8069-0eaf05ecd056",
  scope: "workspace",
  for: "opening incidents, keeping them up to date and commenting on them",
};
export const permissions: readonly Role[] = [responder];

const STABLE_API = "2025-09-01";
// An incident takes 100 comments of 30,000 characters (https://learn.microsoft.com/azure/sentinel/sentinel-service-limits).
const COMMENT_LIMIT = 30_000;
const OUR_COMMENTS = 90;
const CUT_NOTE = "\n\n[The rest was cut: a comment holds 30,000 characters.]";
const LAST_NOTE = "\n\n[This is the last comment that Entra Hunt Responder writes here: the rest are left to people.]";

export function sentinel(options: SentinelOptions): Incidents {
  const { cloud, clock, workspaceName, longest = seconds(60), chance = Math.random } = options;
  const far: Far = { service: "Microsoft Sentinel", host: new URL(cloud.resourceManager.endpoint).host };
  const send = resourceManager({
    credential: options.credential,
    resourceManager: cloud.resourceManager,
    far,
    apiVersion: options.apiVersion ?? STABLE_API,
    policies: options.policies ?? [],
  });
  const patience: Patience = { ...usualPatience, ...options.patience };
  const incidents = incidentsOf(options);

  // Every new try starts with reading: a write whose answer was lost may have been made.
  const patiently = <T>(limits: CallLimits, attempt: (signal: AbortSignal) => Promise<T>): Promise<T> =>
    withPatience({ ...limits, service: far.service, longest, patience, clock, chance, attempt });

  const read = async <T>(id: string, schema: z.ZodType<T>, signal: AbortSignal): Promise<T | undefined> => {
    const reply = await send({ method: "GET", id, signal });
    if (reply.status === 404 && !HOME_MISSING.includes(errorOf(reply.text)?.code ?? "")) return undefined;
    return parsed(reply, schema, id);
  };

  const write = async <T>(id: string, body: unknown, schema: z.ZodType<T>, signal: AbortSignal) => {
    const reply = await send({ method: "PUT", id, body, signal });
    return { value: parsed(reply, schema, id), created: reply.status === 201 };
  };

  const parsed = <T>(reply: Reply, schema: z.ZodType<T>, id: string): T => {
    if (reply.status !== 200 && reply.status !== 201) throw failure(reply, id);
    const result = schema.safeParse(readJson(reply.text));
    if (result.success) return result.data;
    const what = reply.text.trim() === "" ? "no body" : misfit(result.error);
    throw new Problem(problemTexts.unreadableAnswer(far.service, what));
  };

  const failure = (reply: Reply, id: string): Problem => {
    const words = seen(reply);
    const name = id.slice(id.lastIndexOf("/") + 1);
    switch (reply.status) {
      case 401:
        return new Problem(problemTexts.tokenRefused(far.service, words));
      case 403:
        return new Problem(problemTexts.noPermission(far.service, words, responder.role, "the workspace"));
      case 404:
        return new Problem(problemTexts.wrongWorkspace(far.service, workspaceName, words));
      case 409:
      case 412:
        return new Problem(problemTexts.incidentConflict(name, words));
    }
    return passingTrouble(far, reply, clock.now()) ?? new Problem(problemTexts.requestRefused(far.service, words));
  };

  const receipt = (incident: Incident, state: IncidentReceipt["state"], from: Standing): IncidentReceipt => ({
    id: incident.id,
    url: from.properties.incidentUrl ?? portalLink(cloud, `${incidents}/${guid(incident.id)}`),
    state,
    ...(state === "closed" ? closure(from) : {}),
  });

  const openOrUpdate = (incident: Incident, limits: CallLimits = {}): Promise<IncidentReceipt> => {
    const id = `${incidents}/${guid(incident.id)}`;
    let created = false;
    return patiently(limits, async (signal) => {
      const standing = await read(id, Standing, signal);
      if (standing === undefined) {
        created = true;
        const written = await write(id, { properties: incidentRequest(incident) }, Standing, signal).catch((error) => {
          if (isConflict(error)) created = false; // somebody else was first
          throw error;
        });
        return receipt(incident, written.created ? "opened" : "updated", written.value);
      }
      if (standing.properties.status === "Closed") return receipt(incident, "closed", standing);
      const properties = incidentUpdate(writable(standing), incident);
      // Where the answer to creating it was lost, it stands there as it was asked for.
      if (properties === undefined) return receipt(incident, created ? "opened" : "unchanged", standing);
      const etag = standing.etag === undefined ? {} : { etag: standing.etag };
      const written = await write(id, { ...etag, properties }, Standing, signal);
      return receipt(incident, "updated", written.value);
    });
  };

  const comment = (incidentId: string, id: string, text: string, limits: CallLimits = {}): Promise<void> => {
    const incident = `${incidents}/${guid(incidentId)}`;
    const path = `${incident}/comments/${guid(id)}`;
    return patiently(limits, async (signal) => {
      const standing = await read(incident, Standing, signal);
      if (standing === undefined) throw new Problem(problemTexts.missingIncident(incidentId));
      const count = standing.properties.additionalData?.commentsCount ?? undefined;
      if (count !== 0 && (await read(path, z.looseObject({}), signal)) !== undefined) return;
      if (count !== undefined && count >= OUR_COMMENTS) throw new Problem(problemTexts.commentLimit(incidentId, count));
      const note = count === OUR_COMMENTS - 1 ? LAST_NOTE : "";
      const message = cutCleanly(text, COMMENT_LIMIT - note.length, CUT_NOTE) + note;
      await write(path, { properties: { message } }, z.looseObject({}), signal);
    });
  };

  return { openOrUpdate, comment };
}

const isConflict = (error: unknown): boolean => error instanceof Problem && error.code === "IncidentConflict";

// A 404 about what an incident lies in, not about the incident.
const HOME_MISSING = [
  "ResourceGroupNotFound",
  "SubscriptionNotFound",
  "InvalidSubscriptionId",
  "ParentResourceNotFound",
];

function incidentsOf({ subscription, resourceGroup, workspaceName }: SentinelOptions): string {
  const [s, g, w] = [subscription, resourceGroup, workspaceName].map(encodeURIComponent);
  const workspace = `/subscriptions/${s}/resourceGroups/${g}/providers/Microsoft.OperationalInsights/workspaces/${w}`;
  return `${workspace}/providers/Microsoft.SecurityInsights/incidents`;
}

const GUID = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;

/** The service wants GUIDs; whatever is none gets one of its own, always the same. */
const guid = (id: string): string => (GUID.test(id) ? id : nameBasedId("sentinel", id));

const portalLink = (cloud: Cloud, id: string): string =>
  `${cloud.portal}/#asset/Microsoft_Azure_Security_Insights/Incident${id}`;

const text = z
  .string()
  .nullish()
  .transform((value) => value ?? undefined);
const Standing = z.object({
  etag: text,
  properties: z.object({
    title: z.string(),
    description: text,
    severity: z.string(),
    status: z.string(),
    labels: z.array(z.object({ labelName: z.string() })).nullish(),
    owner: z.record(z.string(), z.unknown()).nullish(),
    firstActivityTimeUtc: text,
    lastActivityTimeUtc: text,
    lastModifiedTimeUtc: text,
    classification: text,
    classificationReason: text,
    classificationComment: text,
    incidentUrl: text,
    additionalData: z.object({ commentsCount: z.number().nullish() }).nullish(),
  }),
});
type Standing = z.infer<typeof Standing>;

/** What a PUT has to say again, since it resets what it leaves out. */
function writable({ properties }: Standing): IncidentProperties {
  const { title, description = "", severity, status, labels, owner } = properties;
  const optional = {
    owner: owner ?? undefined,
    firstActivityTimeUtc: properties.firstActivityTimeUtc,
    lastActivityTimeUtc: properties.lastActivityTimeUtc,
    classification: properties.classification,
    classificationReason: properties.classificationReason,
    classificationComment: properties.classificationComment,
  };
  const given = Object.fromEntries(Object.entries(optional).filter(([, value]) => value !== undefined));
  return { title, description, severity, status, labels: labels ?? [], ...given };
}

const CLASSIFICATIONS: readonly string[] = [
  "TruePositive",
  "BenignPositive",
  "FalsePositive",
  "Undetermined",
] satisfies Classification[];

function closure({ properties }: Standing): Pick<IncidentReceipt, "classification" | "closedAt" | "owner"> {
  const { classification, lastModifiedTimeUtc } = properties;
  const owner = properties.owner?.userPrincipalName;
  const closedAt = lastModifiedTimeUtc === undefined ? undefined : parseInstant(lastModifiedTimeUtc);
  return {
    ...(classification !== undefined && CLASSIFICATIONS.includes(classification)
      ? { classification: classification as Classification }
      : {}),
    ...(closedAt === undefined ? {} : { closedAt }),
    ...(typeof owner === "string" && owner !== "" ? { owner } : {}),
  };
}
