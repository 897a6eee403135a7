// Campaigns to tell about, for tests and for the gallery. Change only what matters to the case.
import { gzipSync } from "node:zlib";
import type { Campaign, Level, ProvenAccount, Source } from "../../src/findings/campaign.ts";
import type { Finding } from "../../src/findings/finding.ts";
import { linksTo } from "../../src/response/links.ts";
import { tasksOf } from "../../src/response/tasks.ts";
import type { Telling, TellingContext } from "../../src/response/telling.ts";
import { instant, minutes } from "../../src/time.ts";

/** 2026-11-21T03:10:00Z */
export const ATTACK_BEGAN = instant(Date.UTC(2026, 10, 21, 3, 10));

export const spray = {
  id: "a9281116-fde0-11ef-9ee5-f661ea17fbcd",
  name: "Azure Entra excessive single-factor non-interactive sign-ins",
  slug: "single-factor-spray",
};
export const portal = {
  id: "cf83633e-5dfd-4887-993b-c910452439da",
  name: "Failed attempt to access Azure Portal",
  slug: "failed-portal-sign-in",
};

export const aFinding = (change: Partial<Finding> = {}): Finding => ({
  key: "0123456789abcdef0123456789abcdef",
  hunt: spray,
  group: { kind: "code", value: "50126", label: "50126" },
  window: { from: ATTACK_BEGAN, to: instant(ATTACK_BEGAN + minutes(10)) },
  measured: [{ column: "Users", value: 409, threshold: 30 }],
  accounts: ["ada@contoso.example"],
  addresses: ["203.0.113.7"],
  cut: [],
  rows: [],
  ...change,
});

export const anAccount = (name: string, change: Partial<ProvenAccount> = {}): ProvenAccount => ({
  id: "6f9b1c52-0000-4000-8000-000000000001",
  name,
  privileged: false,
  because: "signed in from 203.0.113.7 at 03:21 UTC after a password step that succeeded",
  rows: [],
  ...change,
});

export const aSource = (address: string, change: Partial<Source> = {}): Source => ({
  address,
  network: "64500",
  networkName: "Example Hosting (hosting)",
  country: "NL",
  accounts: 212,
  attempts: 640,
  ...change,
});

const BECAUSE: Readonly<Record<Level, string>> = {
  entered: "2 accounts signed in from the attacker's addresses after a password step that succeeded",
  known: "the password of 1 account was right and MFA stopped the sign-in",
  possible: "1 sign-in ended in a way that does not say whether the password was right",
  attempted: "every sign-in of the campaign failed with a wrong password or a locked account",
  noise: "below the thresholds",
};

export function aCampaign(level: Level = "entered", change: Partial<Campaign> = {}): Campaign {
  const entered =
    level === "entered"
      ? [
          anAccount("ada.lovelace@contoso.example"),
          anAccount("adm-grace@contoso.example", {
            privileged: true,
            because: "signed in over ropc with a single factor from 198.51.100.23 at 03:34 UTC",
          }),
        ]
      : [];
  const known =
    level === "entered" || level === "known"
      ? [
          anAccount("alan.turing@contoso.example", {
            because: "right password, stopped by MFA (50076) from 203.0.113.7",
          }),
        ]
      : [];
  return {
    id: "0a0f2b1c-57f5-8a5c-9a1f-6f1d2c3b4a59",
    generation: 1,
    shortName: "amber-otter",
    state: "active",
    findings: [aFinding()],
    joinedBy: [],
    first: ATTACK_BEGAN,
    last: instant(ATTACK_BEGAN + minutes(42)),
    attempts: 1_204,
    timeline: [4, 12, 31, 62, 104, 180, 214, 190, 151, 98, 71, 44, 22, 9, 0, 0, 3, 5, 2, 1, 1],
    codes: { "50126": 1_090, "50053": 96, "50034": 15, "50076": 1, "0": 2 },
    accounts: {
      attempted: 409,
      unknown: 12,
      wrong: 394 + (3 - entered.length - known.length),
      ambiguous: level === "possible" ? 1 : 0,
      known,
      entered,
    },
    accountNames: ["bob@contoso.example", "carol@contoso.example", "dave@contoso.example", "eve_smith@contoso.example"],
    sources: [
      aSource("203.0.113.7"),
      aSource("198.51.100.23", {
        network: "64501",
        networkName: "Example VPN (VPN)",
        country: "US",
        accounts: 121,
        attempts: 402,
      }),
      aSource("2001:db8:17::/64", { network: "", networkName: "", country: "", accounts: 76, attempts: 162 }),
    ],
    countries: ["NL", "US"],
    applications: ["Azure Active Directory PowerShell", "Office 365 Exchange Online"],
    userAgents: ["fasthttp", "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36"],
    cut: [],
    tasks: [],
    assessment: {
      level,
      severity: level === "entered" ? "High" : level === "known" ? "Medium" : "Low",
      because: BECAUSE[level],
      whole: true,
    },
    ...change,
  };
}

