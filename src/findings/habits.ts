// What was usual before an attack: for accounts, addresses, networks and clients.

import type { Answer } from "../ports.ts";
import { DAY, days, type Instant, later } from "../time.ts";
import { instantOf, numberOf, textOf, textsOf } from "./cells.ts";
import type { Fact } from "./evidence.ts";
import type { HabitsToAsk } from "./evidence-request.ts";
import { networks } from "./networks.ts";
import type { HabitKind } from "./remembered-habits.ts";

/** How far back a habit is looked for. */
export const HABIT = days(14);
/** Of each kind, the most important first; of what is beyond, nothing is known. */
export const MOST_HABITS = 50;

export interface Crowd {
  readonly successes: number;
  readonly accounts: number;
}

export interface AccountHabit {
  readonly successes: number;
  readonly singleFactor: number;
  readonly sources: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
  readonly devices: ReadonlySet<string>;
}

export interface Session {
  readonly account: string;
  readonly session: string;
  readonly signIns: number;
  /** "application → resource" */
  readonly uses: readonly string[];
}

/** What was asked about: silence means "never seen" for these, and nothing for any other. */
export interface LookedUp {
  readonly accounts: ReadonlySet<string>;
  readonly sources: ReadonlySet<string>;
  readonly networks: ReadonlySet<string>;
  readonly clients: ReadonlySet<string>;
}

export interface Habits {
  readonly lookedUp: LookedUp;
  readonly accounts: ReadonlyMap<string, AccountHabit>;
  /** Who signed in from an address, on a network or with a client, before the attack. */
  readonly sources: ReadonlyMap<string, Crowd>;
  readonly networks: ReadonlyMap<string, Crowd>;
  readonly clients: ReadonlyMap<string, Crowd>;
  readonly sessions: readonly Session[];
  readonly tenant: Crowd;
  /** The tables of sign-ins that hold any row at all; empty where nobody has answered. */
  readonly tables: ReadonlySet<string>;
  /** The earliest success in the logs; null where there is none. */
  readonly since: Instant | null;
  readonly whole: boolean;
}

/** Where nobody has answered. */
export const noHabits: Habits = {
  lookedUp: { accounts: new Set(), sources: new Set(), networks: new Set(), clients: new Set() },
  accounts: new Map(),
  sources: new Map(),
  networks: new Map(),
  clients: new Map(),
  sessions: [],
  tenant: { successes: 0, accounts: 0 },
  tables: new Set(),
  since: null,
  whole: true,
};

/** `asked` is what the answer is about, and what is remembered of earlier answers. */
export function readHabits(answer: Answer, asked: HabitsToAsk): Habits {
  const recalledRows = asked.recalled.flatMap(({ rows }) => rows);
  const ofKind = Map.groupBy([...answer.rows, ...recalledRows], (row) => textOf(row.Kind));
  const rows = (kind: string) => ofKind.get(kind) ?? [];
  const crowds = (kind: string): ReadonlyMap<string, Crowd> =>
    new Map(
      rows(kind).map((row) => [
        textOf(row.Subject),
        { successes: numberOf(row.Successes), accounts: numberOf(row.AccountCount) },
      ]),
    );
  const values = (kind: string): ReadonlyMap<string, ReadonlySet<string>> =>
    new Map(
      [...Map.groupBy(rows(kind), (row) => textOf(row.Subject))].map(([subject, own]) => [
        subject,
        new Set(own.map((row) => textOf(row.Value))),
      ]),
    );
  const [sources, nets, devices] = [values("account-source"), values("account-network"), values("account-device")];
  const none: ReadonlySet<string> = new Set();
  const [tenant] = rows("tenant");
  const valuesOf = (kind: HabitKind, habituals: HabitsToAsk["accounts"]): ReadonlySet<string> =>
    new Set([...habituals, ...asked.recalled.filter((each) => each.kind === kind)].map(({ value }) => value));
  return {
    lookedUp: {
      accounts: valuesOf("account", asked.accounts),
      sources: valuesOf("source", asked.addresses),
      networks: valuesOf("network", asked.networks),
      clients: valuesOf("client", asked.clients),
    },
    accounts: new Map(
      rows("account").map((row) => {
        const account = textOf(row.Subject);
        const habit: AccountHabit = {
          successes: numberOf(row.Successes),
          singleFactor: numberOf(row.SingleFactor),
          sources: sources.get(account) ?? none,
          networks: nets.get(account) ?? none,
          devices: devices.get(account) ?? none,
        };
        return [account, habit];
      }),
    ),
    sources: crowds("source"),
    networks: crowds("network"),
    clients: crowds("client"),
    sessions: rows("session").map((row) => ({
      account: textOf(row.Subject),
      session: textOf(row.Value),
      signIns: numberOf(row.Successes),
      uses: textsOf(row.Names),
    })),
    tenant: { successes: numberOf(tenant?.Successes), accounts: numberOf(tenant?.AccountCount) },
    tables: new Set(rows("table").map((row) => textOf(row.Subject))),
    since: instantOf(tenant?.First),
    whole: answer.whole,
  };
}

