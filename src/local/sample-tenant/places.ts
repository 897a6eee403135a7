// Where sign-ins come from. Every address is reserved for documentation (RFC 5737, RFC 3849), and so is every network
// number (RFC 5398) but one: 8075 is Microsoft's own, which the spray hunt treats apart.

export type NetworkKind = "company" | "home" | "carrier" | "partner" | "hosting" | "cloud";

export interface Network {
  /** Autonomous system number; "" where Entra could not tell. */
  readonly number: string;
  readonly name: string;
  readonly kind: NetworkKind;
}

/** LocationDetails as Entra writes it. */
export interface Location {
  readonly city: string;
  readonly state: string;
  readonly countryOrRegion: string;
}

export interface Place {
  readonly address: string;
  readonly network: Network;
  readonly location: Location;
}

const network = (number: string, name: string, kind: NetworkKind): Network => ({ number, name, kind });

export const networks = {
  company: network("64500", "Contoso", "company"),
  branch: network("64501", "Contoso Lisbon", "company"),
  vpn: network("64502", "Contoso remote access", "company"),
  cable: network("64503", "Emerald Cable", "home"),
  fibre: network("64504", "Tejo Fibra", "home"),
  mobile: network("64505", "Shamrock Mobile", "carrier"),
  unknown: network("", "", "home"),
  partners: network("64506", "Business Park Internet", "partner"),
  microsoft: network("8075", "Microsoft", "cloud"),
  portalHost: network("65541", "Cheap Iron Hosting", "hosting"),
  portalHostTwo: network("65542", "Dockside Servers", "hosting"),
  portalHostThree: network("65543", "Nimbus Rent-a-Server", "hosting"),
  sprayHost: network("65545", "Bulk Metal Hosting", "hosting"),
  sprayHostTwo: network("65546", "Overnight VPS", "hosting"),
  sprayHostThree: network("65547", "Six Rack Hosting", "hosting"),
} as const satisfies Record<string, Network>;

const location = (city: string, state: string, countryOrRegion: string): Location => ({ city, state, countryOrRegion });

export const locations = {
  dublin: location("Dublin", "Dublin", "IE"),
  cork: location("Cork", "Cork", "IE"),
  lisbon: location("Lisbon", "Lisboa", "PT"),
  london: location("London", "England", "GB"),
  amsterdam: location("Amsterdam", "Noord-Holland", "NL"),
  saoPaulo: location("Sao Paulo", "Sao Paulo", "BR"),
  istanbul: location("Istanbul", "Istanbul", "TR"),
  // Entra leaves the city and the state empty for some addresses.
  somewhere: location("", "", "AR"),
} as const satisfies Record<string, Location>;

export const place = (address: string, from: Network, where: Location): Place => ({
  address,
  network: from,
  location: where,
});

/** The company's own addresses. */
export const places = {
  dublinOffice: place("203.0.113.8", networks.company, locations.dublin),
  lisbonOffice: place("203.0.113.9", networks.branch, locations.lisbon),
  vpn: place("203.0.113.10", networks.vpn, locations.dublin),
  administrators: place("203.0.113.21", networks.company, locations.dublin),
  monitoring: place("203.0.113.40", networks.company, locations.dublin),
  passwordReset: place("203.0.113.52", networks.company, locations.dublin),
  pipeline: place("203.0.113.60", networks.company, locations.dublin),
  scanner: place("203.0.113.70", networks.company, locations.dublin),
  printers: place("203.0.113.71", networks.company, locations.dublin),
  archive: place("203.0.113.72", networks.company, locations.dublin),
  cloudDesktop: place("203.0.113.200", networks.microsoft, locations.amsterdam),
  cloudFlow: place("203.0.113.201", networks.microsoft, locations.amsterdam),
} as const satisfies Record<string, Place>;
