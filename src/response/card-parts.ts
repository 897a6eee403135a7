// What the cards of a campaign have in common.
import type { Campaign, ProvenAccount } from "../findings/campaign.ts";
import {
  addressesOf,
  codesOf,
  countsOf,
  heldBackTogether,
  lengthOfStep,
  nameOf,
  namesOnlyTried,
  networksOf,
} from "./campaign-facts.ts";
import { container, type Element, facts, heading, paragraph, type Run, text } from "./card-elements.ts";
import type { CardDetail } from "./card-ladder.ts";
import { signs } from "./card-words.ts";
import { merged, sparkline } from "./sparkline.ts";
import type { TellingContext } from "./telling.ts";
import { isUnproven } from "./unproven.ts";
import * as say from "./words.ts";

const BARS = 24;

/** What a reader has to know before believing the rest. */
export function notices(campaign: Campaign, context: TellingContext): readonly Element[] {
  const lines = [
    ...(context.stopped ? [say.words.stopped] : []),
    ...(context.rehearsal ? [say.words.rehearsal] : []),
    ...(campaign.assessment.whole ? [] : [say.words.partial]),
  ];
  if (lines.length === 0) return [];
  return [
    container(
      lines.map((line) => text(`${signs.note} ${line}`)),
      { style: "emphasis" },
    ),
  ];
}

/** A line is drawn above what stands below something else. */
export type Place = "first" | "below";
const section = (items: readonly Element[], place: Place): Element =>
  container(items, place === "first" ? {} : { separator: true, spacing: "Medium" });

export interface AccountLine {
  readonly name: string;
  readonly privileged: boolean;
  readonly text: string;
}

export const provenLine = (account: ProvenAccount): AccountLine => ({
  name: nameOf(account),
  privileged: account.privileged,
  text: account.because,
});

/** Accounts with what is said of each. */
export function accountList(
  title: string,
  lines: readonly AccountLine[],
  most: number,
  place: Place = "below",
): readonly Element[] {
  if (lines.length === 0) return [];
  const items = lines.map((line): readonly Run[] => [
    { text: line.name, bold: true, limit: 113 },
    ...(line.privileged ? [{ text: ` ${signs.privileged} ${say.words.privileged}`, bold: true }] : []),
    { text: ` – ${line.text}`, limit: 260 },
  ]);
  return [section(listed(title, items, most, lines.length), place)];
}

/** A heading with the whole number, the first few, and how many more there are. */
function listed(title: string, items: readonly (readonly Run[])[], most: number, total: number): readonly Element[] {
  if (items.length === 0) return [];
  const shown = items.slice(0, most).map((runs) => paragraph(runs, { spacing: "Small" }));
  const rest = say.more(total - shown.length);
  return [
    heading(`${title} (${say.count(total)})`, { spacing: "Medium" }),
    ...shown,
    ...(rest === "" ? [] : [text(rest, { subtle: true, spacing: "Small" })]),
  ];
}

/** What decides, in a few lines. */
export function summary(
  campaign: Campaign,
  context: TellingContext,
  detail: CardDetail,
  place: Place = "below",
): Element {
  const codes = codesOf(campaign).map(([code, n]) => say.codeCount(code, n));
  const attacked = context.heldBack.filter(isUnproven);
  const notDone = [
    ...heldBackTogether(context.heldBack.filter((one) => !isUnproven(one))).map((one) =>
      say.heldBackSum(one.kind, one.targets.length, one.reason),
    ),
    ...(attacked.length === 0 ? [] : [say.leftAlone(attacked.length)]),
  ];
  const rows: readonly (readonly [string, string])[] = [
    accountsRow(campaign, place),
    [
      say.words.sources,
      say.words.inPlaces(addressesOf(campaign).length, networksOf(campaign).length, campaign.countries.length),
    ],
    [say.words.attempts, say.attemptsIn(campaign.attempts, campaign.last - campaign.first)],
    [say.words.codes, say.firstOf(codes, 3, "; ")],
    [say.words.next, say.firstTasks(campaign.tasks)],
    [say.words.setAside, say.setAsideSum(context.setAside)],
    [say.words.heldBack, say.firstOf(notDone, 2, "; ")],
    [say.words.cut, campaign.cut.join(", ")],
  ];
  return section([...facts(rows), ...(detail.picture === 0 ? [] : picture(campaign))], place);
}

/** Below the verdict what it does not tell apart; by itself, everything. */
function accountsRow(campaign: Campaign, place: Place): readonly [string, string] {
  const counts = countsOf(campaign);
  if (place === "first") return [say.words.accounts, say.accountsInFull(counts)];
  return [counts.entered + counts.known > 0 ? say.words.others : say.words.accounts, say.others(counts)];
}

function picture(campaign: Campaign): readonly Element[] {
  const bars = merged(campaign.timeline, BARS);
  if (bars.length < 2) return [];
  const highest = say.highest(Math.max(...bars), lengthOfStep(campaign, bars.length));
  return [
    text(`${say.words.timeline}: ${highest}`, {
      size: "Small",
      subtle: true,
      spacing: "Medium",
    }),
    text(sparkline(campaign.timeline, BARS), { monospace: true, spacing: "None" }),
  ];
}

/** What is there for whoever asks. */
export function detailsOf(campaign: Campaign, context: TellingContext, detail: CardDetail): readonly Element[] {
  const names = namesOnlyTried(campaign);
  return [
    ...part(
      say.words.sources,
      campaign.sources.map((source) => [
        { text: source.address, bold: true, limit: 50 },
        { text: ` – ${say.ofSource(source)}`, limit: 160 },
      ]),
      detail.sources,
      campaign.sources.length,
    ),
    ...part(say.words.names, plainRuns(names.shown, 113), detail.names, names.total),
    ...part(
      say.words.applications,
      plainRuns(campaign.applications, 80),
      detail.applications,
      campaign.applications.length,
    ),
    ...part(say.words.userAgents, plainRuns(campaign.userAgents, 160), detail.userAgents, campaign.userAgents.length),
    ...part(say.words.joinedBy, plainRuns(campaign.joinedBy, 160), detail.joinedBy, campaign.joinedBy.length),
    ...part(
      say.words.setAside,
      context.setAside.map((one) => [
        { text: one.exclusion, bold: true, limit: 70 },
        { text: ` – ${say.plural(one.attempts, "attempt")}: ${one.because}`, limit: 200 },
      ]),
      detail.setAside,
      context.setAside.length,
    ),
    ...part(
      say.words.heldBack,
      heldBackTogether(context.heldBack).map((one) => [
        { text: say.accountOrAccounts(one.targets), bold: true, limit: 113 },
        { text: ` – ${say.actionPlan(one.kind)}: ${one.reason}`, limit: 260 },
      ]),
      detail.heldBack,
      heldBackTogether(context.heldBack).length,
    ),
  ];
}

/** A list of which nothing is shown is left out whole: the card's last line names it. */
const part = (title: string, items: readonly (readonly Run[])[], most: number, total: number): readonly Element[] =>
  most === 0 ? [] : listed(title, items, most, total);

const plainRuns = (texts: readonly string[], limit: number): readonly (readonly Run[])[] =>
  texts.map((value) => [{ text: value, limit }]);
