// The cards that are posted to Teams: what happened, how sure it is, what was done, what is asked, where to look.
import type { Campaign, Level, ProvenAccount } from "../findings/campaign.ts";
import type { Card } from "../ports.ts";
import type { Instant } from "../time.ts";
import type { Outcome } from "./action.ts";
import { campaignQuery } from "./campaign-query.ts";
import {
  band,
  container,
  type Element,
  facts,
  heading,
  openUrl,
  paragraph,
  type Run,
  type Style,
  text,
  toggle,
} from "./card-elements.ts";
import { nameOf } from "./incident.ts";
import { type Detail, type Ladder, shorten } from "./shorten.ts";
import { merged, sparkline } from "./sparkline.ts";
import {
  addressesOf,
  codesOf,
  countsOf,
  huntsOf,
  lengthOfStep,
  networksOf,
  periodOf,
  type TellingContext,
} from "./telling.ts";
import * as say from "./words.ts";

/** An account for which a person is asked to decide. */
export interface Proposal {
  readonly account: ProvenAccount;
  /** Kinds of action, in the order in which they would be done. */
  readonly actions: readonly string[];
}

/** What became of one action for one account. */
export interface Deed {
  readonly kind: string;
  readonly account: string;
  readonly outcome: Outcome;
}

/** Something that happened after sessions were revoked and should not have. */
export interface Aftermath {
  readonly account: string;
  readonly at: Instant;
  readonly what: string;
}

export type Telling =
  /** A campaign is told for the first time. */
  | { readonly kind: "opened"; readonly campaign: Campaign }
  /** Accounts were proven since the campaign was told last. */
  | { readonly kind: "proven"; readonly campaign: Campaign; readonly newly: readonly ProvenAccount[] }
  | {
      readonly kind: "approval";
      readonly campaign: Campaign;
      readonly proposals: readonly Proposal[];
      /** The page of this app on which a person decides; looking at it does nothing. */
      readonly page: string;
      readonly expires: Instant;
      readonly reminder: boolean;
    }
  | {
      readonly kind: "done";
      readonly campaign: Campaign;
      readonly deeds: readonly Deed[];
      /** Who approved, "" where it was automatic. */
      readonly approver: string;
      readonly watchedUntil: Instant;
    }
  | {
      readonly kind: "notContained";
      readonly campaign: Campaign;
      readonly aftermath: readonly Aftermath[];
      /** The logs are complete up to here. */
      readonly seenUpTo: Instant;
      readonly notLookedAt: readonly string[];
    }
  | {
      readonly kind: "plain";
      readonly topic: "digest" | "health" | "test";
      readonly title: string;
      readonly lead: string;
      readonly sections: readonly {
        readonly title: string;
        readonly facts: readonly (readonly [string, string])[];
        readonly lines: readonly string[];
      }[];
      readonly link: { readonly title: string; readonly url: string } | null;
    };

export type CampaignTelling = Exclude<Telling, { kind: "plain" }>;

/** Of the whole request, in bytes of UTF-8. Teams states 28 KB; flows have refused less. */
export const CARD_BUDGET = 20_000;
/** What the webhook's request adds around a card. */
const ENVELOPE = 200;

export type Part = "userAgents" | "applications" | "names" | "sources" | "heldBack" | "setAside" | "lines" | "accounts";

const LADDER: Ladder<Part> = {
  order: ["userAgents", "applications", "sources", "heldBack", "setAside", "names", "lines", "accounts"],
  full: { userAgents: 3, applications: 5, sources: 8, heldBack: 6, setAside: 6, names: 6, lines: 30, accounts: 12 },
  floor: { userAgents: 0, applications: 1, sources: 3, heldBack: 1, setAside: 1, names: 2, lines: 8, accounts: 4 },
  names: {
    userAgents: "clients",
    applications: "applications",
    sources: "addresses",
    heldBack: "what was not done",
    setAside: "what was set aside",
    names: "accounts tried",
    lines: "lines",
    accounts: "accounts",
  },
};

const bytes = new TextEncoder();
export const sizeOf = (card: Card): number => bytes.encode(JSON.stringify(card)).length + ENVELOPE;

export function cardOf(telling: Telling, context: TellingContext): Card {
  return shorten(
    LADDER,
    (detail, shortened) => build(telling, context, detail, shortened),
    (card) => sizeOf(card) <= CARD_BUDGET,
  );
}

function build(telling: Telling, context: TellingContext, detail: Detail<Part>, shortened: readonly string[]): Card {
  const { title, body, actions } =
    telling.kind === "plain" ? plain(telling, detail) : ofCampaign(telling, context, detail);
  const footnote =
    shortened.length === 0 ? [] : [text(say.words.shortened(shortened), { size: "Small", subtle: true })];
  return {
    type: "AdaptiveCard",
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    version: "1.5",
    lang: "en",
    fallbackText: title,
    speak: title,
    msteams: { width: "Full" },
    body: [...body, ...footnote],
    ...(actions.length === 0 ? {} : { actions }),
  };
}

