// Whether whoever is signed in can do each thing that the app needs. Writes only when asked to, and takes it back.
import { numberOf } from "../../src/findings/cells.ts";
import type { Hunt } from "../../src/hunts/hunt.ts";
import { tablesOf } from "../../src/ledger/arrivals.ts";
import type { Card, Incident, Ports } from "../../src/ports.ts";
import { Problem } from "../../src/problems.ts";
import { earlier, HOUR, iso, type TimeWindow } from "../../src/time.ts";
import { type Line, leftOut, tried } from "./finding-out.ts";

export interface Patient {
  readonly ports: Pick<Ports, "logs" | "incidents" | "cards" | "directory" | "journal" | "clock">;
  readonly hunts: readonly Hunt[];
  /** Closes an incident that was made for the test. */
  readonly close: (incidentId: string) => Promise<void>;
  readonly opensIncidents: boolean;
  readonly postsCards: boolean;
  /** Whether any action on accounts is allowed. */
  readonly acts: boolean;
}

export interface Examination {
  readonly write: boolean;
  /** Ids of what does not exist yet. */
  readonly newId: () => string;
  /** An account to look up with its groups and roles. */
  readonly account?: string;
}

const NOT_ASKED = "not tried without --write";

export async function* checkServices(patient: Patient, examination: Examination): AsyncIterable<Line> {
  yield* checkTables(patient);
  yield* checkIncidents(patient, examination);
  yield* checkCards(patient, examination);
  yield* checkDirectory(patient, examination);
  yield* checkState(patient, examination);
}

async function* checkTables({ ports, hunts }: Patient): AsyncIterable<Line> {
  const now = ports.clock.now();
  const lastHour: TimeWindow = { from: earlier(now, HOUR), to: now };
  for (const table of [...new Set(hunts.flatMap(tablesOf))].toSorted()) {
    yield await tried(`read ${table}`, async () => {
      const { rows } = await ports.logs.query({ kql: `${table} | count`, window: lastHour });
      return `${numberOf(rows[0]?.Count).toLocaleString("en")} rows in the last hour`;
    });
  }
}

async function* checkIncidents(patient: Patient, { write, newId }: Examination): AsyncIterable<Line> {
  const { ports, opensIncidents } = patient;
  if (!opensIncidents) return yield leftOut("incidents", "they are off (INCIDENTS)");
  yield await tried("read incidents", async () => {
    try {
      // Nothing is written under an incident that there is not, but looking for it needs the right to look.
      await ports.incidents.comment(newId(), newId(), "");
    } catch (error) {
      if (!(error instanceof Problem && error.code === "MissingIncident")) throw error;
    }
    return "they can be looked up";
  });
  if (!write) return yield leftOut("write an incident", NOT_ASKED);
  const incident = testIncident(newId(), ports);
  let url = "";
  yield await tried("write an incident", async () => {
    ({ url } = await ports.incidents.openOrUpdate(incident));
    return "a test incident was opened";
  });
  if (url === "") return;
  const closed = await tried("close it again", async () => {
    await patient.close(incident.id);
    return "the test incident is closed";
  });
  yield closed.state === "ok" ? closed : { ...closed, advice: `Close it by hand: ${url}` };
}

const testIncident = (id: string, { clock }: Patient["ports"]): Incident => ({
  id,
  title: "Test: Entra Hunt Responder can open incidents",
  description: `Opened and closed by \`npm run doctor -- --write\` at ${iso(clock.now())}. There is nothing to do.`,
  severity: "Informational",
  labels: ["test"],
  firstActivity: clock.now(),
  lastActivity: clock.now(),
});

const testCard: Card = {
  type: "AdaptiveCard",
  version: "1.5",
  body: [
    { type: "TextBlock", style: "heading", wrap: true, text: "Test: Entra Hunt Responder can post here" },
    { type: "TextBlock", wrap: true, text: "There is nothing to do." },
  ],
};

async function* checkCards({ ports, postsCards }: Patient, { write, newId }: Examination): AsyncIterable<Line> {
  if (!postsCards) return yield leftOut("post a card", "there is no workflow to post to (TEAMS_WEBHOOK_URL)");
  if (!write) return yield leftOut("post a card", NOT_ASKED);
  yield await tried("post a card", async () => {
    await ports.cards.post(`doctor-${newId()}`, testCard);
    return "the workflow took it; whether it was posted only the channel shows";
  });
}

async function* checkDirectory({ ports, acts }: Patient, { newId, account }: Examination): AsyncIterable<Line> {
  const { directory } = ports;
  if (!acts) return yield leftOut("read the directory", "no action is allowed, so nothing is asked of it");
  yield await tried("look up an account", async () => {
    // One that there is not can be looked for all the same.
    const found = await directory.user(account ?? newId());
    return found === null ? "accounts can be looked up" : `${found.userPrincipalName} is there`;
  });
  if (account === undefined)
    return yield leftOut("look up groups and roles", "name an account with --account OBJECT_ID");
  yield await tried("look up groups", async () => {
    await directory.groupsAmong(account, [newId()]);
    return "membership can be asked for";
  });
  yield await tried("look up roles", async () => `it holds ${(await directory.roles(account)).length} roles`);
}

const PARTITION = "doctor";

async function* checkState({ ports }: Patient, { write, newId }: Examination): AsyncIterable<Line> {
  yield await tried("read state", async () => {
    await ports.journal.list(PARTITION, "", 1);
    return "the table can be read";
  });
  if (!write) return yield leftOut("write state", NOT_ASKED);
  yield await tried("write state", async () => {
    const id = newId();
    const value = { at: iso(ports.clock.now()) };
    const put = await ports.journal.commit(PARTITION, [{ kind: "put", id, value, basedOn: null }]);
    if (put.kind !== "committed") throw new Error("The record was there already.");
    await ports.journal.commit(PARTITION, [{ kind: "delete", id, basedOn: "any" }]);
    return "a record was written and removed";
  });
}
