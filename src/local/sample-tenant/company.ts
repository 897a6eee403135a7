// Contoso: 500 people with their homes, phones and laptops, the guests, and the accounts that programs use.
import type { Account } from "./account.ts";
import { userAgents } from "./applications.ts";
import { type Device, registered, unregistered } from "./device.ts";
import { locations, networks, type Place, place, places } from "./places.ts";
import { madeUpId, seededRandom } from "./random.ts";

export const PEOPLE = 500;
/** Who may reset other people's passwords: the person whose own password the spray finds. */
export const HELPDESK = 120;

export interface Person {
  readonly account: Account;
  readonly office: Place;
  /** Where the laptop and the phone are seen from at home; with IPv6 they have addresses of their own in one /64. */
  readonly home: Place;
  readonly homePhone: Place;
  readonly laptop: Device;
  readonly browser: string;
  readonly phone: Device;
  /** Works with the Azure portal. */
  readonly engineer: boolean;
  /** Works on a Windows 365 desktop, which reaches Entra through Microsoft's own network. */
  readonly cloudDesktop: boolean;
  /** From the start, on the day of the roll-out, or not yet. */
  readonly secondFactor: "always" | "rollOut" | "never";
  /** When the working day begins, in hours. */
  readonly starts: number;
  /** How much of the week is worked from home. */
  readonly atHome: number;
}

export interface Guest {
  readonly account: Account;
  readonly place: Place;
}

export interface Company {
  readonly tenantId: string;
  readonly people: readonly Person[];
  /** People of partners who have been invited. */
  readonly guests: readonly Guest[];
  /** People of the same partners who have not. */
  readonly uninvited: readonly Guest[];
  readonly services: Readonly<Record<ServiceName, Account>>;
}

const SERVICES = {
  monitoring: ["svc-monitoring", "Monitoring job"],
  passwordReset: ["svc-password-reset", "Password reset application"],
  pipeline: ["svc-pipeline", "Deployment pipeline"],
  administrator: ["adm-operations", "Operations administrator"],
  scanner: ["svc-scanner", "Scan to folder"],
  printers: ["svc-printers", "Printers"],
  archive: ["svc-archive", "Mail archive"],
  flow: ["svc-invoices", "Invoice flow"],
  breakGlass: ["break-glass", "Break glass"],
  synchronisation: ["sync-dc01", "On-Premises Directory Synchronization Service Account"],
} as const satisfies Record<string, readonly [string, string]>;

export type ServiceName = keyof typeof SERVICES;

const ROLES: Partial<Record<ServiceName, readonly string[]>> = {
  administrator: ["User Administrator", "Authentication Administrator"],
  breakGlass: ["Global Administrator"],
  synchronisation: ["Directory Synchronization Accounts"],
};

// Names as people really have them: with an apostrophe, accents, another script, another direction of writing, and what
// Markdown or a quoted text would trip over.
const GIVEN = [
  ["Aoife", "aoife"],
  ["Rui", "rui"],
  ["Zoë", "zoe"],
  ["Siobhán", "siobhan"],
  ["Inês", "ines"],
  ["Tomasz", "tomasz"],
  ["Grace", "grace"],
  ["Mei", "mei"],
  ["Liam", "liam"],
  ["Beatriz", "beatriz"],
  ["Ngozi", "ngozi"],
  ["Patrick", "patrick"],
  ["Łukasz", "lukasz"],
  ["Amina", "amina"],
  ["João", "joao"],
  ["Katya", "katya"],
  ["Declan", "declan"],
  ["Priya", "priya"],
  ["Sofía", "sofia"],
  ["Eoin", "eoin"],
] as const;
const FAMILY = [
  ["Murphy", "murphy"],
  ["O'Brien", "o'brien"],
  ["Almeida", "almeida"],
  ["Kowalski", "kowalski"],
  ["Byrne", "byrne"],
  ["Núñez", "nunez"],
  ["Walsh", "walsh"],
  ["Okafor", "okafor"],
  ["Ferreira", "ferreira"],
  ["Ryan", "ryan"],
  ["Chen", "chen"],
  ["Doyle", "doyle"],
  ["Santos", "santos"],
  ["Müller", "mueller"],
  ["Kelly", "kelly"],
  ["Nowak", "nowak"],
  ["Costa", "costa"],
  ["Haddad", "haddad"],
  ["Lynch", "lynch"],
  ["Petrov", "petrov"],
  ["Smith", "smith"],
  ["Silva", "silva"],
  ["Brennan", "brennan"],
  ["Ivanova", "ivanova"],
  ["Rahman", "rahman"],
] as const;
const ODD_DISPLAY_NAMES: Readonly<Record<number, string>> = {
  11: 'Patrick "Paddy" Doyle',
  186: "CONTOSO\\grace.smith",
  254: "Costa, João [Finance](https://contoso.example) **on leave**",
  367: "陈美 (Mei Chen)",
  493: "أمينة حداد",
};

