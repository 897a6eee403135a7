// The records of acting on accounts, all in one partition, so that what belongs together is changed together.
import * as z from "zod";
import type { Campaign } from "../findings/campaign.ts";
import type { Cell } from "../ports.ts";
import { MEASURES } from "../response/rules.ts";
import { instant } from "../time.ts";

export const RESPONSE = "response";

const moment = z.number().int().transform(instant);
const row = z.record(z.string(), z.json() as z.ZodType<Cell>);
// It was written from a Campaign by this app; its parts are read where they are needed.
const campaign = z
  .looseObject({ id: z.string(), generation: z.number(), shortName: z.string(), first: z.number(), last: z.number() })
  .transform((read) => read as unknown as Campaign);
const measure = z.enum(MEASURES);

const account = z.object({
  id: z.string(),
  name: z.string(),
  privileged: z.boolean(),
  because: z.string(),
  rows: z.array(row),
});

const planned = z.object({
  account,
  measures: z.array(measure),
  lastProof: moment,
  synchronised: z.boolean(),
  privileged: z.string(),
});

const person = z.object({
  /** Object id; the name of the machine's user on a laptop. */
  id: z.string(),
  name: z.string(),
  /** False on a laptop, where nobody has signed in. */
  verified: z.boolean(),
});

/** The stop switch that is thrown over HTTP; the deployment's own is a setting. */
const stop = z.object({ on: z.boolean(), at: moment, because: z.string() });

/** What has been done without asking, for a day. */
const budget = z.object({ spent: z.array(z.object({ at: moment, run: z.string(), account: z.string() })) });

/** Up to where the proofs of an account have been answered, by an order or a person's no; and up to where a person was asked. */
const answered = z.object({ provenTo: moment.nullable(), askedTo: moment.nullable() });

/** When the logs were asked; where nothing says so, they have to be asked again. */
const seenAt = z.number().int().default(0).transform(instant);

/** A campaign with proven accounts, kept while something about them has still to be found out. */
const responseCase = z.object({
  campaign,
  hunts: z.array(z.string()),
  automatic: z.boolean(),
  run: z.string(),
  seenAt,
  until: moment,
});

const step = z.object({
  measure,
  /** "begun": the intent is recorded and the result is not; whether it was done shows in the directory. */
  state: z.enum(["waiting", "begun", "done", "failed", "heldBack"]),
  at: moment,
  tries: z.number().int(),
  code: z.string(),
  /** What became of it, in words. */
  detail: z.string(),
  advice: z.string(),
});

/** Something that is to be done to accounts, each step once. */
const order = z.object({
  id: z.string(),
  campaign,
  /** Null where it is automatic. */
  approver: person.nullable(),
  accounts: z.array(z.object({ planned, steps: z.array(step) })),
  seenAt,
  madeAt: moment,
  /** Nothing is begun after this. */
  until: moment,
  /** In the hands of whoever wrote this version until then. */
  notBefore: moment,
  /** "telling": all is done that will be, and has to be said. */
  state: z.enum(["open", "telling", "closed"]),
  told: z.object({ intent: z.boolean(), result: z.boolean(), card: z.boolean() }),
});

const decision = z.object({ kind: z.enum(["approved", "declined"]), by: person, at: moment, order: z.string() });

/** What a person is asked. The link's number is nowhere: only its hash is, in a record of its own. */
const approval = z.object({
  id: z.string(),
  campaign,
  hunts: z.array(z.string()),
  /** Of the evidence as it was shown; a page that shows something else cannot act. */
  digest: z.string(),
  because: z.string(),
  parts: z.array(
    z.object({
      accounts: z.array(planned),
      decision: decision.nullable(),
    }),
  ),
  madeAt: moment,
  expires: moment,
  /** When its card was posted, and when the reminder was. */
  askedAt: moment.nullable(),
  remindedAt: moment.nullable(),
  /** Whether that it expired, or what was declined, has been told. */
  closedAt: moment.nullable(),
  tries: z.number().int(),
  notBefore: moment,
});

/** A link that was sent: its id is the hash of its number. */
const link = z.object({ approval: z.string(), expires: moment });

