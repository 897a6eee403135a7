// The thresholds of both hunts for a small tenant, worked out here in plain TypeScript and without the hunts' queries, so
// that the sample tenant and the queries can be wrong only separately.
import { readFile } from "node:fs/promises";
import { beforeAll, describe, expect, test } from "vitest";
import { parse } from "yaml";
import { type Exclusion, exclusionSchema } from "../../src/hunts/exclusion.ts";
import { SAMPLE_EXCLUSIONS } from "../../src/local/sample-tenant/exclusions.ts";
import { generateSampleTenant } from "../../src/local/sample-tenant/generate-sample-tenant.ts";
import type { Story } from "../../src/local/sample-tenant/story.ts";
import type { Row } from "../../src/ports.ts";
import { DAY, HOUR, iso, MINUTE, parseInstant } from "../../src/time.ts";
import { soaking } from "../soak.ts";

interface SignIn {
  readonly at: number;
  readonly account: string;
  readonly name: string;
  readonly address: string;
  readonly source: string;
  readonly network: string;
  readonly code: string;
  readonly portal: boolean;
  readonly interactive: boolean;
  readonly singleFactor: boolean;
  readonly appId: string;
}

const PORTAL = "c44b4083-3bb0-49c1-b47d-974e53cbdf3c";
const NO_USER = "00000000-0000-0000-0000-000000000000";
const text = (row: Row, column: string): string => String(row[column]);

/** All IPv6 of the sample have at least four groups written out before any "::". */
const sourceOf = (address: string): string =>
  address.includes(":") ? `${address.split(":").slice(0, 4).join(":")}::/64` : address;

/** Sign-ins, not rows: one per Id. */
function signInsOf(rows: Iterable<Row>): SignIn[] {
  const byId = new Map<string, SignIn>();
  for (const row of rows) {
    const id = text(row, "Id");
    if (byId.has(id)) continue;
    const userId = text(row, "UserId");
    const name = text(row, "UserPrincipalName").toLowerCase();
    const address = text(row, "IPAddress");
    byId.set(id, {
      at: Date.parse(text(row, "TimeGenerated")),
      account: userId === "" || userId === NO_USER ? name : userId,
      name,
      address,
      source: sourceOf(address),
      network: text(row, "AutonomousSystemNumber"),
      code: text(row, "ResultType"),
      portal: /azure portal/i.test(text(row, "AppDisplayName")) || row.AppId === PORTAL,
      interactive: row.IsInteractive === true,
      singleFactor: row.AuthenticationRequirement === "singleFactorAuthentication",
      appId: text(row, "AppId"),
    });
  }
  return [...byId.values()];
}

function groupBy<T>(list: readonly T[], key: (of: T) => string): Map<string, T[]> {
  const groups = new Map<string, T[]>();
  for (const each of list) {
    const group = groups.get(key(each));
    if (group) group.push(each);
    else groups.set(key(each), [each]);
  }
  return groups;
}
const distinct = (values: readonly string[]): number => new Set(values).size;

interface Reading {
  /** Which codes are failures. */
  readonly codes: readonly string[];
  /** Until when a success makes up for a failure: half an hour, or the end of the window that is looked at. */
  readonly recovery: "halfHour" | "window";
}

const strictest: readonly Reading[] = [
  { codes: ["50126", "50034", "50053"], recovery: "halfHour" },
  { codes: ["50126", "50020", "50034", "50053"], recovery: "halfHour" },
  { codes: ["50126", "50020", "50034", "50053"], recovery: "window" },
];

/** What the portal hunt finds, as "account-networks <object id>" and the like. */
function portalGroups(all: readonly SignIn[], reading: Reading): Set<string> {
  const found = new Set<string>();
  const interactive = all.filter((each) => each.interactive);
  const failures = interactive.filter((each) => each.portal && reading.codes.includes(each.code));
  const successes = groupBy(
    interactive.filter((each) => each.code === "0"),
    (each) => each.source,
  );
  const recovered = (failure: SignIn, until: number): boolean =>
    (successes.get(failure.source) ?? []).some(
      ({ account, address, at }) =>
        account === failure.account && address === failure.address && at >= failure.at && at <= until,
    );
  const within = (list: readonly SignIn[], from: number, length: number): SignIn[] =>
    list.filter(({ at }) => at >= from && at < from + length);
  const lasting = failures.filter((each) => !recovered(each, each.at + 30 * MINUTE));

  for (const [account, list] of groupBy(lasting, (each) => each.account)) {
    for (const { at } of list) {
      if (within(list, at, HOUR).length >= 6) found.add(`account ${account}`);
      const day = within(list, at, DAY);
      const networks = distinct(day.map((each) => each.network).filter((network) => network !== ""));
      if (day.length >= 6 && (networks >= 3 || distinct(day.map((each) => each.source)) >= 5)) {
        found.add(`account-networks ${account}`);
      }
    }
  }
  for (const [source, list] of groupBy(failures, (each) => each.source)) {
    const entered = successes.get(source) ?? [];
    for (const { at: from } of list) {
      const until = (at: number): number => (reading.recovery === "window" ? from + HOUR : at + 30 * MINUTE);
      const failing = distinct(
        within(list, from, HOUR)
          .filter((each) => !recovered(each, until(each.at)))
          .map((each) => each.account),
      );
      const succeeding = distinct(within(entered, from, HOUR).map((each) => each.account));
      const isNew = !entered.some(({ at }) => at < from);
      if ((failing >= 5 && failing > succeeding) || failing >= 15 || (failing >= 3 && isNew))
        found.add(`source ${source}`);
    }
  }
  return found;
}

