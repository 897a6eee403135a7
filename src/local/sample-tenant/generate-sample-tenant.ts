// Two weeks in the life of a company of 500, with two attacks last night. The same arguments give the same rows.
import type { Row } from "../../ports.ts";
import { type Instant, instant, within } from "../../time.ts";
import type { Account } from "./account.ts";
import { portalAttack, spray } from "./attacks.ts";
import { calendarUntil } from "./calendar.ts";
import { foundCompany } from "./company.ts";
import { harmlessFailures } from "./harmless-failures.ts";
import { ordinaryDays } from "./ordinary-days.ts";
import type { Network } from "./places.ts";
import { expiredService, forgottenFlow, oldPhone, revokedSessions, secondFactorRollOut } from "./quiet-machines.ts";
import { behindOneVpn, busyDays, mistypedPasswords, passwordRotation, uninvitedGuests } from "./quiet-typists.ts";
import { rowsOf } from "./rows.ts";
import type { SignIn, TableName } from "./sign-in.ts";
import { type Stage, setStage } from "./stage.ts";
import type { Act, Scene, Story } from "./story.ts";

export interface SampleTenantOptions {
  /** Where the logs end; need not be aligned to anything. */
  readonly to: Instant;
  readonly seed?: number;
  /** How many days the logs reach back, at least 8; 14 where nothing is said. */
  readonly days?: number;
}

export interface SampleTenant {
  /** Rows in ascending TimeGenerated, made anew on each iteration; all are inside the story's window. */
  readonly tables: Readonly<Record<TableName, Iterable<Row>>>;
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

export function generateSampleTenant({ to, seed = SEED, days = DAYS }: SampleTenantOptions): SampleTenant {
  const calendar = calendarUntil(to, days);
  const company = foundCompany(seed);
  const stage = setStage(seed, calendar, company);
  const scenes = acts(stage);
  const ordinary = ordinaryDays(stage, busyDays(calendar.workdays).rollOut);
  const signIns: SignIn[] = [...scenes.flatMap((act) => act.signIns), ...ordinary]
    .filter((signIn) => within(signIn.at, calendar.window))
    .sort((a, b) => a.at - b.at || a.number - b.number);
  const rows = (table: TableName): Iterable<Row> => rowsOf(signIns, table, seed, company.tenantId);
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
