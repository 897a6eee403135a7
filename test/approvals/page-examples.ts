// Every kind of page that a person can see, with an example that shows what it is for: for the gallery and for tests.
import { type Page, pageOf } from "../../src/approvals/page.ts";
import type { Decided, Reviewed } from "../../src/approve.ts";
import type { AccountOrder, Approval, Person } from "../../src/ledger/response-records.ts";
import { newOrder, withStep } from "../../src/response/orders.ts";
import type { PlannedAccount } from "../../src/response/plan-accounts.ts";
import { hours, iso, later, minutes } from "../../src/time.ts";
import { aBreach, aProven, PROVEN } from "../response/people.ts";

const person: Person = { id: "0f0e0d0c-0000-4000-8000-00000000a001", name: "oncall@contoso.example", verified: true };

const planned = (n: number, change: Partial<PlannedAccount> = {}): PlannedAccount => ({
  account: aProven(n, {
    name: `${["ada.lovelace", "adm-grace", "alan.turing"][n - 1]!}@contoso.example`,
    rows: [
      {
        FirstTime: iso(PROVEN),
        LastTime: iso(PROVEN),
        IPAddress: "203.0.113.7",
        AutonomousSystemNumber: "64500",
        Location: "NL",
        AppDisplayName: "Azure Active Directory PowerShell",
        ResultType: "0",
        Because: "password step that succeeded",
      },
    ],
  }),
  measures: ["disableAccount", "revokeSessions"],
  lastProof: PROVEN,
  synchronised: false,
  privileged: "",
  ...change,
});

const accounts = [
  planned(2, { privileged: "it holds or can activate Privileged Role Administrator" }),
  planned(1),
  planned(3, { synchronised: true, measures: ["revokeSessions"] }),
];

export const anApproval = (change: Partial<Approval> = {}): Approval => ({
  id: "approval-1",
  campaign: aBreach(accounts.map(({ account }) => account)),
  hunts: ["single-factor-spray"],
  digest: "c29tZSBkaWdlc3Q",
  because: "Privileged accounts are never touched without asking.",
  parts: [
    {
      accounts: accounts.map((each) => ({
        ...each,
        measures: [...each.measures],
        account: { ...each.account, rows: each.account.rows.map((row) => ({ ...row })) },
      })),
      decision: null,
    },
  ],
  madeAt: later(PROVEN, minutes(5)),
  expires: later(PROVEN, hours(4)),
  askedAt: null,
  remindedAt: null,
  closedAt: null,
  tries: 0,
  notBefore: PROVEN,
  ...change,
});

const inParts = (): Approval => {
  const whole = anApproval().parts[0]!.accounts;
  const decision = { kind: "approved" as const, by: person, at: later(PROVEN, minutes(12)), order: "order-1" };
  return anApproval({
    parts: [
      { accounts: whole.slice(0, 1), decision },
      { accounts: whole.slice(1), decision: null },
    ],
  });
};

function order(): AccountOrder {
  const at = later(PROVEN, minutes(9));
  let made = newOrder(anApproval().campaign, accounts, person, "approval-1 0", at);
  made = withStep(made, 0, 0, {
    state: "failed",
    detail: "Microsoft Graph refuses the app for a privileged account.",
    advice: "Disable it by hand in the Entra admin centre.",
  });
  made = withStep(made, 0, 1, {
    state: "done",
    detail: "Refresh tokens from before 2026-11-21 03:30 UTC no longer work.",
  });
  made = withStep(made, 1, 0, { state: "done", detail: "Nobody can sign in to it since 2026-11-21 03:30 UTC." });
  made = withStep(made, 1, 1, {
    state: "done",
    detail: "Refresh tokens from before 2026-11-21 03:30 UTC no longer work.",
  });
  return withStep(made, 2, 0, {
    state: "heldBack",
    detail: "Its password was changed at 2026-11-21 03:29 UTC, after the last proof at 2026-11-21 03:21 UTC.",
  });
}

const changed = [
  {
    account: "alan.turing@contoso.example",
    what: "The evidence no longer proves that its password is known. Nothing is done to it.",
  },
];

const results: readonly (readonly [name: string, result: Reviewed | Decided])[] = [
  ["open", { kind: "open", approval: anApproval(), person, stopped: false }],
  [
    "open-on-a-laptop",
    {
      kind: "open",
      approval: anApproval({ because: "" }),
      person: { id: "responder", name: "responder", verified: false },
      stopped: true,
    },
  ],
  ["open-in-parts", { kind: "open", approval: inParts(), person, stopped: false }],
  ["carried-out", { kind: "carriedOut", approval: anApproval(), order: order(), changed }],
  ["declined", { kind: "declined", approval: anApproval() }],
  [
    "not-done",
    {
      kind: "notDone",
      approval: anApproval(),
      because: "None of these accounts may be acted on any more. Nothing was done.",
      changed,
    },
  ],
  ["decided", { kind: "decided", approval: inParts(), decision: inParts().parts[0]!.decision! }],
  ["altered", { kind: "altered", approval: anApproval() }],
  ["expired", { kind: "expired", approval: anApproval() }],
  ["forbidden", { kind: "forbidden", because: "You are not on the list of approvers (APPROVERS)." }],
  ["unknown", { kind: "unknown" }],
];

/** Names are those of the gallery's files. */
export const everyPage: readonly { readonly name: string; readonly page: Page }[] = results.map(([name, result]) => ({
  name: `page-${name}`,
  page: pageOf(result),
}));