export const links = linksTo(
  {
    portal: "https://portal.azure.com",
    tenantId: "contoso.example",
    workspace:
      "/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg-security/providers/Microsoft.OperationalInsights/workspaces/law-security",
  },
  (text) => gzipSync(text),
);

export const aContext = (change: Partial<TellingContext> = {}): TellingContext => ({
  hunts: [
    { ...spray, tactics: ["CredentialAccess", "InitialAccess"], techniques: ["T1078.004", "T1110.003"] },
    { ...portal, tactics: ["InitialAccess"], techniques: ["T1078"] },
  ],
  setAside: [
    { exclusion: "monitoring-job", because: "the monitoring account signs in from its own address", attempts: 240 },
    { exclusion: "password-reset", because: "the reset application tests new passwords", attempts: 31 },
  ],
  heldBack: [
    {
      kind: "revokeSessions",
      target: "adm-grace@contoso.example",
      reason: "a privileged account is never touched automatically",
    },
  ],
  links,
  incidentUrl: links.incident("8f3c5a1e-1f0b-8a55-9c3e-2b7d5f7a9c01"),
  rehearsal: false,
  stopped: false,
  ...change,
});

/** Every kind of card with an example that shows what it is for. Names are those of the gallery's files. */
export const everyTelling: readonly {
  readonly name: string;
  readonly telling: Telling;
  readonly context: TellingContext;
}[] = [
  {
    name: "opened-entered",
    telling: { kind: "opened", campaign: aCampaign("entered", { tasks: tasksOf(aCampaign("entered")) }) },
    context: aContext(),
  },
  {
    name: "opened-known",
    telling: { kind: "opened", campaign: aCampaign("known") },
    context: aContext({ heldBack: [] }),
  },
  {
    name: "opened-possible-partial",
    telling: {
      kind: "opened",
      campaign: aCampaign("possible", {
        assessment: {
          level: "possible",
          severity: "Low",
          because: "1 sign-in does not say whether its password was right",
          whole: false,
        },
      }),
    },
    context: aContext({ rehearsal: true, heldBack: [] }),
  },
  {
    name: "opened-attempted",
    telling: {
      kind: "opened",
      campaign: aCampaign("attempted", {
        cut: ["accounts", "user agents"],
        joinedBy: ["the address 203.0.113.7", "a user agent that nobody else uses: fasthttp"],
        findings: [aFinding(), aFinding({ hunt: portal })],
      }),
    },
    context: aContext({
      heldBack: Array.from({ length: 409 }, (_, at) => ({
        kind: "revokeSessions",
        target: `user${at}@contoso.example`,
        reason: "Its password is not proven to be known: whoever is merely attacked is not signed out.",
      })),
    }),
  },
  {
    name: "proven",
    telling: { kind: "proven", campaign: aCampaign("entered"), newly: [anAccount("ada.lovelace@contoso.example")] },
    context: aContext(),
  },
  {
    name: "approval",
    telling: {
      kind: "approval",
      campaign: aCampaign("entered"),
      proposals: [
        {
          account: anAccount("adm-grace@contoso.example", {
            privileged: true,
            because: "signed in over ropc with a single factor from 198.51.100.23 at 03:34 UTC",
          }),
          actions: ["revokeSessions"],
        },
        { account: anAccount("ada.lovelace@contoso.example"), actions: ["revokeSessions"] },
      ],
      page: "https://hunt-responder.example/api/approve/3tqv",
      expires: instant(ATTACK_BEGAN + minutes(300)),
      reminder: false,
    },
    context: aContext(),
  },
  {
    name: "done",
    telling: {
      kind: "done",
      campaign: aCampaign("entered"),
      deeds: [
        {
          kind: "revokeSessions",
          account: "ada.lovelace@contoso.example",
          outcome: { kind: "done", detail: "Refresh tokens from before 2026-11-21 04:02 UTC no longer work." },
        },
        {
          kind: "revokeSessions",
          account: "adm-grace@contoso.example",
          outcome: {
            kind: "failed",
            code: "NoPermission",
            detail: "Microsoft Graph refuses the app for a privileged account.",
            advice: "Revoke the sessions by hand in the Entra admin centre.",
            retry: false,
          },
        },
      ],
      approver: "oncall@contoso.example",
      watchedUntil: instant(ATTACK_BEGAN + minutes(24 * 60)),
    },
    context: aContext({ heldBack: [] }),
  },
  {
    name: "not-contained",
    telling: {
      kind: "notContained",
      campaign: aCampaign("entered"),
      aftermath: [
        {
          account: "ada.lovelace@contoso.example",
          at: instant(ATTACK_BEGAN + minutes(95)),
          what: "signed in again from the campaign's address 203.0.113.7",
          sure: true,
        },
      ],
      seenUpTo: instant(ATTACK_BEGAN + minutes(120)),
      notLookedAt: ["AuditLogs is not exported to the workspace"],
    },
    context: aContext({ heldBack: [], stopped: true }),
  },
  {
    name: "contained",
    telling: {
      kind: "contained",
      campaign: aCampaign("entered"),
      containment: "so far",
      accounts: ["ada.lovelace@contoso.example", "alan.turing@contoso.example"],
      measures: [["disableAccount", "revokeSessions"], ["revokeSessions"]],
      seenUpTo: instant(ATTACK_BEGAN + minutes(150)),
      watchedUntil: instant(ATTACK_BEGAN + minutes(24 * 60)),
      notLookedAt: ["AuditLogs is not exported to the workspace"],
    },
    context: aContext({ heldBack: [] }),
  },
  {
    name: "contained-not-known",
    telling: {
      kind: "contained",
      campaign: aCampaign("entered"),
      containment: "not known",
      accounts: ["ada.lovelace@contoso.example"],
      measures: [["disableAccount", "revokeSessions"]],
      seenUpTo: instant(ATTACK_BEGAN + minutes(150)),
      watchedUntil: instant(ATTACK_BEGAN + minutes(24 * 60)),
      notLookedAt: ["AADNonInteractiveUserSignInLogs has had no row for a day"],
    },
    context: aContext({ heldBack: [] }),
  },
  {
    name: "digest",
    telling: {
      kind: "plain",
      topic: "digest",
      title: "4 campaigns, nobody got in",
      lead: "Failed-only campaigns of the last 24 hours, to 2026-11-21 07:00 UTC.",
      sections: [
        {
          title: "Campaigns",
          facts: [],
          lines: [
            "amber-otter: 409 attempted, single-factor spray, 03:10–03:52 UTC, 3 addresses",
            "quiet-heron: 12 attempted, failed portal sign-ins, 11:20–11:50 UTC, 1 address",
            "brisk-marten: 57 attempted, single-factor spray, 14:00–14:10 UTC, 31 addresses",
            "pale-lynx: 9 attempts on one account, failed portal sign-ins, 16:40 UTC",
          ],
        },
        {
          title: "Set aside",
          facts: [
            ["monitoring-job", "240 attempts"],
            ["password-reset", "31 attempts"],
          ],
          lines: [],
        },
      ],
      link: { title: "Open the incidents", url: "https://portal.azure.com/" },
    },
    context: aContext(),
  },
  {
    name: "health",
    telling: {
      kind: "plain",
      topic: "health",
      title: "AADNonInteractiveUserSignInLogs is silent",
      lead: "No row for 3 hours; usually there are 1,240 an hour. Until it speaks again, finding nothing means nothing.",
      sections: [
        {
          title: "",
          facts: [
            ["Last row", "2026-11-21 00:07 UTC"],
            ["Hunts that are blind", "single-factor-spray"],
            ["Look at", "the diagnostic setting that exports non-interactive sign-ins"],
          ],
          lines: [],
        },
      ],
      link: null,
    },
    context: aContext(),
  },
  {
    name: "test",
    telling: {
      kind: "plain",
      topic: "test",
      title: "This channel receives cards",
      lead: "Nothing happened. The test was asked for with npm run cards -- --send.",
      sections: [],
      link: null,
    },
    context: aContext(),
  },
];
