// Silence is a finding of its own: a table that brings no rows, a hunt that does not succeed.
import { nameBasedId } from "../findings/campaign.ts";
import type { Change, Ports } from "../ports.ts";
import type { Action } from "../response/action.ts";
import { type Duration, formatDuration, type Instant, iso } from "../time.ts";
import { promised } from "./deliveries.ts";
import { plainCard } from "./plain-card.ts";
import { cellOf, HOUSE, readRecord, records, silenceId } from "./records.ts";

export interface Quiet {
  /** "table SigninLogs", "hunt single-factor-spray". */
  readonly subject: string;
  /** The last sign of life. */
  readonly since: Instant;
  readonly title: string;
  /** What was seen and what to do, in sentences. */
  readonly text: string;
}

export const quietTable = (table: string, since: Instant, because: string): Quiet => ({
  subject: `table ${table}`,
  since,
  title: `${table} has gone silent`,
  text: `${table}: ${because}. Its newest row is of ${iso(since)}. While it is silent an attack cannot be seen in it. Look at the diagnostic setting of Entra ID that sends it, at the workspace's daily cap, and at the service's health.`,
});

export const quietHunt = (slug: string, since: Instant, every: Duration, code: string): Quiet => ({
  subject: `hunt ${slug}`,
  since,
  title: `The hunt ${slug} has not succeeded for a while`,
  text: `${slug} is due every ${formatDuration(every)} and succeeded last at ${iso(since)}.${code === "" ? "" : ` Its last run ended with ${code}.`} What it has missed is asked for when it runs again. GET /api/health says what stands in its way.`,
});

/** Records that this has to be told, once for each last sign of life; true where it had not been told yet. */
export async function tellSilence(
  quiet: Quiet,
  channels: { readonly incidents: boolean; readonly cards: boolean },
  { journal, clock }: Pick<Ports, "journal" | "clock">,
): Promise<boolean> {
  const id = silenceId(quiet.subject);
  const record = await journal.read(HOUSE, id);
  if (record !== null && readRecord(records.silence, record, HOUSE).since === quiet.since) return false;
  const now = clock.now();
  const actions = actionsFor(quiet).filter(({ kind }) =>
    kind === "openIncident" ? channels.incidents : channels.cards,
  );
  const changes: readonly Change[] = [
    { kind: "put", id, value: cellOf({ since: quiet.since, toldAt: now }), basedOn: record?.version ?? null },
    ...actions.map((action) => promised(action, now, now)),
  ];
  return (await journal.commit(HOUSE, changes)).kind === "committed";
}

function actionsFor({ subject, since, title, text }: Quiet): readonly Action[] {
  const campaign = nameBasedId("silence", subject, iso(since));
  return [
    {
      kind: "openIncident",
      reason: title,
      campaign,
      incident: {
        id: nameBasedId("incident", campaign, "1"),
        title,
        description: text,
        severity: "Medium",
        labels: ["silence"],
        firstActivity: since,
        lastActivity: since,
      },
    },
    plainCard(`silent-${campaign}`, { kind: "plain", topic: "health", title, lead: text, sections: [], link: null }),
  ];
}