const ACCOUNT = 1;
const DEVICE = 2;
const TENANT = 3;

function person(seed: number, index: number): Person {
  const random = seededRandom(seed, `person ${index}`);
  const [given, givenPlain] = GIVEN[index % GIVEN.length]!;
  const [family, familyPlain] = FAMILY[(Math.floor(index / GIVEN.length) + index) % FAMILY.length]!;
  const lisbon = random.chance(0.3);
  const line = index % 20 === 0 ? networks.unknown : lisbon ? networks.fibre : networks.cable;
  const town = lisbon ? locations.lisbon : random.chance(0.7) ? locations.dublin : locations.cork;
  const address = homeAddress(index);
  const mac = random.chance(0.2);
  return {
    account: {
      id: madeUpId(seed, ACCOUNT, index),
      name: `${givenPlain}.${familyPlain}@contoso.example`,
      displayName: ODD_DISPLAY_NAMES[index] ?? `${given} ${family}`,
      kind: "member",
      synchronised: index % 3 !== 0,
      roles: index === HELPDESK ? ["Helpdesk Administrator"] : [],
    },
    office: lisbon ? places.lisbonOffice : places.dublinOffice,
    home: place(address.laptop, line, town),
    homePhone: place(address.phone, line, town),
    laptop: registered(
      madeUpId(seed, DEVICE, index),
      `CT-${1000 + index}`,
      mac ? "MacOs" : "Windows11",
      mac ? "Chrome 142.0.0" : "Edge 142.0.0",
    ),
    browser: mac ? userAgents.chromeOnMac : userAgents.edge,
    phone: unregistered("iOS 18", "Mobile Safari"),
    engineer: index % 4 === 1,
    cloudDesktop: index % 83 === 0,
    secondFactor: index % 10 === 4 ? "rollOut" : index % 10 === 8 ? "never" : "always",
    starts: 7 + random.fraction() * 2.5,
    atHome: random.pick([0, 0.2, 0.4, 0.6]),
  };
}

/** Two homes in five have an IPv4 address, the others a /64 of their own. */
function homeAddress(index: number): { laptop: string; phone: string } {
  if (index % 5 < 2) {
    const shared = `198.51.100.${32 + Math.floor(index / 5) * 2 + (index % 5)}`;
    return { laptop: shared, phone: shared };
  }
  const prefix = `2001:db8:${(0x1000 + index).toString(16)}:1`;
  return { laptop: `${prefix}::a1`, phone: `${prefix}::b2` };
}

function guest(seed: number, index: number, invited: boolean): Guest {
  const partner = index % 12;
  const [given, givenPlain] = GIVEN[(index * 7) % GIVEN.length]!;
  const [family, familyPlain] = FAMILY[(index * 3 + (invited ? 0 : 11)) % FAMILY.length]!;
  const number = 10_000 + index + (invited ? 0 : 500);
  const local = `${givenPlain}.${familyPlain}`;
  const domain = `partner-${partner + 1}.example`;
  return {
    account: {
      // An account that was never invited is known to Entra only by what its own tenant calls it.
      id: madeUpId(seed, ACCOUNT, number),
      name: invited ? `${local}_${domain}#EXT#@contoso.example` : `${local}@${domain}`,
      displayName: `${given} ${family}`,
      kind: "guest",
      synchronised: false,
      roles: [],
      homeTenantId: madeUpId(seed, TENANT, 1 + partner),
    },
    place: place(`198.51.100.${10 + partner}`, networks.partners, locations.london),
  };
}

function services(seed: number): Record<ServiceName, Account> {
  const names = Object.keys(SERVICES) as ServiceName[]; // the keys of a literal are exactly its type's
  const account = (name: ServiceName, index: number): Account => ({
    id: madeUpId(seed, ACCOUNT, 20_000 + index),
    name: `${SERVICES[name][0]}@contoso.example`,
    displayName: SERVICES[name][1],
    kind: "service",
    synchronised: false,
    roles: ROLES[name] ?? [],
  });
  return Object.fromEntries(names.map((name, index) => [name, account(name, index)])) as Record<ServiceName, Account>;
}

const INVITED = 30;
const UNINVITED = 24;

export function foundCompany(seed: number): Company {
  return {
    tenantId: madeUpId(seed, TENANT, 0),
    people: Array.from({ length: PEOPLE }, (_, index) => person(seed, index)),
    guests: Array.from({ length: INVITED }, (_, index) => guest(seed, index, true)),
    uninvited: Array.from({ length: UNINVITED }, (_, index) => guest(seed, index, false)),
    services: services(seed),
  };
}
