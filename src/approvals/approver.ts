// Who approves: the person whom the platform has signed in. Its headers are believed only where a setting says that
// sign-in stands in front of the app, for without it anybody can send them.
import * as z from "zod";
import type { Person } from "../ledger/response-records.ts";

export type Approver =
  | { readonly kind: "person"; readonly person: Person }
  | { readonly kind: "nobody"; readonly because: string };

/** The headers of a request, by lower-case name. */
export type Headers = (name: string) => string | null;
/** Given by the home: it alone knows who can be asking. */
export type WhoAsks = (header: Headers) => Approver;

const nobody = (because: string): Approver => ({ kind: "nobody", because });

export interface PrincipalRules {
  readonly trusted: boolean;
  /** Object ids. */
  readonly approvers: readonly string[];
  /** Of the tenant that people sign in to, null where no setting names it. */
  readonly tenantId: string | null;
}

const claim = z.object({ typ: z.string(), val: z.string() });
const principal = z.object({ auth_typ: z.string(), claims: z.array(claim) });

const SCHEMAS = "http://schemas.microsoft.com/identity/claims/";
const OBJECT_ID = ["oid", `${SCHEMAS}objectidentifier`];
const TENANT_ID = ["tid", `${SCHEMAS}tenantid`];
const NAME = ["preferred_username", "upn", "http://schemas.xmlsoap.org/ws/2005/05/identity/claims/upn", "name"];
const KIND_OF_IDENTITY = ["idtyp"];
const LONGEST_HEADER = 64 * 1024;
// https://learn.microsoft.com/azure/app-service/configure-authentication-user-identities
const ENTRA = "aad";

export const signedIn =
  ({ trusted, approvers, tenantId }: PrincipalRules): WhoAsks =>
  (header) => {
    if (!trusted) return nobody("Nobody has to sign in to this app, so nobody can approve (TRUST_PRINCIPAL_HEADER).");
    const read = readPrincipal(header("x-ms-client-principal"));
    if (read === null) return nobody("Nobody is signed in.");
    const find = (names: readonly string[]): readonly string[] => [
      ...new Set(read.claims.filter(({ typ }) => names.includes(typ)).map(({ val }) => val)),
    ];
    if (read.auth_typ !== ENTRA || (header("x-ms-client-principal-idp") ?? ENTRA) !== ENTRA) {
      return nobody("The sign-in is not one of Entra ID.");
    }
    const [id, ...otherIds] = find(OBJECT_ID);
    if (id === undefined || otherIds.length > 0) return nobody("The sign-in does not say who it is.");
    const named = header("x-ms-client-principal-id");
    if (named !== null && !same(named, id)) return nobody("The sign-in names two people.");
    if (find(KIND_OF_IDENTITY).includes("app")) return nobody("An app cannot approve, only a person.");
    const tenants = find(TENANT_ID);
    if (tenantId !== null && tenants.some((tenant) => !same(tenant, tenantId))) {
      return nobody("The sign-in is one of another tenant.");
    }
    if (!approvers.some((approver) => same(approver, id)))
      return nobody("You are not on the list of approvers (APPROVERS).");
    return { kind: "person", person: { id, name: find(NAME)[0] ?? "", verified: true } };
  };

/** On a laptop nobody signs in: whoever sits at it approves what goes nowhere but to files. */
export const userOfThisMachine =
  (name: string): WhoAsks =>
  () => ({ kind: "person", person: { id: name, name, verified: false } });

function readPrincipal(header: string | null): z.infer<typeof principal> | null {
  if (header === null || header.length > LONGEST_HEADER) return null;
  try {
    const read = principal.safeParse(JSON.parse(Buffer.from(header, "base64").toString("utf8")));
    return read.success ? read.data : null;
  } catch {
    return null;
  }
}

const same = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
