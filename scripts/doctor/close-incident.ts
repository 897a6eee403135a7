// Closes the incident that was opened for a test. The app itself never closes one: that is for people.
import * as z from "zod";
import type { resourceManager } from "../../src/azure/resource-manager.ts";
import type { Settings } from "../../src/settings.ts";

const standing = z.looseObject({
  etag: z.string().optional(),
  properties: z.looseObject({ title: z.string(), severity: z.string() }),
});

export async function closeIncident(
  send: ReturnType<typeof resourceManager>,
  { subscriptionId, resourceGroup, name }: Settings["workspace"],
  incidentId: string,
): Promise<void> {
  const workspace = `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.OperationalInsights/workspaces/${name}`;
  const id = `${workspace}/providers/Microsoft.SecurityInsights/incidents/${incidentId}`;
  const signal = AbortSignal.timeout(30_000);
  const found = await send({ method: "GET", id, signal });
  if (found.status !== 200) throw new Error(`Sentinel answers with status ${found.status} when it is looked up.`);
  const { etag, properties } = standing.parse(JSON.parse(found.text));
  const { title, severity, description, labels } = properties;
  const closed = { title, severity, description, labels, status: "Closed", classification: "Undetermined" };
  const reply = await send({ method: "PUT", id, body: { etag, properties: closed }, signal });
  if (reply.status !== 200) throw new Error(`Sentinel answers with status ${reply.status} when it is closed.`);
}