/** An account that is watched after something was done to it. */
const care = z.object({
  account,
  campaign,
  order: z.string(),
  measures: z.array(measure),
  /** When it was acted on. */
  from: moment,
  until: moment,
  /** The logs speak up to here. */
  seenTo: moment.nullable(),
  /** They were asked, and answered as a whole, about everything before this. */
  askedTo: moment.nullable().default(null),
  /** What was usual for it before it was proven; null until the logs have said. */
  habits: z
    .object({ successes: z.number(), networks: z.array(z.string()), devices: z.array(z.string()) })
    .nullable()
    .default(null),
  /** What has been told already. */
  told: z.array(z.string()),
  over: z.boolean(),
});

const partOfAttack = z.object({ id: z.string(), generation: z.number().int(), shortName: z.string() });

/** What stays of an order for the audit: who had what done to whom, why, when and with which result. */
const auditedOrder = z.object({
  audit: z.literal("order"),
  id: z.string(),
  campaign: partOfAttack,
  /** Null where it was automatic. */
  approver: person.nullable(),
  madeAt: moment,
  accounts: z.array(
    z.object({
      id: z.string(),
      name: z.string(),
      because: z.string(),
      lastProof: moment,
      privileged: z.string(),
      steps: z.array(step.pick({ measure: true, state: true, at: true, code: true, detail: true })),
    }),
  ),
});

/** What stays of a question: who was asked about, and who decided what, or that nobody did. */
const auditedApproval = z.object({
  audit: z.literal("approval"),
  id: z.string(),
  campaign: partOfAttack,
  because: z.string(),
  madeAt: moment,
  expires: moment,
  askedAt: moment.nullable(),
  remindedAt: moment.nullable(),
  parts: z.array(
    z.object({
      accounts: z.array(z.object({ id: z.string(), name: z.string(), measures: z.array(measure) })),
      decision: decision.nullable(),
    }),
  ),
});

export type Person = z.output<typeof person>;
export type Stop = z.output<typeof stop>;
export type ResponseCase = z.output<typeof responseCase>;
export type AccountOrder = z.output<typeof order>;
export type Answered = z.output<typeof answered>;
export type OrderStep = z.output<typeof step>;
export type Approval = z.output<typeof approval>;
export type ApprovalPart = Approval["parts"][number];
export type Decision = NonNullable<ApprovalPart["decision"]>;
export type Care = z.output<typeof care>;
export type AuditedOrder = z.output<typeof auditedOrder>;
export type AuditedApproval = z.output<typeof auditedApproval>;

export const responseRecords = {
  stop: { schema: stop },
  budget: { schema: budget },
  answered: { schema: answered },
  case: { schema: responseCase },
  order: { schema: order },
  approval: { schema: approval },
  link: { schema: link },
  care: { schema: care },
  auditedOrder: { schema: auditedOrder },
  auditedApproval: { schema: auditedApproval },
} as const;

export const STOP = "stop";
export const BUDGET = "budget";
export const ANSWERED = "answered ";
export const CASES = "case ";
export const ORDERS = "order ";
export const APPROVALS = "approval ";
export const LINKS = "link ";
export const CARES = "care ";
export const answeredId = (account: string): string => `${ANSWERED}${account.toLowerCase()}`;
export const caseId = (campaign: string): string => `${CASES}${campaign}`;
export const orderId = (order: string): string => `${ORDERS}${order}`;
/** Orders that are over. */
export const DONE = "done ";
export const doneId = (order: string): string => `${DONE}${order}`;
/** Questions that are over. */
export const ASKED = "asked ";
export const askedId = (approval: string): string => `${ASKED}${approval}`;
export const approvalId = (approval: string): string => `${APPROVALS}${approval}`;
export const linkId = (hash: string): string => `${LINKS}${hash}`;
/** Watches that are over. */
export const WATCHED = "watched ";
export const watchedId = (account: string, order: string): string => `${WATCHED}${account.toLowerCase()} ${order}`;
export const careId = (account: string, order: string): string => `${CARES}${account.toLowerCase()} ${order}`;
