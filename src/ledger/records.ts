// Every kind of record that the journal keeps, where it lies and what it holds. No other state exists anywhere.
import { createHash } from "node:crypto";
import * as z from "zod";
import type { Finding } from "../findings/finding.ts";
import { HABIT_KINDS } from "../findings/remembered-habits.ts";
import type { Hunt } from "../hunts/hunt.ts";
import type { Cell, JournalRecord } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { type Instant, instant } from "../time.ts";

/** Points in time are milliseconds since 1970, as everywhere inside. */
const moment = z.number().int().transform(instant);

/** What has been looked at of a hunt's logs, and what has not. One record per hunt, version checked with every commit. */
const coverage = z.object({
  /** Where the first scheduled run began to look at what happens now. */
  since: moment,
  /** Every window before this was asked for after it had settled, but for what is open. */
  settledTo: moment,
  /** What has still to be asked for, oldest first; none overlaps another. */
  open: z.array(
    z.object({
      /** "first": the look back of the first run. "outage": the timer did not run or the logs could not be asked. "late": rows came after their window had settled. */
      kind: z.enum(["first", "outage", "late"]),
      from: moment,
      to: moment,
      /** Asked for up to here. */
      doneTo: moment,
      openedAt: moment,
      because: z.string(),
      /** What its steps have found, as lines for the card that gathers them. */
      found: z.array(z.string()),
    }),
  ),
  /** Rows that had arrived by then are counted; later ones are looked for. Null before the first count. */
  arrivalsTo: moment.nullable(),
  /** The same of rows that were more than a day old when they arrived. Null before the first count of those. */
  farArrivalsTo: moment.nullable().default(null),
  lastRun: z.object({ at: moment, outcome: z.enum(["done", "partly", "failed"]), code: z.string() }).nullable(),
  lastSuccess: moment.nullable(),
});

/** A gap that was filled, for the history. */
const filledGap = z.object({
  kind: z.enum(["first", "outage", "late"]),
  from: moment,
  to: moment,
  openedAt: moment,
  filledAt: moment,
  because: z.string(),
  found: z.array(z.string()),
});

/** Who runs a timer until when. `token` rises with every new holder. */
const lease = z.object({ holder: z.string(), token: z.number().int(), until: moment });

const cell: z.ZodType<Cell> = z.json();
const row = z.record(z.string(), cell);
const window = z.object({ from: moment, to: moment });

const finding = z.object({
  key: z.string(),
  hunt: z.object({ id: z.string(), name: z.string(), slug: z.string() }),
  group: z.object({ kind: z.string(), value: z.string(), label: z.string() }),
  window,
  measured: z.array(z.object({ column: z.string(), value: z.number(), threshold: z.number() })),
  accounts: z.array(z.string()),
  addresses: z.array(z.string()),
  cut: z.array(z.string()),
  rows: z.array(row),
});

/** The findings of one group that are remembered, oldest first, with what has been said of each. Holds personal data. */
const group = z.object({
  known: z.array(
    z.object({
      finding,
      campaign: z.string(),
      /** Of what was promised last; the same facts are not news. */
      news: z.string(),
      /** Ids of the cards that were promised. */
      cards: z.array(z.string()),
      /** The key of the older finding that this one turned out to belong to, "" where it stands alone. */
      joined: z.string(),
    }),
  ),
});

/** Something that has to be said or done. It is deleted when that has happened. Holds personal data. */
const delivery = z.object({
  /** An Action, as it was planned. */
  action: z.looseObject({
    kind: z.enum(["openIncident", "postCard", "addComment", "answerCase", "disableAccount", "revokeSessions"]),
    campaign: z.string(),
  }),
  promisedAt: moment,
  tries: z.number().int(),
  /** Until then it is in the hands of whoever wrote this version of the record. */
  notBefore: moment,
  /** The code of what went wrong last, "" before the first try. */
  trouble: z.string(),
});

/** Something that was given up, for the history. */
const deadLetter = z.object({
  kind: z.string(),
  campaign: z.string(),
  promisedAt: moment,
  givenUpAt: moment,
  tries: z.number().int(),
  code: z.string(),
});

/** Of all hunts together: the cards of the last day, campaigns that wait for one card together, and what the next card owes to say. */
const channel = z.object({
  posted: z.array(z.object({ at: moment, card: z.string() })),
  waiting: z.array(z.object({ campaign: z.string(), hunt: z.string(), title: z.string() })),
  owed: z.array(z.string()),
});

/** When the last digest was due to be told. */
const digest = z.object({ toldAt: moment });

const provenAccount = z.object({
  id: z.string(),
  name: z.string(),
  privileged: z.boolean(),
  because: z.string(),
  rows: z.array(row),
});
const level = z.enum(["entered", "known", "possible", "attempted", "noise"]);

const told = z.object({
  at: moment,
  level,
  attempted: z.number().int(),
  proven: z.array(z.string()),
  privileged: z.array(z.string()),
  codes: z.array(z.string()),
});

