// The cards that are posted to Teams: what happened, how sure it is, what was done, what is asked, where to look.
import type { Campaign } from "../findings/campaign.ts";
import type { Card } from "../ports.ts";
import { huntsOf, periodOf } from "./campaign-facts.ts";
import { campaignQuery } from "./campaign-query.ts";
import {
  band,
  codeLine,
  container,
  type Element,
  facts,
  heading,
  openUrl,
  paragraph,
  text,
  toggle,
} from "./card-elements.ts";
import { type CardDetail, cardLadder } from "./card-ladder.ts";
import { detailsOf, notices, summary } from "./card-parts.ts";
import { storyOf } from "./card-story.ts";
import * as asked from "./card-words.ts";
import { safeText } from "./safe-text.ts";
import { shorten } from "./shorten.ts";
import type { CampaignTelling, PlainTelling, Telling, TellingContext } from "./telling.ts";
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
    (card) => sizeOf(card) <= (context.cardBudget ?? CARD_BUDGET),
  );
}

function build(telling: Telling, context: TellingContext, detail: CardDetail, shortened: readonly string[]): Card {
  const { title, body, actions } =
    telling.kind === "plain" ? plain(telling, detail) : ofCampaign(telling, context, detail);
  const spoken = safeText.card(title, 400);
  const footnote =
    shortened.length === 0 ? [] : [text(say.words.shortened(shortened), { size: "Small", subtle: true })];
  return {
    type: "AdaptiveCard",
    $schema: "http://adaptivecards.io/schemas/adaptive-card.json",
    version: "1.5",
    lang: "en",
    fallbackText: spoken,
    speak: spoken,
    msteams: { width: "Full" },
    body: [...body, ...footnote],
    ...(actions.length === 0 ? {} : { actions }),
  };
}

/** The card with its button to the incident leading elsewhere; a card without one stays as it is. */
export function withIncidentUrl(card: Card, url: string): Card {
  const { actions } = card;
  if (!Array.isArray(actions)) return card;
  const isButton = ({ type, title }: Element): boolean => type === "Action.OpenUrl" && title === say.words.openIncident;
  return { ...card, actions: actions.map((action: Element) => (isButton(action) ? { ...action, url } : action)) };
}

interface Parts {
  readonly title: string;
  readonly body: readonly Element[];
  readonly actions: readonly Element[];
}

function ofCampaign(telling: CampaignTelling, context: TellingContext, detail: CardDetail): Parts {
  const { campaign } = telling;
  const story = storyOf(telling, detail);
  const kinds = huntsOf(campaign)
    .map((hunt) => say.huntKind(hunt.slug))
    .join(" and ");
  const shown = story.facts === "shown";
  const details = [
    ...(shown ? [] : [summary(campaign, context, detail, "first")]),
    ...detailsOf(campaign, context, detail),
  ];
  return {
    title: `${story.label}: ${story.headline}. ${kinds}, ${campaign.shortName}`,
    body: [
      band(story.style, [
        text(`${story.sign} ${story.label}`, { bold: true, size: "Small" }),
        heading(story.headline, { size: "Large", spacing: "None" }),
        paragraph([kinds, ` · ${campaign.shortName}`, ` · ${say.period(campaign.first, campaign.last)}`], {
          size: "Small",
          spacing: "Small",
        }),
      ]),
      ...notices(campaign, context),
      ...story.body,
      ...(shown ? [summary(campaign, context, detail)] : []),
      ...(details.length === 0 ? [] : [container(details, { id: DETAILS, isVisible: false, separator: true })]),
    ],
    actions: [
      ...(telling.kind === "approval" ? [openUrl(say.words.approve, telling.page, true)] : []),
      ...(context.incidentUrl === null ? [] : [openUrl(say.words.openIncident, context.incidentUrl)]),
      ...(detail.query === 0 ? [] : queryButton(campaign, context)),
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
          ...(section.code ?? []).map(codeLine),
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
        heading(telling.title, { size: "Large", spacing: "None" }),
      ]),
      paragraph([{ text: telling.lead, limit: 500 }]),
      ...sections,
    ],
    actions: telling.link === null ? [] : [openUrl(telling.link.title, telling.link.url)],
  };
}
