// Whoever signs in writes these texts. None of them may become anything but text.
import fc from "fast-check";
import { expect, test } from "vitest";
import { pageOf } from "../../src/approvals/page.ts";
import { approvalWords } from "../../src/approvals/words.ts";
import type { Campaign } from "../../src/findings/campaign.ts";
import type { AccountOrder, Approval, Person } from "../../src/ledger/response-records.ts";
import type { Card } from "../../src/ports.ts";
import { cardOf } from "../../src/response/card.ts";
import { changeComment, tasksComment } from "../../src/response/comments.ts";
import { incidentOf } from "../../src/response/incident.ts";
import { intentComment, resultComment } from "../../src/response/order-words.ts";
import { deedsOf, newOrder, withStep } from "../../src/response/orders.ts";
import type { PlannedAccount } from "../../src/response/plan-accounts.ts";
import { columnsOf } from "../../src/response/safe-text.ts";
import { tasksOf } from "../../src/response/tasks.ts";
import type { Telling, TellingContext } from "../../src/response/telling.ts";
import { terminalSummary } from "../../src/response/terminal.ts";
import { soaking } from "../soak.ts";
import { rendererFaults, schemaFaults } from "./check-card.ts";
import { aCampaign, aContext, aFinding, anAccount, aSource, spray } from "./examples.ts";
import { hostileText } from "./hostile-text.ts";

/** As many texts as `campaignWith` takes. */
const TEXTS = 20;
const RUNS = soaking ? 500 : 100;

function campaignWith(texts: readonly string[]): Campaign {
  const [a, b, c, d, e, f, g, h, i, j, k, l] = texts as readonly [
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
    string,
  ];
  return aCampaign("entered", {
    findings: [aFinding({ group: { kind: "account", value: a, label: b } })],
    accounts: {
      ...aCampaign("entered").accounts,
      entered: [anAccount(a, { because: b }), anAccount(c, { privileged: true })],
      known: [anAccount(d, { because: e })],
    },
    accountNames: [f, g],
    sources: [aSource(h, { networkName: i, country: j })],
    applications: [k],
    userAgents: [l],
    assessment: { level: "entered", severity: "High", because: texts[12] ?? "", whole: true },
    joinedBy: [texts[13] ?? ""],
    countries: [texts[14] ?? ""],
    cut: [texts[15] ?? ""],
  });
}

const contextWith = (texts: readonly string[]): TellingContext =>
  aContext({
    heldBack: [{ kind: "revokeSessions", target: texts[16] ?? "", reason: texts[17] ?? "" }],
    setAside: [{ exclusion: texts[18] ?? "", because: texts[19] ?? "", attempts: 3 }],
  });

const PLAIN = Array.from({ length: TEXTS }, (_, at) => `plain ${at}`);
const texts = fc.uniqueArray(hostileText, { minLength: TEXTS, maxLength: TEXTS });

/** The shape of a card without its texts, as one text: it is compared some thousands of times. */
const skeleton = (card: Card): string =>
  JSON.stringify(card, (_, value: unknown) => (value !== null && typeof value === "object" ? value : typeof value), 1);

function shownTexts(value: unknown, key = ""): readonly string[] {
  if (typeof value === "string")
    return ["text", "value", "title", "speak", "fallbackText"].includes(key) ? [value] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.entries(value).flatMap(([inner, child]) => shownTexts(child, Array.isArray(value) ? key : inner));
}

