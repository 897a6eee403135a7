// Where a responder goes next: the portal's own deep links.
import type { TimeWindow } from "../time.ts";
import { iso } from "../time.ts";

export interface Links {
  /** Log Analytics with the query and its period; null where the link would be longer than clients open. */
  query(kql: string, window: TimeWindow): string | null;
  /** The incident in the Azure portal, from its id (the name of its resource). */
  incident(id: string): string;
}

export interface PortalPlace {
  /** "https://portal.azure.com", "https://portal.azure.us". */
  readonly portal: string;
  /** Opens the links in this directory, "" in whichever the reader is signed in to. */
  readonly tenantId: string;
  /** The workspace's resource id: /subscriptions/…/resourceGroups/…/providers/Microsoft.OperationalInsights/workspaces/… */
  readonly workspace: string;
}

/** Windows hands a link to the browser only up to this length (INTERNET_MAX_URL_LENGTH is 2,083). */
export const LONGEST_LINK = 2000;

/** `gzip` comes from outside, because this folder knows nothing of Node. */
export function linksTo(place: PortalPlace, gzip: (text: string) => Uint8Array): Links {
  const portal = place.portal.replace(/\/+$/, "");
  const directory = place.tenantId === "" ? "#" : `#@${encodeURIComponent(place.tenantId)}/`;
  return {
    // The form that the portal's "Copy link to query" gives: the query gzipped, in base64, escaped for the address.
    query: (kql, window) => {
      const parts = [
        `${portal}/${directory}blade/Microsoft_Azure_Monitoring_Logs/LogsBlade`,
        `resourceId/${encodeURIComponent(place.workspace)}`,
        "source/LogsBlade.AnalyticsShareLinkToQuery",
        `q/${encodeURIComponent(base64(gzip(kql)))}`,
        `timespan/${encodeURIComponent(`${iso(window.from)}/${iso(window.to)}`)}`,
      ];
      const link = parts.join("/");
      return link.length > LONGEST_LINK ? null : link;
    },
    // The form of `incidentUrl` in the service's own answers.
    incident: (id) =>
      `${portal}/${directory}asset/Microsoft_Azure_Security_Insights/Incident${place.workspace}/providers/Microsoft.SecurityInsights/Incidents/${encodeURIComponent(id)}`,
  };
}

function base64(bytes: Uint8Array): string {
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return btoa(binary);
}