interface Parts {
  readonly title: string;
  readonly body: readonly Element[];
  readonly actions: readonly Element[];
}

const STYLES: Readonly<Record<Level, Style>> = {
  entered: "attention",
  known: "warning",
  possible: "warning",
  attempted: "accent",
  noise: "emphasis",
};

function ofCampaign(telling: CampaignTelling, context: TellingContext, detail: Detail<Part>): Parts {
  const { campaign } = telling;
  const top = topOf(telling);
  const kinds = huntsOf(campaign).map((hunt) => say.huntKind(hunt.slug));
  const details = detailsOf(campaign, context, detail);
  return {
    title: `${top.label}: ${top.headline}. ${kinds.join(" and ")}, ${campaign.shortName}`,
    body: [
      band(top.style, [
        text(`${top.sign} ${top.label}`, { bold: true, size: "Small" }),
        heading(top.headline, { size: "Large", spacing: "None" }),
        paragraph(
          [kinds.join(" and "), ` · ${campaign.shortName}`, ` · ${say.period(campaign.first, campaign.last)}`],
          {
            size: "Small",
            spacing: "Small",
          },
        ),
      ]),
      ...notices(context, campaign),
      ...middleOf(telling, detail),
      ...summary(campaign, context),
      ...(details.length === 0 ? [] : [container(details, { id: DETAILS, isVisible: false, separator: true })]),
    ],
    actions: [
      ...(telling.kind === "approval" ? [openUrl(say.words.approve, telling.page, true)] : []),
      ...(context.incidentUrl === null ? [] : [openUrl(say.words.openIncident, context.incidentUrl)]),
      ...queryButton(campaign, context),
      ...(details.length === 0 ? [] : [toggle(say.words.details, DETAILS)]),
    ],
  };
}

const DETAILS = "details";
/** Enough to find the attack again, short enough for a link. */
const ADDRESSES_IN_LINK = 25;

function queryButton(campaign: Campaign, context: TellingContext): readonly Element[] {
  const window = periodOf(campaign);
  const url = context.links?.query(campaignQuery(campaign, window, ADDRESSES_IN_LINK), window) ?? null;
  return url === null ? [] : [openUrl(say.words.openQuery, url)];
}

interface Top {
  readonly style: Style;
  readonly sign: string;
  readonly label: string;
  readonly headline: string;
}

function topOf(telling: CampaignTelling): Top {
  const { campaign } = telling;
  const { level } = campaign.assessment;
  const { sign, name, meaning } = say.levels[level];
  const verdict = say.verdict(countsOf(campaign));
  switch (telling.kind) {
    case "opened":
      return { style: STYLES[level], sign, label: `${name}: ${meaning}`, headline: verdict };
    case "proven":
      return { style: STYLES[level], sign, label: say.newProof(telling.newly.length), headline: verdict };
    case "approval":
      return {
        style: "accent",
        sign: say.signs.asked,
        label: telling.reminder ? say.cards.askedAgain : say.cards.asked,
        headline: say.askedFor(telling.proposals.length),
      };
    case "done": {
      const failed = telling.deeds.filter((deed) => deed.outcome.kind === "failed").length;
      const done = telling.deeds.filter((deed) => deed.outcome.kind === "done").length;
      return {
        style: failed > 0 ? "warning" : "good",
        sign: failed > 0 ? say.signs.partly : say.signs.done,
        label: failed > 0 ? say.cards.partlyDone : done > 0 ? say.cards.done : say.cards.rehearsed,
        headline: say.doneSum(done, telling.deeds.length - done - failed, failed),
      };
    }
    case "notContained":
      return {
        style: "attention",
        sign: say.levels.entered.sign,
        label: say.cards.notContained,
        headline: say.notContainedSum(new Set(telling.aftermath.map((one) => one.account)).size),
      };
  }
}

function notices(context: TellingContext, campaign: Campaign): readonly Element[] {
  const lines = [
    ...(context.stopped ? [say.words.stopped] : []),
    ...(context.rehearsal ? [say.words.rehearsal] : []),
    ...(campaign.assessment.whole ? [] : [say.words.partial]),
  ];
  return lines.length === 0
    ? []
    : [
        container(
          lines.map((line) => text(`${say.signs.note} ${line}`)),
          { style: "emphasis" },
        ),
      ];
}

