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

export const campaignSchema = z.object({
  id: z.string(),
  shortName: z.string(),
  /** Keys of findings. */
  findings: z.array(z.string()),
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
