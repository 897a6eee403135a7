// Two weeks of ordinary sign-ins: people at work, their phones, guests, and programs.
import { hours, type Instant, later, minutes, seconds } from "../../time.ts";
import { type Route, routes, userAgents } from "./applications.ts";
import { clock, isWorkday } from "./calendar.ts";
import type { Person } from "./company.ts";
import { locations, networks, type Place, place, places } from "./places.ts";
import type { Random } from "./random.ts";
import type { SignIn } from "./sign-in.ts";
import { factorsOf, type Stage, signIn, workplace } from "./stage.ts";

const LAPTOP_ROUTES: readonly Route[] = [routes.outlook, routes.teams, routes.oneDrive, routes.officeApps];
/** What Entra keeps of the steps when a token is redeemed: often nothing. */
const CLAIMS = ["tokenClaim", "nothing", "nothing", "nothing"] as const;
const PHONE_ROUTES: readonly Route[] = [routes.outlook, routes.teams, routes.broker];

/** A carrier gives phones a new address each time: one of millions with IPv6, one of a shared few with IPv4. */
export function onTheMove(random: Random): Place {
  const address = random.chance(0.2)
    ? `192.0.2.${random.from(128, 159)}`
    : `2001:db8:f000:${random.below(0x10000).toString(16)}::${random.from(1, 0xffff).toString(16)}`;
  return place(address, networks.mobile, locations.dublin);
}

export function ordinaryDays(stage: Stage, rollOut: Instant): SignIn[] {
  const random = stage.random("ordinary days");
  const signIns: SignIn[] = [];
  for (const day of stage.calendar.days) {
    for (const person of stage.company.people) {
      const works = random.chance(isWorkday(day) ? 0.93 : 0.06);
      if (works) workingDay(stage, random, person, day, rollOut, signIns);
      if (works || random.chance(0.6)) phone(stage, random, person, day, rollOut, signIns);
    }
    if (isWorkday(day)) guests(stage, random, day, signIns);
    programs(stage, day, signIns);
  }
  return signIns;
}

function workingDay(
  stage: Stage,
  random: Random,
  person: Person,
  day: Instant,
  rollOut: Instant,
  signIns: SignIn[],
): void {
  const factors = factorsOf(person, day, rollOut);
  const session = stage.number();
  const where = person.cloudDesktop ? places.cloudDesktop : workplace(stage, person, day);
  const starts = clock(day, person.starts + random.fraction());
  const desk = { account: person.account, place: where, device: person.laptop, session, factors };

  if (random.chance(0.75)) {
    signIns.push(
      ...firstSignIn(stage, random, { ...desk, at: starts, route: routes.officeHome, userAgent: person.browser }),
    );
  }
  if (person.engineer && random.chance(0.8)) {
    const at = later(starts, minutes(random.from(5, 420)));
    const inPortal = { ...desk, at, route: routes.portal, userAgent: person.browser };
    signIns.push(signIn(stage, { ...inPortal, proof: "tokenClaims", rows: random.chance(0.04) ? "policies" : "one" }));
  }
  if (random.chance(0.25)) {
    const at = later(starts, minutes(random.from(30, 480)));
    const inBrowser = { ...desk, at, route: routes.expenses, userAgent: person.browser };
    signIns.push(
      random.chance(0.04)
        ? signIn(stage, { ...inBrowser, result: "50058", proof: "nothing" })
        : signIn(stage, { ...inBrowser, proof: "tokenClaims" }),
    );
  }
  const refreshes = random.from(6, 9);
  for (let n = 0; n < refreshes; n++) {
    signIns.push(
      signIn(stage, {
        ...desk,
        table: "AADNonInteractiveUserSignInLogs",
        at: later(starts, seconds(Math.floor(((n + random.fraction()) / refreshes) * hours(8.5)) / 1000)),
        route: random.pick(LAPTOP_ROUTES),
        userAgent: random.chance(0.15) ? userAgents.brokerSignIn : userAgents.officeApps,
        token: random.chance(0.5) ? "primaryRefreshToken" : "refreshToken",
        proof: random.pick(CLAIMS),
      }),
    );
  }
}

type AtDesk = Pick<SignIn, "at" | "account" | "place" | "device" | "session" | "factors" | "route" | "userAgent">;