const SPRAY_CODES = ["50053", "50126", "50055", "50056", "50064", "50144"];

function sprayable(all: readonly SignIn[]): SignIn[] {
  return all.filter(
    (each) => !each.interactive && each.singleFactor && each.network !== "8075" && SPRAY_CODES.includes(each.code),
  );
}

/** The spray hunt's windows of 30 accounts and more, as "50126 2026-11-21T03:20:00.000Z". */
function sprayWindows(all: readonly SignIn[]): string[] {
  const windows = groupBy(
    sprayable(all),
    ({ at, code }) => `${code} ${new Date(at - (at % (10 * MINUTE))).toISOString()}`,
  );
  return [...windows].filter(([, list]) => distinct(list.map((each) => each.account)) >= 30).map(([key]) => key);
}

/** The most accounts that failed with one code in any ten minutes, wherever they begin. */
function mostInTenMinutes(all: readonly SignIn[]): number {
  let most = 0;
  for (const list of groupBy(sprayable(all), (each) => each.code).values()) {
    for (const [first, { at }] of list.entries()) {
      const after = list.slice(first, first + 200).filter((each) => each.at < at + 10 * MINUTE);
      most = Math.max(most, distinct(after.map((each) => each.account)));
    }
  }
  return most;
}

const expected = (story: Story, kind: "found" | "setAside"): Set<string> =>
  new Set(
    story.scenes.flatMap(({ expected: outcome }) =>
      outcome.kind === kind && outcome.hunt === "failed-portal-sign-in"
        ? outcome.groups.map((group) => `${group.kind} ${group.value}`)
        : [],
    ),
  );

interface Hiding {
  readonly name: string;
  hides(signIn: SignIn): boolean;
}

/** Of addresses it knows what the team's file has: a single IPv4 address written as /32. */
function hiding(exclusion: Exclusion): Hiding {
  const { accounts, appIds } = exclusion;
  const addresses = exclusion.addresses.map((range) => {
    expect(range).toMatch(/^[\d.]+\/32$/);
    return range.slice(0, -3);
  });
  const named = (given: readonly string[], value: string): boolean => given.length === 0 || given.includes(value);
  return {
    name: exclusion.name,
    hides: ({ address, name, appId }) => named(addresses, address) && named(accounts, name) && named(appIds, appId),
  };
}

const at = (moment: string) => {
  const read = parseInstant(moment);
  if (read === undefined) throw new Error(moment);
  return read;
};

const ends = [
  ["a Saturday evening", at("2026-11-21T18:00:00Z"), 20_261_121, 14],
  ["the first minute that can tell of the night", at("2026-11-18T04:15:00Z"), 7, 8],
  ["an odd moment of a Monday, before the story of that night is over", at("2026-02-02T04:14:59.987Z"), 99, 14],
] as const;