const ISOLATES = /^\u2068([^\u2068\u2069]*)\u2069$/;
const NOT_TEXT = /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|[<>[\]*`\\|]|:\/\/|\{\{|&(?=[#\p{L}])/u;
/** Ours are the isolates around a whole text, the space at the edge of a run, and " – " before what is said of a name. */
const withoutOurs = (text: string): string => text.trim().replace(ISOLATES, "$1");

/** What a card shows and would not be shown as it was written. One expectation for all of them: there are some hundred thousand. */
const notText = (card: Card): readonly string[] => shownTexts(card).filter((text) => NOT_TEXT.test(withoutOurs(text)));

const tellings = (campaign: Campaign): readonly Telling[] => [
  { kind: "opened", campaign },
  {
    kind: "plain",
    topic: "digest",
    title: campaign.assessment.because,
    lead: campaign.userAgents[0] ?? "",
    sections: [
      {
        title: campaign.countries[0] ?? "",
        facts: [["name", campaign.accountNames[0] ?? ""]],
        lines: campaign.accountNames,
      },
    ],
    link: null,
  },
  {
    kind: "notContained",
    campaign,
    aftermath: [
      {
        account: campaign.accounts.entered[0]?.name ?? "",
        at: campaign.last,
        what: campaign.assessment.because,
        sure: false,
      },
    ],
    seenUpTo: campaign.last,
    notLookedAt: [campaign.assessment.because],
  },
  {
    kind: "contained",
    campaign,
    containment: "so far",
    accounts: [campaign.accounts.entered[0]?.name ?? "", campaign.accounts.known[0]?.name ?? ""],
    measures: [["revokeSessions"], ["revokeSessions"]],
    seenUpTo: campaign.last,
    watchedUntil: campaign.last,
    notLookedAt: [campaign.assessment.because],
  },
];

test("a card keeps its shape and shows text as text, whatever was written into the logs", () => {
  const expected = tellings(campaignWith(PLAIN)).map((telling) => skeleton(cardOf(telling, contextWith(PLAIN))));
  fc.assert(
    fc.property(texts, (hostile) => {
      tellings(campaignWith(hostile)).forEach((telling, at) => {
        const card = cardOf(telling, contextWith(hostile));
        expect(skeleton(card)).toBe(expected[at]);
        expect(notText(card)).toEqual([]);
      });
    }),
    { numRuns: RUNS },
  );
});

/** Made of the same elements as the others. */
const cardsOfActing = (texts: readonly string[]): readonly Card[] => {
  const { campaign, person, order, approval } = actingWith(texts);
  const context = contextWith(texts);
  const proposals = approval.parts[0]!.accounts.map(({ account, measures }) => ({ account, actions: measures }));
  const page = "https://hunt-responder.example/api/approvals/x";
  const { name: approver } = person;
  return [
    { kind: "proven" as const, campaign, newly: campaign.accounts.entered },
    { kind: "approval" as const, campaign, proposals, page, expires: campaign.last, reminder: false },
    { kind: "done" as const, campaign, deeds: deedsOf(order), approver, watchedUntil: campaign.last },
  ].map((telling) => cardOf(telling, context));
};

test("a card that asks, tells of proof or of what was done keeps its shape as well", () => {
  const expected = cardsOfActing(PLAIN).map(skeleton);
  fc.assert(
    fc.property(texts, (hostile) => {
      const cards = cardsOfActing(hostile);
      expect(cards.map(skeleton)).toEqual(expected);
      expect(cards.flatMap(notText)).toEqual([]);
    }),
    { numRuns: RUNS / 5 },
  );
});

test("a card of hostile texts is valid and read by the renderer without a warning", () => {
  fc.assert(
    fc.property(texts, (hostile) => {
      const card = cardOf({ kind: "opened", campaign: campaignWith(hostile) }, contextWith(hostile));
      expect(schemaFaults(card)).toEqual([]);
      expect(rendererFaults(card)).toEqual([]);
    }),
    { numRuns: 50 },
  );
});

test("an incident keeps its lines and its tables, whatever was written into the logs", () => {
  const shapeOf = (text: string) => text.split("\n").map((line) => line.split("|").length);
  const expected = shapeOf(incidentOf(campaignWith(PLAIN), contextWith(PLAIN)).description);
  fc.assert(
    fc.property(texts, (hostile) => {
      const incident = incidentOf(campaignWith(hostile), contextWith(hostile));
      expect(shapeOf(incident.description)).toEqual(expected);
      expect(incident.description.replaceAll("\n", "")).not.toMatch(
        /[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[<>[\]*`\\]|:\/\/|\{\{/u,
      );
      expect(incident.title).not.toMatch(NOT_TEXT);
      for (const label of incident.labels) expect(label).not.toMatch(NOT_TEXT);
    }),
    { numRuns: RUNS },
  );
});

test("a terminal gets no control sequence and no line beyond its width, whatever was written into the logs", () => {
  fc.assert(
    fc.property(texts, (hostile) => {
      const campaign = campaignWith(hostile);
      const { heldBack, setAside } = contextWith(hostile);
      const summary = terminalSummary(
        [
          {
            hunt: spray,
            window: { from: campaign.first, to: campaign.last },
            whole: true,
            rows: 1,
            failed: null,
            campaigns: [
              {
                campaign,
                heldBack,
                actions: [{ kind: "revokeSessions", reason: hostile[0] ?? "", target: hostile[1] ?? "" }],
              },
            ],
            setAside,
            warnings: [hostile[2] ?? ""],
          },
        ],
        { width: 80, colour: false },
      );
      const lines = summary.split("\n");
      expect(lines.filter((line) => columnsOf(line) > 80)).toEqual([]);
      expect(lines.filter((line) => /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u.test(line))).toEqual([]);
    }),
    { numRuns: RUNS },
  );
});

