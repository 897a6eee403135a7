// The part of the crowd that types: wrong passwords that mean nothing, many of them, and never to be told of.
import { type Instant, later, minutes, seconds } from "../../time.ts";
import { type Route, routes, userAgents } from "./applications.ts";
import { clock } from "./calendar.ts";
import type { Person } from "./company.ts";
import { noDevice } from "./device.ts";
import { places } from "./places.ts";
import type { SignIn } from "./sign-in.ts";
import { factorsOf, mistype, portalRoute, type Stage, signIn, workplace } from "./stage.ts";
import type { Act } from "./story.ts";

const silence = { kind: "silence" } as const;

/** The days on which something befalls many people at once. */
export interface BusyDays {
  readonly rotation: Instant;
  readonly rollOut: Instant;
  readonly training: Instant;
  readonly revocation: Instant;
}

/** The last four workdays before last night, of which there always are as many. */
export function busyDays(workdays: readonly Instant[]): BusyDays {
  const [rotation, rollOut, training, revocation] = workdays.slice(-4);
  if (rotation === undefined || rollOut === undefined || training === undefined || revocation === undefined) {
    throw new RangeError("The sample tenant needs four workdays.");
  }
  return { rotation, rollOut, training, revocation };
}

/** A few people a day mistype their password: in the portal far apart, elsewhere at any time. */
export function mistypedPasswords(stage: Stage, busy: BusyDays): Act {
  const random = stage.random("mistyped passwords");
  const engineers = stage.cast.others.filter((person) => person.engineer);
  const elsewhere: readonly Route[] = [routes.officeHome, routes.expenses];
  const signIns: SignIn[] = [];
  const at = (person: Person, day: Instant, hour: number, route: Route): SignIn[] =>
    mistype(stage, random, {
      at: clock(day, hour),
      account: person.account,
      place: workplace(stage, person, day),
      device: person.laptop,
      userAgent: person.browser,
      factors: factorsOf(person, day, busy.rollOut),
      route,
      tries: random.pick([1, 1, 1, 2, 2, 3]),
      recovers: true,
    });
  for (const day of stage.calendar.workdays) {
    // Two days have their own crowd at the portal.
    if (day === busy.rotation || day === busy.training) continue;
    const people = random.shuffle(engineers);
    // Six a day, at least 55 minutes apart: never three accounts of one address in an hour.
    for (let n = 0; n < 6; n++) {
      signIns.push(...at(people[n]!, day, 8 + n * 1.25 + random.fraction() / 3, portalRoute(random)));
    }
    const others = random.shuffle(stage.cast.others.filter((person) => !person.engineer)).slice(0, 8);
    for (const person of others) signIns.push(...at(person, day, 7 + random.fraction() * 11, random.pick(elsewhere)));
  }
  return {
    name: "mistyped-passwords",
    told: "Every day some people mistype their password up to three times and then get in.",
    expected: silence,
    signIns,
  };
}

const AT_TRAINING = 300;
const TYPOS = 40;

/** A training day: 300 people open the portal through the VPN, and 40 of them mistype, five an hour. */
export function behindOneVpn(stage: Stage, busy: BusyDays): Act {
  const random = stage.random("vpn");
  const people = random.shuffle(stage.cast.others).slice(0, AT_TRAINING);
  const everySeconds = (8 * 3600) / AT_TRAINING;
  const signIns = people.flatMap((person, index): SignIn[] => {
    const typo = Math.floor((index * TYPOS) / AT_TRAINING);
    const types = Math.floor(((index + 1) * TYPOS) / AT_TRAINING) > typo;
    const told = {
      at: later(clock(busy.training, 8), seconds(Math.floor(index * everySeconds) + random.below(60))),
      account: person.account,
      place: places.vpn,
      device: person.laptop,
      userAgent: person.browser,
      factors: factorsOf(person, busy.training, busy.rollOut),
      route: routes.portal,
    } as const;
    // Four of the forty give up, two hours apart.
    if (types) return mistype(stage, random, { ...told, tries: random.from(1, 2), recovers: typo % 10 !== 4 });
    return [signIn(stage, { ...told, proof: "tokenClaims" })];
  });
  return {
    name: "one-vpn",
    told: `${AT_TRAINING} people reach the portal through one VPN address on a training day, and ${TYPOS} of them mistype their password.`,
    expected: silence,
    signIns,
  };
}

/** The morning after all passwords were changed: the office types old ones, and mail programs go on sending them. */
export function passwordRotation(stage: Stage, busy: BusyDays): Act {
  const random = stage.random("rotation");
  const inDublin = random.shuffle(stage.cast.others.filter((person) => person.office === places.dublinOffice));
  const engineers = inDublin.filter((person) => person.engineer).slice(0, 24);
  const others = inDublin.filter((person) => !person.engineer).slice(0, 40);
  const begins = clock(busy.rotation, 7.5);
  const typed = [...engineers, ...others].flatMap((person) =>
    mistype(stage, random, {
      at: later(begins, seconds(random.below(7200))),
      account: person.account,
      place: places.dublinOffice,
      device: person.laptop,
      userAgent: person.browser,
      factors: factorsOf(person, busy.rotation, busy.rollOut),
      route: person.engineer ? routes.portal : routes.officeHome,
      tries: random.from(1, 2),
      recovers: true,
    }),
  );
  // 22 accounts in the spray hunt's ten minutes, with its code and its single factor: close, and no spray.
  const sent = others.slice(0, 22).map(({ account }) =>
    signIn(stage, {
      table: "AADNonInteractiveUserSignInLogs",
      at: later(begins, seconds(3600 + random.below(600))),
      account,
      place: places.dublinOffice,
      device: noDevice,
      route: routes.phoneMail,
      userAgent: userAgents.phone,
      result: "50126",
      proof: "wrongPassword",
    }),
  );
  return {
    name: "password-rotation",
    told: "On the morning after a change of passwords many type the old one from the office, and their phones send it.",
    expected: silence,
    signIns: [...typed, ...sent],
  };
}

/** People of partners who were never invited end at the portal's door with 50020, which says nothing of a password. */
export function uninvitedGuests(stage: Stage): Act {
  const random = stage.random("uninvited guests");
  const { workdays } = stage.calendar;
  const signIns = stage.company.uninvited.flatMap(({ account, place: from }, index): SignIn[] => {
    // Two of one partner never come on one day.
    const day = workdays[(index + Math.floor(index / 12)) % workdays.length]!;
    const at = later(clock(day, 9), seconds(random.below(28_800)));
    return Array.from({ length: random.from(1, 3) }, (_, n) =>
      signIn(stage, {
        at: later(at, minutes(n * 2)),
        account,
        place: from,
        route: routes.portal,
        userAgent: userAgents.edge,
        result: "50020",
        proof: "nothing",
      }),
    );
  });
  return {
    name: "uninvited-guests",
    told: "People of partner companies who were never invited try to open the portal.",
    expected: silence,
    signIns,
  };
}
