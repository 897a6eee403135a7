// A named, owned and dated reason not to count certain sign-ins.
import * as z from "zod";
import { type Instant, parseInstant } from "../time.ts";

/** All conditions that are given must hold; within one, any of its values. At least one is given. */
export interface Exclusion {
  readonly name: string;
  readonly because: string;
  readonly owner: string;
  /** From this moment on it hides nothing any more. */
  readonly until: Instant | null;
  /** Shipped examples are off; a team switches one on after reading `because`. */
  readonly enabled: boolean;
  /** CIDR ranges or single addresses, IPv4 and IPv6. */
  readonly addresses: readonly string[];
  /** User principal names or object ids. */
  readonly accounts: readonly string[];
  readonly appIds: readonly string[];
  /** Autonomous system numbers. */
  readonly networks: readonly string[];
  /** Whole terms, as KQL's `has` finds them. */
  readonly userAgentHas: readonly string[];
}

const texts = z
  .array(
    z
      .union([z.string(), z.number()])
      .transform((value) => String(value).trim())
      .refine((text) => text !== "", "an empty text would match every row"),
  )
  .min(1);
const OCTET = "(?:25[0-5]|2[0-4]\\d|1?\\d?\\d)";
const IPV4 = new RegExp(`^${OCTET}(?:\\.${OCTET}){3}(?:/(?:3[0-2]|[12]?\\d))?$`);

function isAddressRange(text: string): boolean {
  if (IPV4.test(text)) return true;
  const [address = "", length, ...rest] = text.split("/");
  if (rest.length > 0 || !address.includes(":")) return false;
  if (length !== undefined && !(/^\d{1,3}$/.test(length) && Number(length) <= 128)) return false;
  return z.ipv6().safeParse(address).success;
}

const addressRange = z
  .string()
  .refine(isAddressRange, { error: (issue) => `"${String(issue.input)}" is neither an address nor a CIDR range` });

const until = z.union([z.string(), z.date()]).transform((value, context) => {
  const read = parseInstant(typeof value === "string" ? value : value.toISOString());
  if (read !== undefined) return read;
  context.addIssue({ code: "custom", message: `"${String(value)}" is not a date such as 2027-03-31` });
  return z.NEVER;
});

export const exclusionSchema = z
  .strictObject({
    name: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, "a name is lower-case letters, digits and dashes"),
    because: z.string().trim().min(1, "say why these sign-ins are harmless"),
    owner: z.string().trim().min(1, "say who answers for it"),
    until: until.nullable().default(null),
    enabled: z.boolean().default(true),
    addresses: z.array(addressRange).min(1).optional(),
    accounts: texts.optional(),
    appIds: texts.optional(),
    networks: texts.optional(),
    userAgentHas: texts.optional(),
  })
  .refine((read) => read.addresses ?? read.accounts ?? read.appIds ?? read.networks ?? read.userAgentHas, {
    error: "needs at least one condition: addresses, accounts, appIds, networks or userAgentHas",
  })
  .transform(
    (read): Exclusion => ({
      ...read,
      addresses: read.addresses ?? [],
      accounts: read.accounts ?? [],
      appIds: read.appIds ?? [],
      networks: read.networks ?? [],
      userAgentHas: read.userAgentHas ?? [],
    }),
  );