/** The records and comments of acting on accounts whose names, reasons and sign-ins are these texts. */
function actingWith(texts: readonly string[]) {
  const text = (n: number): string => texts[n] ?? "";
  const campaign = campaignWith(texts);
  const person: Person = { id: text(0), name: text(1), verified: true };
  const rows = [{ IPAddress: text(2), AppDisplayName: text(3), ResultType: text(4), Because: text(5) }];
  const accounts = [6, 7].map(
    (n): PlannedAccount => ({
      account: anAccount(text(n), { because: text(n + 2), rows }),
      measures: ["disableAccount", "revokeSessions"],
      lastProof: campaign.last,
      synchronised: true,
      privileged: text(n + 4),
    }),
  );
  let order: AccountOrder = newOrder(campaign, accounts, person, "origin", campaign.last);
  order = withStep(order, 0, 0, { state: "done", detail: text(12) });
  order = withStep(order, 0, 1, { state: "failed", detail: text(13), advice: text(14) });
  order = withStep(order, 1, 0, { state: "heldBack", detail: text(15) });
  const approval = {
    campaign,
    digest: text(16),
    because: text(17),
    parts: [
      { accounts, decision: null },
      { accounts, decision: { kind: "approved", by: person, at: campaign.last, order: "" } },
    ],
    madeAt: campaign.first,
    expires: campaign.last,
  } as unknown as Approval; // what the page reads of it
  return { campaign, person, order, approval, changed: [{ account: text(18), what: text(19) }] };
}

test("the approval page keeps its elements and shows text as text, whatever was written into the logs", () => {
  const pagesWith = (texts: readonly string[]): readonly string[] => {
    const { person, order, approval, changed } = actingWith(texts);
    return [
      pageOf({ kind: "open", approval, person, stopped: true }),
      pageOf({ kind: "carriedOut", approval, order, changed }),
      pageOf({ kind: "notDone", approval, because: texts[0] ?? "", changed }),
      pageOf({ kind: "decided", approval, decision: approval.parts[1]!.decision! }),
    ].map(({ html }) => html);
  };
  /** The elements with their attributes; the digest is our own and escaped besides. */
  const elements = (html: string) => html.match(/<[^>]*>/g)?.map((tag) => tag.replace(/value="[^"]*"/, "value"));
  const expected = pagesWith(PLAIN).map(elements);
  fc.assert(
    fc.property(texts, (hostile) => {
      const pages = pagesWith(hostile);
      expect(pages.map(elements)).toEqual(expected);
      for (const html of pages) {
        const shown = html.replace(/<style>.*?<\/style>/s, "").replace(/<[^>]*>/g, "");
        expect(shown).not.toMatch(/[<>"]|&(?!(?:amp|lt|gt|quot|#39|#96);)/);
        expect(shown.replaceAll(/[\n\u2068\u2069]/g, "")).not.toMatch(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
      }
    }),
    { numRuns: RUNS },
  );
});

test("a comment keeps its lines and shows text as text, whatever was written into the logs", () => {
  const commentsWith = (texts: readonly string[]): readonly string[] => {
    const { campaign, person, order, approval } = actingWith(texts);
    const before = aCampaign("attempted");
    return [
      changeComment(before, campaign),
      tasksComment(tasksOf(campaign)),
      intentComment(order),
      resultComment(order),
      approvalWords.expiredComment(approval),
      approvalWords.declinedComment(approval.parts[0]!, person),
    ];
  };
  // Queries are code of ours in which texts are literals, tested with them; an address of another kind takes a line more.
  const proseOf = (text: string) => text.replaceAll(/```kql\n.*?\n```/gs, "(query)").replaceAll("<sAMAccountName>", "");
  const shapeOf = (text: string) => text.split("\n").map((line) => /^(?:- |\d+\. |```)?/.exec(line)?.[0]);
  const expected = commentsWith(PLAIN).map(proseOf).map(shapeOf);
  fc.assert(
    fc.property(texts, (hostile) => {
      const comments = commentsWith(hostile).map(proseOf);
      expect(comments.map(shapeOf)).toEqual(expected);
      for (const comment of comments) {
        expect(comment.replaceAll("\n", "")).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}]|[<>[\]*`\\|]|:\/\/|\{\{/u);
      }
    }),
    { numRuns: RUNS },
  );
});
