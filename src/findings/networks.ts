// Names and kinds of networks, by autonomous system number. Edit it freely: it explains, and it decides one thing, namely
// that an address of a network that is not the company's is no way out of the company, however many sign in from it.
//
// Numbers and holders as the registries have them (https://rdap.org/autnum/<number>); the kinds are our reading of what
// each sells. No line proves anything about a sign-in. Put together on 2026-11-21.

export type NetworkKind = "hosting" | "VPN" | "carrier" | "company" | "cloud";

export interface Network {
  readonly name: string;
  readonly kind: NetworkKind;
}

const network = (name: string, kind: NetworkKind): Network => ({ name, kind });

export const networks: Readonly<Record<string, Network>> = {
  // Microsoft's own. Anyone can rent an address here.
  "3598": network("Microsoft", "cloud"),
  "8068": network("Microsoft", "cloud"),
  "8069": network("Microsoft", "cloud"),
  "8070": network("Microsoft", "cloud"),
  "8071": network("Microsoft", "cloud"),
  "8072": network("Microsoft", "cloud"),
  "8073": network("Microsoft", "cloud"),
  "8074": network("Microsoft", "cloud"),
  "8075": network("Microsoft", "cloud"),
  "12076": network("Microsoft ExpressRoute", "cloud"),
  // Rented computers.
  "13335": network("Cloudflare", "cloud"),
  "14061": network("DigitalOcean", "hosting"),
  "14618": network("Amazon", "cloud"),
  "15169": network("Google", "cloud"),
  "16276": network("OVHcloud", "hosting"),
  "16509": network("Amazon", "cloud"),
  "20473": network("Vultr", "hosting"),
  "24940": network("Hetzner", "hosting"),
  "31898": network("Oracle Cloud", "cloud"),
  "36352": network("HostPapa (ColoCrossing)", "hosting"),
  "46844": network("Sharktech", "hosting"),
  "51167": network("Contabo", "hosting"),
  "53667": network("FranTech (BuyVM)", "hosting"),
  "60781": network("LeaseWeb", "hosting"),
  "62567": network("DigitalOcean", "hosting"),
  "63949": network("Akamai (Linode)", "hosting"),
  "135377": network("UCLOUD", "hosting"),
  "396982": network("Google Cloud", "cloud"),
  // Where many VPN services leave.
  "9009": network("M247", "VPN"),
  "60068": network("Datacamp (CDN77)", "VPN"),
  "212238": network("Datacamp", "VPN"),
  "39351": network("31173 Services (Mullvad)", "VPN"),
  "62371": network("Proton", "VPN"),
  // Telephones and homes: many people behind one address.
  "3215": network("Orange", "carrier"),
  "3320": network("Deutsche Telekom", "carrier"),
  "3352": network("Telefónica", "carrier"),
  "6167": network("Verizon Wireless", "carrier"),
  "7018": network("AT&T", "carrier"),
  "7922": network("Comcast", "carrier"),
  "12430": network("Vodafone Spain", "carrier"),
  "20057": network("AT&T Mobility", "carrier"),
  "21928": network("T-Mobile USA", "carrier"),
  "30722": network("Vodafone Italy", "carrier"),
};

/** "Hetzner (hosting)", "" where the table does not know it. */
export function networkName(number: string, table = networks): string {
  const known = table[number];
  return known ? `${known.name} (${known.kind})` : "";
}

const MICROSOFT = new Set(["3598", "8068", "8069", "8070", "8071", "8072", "8073", "8074", "8075", "12076"]);
/** Half of the world signs in from there: sharing it joins nothing. */
export const isMicrosofts = (number: string): boolean => MICROSOFT.has(number);
