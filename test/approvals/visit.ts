// A person with a browser, as the app sees them: requests to the page that a card's button opens.
import { signedIn } from "../../src/approvals/approver.ts";
import type { Approving } from "../../src/approve.ts";
import type { Campaign } from "../../src/findings/campaign.ts";
import { deciding, showing } from "../../src/triggers/approvals.ts";
import { approvingOf } from "../../src/triggers/response-rules.ts";
import type { Answered, Asked } from "../../src/triggers/trigger.ts";
import { APP_URL, APPROVER, type Rig } from "../response/rig.ts";
import { anInvocation } from "../test-app.ts";

export const TENANT = "0a0a0a0a-0000-4000-8000-00000000abcd";
export const signIn = signedIn({ trusted: true, approvers: [APPROVER], tenantId: TENANT });

export interface PrincipalOf {
  readonly oid?: string;
  readonly name?: string;
  readonly tid?: string;
  readonly auth?: string;
  readonly more?: readonly { readonly typ: string; readonly val: string }[];
}

/** The headers that the platform adds behind its sign-in. */
export function principal({
  oid = APPROVER,
  name = "oncall@contoso.example",
  tid = TENANT,
  auth = "aad",
  more = [],
}: PrincipalOf = {}) {
  const claims = [
    { typ: "http://schemas.microsoft.com/identity/claims/objectidentifier", val: oid },
    { typ: "http://schemas.microsoft.com/identity/claims/tenantid", val: tid },
    { typ: "preferred_username", val: name },
    ...more,
  ];
  const text = JSON.stringify({ auth_typ: auth, name_typ: "", role_typ: "", claims });
  return {
    "x-ms-client-principal": Buffer.from(text).toString("base64"),
    "x-ms-client-principal-id": oid,
    "x-ms-client-principal-idp": auth,
  };
}

export const ours = {
  origin: APP_URL,
  "sec-fetch-site": "same-origin",
  "content-type": "application/x-www-form-urlencoded",
};

export type Headers = Readonly<Record<string, string>>;

export const asking = (method: string, number: string, headers: Headers, body = ""): Asked => ({
  method,
  params: { number },
  query: new URLSearchParams(),
  header: (name) => headers[name.toLowerCase()] ?? null,
  text: async () => body,
});

export interface Visitor {
  look(number: string, headers?: Headers): Promise<Answered & { readonly body: string }>;
  /** Presses a button of the page, or sends what a page never would. */
  decide(
    number: string,
    form: Readonly<Record<string, string>>,
    headers?: Headers,
  ): Promise<Answered & { readonly body: string }>;
}

/** `now` is what the evidence says when it is asked again. */
export function aVisitor(rig: Rig, now: () => Promise<Campaign | null>): Visitor {
  const approving = (app: Rig["app"]): Approving => ({ ...approvingOf(app), askAgain: now });
  const show = showing(approving as typeof approvingOf);
  const decide = deciding(approving as typeof approvingOf);
  const page = async (answer: Promise<Answered>) => (await answer) as Answered & { readonly body: string }; // a page is a text
  return {
    look: (number, headers = principal()) => page(show(asking("GET", number, headers), rig.app, anInvocation())),
    decide: (number, form, headers = { ...principal(), ...ours }) =>
      page(decide(asking("POST", number, headers, new URLSearchParams(form).toString()), rig.app, anInvocation())),
  };
}

/** The number in the link of the last card that asks. */
export function numberIn(rig: Rig): string {
  const asked = rig.app.said.cards.findLast(({ id }) => /\.(ask|remind)$/.test(id));
  const number = /\/api\/approvals\/([\w-]{43})/.exec(JSON.stringify(asked?.card))?.[1];
  if (number === undefined) throw new Error("No card asks.");
  return number;
}

/** What the page's button would send. */
export async function formOf(visitor: Visitor, number: string, part = 0, decision = "approve") {
  const { body } = await visitor.look(number);
  const digest = /name="digest" value="([^"]+)"/.exec(body)?.[1] ?? "";
  return { part: String(part), digest, decision };
}
