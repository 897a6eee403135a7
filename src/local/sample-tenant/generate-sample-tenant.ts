// Two weeks in the life of a company of 500, with two attacks last night. The same arguments give the same rows.
import { type Instant, instant, type TimeWindow, within } from "../../time.ts";
import type { Account } from "./account.ts";
import { portalAttack, spray } from "./attacks.ts";
import { calendarUntil } from "./calendar.ts";
import { foundCompany } from "./company.ts";
import { harmlessFailures } from "./harmless-failures.ts";
import { ordinaryDays } from "./ordinary-days.ts";
import type { Network } from "./places.ts";
import { expiredService, forgottenFlow, oldPhone, revokedSessions, secondFactorRollOut } from "./quiet-machines.ts";
import { behindOneVpn, busyDays, mistypedPasswords, passwordRotation, uninvitedGuests } from "./quiet-typists.ts";
import { rowsOf, type TableRows } from "./rows.ts";
import type { SignIn, TableName } from "./sign-in.ts";
import { type Stage, setStage } from "./stage.ts";
import type { Act, Scene, Story } from "./story.ts";

export interface SampleTenantOptions {
  /** Where the logs end; need not be aligned to anything. */
  readonly to: Instant;
  readonly seed?: number;
  /** How many days the logs reach back, 8 to 90; 14 where nothing is said. */
  readonly days?: number;
}

export interface SampleTenant {
  /** Rows in ascending TimeGenerated, made anew on each iteration; all are inside the story's window. */
  readonly tables: Readonly<Record<TableName, TableRows>>;
  readonly story: Story;
}

const SEED = 20_261_121;
const DAYS = 14;

function acts(stage: Stage): Act[] {
  const busy = busyDays(stage.calendar.workdays);
  return [
    portalAttack(stage),
    spray(stage),
    ...harmlessFailures(stage),
    mistypedPasswords(stage, busy),
    behindOneVpn(stage, busy),
    passwordRotation(stage, busy),
    uninvitedGuests(stage),
    oldPhone(stage),
    expiredService(stage),
    forgottenFlow(stage),
    secondFactorRollOut(stage, busy),
    revokedSessions(stage, busy),
  ];
}

function played(act: Act, stage: Stage): Scene {
  const signIns = act.signIns.filter((signIn) => within(signIn.at, stage.calendar.window));
  const accounts = new Map<string, Account>();
  const addresses = new Set<string>();
  const networks = new Set<Network>();
  const results: Record<string, number> = {};
  let first: Instant = stage.calendar.window.to;
  let last: Instant = stage.calendar.window.from;
  for (const { account, place, result, at } of signIns) {
    accounts.set(account.name, account);
    addresses.add(place.address);
    networks.add(place.network);
    results[result] = (results[result] ?? 0) + 1;
    if (at < first) first = at;
    if (at > last) last = at;
  }
  return {
    name: act.name,
    told: act.told,
    expected: act.expected,
    window: { from: first, to: instant(last + 1) },
    accounts: [...accounts.values()],
    addresses: [...addresses],
    networks: [...networks],
    signIns: signIns.length,
    results,
  };
}

/** More than the sign-ins of 90 days, so that a time within them and a place in the list fit into one exact number. */
const PLACES = 2 ** 20;

/** What lies in the window, by time; sorted as plain numbers, which is many times faster than by comparing. */
function inOrder(signIns: readonly SignIn[], window: TimeWindow): SignIn[] {
  const keys: number[] = [];
  for (const [place, { at }] of signIns.entries()) {
    if (within(at, window)) keys.push((at - window.from) * PLACES + place);
  }
  return Array.from(Float64Array.from(keys).sort(), (key) => signIns[key % PLACES]!);
}

export function generateSampleTenant({ to, seed = SEED, days = DAYS }: SampleTenantOptions): SampleTenant {
  const calendar = calendarUntil(to, days);
  const company = foundCompany(seed);
  const stage = setStage(seed, calendar, company);
  const scenes = acts(stage);
  const ordinary = ordinaryDays(stage, busyDays(calendar.workdays).rollOut);
  const signIns = inOrder([...scenes.flatMap((act) => act.signIns), ...ordinary], calendar.window);
  const rows = (table: TableName): TableRows => rowsOf(signIns, table, seed);
  return {
    tables: {
      SigninLogs: rows("SigninLogs"),
      AADNonInteractiveUserSignInLogs: rows("AADNonInteractiveUserSignInLogs"),
    },
    story: {
      seed,
      tenantId: company.tenantId,
      window: calendar.window,
      night: calendar.night,
      accounts: [
        ...company.people.map((person) => person.account),
        ...company.guests.map((guest) => guest.account),
        ...Object.values(company.services),
      ],
      breakGlass: company.services.breakGlass,
      synchronisation: company.services.synchronisation,
      scenes: scenes.map((act) => played(act, stage)),
    },
  };
}