function middleOf(telling: CampaignTelling, detail: Detail<Part>): readonly Element[] {
  const { campaign } = telling;
  const { entered, known } = campaign.accounts;
  const because = paragraph([{ text: say.sentence(campaign.assessment.because), limit: 500 }]);
  switch (telling.kind) {
    case "opened":
      return [
        because,
        ...proven(say.words.gotIn, entered, detail.accounts),
        ...proven(say.words.known, known, detail.accounts),
      ];
    case "proven":
      return [...proven(say.cards.newlyProven, telling.newly, detail.accounts), because];
    case "approval":
      return [
        ...accountList(
          say.cards.proposed,
          telling.proposals.map(({ account, actions }) => ({
            name: nameOf(account),
            mark: account.privileged,
            text: `${actions.map(say.actionPlan).join(", then ")}. ${account.because}`,
          })),
          detail.accounts,
        ),
        ...facts([
          [say.cards.noticed, say.noticedBy(telling.proposals.flatMap((proposal) => proposal.actions))],
          [say.cards.notEnough, say.limitsOf(telling.proposals.flatMap((proposal) => proposal.actions))],
          [say.cards.expires, say.time(telling.expires)],
        ]),
        text(say.cards.looking, { size: "Small", subtle: true }),
      ];
    case "done":
      return [
        ...accountList(
          say.cards.deeds,
          telling.deeds.map((deed) => ({ name: deed.account, mark: false, text: outcomeText(deed) })),
          detail.accounts,
        ),
        ...facts([
          [say.cards.approvedBy, telling.approver === "" ? say.cards.automatically : telling.approver],
          [say.cards.notEnough, say.limitsOf(telling.deeds.map((deed) => deed.kind))],
          [say.cards.watched, say.time(telling.watchedUntil)],
        ]),
      ];
    case "notContained":
      return [
        ...accountList(
          say.cards.since,
          telling.aftermath.map((one) => ({
            name: one.account,
            mark: false,
            text: `${say.time(one.at)}: ${one.what}`,
          })),
          detail.accounts,
        ),
        ...facts([
          [say.cards.seenUpTo, say.time(telling.seenUpTo)],
          [say.cards.notLookedAt, telling.notLookedAt.join("; ")],
        ]),
        text(say.cards.containNow, { bold: true }),
      ];
  }
}

function outcomeText({ kind, outcome }: Deed): string {
  switch (outcome.kind) {
    case "done":
      return `${say.actionDone(kind)}. ${outcome.detail}`;
    case "rehearsed":
      return `${say.cards.would} ${say.actionPlan(kind)}. ${outcome.detail}`;
    case "failed":
      return `${say.cards.failed} ${say.actionPlan(kind)}. ${outcome.detail} ${outcome.advice}`;
  }
}

const proven = (title: string, accounts: readonly ProvenAccount[], most: number): readonly Element[] =>
  accountList(
    title,
    accounts.map((account) => ({ name: nameOf(account), mark: account.privileged, text: account.because })),
    most,
  );

interface Line {
  readonly name: string;
  /** Privileged accounts are marked. */
  readonly mark: boolean;
  readonly text: string;
}

function accountList(title: string, lines: readonly Line[], most: number): readonly Element[] {
  if (lines.length === 0) return [];
  const shown = lines
    .slice(0, most)
    .map((line) =>
      paragraph(
        [
          { text: line.name, bold: true, limit: 113 },
          ...(line.mark ? [` (${say.words.privileged})`] : []),
          { text: ` – ${line.text}`, limit: 240 },
        ],
        { spacing: "Small" },
      ),
    );
  const rest = say.more(lines.length - shown.length);
  return [
    container(
      [
        heading(`${title} (${say.count(lines.length)})`),
        ...shown,
        ...(rest === "" ? [] : [text(rest, { subtle: true, spacing: "Small" })]),
      ],
      { separator: true, spacing: "Medium" },
    ),
  ];
}

/** What decides, in five lines. */
function summary(campaign: Campaign, context: TellingContext): readonly Element[] {
  const codes = codesOf(campaign);
  const bars = merged(campaign.timeline, 24);
  const sum = context.setAside.reduce((total, one) => total + one.attempts, 0);
  return [
    container(
      [
        ...facts([
          [say.words.accounts, say.accountsInFull(countsOf(campaign))],
          [
            say.words.sources,
            say.words.inPlaces(addressesOf(campaign).length, networksOf(campaign).length, campaign.countries.length),
          ],
          [
            say.words.codes,
            codes
              .slice(0, 3)
              .map(([code, n]) => say.codeCount(code, n))
              .concat(say.more(codes.length - 3))
              .filter(Boolean)
              .join("; "),
          ],
          [say.words.attempts, `${say.count(campaign.attempts)} in ${say.span(campaign.last - campaign.first)}`],
          [
            say.words.setAside,
            context.setAside.length === 0 ? "" : say.words.setAsideSum(sum, context.setAside.length),
          ],
          [say.words.heldBack, context.heldBack.length === 0 ? "" : say.words.heldBackSum(context.heldBack.length)],
          [say.words.cut, campaign.cut.join(", ")],
        ]),
        ...(bars.length < 2
          ? []
          : [
              text(sparkline(campaign.timeline, 24), { monospace: true, spacing: "Small" }),
              text(
                `${say.words.timeline}: ${say.words.highest(Math.max(...bars), say.span(lengthOfStep(campaign, bars.length)))}`,
                { size: "Small", subtle: true, spacing: "None" },
              ),
            ]),
      ],
      { separator: true, spacing: "Medium" },
    ),
  ];
}

