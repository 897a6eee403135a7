// The cards that are posted to Teams: what happened, how sure it is, what was done, what is asked, where to look.
import type { Campaign, Level } from "../findings/campaign.ts";
import type { Card } from "../ports.ts";
import { countsOf, huntsOf, nameOf, periodOf } from "./campaign-facts.ts";
import { campaignQuery } from "./campaign-query.ts";
import {
  band,
  container,
  type Element,
  facts,
  heading,
  openUrl,
  paragraph,
  type Style,
  text,
  toggle,
} from "./card-elements.ts";
import { type CardDetail, cardLadder } from "./card-ladder.ts";
import { accountList, detailsOf, notices, provenLine, summary } from "./card-parts.ts";
import * as asked from "./card-words.ts";
import { shorten } from "./shorten.ts";
import type { CampaignTelling, Deed, PlainTelling, Telling, TellingContext } from "./telling.ts";
import * as say from "./words.ts";

/** Of the whole request, in bytes of UTF-8. Teams states 28 KB; flows have refused less. */
export const CARD_BUDGET = 20_000;
/** What the webhook's request adds around a card. */
const ENVELOPE = 200;

const bytes = new TextEncoder();
export const sizeOf = (card: Card): number => bytes.encode(JSON.stringify(card)).length + ENVELOPE;

export function cardOf(telling: Telling, context: TellingContext): Card {
  return shorten(
    cardLadder,
    (detail, shortened) => build(telling, context, detail, shortened),
    (card) => sizeOf(card) <= CARD_BUDGET,
  );
}

function build(telling: Telling, context: TellingContext, detail: CardDetail, shortened: readonly string[]): Card {
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

function ofCampaign(telling: CampaignTelling, context: TellingContext, detail: CardDetail): Parts {
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
      ...notices(campaign, context),
      ...middleOf(telling, detail),
      summary(campaign, context),
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
/** How many addresses the link's query names: as many as the link has room for, the busiest first. */
const ADDRESSES_IN_LINK = [25, 8, 2] as const;

function queryButton(campaign: Campaign, { links }: TellingContext): readonly Element[] {
  const window = periodOf(campaign);
  for (const most of ADDRESSES_IN_LINK) {
    const url = links?.query(campaignQuery(campaign, window, most), window) ?? null;
    if (url !== null) return [openUrl(say.words.openQuery, url)];
  }
  return [];
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
      return { style: STYLES[level], sign, label: asked.newProof(telling.newly.length), headline: verdict };
    case "approval":
      return {
        style: "accent",
        sign: asked.signs.asked,
        label: telling.reminder ? asked.cards.askedAgain : asked.cards.asked,
        headline: asked.askedFor(telling.proposals.length),
      };
    case "done": {
      const failed = telling.deeds.filter((deed) => deed.outcome.kind === "failed").length;
      const done = telling.deeds.filter((deed) => deed.outcome.kind === "done").length;
      return {
        style: failed > 0 ? "warning" : "good",
        sign: failed > 0 ? asked.signs.partly : asked.signs.done,
        label: failed > 0 ? asked.cards.partlyDone : done > 0 ? asked.cards.done : asked.cards.rehearsed,
        headline: asked.doneSum(done, telling.deeds.length - done - failed, failed),
      };
    }
    case "notContained":
      return {
        style: "attention",
        sign: say.levels.entered.sign,
        label: asked.cards.notContained,
        headline: asked.notContainedSum(new Set(telling.aftermath.map((one) => one.account)).size),
      };
  }
}

function middleOf(telling: CampaignTelling, detail: CardDetail): readonly Element[] {
  const { campaign } = telling;
  const { entered, known } = campaign.accounts;
  const because = paragraph([{ text: say.sentence(campaign.assessment.because), limit: 500 }]);
  switch (telling.kind) {
    case "opened":
      return [
        because,
        ...accountList(say.words.gotIn, entered.map(provenLine), detail.accounts),
        ...accountList(say.words.known, known.map(provenLine), detail.accounts),
      ];
    case "proven":
      return [...accountList(asked.cards.newlyProven, telling.newly.map(provenLine), detail.accounts), because];
    case "approval":
      return [
        ...accountList(
          asked.cards.proposed,
          telling.proposals.map(({ account, actions }) => ({
            name: nameOf(account),
            privileged: account.privileged,
            text: `${actions.map(say.actionPlan).join(", then ")}. ${account.because}`,
          })),
          detail.accounts,
        ),
        ...facts([
          [asked.cards.noticed, asked.noticedBy(telling.proposals.flatMap((proposal) => proposal.actions))],
          [asked.cards.notEnough, asked.limitsOf(telling.proposals.flatMap((proposal) => proposal.actions))],
          [asked.cards.expires, say.time(telling.expires)],
        ]),
        text(asked.cards.looking, { size: "Small", subtle: true }),
      ];
    case "done":
      return [
        ...accountList(
          asked.cards.deeds,
          telling.deeds.map((deed) => ({ name: deed.account, privileged: false, text: outcomeText(deed) })),
          detail.accounts,
        ),
        ...facts([
          [asked.cards.approvedBy, telling.approver === "" ? asked.cards.automatically : telling.approver],
          [asked.cards.notEnough, asked.limitsOf(telling.deeds.map((deed) => deed.kind))],
          [asked.cards.watched, say.time(telling.watchedUntil)],
        ]),
      ];
    case "notContained":
      return [
        ...accountList(
          asked.cards.since,
          telling.aftermath.map((one) => ({
            name: one.account,
            privileged: false,
            text: `${say.time(one.at)}: ${one.what}`,
          })),
          detail.accounts,
        ),
        ...facts([
          [asked.cards.seenUpTo, say.time(telling.seenUpTo)],
          [asked.cards.notLookedAt, telling.notLookedAt.join("; ")],
        ]),
        text(asked.cards.containNow, { bold: true }),
      ];
  }
}

function outcomeText({ kind, outcome }: Deed): string {
  switch (outcome.kind) {
    case "done":
      return `${say.actionDone(kind)}. ${outcome.detail}`;
    case "rehearsed":
      return `${asked.cards.would} ${say.actionPlan(kind)}. ${outcome.detail}`;
    case "failed":
      return `${asked.cards.failed} ${say.actionPlan(kind)}. ${outcome.detail} ${outcome.advice}`;
  }
}

function plain(telling: PlainTelling, detail: CardDetail): Parts {
  const { label, sign, style } = asked.topics[telling.topic];
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
