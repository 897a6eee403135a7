// Incidents as Sentinel's API keeps them: a PUT replaces, an etag in the body that is not the newest is a conflict.
import type { Analyst } from "../contracts/incidents.ts";
import type { Answerer, Reply, Seen } from "./loopback.ts";

interface Kept {
  etag: number;
  properties: Record<string, unknown>;
  readonly comments: Map<string, string>;
}

export interface SentinelServer {
  readonly answer: Answerer;
  readonly incidents: ReadonlyMap<string, Kept>;
  readonly writes: () => number;
  readonly analyst: Analyst;
}

const WORKSPACE =
  "/subscriptions/11111111-2222-4333-8444-555555555555/resourceGroups/rg-soc/providers/Microsoft.OperationalInsights/workspaces/law-soc";
const HOME = `${WORKSPACE}/providers/Microsoft.SecurityInsights/incidents`;
const ROUTE = new RegExp(`^${HOME}/([^/?]+)(?:/comments/([^/?]+))?\\?api-version=2025-09-01$`);

export function sentinelServer(): SentinelServer {
  const incidents = new Map<string, Kept>();
  let writes = 0;

  const shown = (id: string, kept: Kept): Record<string, unknown> => ({
    id: `${HOME}/${id}`,
    name: id,
    etag: `"${kept.etag}"`,
    type: "Microsoft.SecurityInsights/Incidents",
    properties: {
      owner: { objectId: null, email: null, assignedTo: null, userPrincipalName: null },
      ...kept.properties,
      incidentNumber: 7,
      incidentUrl: `https://portal.azure.com/#asset/Microsoft_Azure_Security_Insights/Incident${HOME}/${id}`,
      providerName: "Azure Sentinel",
      relatedAnalyticRuleIds: [],
      createdTimeUtc: "2026-11-21T12:00:00Z",
      additionalData: { alertsCount: 0, bookmarksCount: 0, commentsCount: kept.comments.size, tactics: [] },
    },
  });

  const put = (id: string, body: { etag?: string; properties: Record<string, unknown> }): Reply => {
    const standing = incidents.get(id);
    if (standing !== undefined && body.etag !== `"${standing.etag}"`) {
      return {
        status: 409,
        body: { error: { code: "Conflict", message: `Newer version of resource '${id}' exists` } },
      };
    }
    for (const needed of ["title", "severity", "status"]) {
      if (typeof body.properties[needed] !== "string")
        return { status: 400, body: { error: { code: "BadRequest", message: needed } } };
    }
    writes++;
    const labels = (body.properties.labels as { labelName: string }[] | undefined) ?? [];
    const kept: Kept = {
      etag: (standing?.etag ?? 0) + 1,
      properties: {
        ...body.properties,
        labels: labels.map(({ labelName }) => ({ labelName, labelType: "User" })),
        lastModifiedTimeUtc: "2026-11-21T12:00:00.1234567Z",
      },
      comments: standing?.comments ?? new Map(),
    };
    incidents.set(id, kept);
    return { status: standing === undefined ? 201 : 200, body: shown(id, kept) };
  };

  const answer: Answerer = ({ method, path, body }: Seen): Reply => {
    const [, id, comment] = ROUTE.exec(path) ?? [];
    if (id === undefined) return { status: 400, body: { error: { code: "NoSuchRoute", message: path } } };
    const kept = incidents.get(id);
    const absent = { status: 404, body: { error: { code: "NotFound", message: "Incident not found" } } };
    if (comment === undefined) {
      if (method === "PUT") return put(id, JSON.parse(body));
      return kept === undefined ? absent : { body: shown(id, kept) };
    }
    if (kept === undefined) return absent;
    if (method === "PUT") {
      writes++;
      const isNew = !kept.comments.has(comment);
      kept.comments.set(comment, JSON.parse(body).properties.message);
      return { status: isNew ? 201 : 200, body: { name: comment, properties: {} } };
    }
    return kept.comments.has(comment) ? { body: { name: comment, properties: {} } } : absent;
  };

  const change = (id: string, properties: Record<string, unknown>): void => {
    const kept = incidents.get(id);
    if (kept === undefined) throw new Error(`no incident ${id}`);
    kept.etag++;
    kept.properties = { ...kept.properties, ...properties };
  };

  const analyst: Analyst = {
    takes: (id, upn) => {
      const owner = {
        objectId: "0b1c2d3e-0000-4000-8000-000000000001",
        userPrincipalName: upn,
        email: upn,
        assignedTo: "Sam",
      };
      change(id, { owner, status: "Active" });
    },
    sets: (id, { labels, ...rest }) => {
      const shownLabels = labels?.map((labelName) => ({ labelName, labelType: "User" }));
      change(id, { ...rest, ...(shownLabels === undefined ? {} : { labels: shownLabels }) });
    },
    closes: (id, classification) =>
      change(id, { status: "Closed", classification, lastModifiedTimeUtc: "2026-11-21T14:00:00.5Z" }),
    comments: (id, count) => {
      for (let n = 0; n < count; n++) incidents.get(id)?.comments.set(`by-hand-${n}`, "A note.");
    },
    seesOwnerAndStatus: (id) => {
      const { owner, status } = incidents.get(id)?.properties ?? {};
      return [(owner as { userPrincipalName: string }).userPrincipalName, String(status)];
    },
  };

  return { answer, incidents, writes: () => writes, analyst };
}