/** A campaign between runs: what joins it, what was proven, what people were told. Holds personal data. */
const campaign = z.object({
  id: z.string(),
  generation: z.number().int(),
  findings: z.array(finding),
  joinedBy: z.array(z.string()),
  window,
  sources: z.array(z.string()),
  everybodys: z.array(z.string()),
  clients: z.array(z.string()),
  attempted: z.array(z.string()),
  lastAttempt: moment,
  level,
  proofs: z.array(z.object({ account: provenAccount, level: z.enum(["entered", "known"]), at: moment })),
  /** When the evidence was asked for last. */
  askedAt: moment.nullable(),
  /** Of the last card. */
  told: told.nullable(),
  mute: z.object({ by: z.string(), because: z.string(), until: moment }).nullable(),
  closed: z
    .object({
      at: moment,
      classification: z.enum(["TruePositive", "BenignPositive", "FalsePositive", "Undetermined"]),
      owner: z.string(),
      told,
      named: z.array(z.string()),
    })
    .nullable(),
  named: z.array(z.string()).default([]),
  follows: z.string().default(""),
  notLookedUp: z.array(z.string()).default([]),
  noted: told.nullable().default(null),
  reopens: z.string().default(""),
});

/** What was usual for some accounts, addresses, networks, clients and sessions, for a day. Holds personal data. */
const habits = z.object({
  known: z.array(
    z.object({
      kind: z.enum(HABIT_KINDS),
      value: z.string(),
      before: moment,
      askedAt: moment,
      rows: z.array(row),
    }),
  ),
});

/** What was said about a silence: once for each last sign of life. */
const silence = z.object({ since: moment, toldAt: moment });

export interface KnownFinding {
  readonly finding: Finding;
  readonly campaign: string;
  readonly news: string;
  readonly cards: readonly string[];
  readonly joined: string;
}
export interface Group {
  readonly known: readonly KnownFinding[];
}
export type Delivery = z.output<typeof delivery>;
export type Channel = z.output<typeof channel>;
export type Coverage = z.output<typeof coverage>;
export type OpenGap = Coverage["open"][number];
export type FilledGap = z.output<typeof filledGap>;
export type Lease = z.output<typeof lease>;

/** A kind of record: its schema, and the id under which it lies. */
interface Kind<T> {
  readonly schema: z.ZodType<T>;
}

export const records = {
  coverage: { schema: coverage },
  filledGap: { schema: filledGap },
  lease: { schema: lease },
  group: { schema: group },
  delivery: { schema: delivery },
  deadLetter: { schema: deadLetter },
  channel: { schema: channel },
  silence: { schema: silence },
  campaign: { schema: campaign },
  digest: { schema: digest },
  habits: { schema: habits },
} as const satisfies Record<string, Kind<unknown>>;

export const partitionOf = (hunt: Pick<Hunt, "id">): string => `hunt ${hunt.id}`;
export const TIMERS = "timers";
/** What concerns the app as a whole: silences and their deliveries. */
export const HOUSE = "house";
/** Campaigns lie in a partition of their own, because findings of several hunts belong to one. */
export const CAMPAIGNS = "campaigns";
export const DIGEST = "digest";
/** A cache that can be lost without harm. */
export const HABITS = "habits";
export const campaignRecordId = (id: string): string => `campaign ${id}`;
export const COVERAGE = "coverage";
/** In the order in which the gaps began. */
export const filledGapId = (gap: Pick<FilledGap, "from" | "kind">): string => `gap ${sortable(gap.from)} ${gap.kind}`;
export const leaseId = (timer: string): string => `lease ${timer}`;

export const GROUPS = "group ";
/** Of one hunt's group: what is told under this hunt can hold findings of another. */
export const groupId = ({ hunt, group: { kind, value } }: Pick<Finding, "hunt" | "group">): string =>
  `${GROUPS}${short(hunt.id, kind, value)}`;
/** After every other id of a partition, so that reading what is left to say reads nothing else. */
export const DELIVERIES = "to say ";
export const deadLetterId = (delivery: string, at: Instant): string => `dead ${sortable(at)} ${delivery}`;
export const CHANNEL = "channel";
export const silenceId = (subject: string): string => `silence ${subject}`;

/** Texts in the order of the moments. */
export const sortable = (at: Instant): string => String(at).padStart(16, "0");
/** A key for a text of any length and alphabet. */
export const short = (...texts: readonly string[]): string =>
  createHash("sha256").update(JSON.stringify(texts)).digest("hex").slice(0, 32);

/** The value of a record as its kind says; throws the Problem UnreadableRecord where it is something else. */
export function readRecord<T>(kind: Kind<T>, record: JournalRecord, partition: string): T {
  const read = kind.schema.safeParse(record.value);
  if (read.success) return read.data;
  throw new Problem(problemTexts.unreadableRecord(partition), read.error);
}

/** A value as the journal takes it. Ours are plain data; what JSON leaves out is left out. */
export const cellOf = (value: unknown): Cell => JSON.parse(JSON.stringify(value)) as Cell; // JSON gives nothing but cells
