// Incidents, cards and revocations as files in a folder, so that everything that would leave the house can be read first.

import { existsSync } from "node:fs";
import { mkdir, readdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { Campaign } from "../findings/campaign.ts";
import { incidentId } from "../findings/campaign.ts";
import type { Cards, Incident, Incidents, Sessions } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { incidentRequest, raisedBy } from "../response/incident-request.ts";
import { iso } from "../time.ts";

const MARK = ".entra-hunt-responder-outbox";
const FOLDERS = ["incidents", "cards", "campaigns", "comments", "revocations", "disabled"] as const;

export interface Outbox {
  readonly folder: string;
  readonly incidents: Incidents;
  readonly cards: Cards;
  readonly sessions: Sessions;
  /** Entities and full lists, beside the incident and the card that have no room for them. */
  keep(campaign: Campaign): Promise<string>;
}

const json = (value: unknown): string => `${JSON.stringify(value, null, 2)}\n`;
/** Ids are ours (UUIDs, short names), but a file name is no place for trust. */
const fileName = (id: string): string => `${id.replace(/[^\w.-]/g, "_").slice(0, 150)}.json`;

const systemProblem =
  (folder: string) =>
  (error: unknown): never => {
    const { code } = error as NodeJS.ErrnoException;
    if (code === undefined) throw error;
    throw new Problem(problemTexts.unwritableFolder(folder, code), error);
  };

/** Throws a Problem where the folder holds what another program or person put there, or is none. Changes nothing. */
export async function checkOutbox(folder: string): Promise<void> {
  const names = existsSync(folder) ? await readdir(folder).catch(systemProblem(folder)) : [];
  if (names.length > 0 && !names.includes(MARK)) throw new Problem(problemTexts.foreignFolder(folder));
}

async function takeOver(folder: string): Promise<void> {
  await checkOutbox(folder);
  // What an earlier run left would be taken for what this one says.
  await Promise.all(FOLDERS.map((each) => rm(join(folder, each), { recursive: true, force: true })));
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, MARK), "This folder is rewritten by every run of the hunt command.\n");
}

/** Throws a Problem where the folder holds what another program or person put there. */
export async function openOutbox(folder: string): Promise<Outbox> {
  await takeOver(folder).catch(systemProblem(folder));
  const keep = async (kind: (typeof FOLDERS)[number], id: string, value: unknown): Promise<string> => {
    await mkdir(join(folder, kind), { recursive: true });
    const path = join(kind, fileName(id));
    await writeFile(join(folder, path), json(value));
    return path;
  };
  const said = new Map<string, Incident>();
  return {
    folder,
    incidents: {
      async openOrUpdate(asked) {
        const before = said.get(asked.id);
        const incident = before === undefined || asked.raises === undefined ? asked : raisedBy(before, asked);
        said.set(incident.id, incident);
        if (JSON.stringify(before) === JSON.stringify(incident))
          return { id: incident.id, url: join("incidents", fileName(incident.id)), state: "unchanged" };
        const url = await keep("incidents", incident.id, { properties: incidentRequest(incident) });
        return { id: incident.id, url, state: before === undefined ? "opened" : "updated" };
      },
      async comment(incident, id, text) {
        await keep("comments", `${incident}.${id}`, { incident, id, text });
      },
    },
    cards: {
      async post(id, card) {
        await keep("cards", id, card);
      },
    },
    sessions: {
      async revoke(userId) {
        await keep("revocations", userId, { userId, note: "Nothing was revoked: this is the local outbox." });
      },
      async disable(userId) {
        await keep("disabled", userId, { userId, note: "Nothing was disabled: this is the local outbox." });
      },
    },
    keep: (campaign) => keep("campaigns", `${campaign.shortName}-${campaign.id.slice(0, 8)}`, fullLists(campaign)),
  };
}

function fullLists(campaign: Campaign): unknown {
  return {
    id: campaign.id,
    shortName: campaign.shortName,
    incident: incidentId(campaign),
    first: iso(campaign.first),
    last: iso(campaign.last),
    assessment: campaign.assessment,
    entities: {
      accounts: campaign.accountNames.map((name) => ({ kind: "Account", name })),
      addresses: campaign.sources.map((source) => ({ kind: "IP", ...source })),
      applications: campaign.applications.map((name) => ({ kind: "CloudApplication", name })),
    },
    countries: campaign.countries,
    userAgents: campaign.userAgents,
    codes: campaign.codes,
    cut: campaign.cut,
    findings: campaign.findings.map(({ key, hunt, group, window, measured, rows }) => ({
      key,
      hunt: hunt.slug,
      group,
      window: { from: iso(window.from), to: iso(window.to) },
      measured,
      rows,
    })),
  };
}
