// Last night's two attacks: one on the portal's front door, one by the side door that asks for no second factor.
import { type Instant, later, minutes, seconds } from "../../time.ts";
import { unknownAccount } from "./account.ts";
import { routes, userAgents } from "./applications.ts";
import { clock } from "./calendar.ts";
import { unregistered } from "./device.ts";
import type { ResultCode } from "./outcomes.ts";
import { locations, networks, type Place, place } from "./places.ts";
import type { SignIn } from "./sign-in.ts";
import { portalRoute, type Stage, signIn } from "./stage.ts";
import type { Act } from "./story.ts";

const portalSource = place("192.0.2.66", networks.portalHost, locations.amsterdam);
const portalHelpers = [
  place("192.0.2.90", networks.portalHostTwo, locations.saoPaulo),
  place("192.0.2.97", networks.portalHostThree, locations.somewhere),
] as const;
const GUESSED_NAMES = ["administrator", "test", "backup", "sysadmin", "scan", "azureadmin"] as const;

/** One address tries many accounts at the portal's page, and three hammer one of them. */
export function portalAttack(stage: Stage): Act {
  const random = stage.random("portal attack");
  const { hammered, portalTargets } = stage.cast;
  const { monitoring } = stage.company.services;
  const begins = clock(stage.calendar.night, 2 + 5 / 60);
  const browser = { device: unregistered("Linux", "Chrome 131.0.0"), userAgent: userAgents.chromeOnLinux };
  const from = (source: Place): Pick<SignIn, "place" | "route" | "device" | "userAgent"> => ({
    ...browser,
    place: source,
    route: portalRoute(random),
  });
  const within = (length: number): Instant => later(begins, seconds(random.below(length * 60)));
  const signIns: SignIn[] = [];

  for (const [index, { account }] of portalTargets.entries()) {
    const tries = random.from(2, 3);
    for (let n = 0; n < tries; n++) {
      // A few were locked by somebody else's tries before: the right password would fail as well.
      const failure: Pick<SignIn, "result" | "proof"> =
        index % 17 === 5 ? { result: "50053", proof: "nothing" } : { result: "50126", proof: "wrongPassword" };
      signIns.push(signIn(stage, { ...from(portalSource), ...failure, at: within(45), account }));
    }
  }
  for (const name of GUESSED_NAMES) {
    const account = unknownAccount(`${name}@contoso.example`);
    signIns.push(signIn(stage, { ...from(portalSource), at: within(45), account, result: "50034", proof: "nothing" }));
  }
  // The monitoring account too, but not from its own address: an exclusion that names both must not hide this.
  for (let n = 0; n < 2; n++) {
    const failure = { at: within(45), account: monitoring, result: "50126", proof: "wrongPassword" } as const;
    signIns.push(signIn(stage, { ...from(portalSource), ...failure }));
  }
  const HAMMER_TRIES = 16;
  const LOCKED_AFTER = 10; // Entra's lockout threshold by default
  for (let n = 0; n < HAMMER_TRIES; n++) {
    const source = n % 2 === 0 ? portalSource : portalHelpers[n % 4 === 1 ? 0 : 1];
    const locked = n >= LOCKED_AFTER;
    const at = later(begins, seconds(n * 120 + random.below(60)));
    const failure: Pick<SignIn, "result" | "proof"> = locked
      ? { result: "50053", proof: "nothing" }
      : { result: "50126", proof: "wrongPassword" };
    signIns.push(signIn(stage, { ...from(source), ...failure, at, account: hammered.account }));
  }

  return {
    name: "portal-attack",
    told: `One rented server tries ${portalTargets.length + 2} accounts and some guessed names on the Azure portal, and with two more it hammers one account until it is locked.`,
    expected: {
      kind: "found",
      hunt: "failed-portal-sign-in",
      groups: [
        { kind: "source", value: portalSource.address },
        { kind: "account", value: hammered.account.id },
        { kind: "account-networks", value: hammered.account.id },
      ],
      entered: [],
      known: [],
    },
    signIns,
  };
}

const sprayers: readonly Place[] = [
  place("192.0.2.17", networks.sprayHost, locations.saoPaulo),
  place("192.0.2.23", networks.sprayHost, locations.saoPaulo),
  place("192.0.2.34", networks.sprayHost, locations.istanbul),
  place("192.0.2.41", networks.sprayHostTwo, locations.istanbul),
  place("192.0.2.52", networks.sprayHostTwo, locations.somewhere),
  place("192.0.2.58", networks.sprayHostThree, locations.amsterdam),
  place("2001:db8:dead:1::5", networks.sprayHostThree, locations.amsterdam),
  place("2001:db8:dead:2::9", networks.sprayHostThree, locations.saoPaulo),
];
const SPRAYED_NAMES = ["info", "reception", "payroll", "office"] as const;
/** A window of the hunt: ten minutes, aligned to the clock. */
const SPRAY_BEGINS = minutes(3 * 60 + 20);
const SPRAY_SECONDS = 590;