/** The first of the day, sometimes interrupted: asked for the app, or whether to stay signed in. */
function firstSignIn(stage: Stage, random: Random, desk: AtDesk): SignIn[] {
  if (desk.factors === "single") return [signIn(stage, { ...desk, proof: "correctPassword" })];
  if (random.chance(0.4)) return [signIn(stage, { ...desk, proof: "windowsHello" })];
  const thread = stage.number();
  const entered = signIn(stage, {
    ...desk,
    thread,
    proof: "passwordAndApp",
    rows: random.chance(0.05) ? "steps" : random.chance(0.04) ? "policies" : "one",
  });
  if (random.chance(0.06)) {
    const asked = { ...desk, at: later(desk.at, seconds(-20)), thread };
    return [signIn(stage, { ...asked, result: "50074", proof: "passwordAppAsked" }), entered];
  }
  if (random.chance(0.05)) {
    const interrupted = { ...desk, at: later(desk.at, seconds(-4)), thread };
    return [signIn(stage, { ...interrupted, result: "50140", proof: "correctPassword" }), entered];
  }
  return [entered];
}

function phone(stage: Stage, random: Random, person: Person, day: Instant, rollOut: Instant, signIns: SignIn[]): void {
  const session = stage.number();
  const times = isWorkday(day) ? [random.from(6, 8), random.from(12, 13), random.from(18, 22)] : [random.from(8, 22)];
  for (const hour of times) {
    if (random.chance(0.4)) continue;
    const away = hour < 18 || random.chance(0.3);
    signIns.push(
      signIn(stage, {
        table: "AADNonInteractiveUserSignInLogs",
        at: later(clock(day, hour), seconds(random.below(3600))),
        account: person.account,
        place: away ? onTheMove(random) : person.homePhone,
        device: person.phone,
        route: random.pick(PHONE_ROUTES),
        userAgent: userAgents.phone,
        session,
        factors: factorsOf(person, day, rollOut),
        token: "refreshToken",
        proof: random.pick(CLAIMS),
      }),
    );
  }
}

function guests(stage: Stage, random: Random, day: Instant, signIns: SignIn[]): void {
  for (const guest of stage.company.guests) {
    if (random.chance(0.5)) continue;
    const at = later(clock(day, 9), seconds(random.below(28_800)));
    const { account, place: from } = guest;
    // Their own tenant saw the password; ours is shown a token.
    signIns.push(
      signIn(stage, {
        at,
        account,
        place: from,
        route: routes.officeHome,
        userAgent: userAgents.edge,
        proof: "tokenClaims",
      }),
    );
  }
}

/** Programs that sign in with a name and a password, as they should not. */
function programs(stage: Stage, day: Instant, signIns: SignIn[]): void {
  const { services } = stage.company;
  const unattended = { table: "AADNonInteractiveUserSignInLogs", proof: "correctPassword" } as const;
  for (let hour = 0; hour < 24; hour++) {
    const at = later(clock(day, hour), seconds(7));
    const mail = { at, account: services.printers, place: places.printers, route: routes.printerMail };
    signIns.push(signIn(stage, { ...unattended, ...mail, userAgent: userAgents.mailRelay }));
  }
  const archived = { at: clock(day, 2.2), account: services.archive, place: places.archive, route: routes.archive };
  signIns.push(signIn(stage, { ...unattended, ...archived, userAgent: userAgents.archive }));

  const lastNight = (at: Instant): boolean =>
    at >= clock(stage.calendar.night, -6) && at < clock(stage.calendar.night, 6);
  const jobs: readonly (readonly [hour: number, Pick<SignIn, "account" | "place" | "route" | "userAgent">])[] = [
    [1.2, { account: services.pipeline, place: places.pipeline, route: routes.portal, userAgent: userAgents.headless }],
    [
      22.1,
      {
        account: services.monitoring,
        place: places.monitoring,
        route: routes.portal,
        userAgent: userAgents.monitoring,
      },
    ],
    [
      23.1,
      {
        account: services.passwordReset,
        place: places.passwordReset,
        route: routes.passwordReset,
        userAgent: userAgents.passwordReset,
      },
    ],
  ];
  for (const [hour, job] of jobs) {
    const at = clock(day, hour);
    // Last night each of them had the wrong password: that is the harmless scenes' to tell.
    if (!lastNight(at)) signIns.push(signIn(stage, { ...job, at }));
  }
  const { administrator } = services;
  const operations = { account: administrator, place: places.administrators, factors: "multi" } as const;
  for (const [hour, route, userAgent] of [
    [9.1, routes.portal, userAgents.edge],
    [15.4, routes.azureCli, userAgents.azureCli],
    [19.4, routes.portal, userAgents.edge],
  ] as const) {
    signIns.push(signIn(stage, { ...operations, at: clock(day, hour), route, userAgent, proof: "passwordAndApp" }));
  }
}
