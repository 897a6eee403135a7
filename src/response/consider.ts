// Before a campaign is planned: what the directory, the journal and the stop switch say about its proven accounts.
import type { Campaign } from "../findings/campaign.ts";
import { inTurns } from "../ledger/in-turns.ts";
import { readRecord } from "../ledger/records.ts";
import { type Answered, answeredId, BUDGET, RESPONSE, responseRecords } from "../ledger/response-records.ts";
import type { CallLimits, Ports } from "../ports.ts";
import type { Instant } from "../time.ts";
import { recent, type Spent } from "./budget.ts";
import { type AccountPlan, type HuntOfPlan, modeOf, planAccounts, provenOf } from "./plan-accounts.ts";
import type { ResponseRules } from "./rules.ts";
import { type Standing, standingOf } from "./standing.ts";
import { isStopped } from "./stop-switch.ts";

/** A record as it was read; a change is based on `version`. */
export interface Remembered<T> {
  readonly version: string | null;
  readonly value: T;
}

export interface Considered {
  /** In the order of the campaigns. */
  readonly plans: readonly AccountPlan[];
  readonly stopped: boolean;
  readonly spent: Remembered<readonly Spent[]>;
  /** By object id. */
  readonly answered: ReadonlyMap<string, Remembered<Answered>>;
}

const NOTHING: Answered = { provenTo: null, askedTo: null };
const AT_ONCE = 8;

export async function consider(
  campaigns: readonly {
    readonly campaign: Campaign;
    readonly hunts: readonly HuntOfPlan[];
    /** When the logs were asked; just now where absent. */
    readonly seenAt?: Instant;
  }[],
  rules: ResponseRules,
  run: string,
  { journal, directory, clock }: Pick<Ports, "journal" | "directory" | "clock">,
  limits: CallLimits = {},
): Promise<Considered> {
  const standings = new Map<string, Standing>();
  const answered = new Map<string, Remembered<Answered>>();
  // Nobody is asked about who is not proven, nor where nothing may be done.
  const concerned = campaigns
    .filter(({ hunts }) => modeOf(hunts, rules) !== "off" && rules.measures.length > 0)
    .flatMap(({ campaign }) => provenOf(campaign).map(({ account }) => account.id));
  await inTurns(
    [...new Set(concerned)].filter((id) => id !== ""),
    AT_ONCE,
    async (id) => {
      standings.set(id, await standingOf(id, rules, directory, limits));
      answered.set(id, await readAnswered(id, journal));
    },
  );
  const now = clock.now();
  const spent = await readSpent(journal, now);
  const stopped = await isStopped(rules, journal);
  const plans = planAccounts(
    campaigns.map(({ campaign, hunts, seenAt = now }) => ({
      campaign,
      hunts,
      standings,
      answered: provenToOf(answered),
      seenAt,
    })),
    { rules, run, spent: spent.value, stopped, now },
  );
  return { plans, stopped, spent, answered };
}

/** Where a person asked for a run, nothing is done without asking, whatever the hunt's mode. */
export function rulesFor({
  rules,
  automatic,
}: {
  readonly rules: ResponseRules;
  readonly automatic: boolean;
}): ResponseRules {
  if (automatic) return rules;
  const modes = Object.entries(rules.modes).map(
    ([hunt, mode]) => [hunt, mode === "automatic" ? "propose" : mode] as const,
  );
  return { ...rules, modes: Object.fromEntries(modes) };
}

export async function readAnswered(id: string, journal: Ports["journal"]): Promise<Remembered<Answered>> {
  const record = await journal.read(RESPONSE, answeredId(id));
  return record === null
    ? { version: null, value: NOTHING }
    : { version: record.version, value: readRecord(responseRecords.answered, record, RESPONSE) };
}

async function readSpent(journal: Ports["journal"], now: Instant): Promise<Remembered<readonly Spent[]>> {
  const record = await journal.read(RESPONSE, BUDGET);
  if (record === null) return { version: null, value: [] };
  return { version: record.version, value: recent(readRecord(responseRecords.budget, record, RESPONSE).spent, now) };
}

const provenToOf = (answered: ReadonlyMap<string, Remembered<Answered>>): ReadonlyMap<string, Instant> =>
  new Map([...answered].flatMap(([id, { value }]) => (value.provenTo === null ? [] : [[id, value.provenTo] as const])));