/** With less than this before an attack nothing can be called rare. */
const HISTORY_NEEDED = DAY;
const RARE_SHARE = 0.01;
const RARE_ACCOUNTS = 10;

const hasPast = ({ since }: Habits, before: Instant): boolean =>
  since !== null && later(since, HISTORY_NEEDED) <= before;

/** A client that (nearly) nobody got in with before the attack is its mark; without a past nobody can say. */
export function isRare(fingerprint: string, habits: Habits, before: Instant): boolean {
  if (!hasPast(habits, before) || !habits.lookedUp.clients.has(fingerprint)) return false;
  const seen = habits.clients.get(fingerprint) ?? { successes: 0, accounts: 0 };
  return seen.accounts < RARE_ACCOUNTS && seen.successes < RARE_SHARE * habits.tenant.successes;
}

/** Whether a client may be the attack's mark, and nobody has looked. */
export const mayBeRare = (fingerprint: string, habits: Habits, before: Instant): boolean =>
  hasPast(habits, before) && !habits.lookedUp.clients.has(fingerprint);

const WAY_OUT_ACCOUNTS = 10;
const WAY_OUT_SHARE = 0.05;

/** An address through which the company leaves: many of its accounts get in from there, day by day. */
export function isWayOut({ source, network }: Pick<Fact, "source" | "network">, habits: Habits): boolean {
  const kind = networks[network]?.kind;
  if (kind === "company") return true;
  if (kind !== undefined) return false;
  const seen = habits.sources.get(source);
  return (
    seen !== undefined && seen.accounts >= WAY_OUT_ACCOUNTS && seen.accounts >= WAY_OUT_SHARE * habits.tenant.accounts
  );
}

/** Why a sign-in may well be the account's own, "" where nothing says so. */
export function familiarity(fact: Fact, habits: Habits): string {
  const habit = habits.accounts.get(fact.account);
  if (!habit) return "";
  if (fact.device !== "" && habit.devices.has(fact.device)) return "it carries a registered device of the account";
  if (habit.sources.has(fact.source)) return "the account signed in from this address in the 14 days before";
  return "";
}

/** Why nobody can say whether a sign-in is the account's own, "" where its habit was looked up. */
export const accountNotLookedUp = ({ account }: Fact, { lookedUp }: Habits): string =>
  lookedUp.accounts.has(account) ? "" : "the account's habit was not looked up";

/** Why nobody can say whether an address is a way out of the company; what its network is can say it as well. */
export const addressNotLookedUp = ({ source, network }: Fact, { lookedUp }: Habits): string =>
  source === "" || networks[network] !== undefined || lookedUp.sources.has(source)
    ? ""
    : "the address's habit was not looked up";

/** Whether the tenant got in from this network before: a network that it never used is unexpected. */
export const isExpected = (network: string, habits: Habits): boolean =>
  (habits.networks.get(network)?.accounts ?? 0) > 0;
