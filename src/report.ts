// The one shape of a run's report: command line, HTTP and run records give this. Keys may be added, never renamed.
import * as z from "zod";

const cell: z.ZodType = z.json();
const row = z.record(z.string(), cell);
const window = z.object({ from: z.iso.datetime(), to: z.iso.datetime() });

export const findingSchema = z.object({
  key: z.string(),
  group: z.object({ kind: z.string(), value: z.string(), label: z.string() }),
  window,
  measured: z.array(z.object({ column: z.string(), value: z.number(), threshold: z.number() })),
  accounts: z.array(z.string()),
  addresses: z.array(z.string()),
  cut: z.array(z.string()),
});

const provenSchema = z.object({
  id: z.string(),
  name: z.string(),
  privileged: z.boolean(),
  because: z.string(),
  /** The sign-ins that prove it, grouped, as the logs have them. */
  rows: z.array(row),
});

export const campaignSchema = z.object({
  id: z.string(),
  shortName: z.string(),
  /** Keys of findings. */
  findings: z.array(z.string()),
  state: z.enum(["observed", "active", "escalated", "quiet", "closed"]),
  /** By what the findings were joined; empty for one alone. */
  joinedBy: z.array(z.string()),
  /** Slugs, in the order of the findings. */
  hunts: z.array(z.string()),
  accounts: z.object({
    attempted: z.number(),
    unknown: z.number(),
    wrong: z.number(),
    ambiguous: z.number(),
    known: z.array(provenSchema),
    entered: z.array(provenSchema),
  }),
  sources: z.array(
    z.object({
      address: z.string(),
      network: z.string(),
      networkName: z.string(),
      country: z.string(),
      accounts: z.number(),
      attempts: z.number(),
    }),
  ),
  tasks: z.array(z.object({ title: z.string(), text: z.string(), kql: z.string() })),
  /** What the evidence answers of the notes on triage. */
  notes: z.array(z.object({ note: z.string(), text: z.string() })),
  assessment: z.object({ level: z.string(), severity: z.string(), because: z.string() }),
  actions: z.array(
    z.object({
      kind: z.string(),
      reason: z.string(),
      outcome: z.enum(["done", "rehearsed", "failed"]),
      detail: z.string(),
    }),
  ),
  heldBack: z.array(z.object({ kind: z.string(), target: z.string(), reason: z.string() })),
  /** The body of the request to Sentinel. */
  incident: row,
  /** An Adaptive Card 1.5. */
  card: row,
});

export const reportSchema = z.object({
  hunt: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
  window,
  /** False where an answer was incomplete or the hunt failed: finding nothing then means nothing. */
  whole: z.boolean(),
  /** Why the hunt could not be run; absent where it could. */
  problem: z.object({ code: z.string(), message: z.string(), advice: z.string(), retry: z.boolean() }).optional(),
  /** What the hunt's query returned, before thresholds. */
  rows: z.array(row),
  findings: z.array(findingSchema),
  setAside: z.array(z.object({ exclusion: z.string(), because: z.string(), attempts: z.number() })),
  campaigns: z.array(campaignSchema),
  warnings: z.array(z.string()),
});

export const reportsSchema = z.object({ reports: z.array(reportSchema) });

export type Report = z.infer<typeof reportSchema>;
export type CampaignReport = z.infer<typeof campaignSchema>;
export type Reports = z.infer<typeof reportsSchema>;