/** What is there for whoever asks: shown by a button. */
function detailsOf(campaign: Campaign, context: TellingContext, detail: Detail<Part>): readonly Element[] {
  const provenNames = new Set([...campaign.accounts.entered, ...campaign.accounts.known].map((one) => one.name));
  const names = campaign.accountNames.filter((name) => !provenNames.has(name));
  const untold = campaign.accounts.attempted - provenNames.size;
  return [
    ...list(
      say.words.sources,
      campaign.sources.map((source): readonly Run[] => [
        { text: source.address, bold: true, limit: 50 },
        {
          text: ` – ${source.network === "" ? say.words.unknownNetwork : `AS${source.network} ${source.networkName}`}${source.country === "" ? "" : `, ${source.country}`}: ${say.words.ofSource(source.accounts, source.attempts)}`,
          limit: 160,
        },
      ]),
      detail.sources,
      campaign.sources.length,
    ),
    ...list(
      say.words.names,
      names.map((name) => [{ text: name, limit: 113 }]),
      detail.names,
      Math.max(untold, names.length),
    ),
    ...list(
      say.words.applications,
      campaign.applications.map((name) => [{ text: name, limit: 80 }]),
      detail.applications,
      campaign.applications.length,
    ),
    ...list(
      say.words.userAgents,
      campaign.userAgents.map((agent) => [{ text: agent, limit: 160 }]),
      detail.userAgents,
      campaign.userAgents.length,
    ),
    ...list(
      say.words.joinedBy,
      campaign.joinedBy.map((by) => [{ text: by, limit: 160 }]),
      5,
      campaign.joinedBy.length,
    ),
    ...list(
      say.words.setAside,
      context.setAside.map((one) => [
        { text: one.exclusion, bold: true, limit: 70 },
        { text: ` – ${say.plural(one.attempts, "attempt")}. ${one.because}`, limit: 200 },
      ]),
      detail.setAside,
      context.setAside.length,
    ),
    ...list(
      say.words.heldBack,
      context.heldBack.map((one) => [
        { text: one.target, bold: true, limit: 113 },
        { text: ` – ${say.actionPlan(one.kind)}: ${one.reason}`, limit: 240 },
      ]),
      detail.heldBack,
      context.heldBack.length,
    ),
  ];
}

function list(title: string, items: readonly (readonly Run[])[], most: number, total: number): readonly Element[] {
  if (total === 0 || items.length === 0) return [];
  const shown = items.slice(0, most).map((runs) => paragraph(runs, { spacing: "Small" }));
  const rest = say.more(total - shown.length);
  return [
    heading(`${title} (${say.count(total)})`, { spacing: "Medium" }),
    ...shown,
    ...(rest === "" ? [] : [text(rest, { subtle: true, spacing: "Small" })]),
  ];
}

function plain(telling: Extract<Telling, { kind: "plain" }>, detail: Detail<Part>): Parts {
  const { label, sign, style } = say.topics[telling.topic];
  let left = detail.lines;
  const sections = telling.sections.flatMap((section) => {
    const lines = section.lines.slice(0, left);
    left -= lines.length;
    const rest = say.more(section.lines.length - lines.length);
    return [
      container(
        [
          ...(section.title === "" ? [] : [heading(section.title)]),
          ...facts(section.facts),
          ...lines.map((line) => paragraph([{ text: line, limit: 240 }], { spacing: "Small" })),
          ...(rest === "" ? [] : [text(rest, { subtle: true, spacing: "Small" })]),
        ],
        { separator: true, spacing: "Medium" },
      ),
    ];
  });
  return {
    title: `${label}: ${telling.title}`,
    body: [
      band(style, [
        text(`${sign} ${label}`, { bold: true, size: "Small" }),
        { ...paragraph([{ text: telling.title, bold: true, size: "Large", limit: 150 }]), spacing: "None" },
      ]),
      paragraph([{ text: telling.lead, limit: 500 }]),
      ...sections,
    ],
    actions: telling.link === null ? [] : [openUrl(telling.link.title, telling.link.url)],
  };
}