/** What the spray's first round met, by place in the list of targets; everybody else's password was simply wrong. */
function sprayResult(index: number): ResultCode {
  if (index < 6) return "50053";
  if (index < 8) return "50055";
  return index === 8 ? "50056" : "50126";
}

const sprayProof: Partial<Record<ResultCode, SignIn["proof"]>> = {
  "50126": "wrongPassword",
  "50055": "expiredPassword",
};

/** Leaked passwords are tried without a prompt; the second round finds three that still work. */
export function spray(stage: Stage): Act {
  const random = stage.random("spray");
  const { sprayTargets, entered, known } = stage.cast;
  const begins = later(stage.calendar.night, SPRAY_BEGINS);
  const tool = { route: routes.sprayTool, userAgent: userAgents.sprayTool } as const;
  const unattended = { table: "AADNonInteractiveUserSignInLogs", ...tool } as const;
  const signIns: SignIn[] = [];
  const within = (): Instant => later(begins, seconds(random.below(SPRAY_SECONDS)));

  for (const [index, { account }] of sprayTargets.entries()) {
    const result = sprayResult(index);
    const failure = { account, result, proof: sprayProof[result] ?? "nothing" } as const;
    // A lock or an expiry ends the matter; a wrong password has a second one after it in the list.
    const tries = result === "50126" ? random.from(1, 3) : 1;
    for (let n = 0; n < tries; n++) {
      signIns.push(signIn(stage, { ...unattended, ...failure, at: within(), place: random.pick(sprayers) }));
    }
  }
  for (const name of SPRAYED_NAMES) {
    const account = unknownAccount(`${name}@contoso.example`);
    const failure = { account, result: "50034", proof: "nothing" } as const;
    signIns.push(signIn(stage, { ...unattended, ...failure, at: within(), place: random.pick(sprayers) }));
  }
  signIns.push(...after(stage, begins));

  return {
    name: "single-factor-spray",
    told: `Within ten minutes a botnet tries leaked passwords on ${sprayTargets.length} accounts where no second factor is asked for; then two of them are signed in to, and a third is stopped by its second factor.`,
    expected: {
      kind: "found",
      hunt: "single-factor-spray",
      groups: [{ kind: "code", value: "50126" }],
      entered: entered.map((person) => person.account),
      known: [known.account],
    },
    signIns,
  };
}

/** What the attacker does with three right passwords, from three of the spray's own addresses. */
function after(stage: Stage, begins: Instant): SignIn[] {
  const { entered, known } = stage.cast;
  const [first, second] = entered;
  const [one, two, three] = [sprayers[1]!, sprayers[3]!, sprayers[5]!];
  const browser = { device: unregistered("Linux", "Chrome 131.0.0"), userAgent: userAgents.chromeOnLinux } as const;
  const tool = { table: "AADNonInteractiveUserSignInLogs", userAgent: userAgents.sprayTool } as const;
  const at = (minute: number): Instant => later(begins, seconds(minute * 60 + 11));

  // The tool itself gets in, and reads mail and the directory with the tokens that it was given.
  const session = stage.number();
  const intruder = { ...tool, account: first.account, place: one, session } as const;
  const withToken = { ...intruder, token: "refreshToken", proof: "tokenClaims" } as const;
  // A person tries the second password in a browser.
  const mailSession = stage.number();
  const reader = { account: second.account, place: two, session: mailSession } as const;
  // The third is asked for the app, twice, and nobody answers.
  const stopped = { account: known.account, place: three, factors: "multi", proof: "passwordAppAsked" } as const;
  return [
    signIn(stage, { ...intruder, at: at(14), route: routes.sprayTool }),
    signIn(stage, { ...withToken, at: at(16), route: routes.stolenMail }),
    signIn(stage, { ...withToken, at: at(21), route: routes.stolenDirectory }),
    signIn(stage, { ...withToken, at: at(38), route: routes.stolenMail }),
    signIn(stage, { ...reader, ...browser, at: at(19), route: routes.officeHome, risk: "medium" }),
    signIn(stage, {
      ...reader,
      ...tool,
      at: at(26),
      route: routes.stolenMail,
      token: "refreshToken",
      proof: "tokenClaims",
    }),
    signIn(stage, {
      ...tool,
      ...stopped,
      at: at(12),
      route: routes.sprayTool,
      result: "50076",
      proof: "correctPassword",
    }),
    signIn(stage, { ...stopped, ...browser, at: at(31), route: routes.officeHome, result: "50074" }),
  ];
}