// The soak asks it of each, npm test of the one that is made soonest.
describe.each(ends.filter(([, , , days]) => soaking || days === 8))("with logs that end on %s", (_, to, seed, days) => {
  let story: Story;
  let all: SignIn[];
  let exclusions: readonly Hiding[];
  beforeAll(async () => {
    const tenant = generateSampleTenant({ to, seed, days });
    story = tenant.story;
    // Of the many rows without a person only those matter here that failed or came from an attacker.
    const attackers = new Set(
      story.scenes.flatMap((scene) => (scene.expected.kind === "found" ? scene.addresses : [])),
    );
    const unattended = Iterator.from(tenant.tables.AADNonInteractiveUserSignInLogs).filter(
      (row) => row.ResultType !== "0" || attackers.has(text(row, "IPAddress")),
    );
    all = [...signInsOf(tenant.tables.SigninLogs), ...signInsOf(unattended)];
    const file: unknown = parse(await readFile(SAMPLE_EXCLUSIONS, "utf8"));
    exclusions = exclusionSchema
      .array()
      .parse((file as Record<string, unknown>)["failed-portal-sign-in"])
      .map(hiding);
  });

  test.each(strictest)(
    "without exclusions the portal hunt finds the attack and the four harmless scenes, read as $codes and $recovery",
    (reading) => {
      expect(portalGroups(all, reading)).toEqual(
        new Set([...expected(story, "found"), ...expected(story, "setAside")]),
      );
    },
  );

  test.each(strictest)(
    "with the team's exclusions it finds the attack alone, read as $codes and $recovery",
    (reading) => {
      const seen = all.filter((each) => !exclusions.some((exclusion) => exclusion.hides(each)));
      expect(portalGroups(seen, reading)).toEqual(expected(story, "found"));
    },
  );

  test("each exclusion hides the failed portal sign-ins of its own scene and no other", () => {
    const attempts = all.filter((each) => each.interactive && each.portal && strictest[1]!.codes.includes(each.code));
    const hidden = exclusions.map((exclusion) => {
      const caught = attempts.filter((each) => exclusion.hides(each));
      const scene = story.scenes.find(
        ({ expected: outcome }) => outcome.kind === "setAside" && outcome.exclusion === exclusion.name,
      )!;
      const outside = caught.filter((each) => each.at < scene.window.from || each.at >= scene.window.to);
      return { name: exclusion.name, hidden: caught.length, outside: outside.length };
    });
    expect(hidden).toEqual([
      { name: "monitoring-from-its-address", hidden: 9, outside: 0 },
      { name: "password-reset-application", hidden: 7, outside: 0 },
      { name: "administrators-way-out", hidden: 7, outside: 0 },
      { name: "pipeline-from-its-address", hidden: 8, outside: 0 },
    ]);
  });

  test("the exclusions hide less than a fifth of the attempts, of two weeks and of the last two days", () => {
    for (const since of [0, to - 2 * DAY]) {
      const attempts = all.filter(
        (each) => each.interactive && each.portal && each.at >= since && strictest[1]!.codes.includes(each.code),
      );
      const hidden = attempts.filter((each) => exclusions.some((exclusion) => exclusion.hides(each)));
      expect(hidden.length / attempts.length).toBeLessThan(0.2);
    }
  });

  test("the spray hunt finds one window of one code, with at least 34 accounts", () => {
    const scene = story.scenes.find(({ name }) => name === "single-factor-spray")!;
    const window = at(iso(story.night)) + 200 * MINUTE;
    expect(sprayWindows(all)).toEqual([`50126 ${new Date(window).toISOString()}`]);
    const sprayed = sprayable(all).filter(({ at: when }) => when >= window && when < window + 10 * MINUTE);
    const from = sprayed.filter((each) => scene.addresses.includes(each.address));
    expect(distinct(from.filter((each) => each.code === "50126").map((each) => each.account))).toBeGreaterThanOrEqual(
      34,
    );
    expect(distinct(from.map((each) => each.account))).toBeGreaterThanOrEqual(40);
    expect(scene.addresses.length).toBeGreaterThanOrEqual(6);
  });

  test("the crowd comes close to the spray hunt's thirty accounts and stays below, wherever ten minutes begin", () => {
    const attackers = story.scenes.find(({ name }) => name === "single-factor-spray")!.addresses;
    const crowd = all.filter((each) => !attackers.includes(each.address));
    expect(mostInTenMinutes(crowd)).toBeGreaterThanOrEqual(20);
    expect(mostInTenMinutes(crowd)).toBeLessThan(30);
  });

  test("the crowd would trip rules that count rows, or that do not wait for the success", () => {
    const attackers = story.scenes.flatMap(({ expected: outcome, addresses }) =>
      outcome.kind === "silence" ? [] : addresses,
    );
    const failures = all.filter(
      (each) => each.interactive && each.portal && each.code === "50126" && !attackers.includes(each.address),
    );
    const busiest = Math.max(
      ...[...groupBy(failures, (each) => each.source).values()].flatMap((list) =>
        list.map(({ at: from }) =>
          distinct(list.filter((each) => each.at >= from && each.at < from + HOUR).map((each) => each.account)),
        ),
      ),
    );
    expect(busiest).toBeGreaterThanOrEqual(5);
  });

  test("everybody who is attacked sleeps, and nobody else fails from the attackers' addresses", () => {
    for (const scene of story.scenes.filter(({ expected: outcome }) => outcome.kind === "found")) {
      const names = new Set(scene.accounts.map((account) => account.name));
      const theirs = all.filter((each) => scene.addresses.includes(each.address));
      expect(theirs.length).toBe(scene.signIns);
      expect(theirs.every((each) => names.has(each.name))).toBe(true);
    }
  });
});
