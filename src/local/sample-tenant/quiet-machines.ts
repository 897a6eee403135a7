// The part of the crowd that nobody types: programs with old passwords, and what follows when the company itself
// changes how people sign in.
import { type Instant, later, minutes, seconds } from "../../time.ts";
import { routes, userAgents } from "./applications.ts";
import { clock } from "./calendar.ts";
import { onTheMove } from "./ordinary-days.ts";
import { places } from "./places.ts";
import type { BusyDays } from "./quiet-typists.ts";
import type { SignIn } from "./sign-in.ts";
import { type Stage, signIn, workplace } from "./stage.ts";
import type { Act } from "./story.ts";

const silence = { kind: "silence" } as const;
const unattended = { table: "AADNonInteractiveUserSignInLogs" } as const;
const wrong = { result: "50126", proof: "wrongPassword" } as const;

const PHONE_FAILURES = 200;

/** A phone asks for mail every quarter of an hour with a password of last month, wherever it is. */
export function oldPhone(stage: Stage): Act {
  const random = stage.random("old phone");
  const { account, homePhone, phone } = stage.cast.oldPhone;
  const begins = clock(stage.calendar.night, -54);
  const signIns = Array.from({ length: PHONE_FAILURES }, (_, n) => {
    const at = later(begins, seconds(n * 900 + random.below(600)));
    const from = random.chance(0.5) ? homePhone : onTheMove(random);
    const phoneMail = { account, place: from, device: phone, route: routes.phoneMail, userAgent: userAgents.phone };
    return signIn(stage, { ...unattended, ...phoneMail, ...wrong, at });
  });
  return {
    name: "old-phone",
    told: `A phone with an old password asks for mail ${PHONE_FAILURES} times.`,
    expected: silence,
    signIns,
  };
}

/** Every five minutes, for as long as the logs reach: right, and no longer valid. */
export function expiredService(stage: Stage): Act {
  const { from, to } = stage.calendar.window;
  const { scanner } = stage.company.services;
  const signIns: SignIn[] = [];
  const machine = { account: scanner, place: places.scanner, route: routes.scanner, userAgent: userAgents.scanner };
  for (let at = from; at < to; at = later(at, minutes(5))) {
    signIns.push(signIn(stage, { ...unattended, ...machine, at, result: "50055", proof: "expiredPassword" }));
  }
  return {
    name: "expired-service",
    told: "A scanner's service account, whose password expired, signs in every five minutes.",
    expected: silence,
    signIns,
  };
}

/** A flow in Microsoft's own cloud that was never told of the new password: network 8075, which the spray hunt leaves out. */
export function forgottenFlow(stage: Stage): Act {
  const { flow } = stage.company.services;
  const signIns = Array.from({ length: 48 }, (_, n) =>
    signIn(stage, {
      ...unattended,
      ...wrong,
      at: later(clock(stage.calendar.night, -44), minutes(n * 60 + 3)),
      account: flow,
      place: places.cloudFlow,
      route: routes.flow,
      userAgent: userAgents.flow,
    }),
  );
  return {
    name: "forgotten-flow",
    told: "An invoice flow in Microsoft's cloud tries an old password once an hour.",
    expected: silence,
    signIns,
  };
}

/** The day on which fifty people are asked to enrol for a second factor: the password is right, and nothing is wrong. */
export function secondFactorRollOut(stage: Stage, busy: BusyDays): Act {
  const random = stage.random("roll-out");
  const enrolling = stage.company.people.filter((person) => person.secondFactor === "rollOut");
  const signIns = enrolling.flatMap((person): SignIn[] => {
    const thread = stage.number();
    const at = later(clock(busy.rollOut, 9), seconds(random.below(7200)));
    const desk = {
      account: person.account,
      place: person.office,
      device: person.laptop,
      thread,
      factors: "multi",
    } as const;
    const browser = { ...desk, route: routes.officeHome, userAgent: person.browser } as const;
    const program = { ...desk, ...unattended, route: routes.outlook, userAgent: userAgents.officeApps } as const;
    return [
      signIn(stage, { ...browser, at, result: random.chance(0.5) ? "50072" : "50079" }),
      signIn(stage, {
        ...program,
        at: later(at, seconds(9)),
        result: "50079",
        token: "refreshToken",
        proof: "tokenClaims",
      }),
      signIn(stage, { ...browser, at: later(at, seconds(random.from(120, 300))), proof: "passwordAndApp" }),
    ];
  });
  return {
    name: "second-factor-roll-out",
    told: `On one morning ${enrolling.length} people have to enrol for a second factor.`,
    expected: silence,
    signIns,
  };
}

const REVOKED = 150;

/** After the sessions of a department were revoked every one of its programs is refused, once or twice, within minutes. */
export function revokedSessions(stage: Stage, busy: BusyDays): Act {
  const random = stage.random("revocation");
  const begins: Instant = clock(busy.revocation, 14);
  const people = random.shuffle(stage.cast.others).slice(0, REVOKED);
  const signIns = people.flatMap((person): SignIn[] => {
    const at = later(begins, seconds(random.below(600)));
    const place = workplace(stage, person, busy.revocation);
    const desk = { account: person.account, place, device: person.laptop } as const;
    const program = { ...desk, ...unattended, userAgent: userAgents.officeApps, token: "refreshToken" } as const;
    const refused = { ...program, proof: "nothing", factors: "multi" } as const;
    const browser = { ...desk, route: routes.officeHome, userAgent: person.browser, factors: "multi" } as const;
    return [
      signIn(stage, { ...refused, at, route: routes.outlook, result: "50173" }),
      signIn(stage, { ...refused, at: later(at, seconds(4)), route: routes.teams, result: "50133" }),
      signIn(stage, { ...browser, at: later(at, seconds(random.from(30, 900))), proof: "passwordAndApp" }),
    ];
  });
  return {
    name: "revoked-sessions",
    told: `The sessions of ${REVOKED} people are revoked, and their programs are refused until they sign in again.`,
    expected: silence,
    signIns,
  };
}
