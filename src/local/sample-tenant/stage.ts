// What every scene is given: the calendar, the company, chance, and numbers that become ids.
import { type Duration, type Instant, iso, later, seconds } from "../../time.ts";
import type { Account } from "./account.ts";
import { type Route, routes } from "./applications.ts";
import type { Calendar } from "./calendar.ts";
import { type Company, HELPDESK, type Person } from "./company.ts";
import { type Device, noDevice } from "./device.ts";
import type { Place } from "./places.ts";
import { type Random, seededRandom } from "./random.ts";
import type { SignIn } from "./sign-in.ts";

/** Who plays what: nobody is in two attacks, and nobody who is attacked is in the quiet crowd's scenes. */
export interface Cast {
  readonly hammered: Person;
  readonly portalTargets: readonly Person[];
  readonly sprayTargets: readonly Person[];
  /** Of the sprayed: whose account is entered. They have no second factor yet; one of them comes from Active Directory. */
  readonly entered: readonly [Person, Person];
  /** Of the sprayed: whose password is found, and whose second factor holds. */
  readonly known: Person;
  /** Whose new passwords the administrator tries. */
  readonly reset: readonly Person[];
  readonly oldPhone: Person;
  readonly others: readonly Person[];
}

export interface Stage {
  readonly seed: number;
  readonly calendar: Calendar;
  readonly company: Company;
  readonly cast: Cast;
  random(topic: string): Random;
  /** A number that was not given out before. */
  number(): number;
}

const CLOUD_ONLY_WITHOUT_SECOND_FACTOR = 48;
const SYNCHRONISED_WITHOUT_SECOND_FACTOR = 88;

function castOf(company: Company, random: Random): Cast {
  const entered = [
    company.people[CLOUD_ONLY_WITHOUT_SECOND_FACTOR]!,
    company.people[SYNCHRONISED_WITHOUT_SECOND_FACTOR]!,
  ] as const;
  const known = company.people[HELPDESK]!;
  const rest = random.shuffle(company.people.filter((person) => person !== known && !entered.includes(person)));
  return {
    hammered: rest[0]!,
    portalTargets: rest.slice(1, 53),
    sprayTargets: [...rest.slice(53, 98), ...entered, known],
    entered,
    known,
    reset: rest.slice(98, 105),
    oldPhone: rest[105]!,
    others: rest.slice(106),
  };
}

export function setStage(seed: number, calendar: Calendar, company: Company): Stage {
  let given = 0;
  const random = (topic: string): Random => seededRandom(seed, topic);
  return { seed, calendar, company, cast: castOf(company, random("cast")), random, number: () => given++ };
}

type Told = Pick<SignIn, "at" | "account" | "place" | "route"> & Partial<SignIn>;

/** A sign-in with what is usual for whatever the scene does not say: a browser, a right password, one factor. */
export function signIn(stage: Stage, told: Told): SignIn {
  const number = stage.number();
  return {
    table: "SigninLogs",
    device: noDevice,
    userAgent: "",
    result: "0",
    proof: "correctPassword",
    factors: "single",
    token: "none",
    number,
    thread: number,
    session: number,
    rows: "one",
    ...told,
  };
}

/** Where somebody works on a day. */
export function workplace(stage: Stage, person: Person, day: Instant): Place {
  const atHome = stage.random(`workplace ${person.account.id} ${iso(day)}`).chance(person.atHome);
  return atHome ? person.home : person.office;
}

/** Whether an account is asked for a second factor on a day; the roll-out is on `rollOut`. */
export function factorsOf(person: Person, day: Instant, rollOut: Instant): "single" | "multi" {
  if (person.secondFactor === "never") return "single";
  return person.secondFactor === "always" || day > rollOut ? "multi" : "single";
}

export interface Mistyping {
  readonly at: Instant;
  readonly account: Account;
  readonly place: Place;
  readonly device: Device;
  readonly route: Route;
  readonly userAgent: string;
  readonly factors: SignIn["factors"];
  readonly tries: number;
  /** Whether it ends with the right password. */
  readonly recovers: boolean;
}

const typo = (random: Random): Duration => seconds(random.from(14, 45));

/** Somebody types a wrong password a few times and then, usually, the right one. */
export function mistype(stage: Stage, random: Random, told: Mistyping): SignIn[] {
  const { tries, recovers, ...who } = told;
  const thread = stage.number();
  const signIns: SignIn[] = [];
  let at = told.at;
  for (let n = 0; n < tries; n++) {
    const failed = signIn(stage, {
      ...who,
      at,
      thread,
      session: thread,
      // With a wrong password the second factor is never reached.
      factors: "single",
      result: "50126",
      proof: "wrongPassword",
      // The same sign-in in two rows: whoever counts rows sees twice the failures.
      rows: random.chance(0.25) ? "policies" : "one",
    });
    // People type their names as they like; the object id stays.
    signIns.push(random.chance(0.3) ? { ...failed, typedName: capitalised(told.account.name) } : failed);
    at = later(at, typo(random));
  }
  if (recovers)
    signIns.push(signIn(stage, { ...who, at, thread, session: thread, factors: "multi", proof: "passwordAndApp" }));
  return signIns;
}

const capitalised = (name: string): string => name.replace(/^.|(?<=\.).(?=.*@)/g, (letter) => letter.toUpperCase());

/** The portal most of the time; some rows of it come without its name. */
export const portalRoute = (random: Random): Route => (random.chance(0.1) ? routes.namelessPortal : routes.portal);
