// What each kind of card about a campaign says: its band, and what stands between that and the facts.
import type { Level } from "../findings/campaign.ts";
import { countsOf, nameOf } from "./campaign-facts.ts";
import { type Element, facts, heading, paragraph, type Style, text } from "./card-elements.ts";
import type { CardDetail } from "./card-ladder.ts";
import { accountList, provenLine } from "./card-parts.ts";
import * as asked from "./card-words.ts";
import type { CampaignTelling, Deed, TellingOf } from "./telling.ts";
import * as say from "./words.ts";

export interface Story {
  readonly style: Style;
  readonly sign: string;
  /** What kind of news it is, in one line. */
  readonly label: string;
  readonly headline: string;
  readonly body: readonly Element[];
  /** The campaign's own facts: at once where it is new, behind a button where something else is the news. */
  readonly facts: "shown" | "behind a button";
}

const STYLES: Readonly<Record<Level, Style>> = {
  entered: "attention",
  known: "warning",
  possible: "warning",
  attempted: "accent",
  noise: "emphasis",
};

export function storyOf(telling: CampaignTelling, detail: CardDetail): Story {
  switch (telling.kind) {
    case "opened":
      return opened(telling, detail);
    case "proven":
      return proven(telling, detail);
    case "approval":
      return approval(telling, detail);
    case "done":
      return done(telling, detail);
    case "notContained":
      return notContained(telling, detail);
    case "contained":
      return contained(telling, detail);
  }
}

function opened({ campaign }: TellingOf<"opened">, detail: CardDetail): Story {
  const { level, because } = campaign.assessment;
  const { sign, name, meaning } = say.levels[level];
  return {
    style: STYLES[level],
    sign,
    label: `${name}: ${meaning}`,
    headline: say.verdict(countsOf(campaign)),
    body: [
      paragraph([{ text: say.sentence(because), limit: 500 }]),
      ...accountList(say.words.gotIn, campaign.accounts.entered.map(provenLine), detail.accounts),
      ...accountList(say.words.known, campaign.accounts.known.map(provenLine), detail.accounts),
    ],
    facts: "shown",
  };
}

function proven({ campaign, newly }: TellingOf<"proven">, detail: CardDetail): Story {
  const { level, because } = campaign.assessment;
  return {
    style: STYLES[level],
    sign: say.levels[level].sign,
    label: asked.newProof(newly.length),
    headline: say.verdict(countsOf(campaign)),
    body: [
      paragraph([{ text: say.sentence(because), limit: 500 }]),
      ...accountList(asked.cards.newlyProven, newly.map(provenLine), detail.accounts),
    ],
    facts: "shown",
  };
}

function approval({ campaign, proposals, expires, reminder }: TellingOf<"approval">, detail: CardDetail): Story {
  const each = proposals.map((proposal) => proposal.actions);
  const lines = proposals.map(({ account, actions }) => ({
    name: nameOf(account),
    privileged: account.privileged,
    text: `${actions.map(say.actionPlan).join(", then ")}: ${account.because}`,
  }));
  return {
    style: "accent",
    sign: asked.signs.asked,
    label: reminder ? asked.cards.askedAgain : asked.cards.asked,
    headline: asked.askedFor(proposals.length, expires),
    body: [
      paragraph([
        { text: `${say.verdict(countsOf(campaign))}. ${say.sentence(campaign.assessment.because)}`, limit: 500 },
      ]),
      ...accountList(asked.cards.proposed, lines, detail.accounts),
      ...asked.noticedBy(each).map((line) => text(line)),
      ...asked.limitsOf(each).map((line) => text(line, { spacing: "Small" })),
      text(asked.cards.looking, { size: "Small", subtle: true }),
    ],
    facts: "behind a button",
  };
}

function done({ deeds, approver, watchedUntil }: TellingOf<"done">, detail: CardDetail): Story {
  const count = (kind: Deed["outcome"]["kind"]) => deeds.filter((deed) => deed.outcome.kind === kind).length;
  const [failed, succeeded] = [count("failed"), count("done")];
  const label = failed > 0 ? asked.cards.partlyDone : succeeded > 0 ? asked.cards.done : asked.cards.rehearsed;
  return {
    style: failed > 0 ? "warning" : "good",
    sign: failed > 0 ? asked.signs.partly : asked.signs.done,
    label,
    headline: asked.doneSum(deeds),
    body: [
      ...accountList(
        asked.cards.deeds,
        // What failed is what somebody has to do something about.
        deeds
          .toSorted((a, b) => Number(b.outcome.kind === "failed") - Number(a.outcome.kind === "failed"))
          .map((deed) => ({ name: deed.account, privileged: false, text: say.outcome(deed.kind, deed.outcome) })),
        detail.accounts,
        "first",
      ),
      ...facts([
        [asked.cards.approvedBy, approver === "" ? asked.cards.automatically : approver],
        [asked.cards.watched, say.time(watchedUntil)],
      ]),
      ...asked.limitsOf(doneToEach(deeds)).map((line) => text(line)),
    ],
    facts: "behind a button",
  };
}

/** What failed was not done: where disabling failed, revoking was all. */
const doneToEach = (deeds: readonly Deed[]): asked.DoneToEach =>
  [...Map.groupBy(deeds, ({ account }) => account).values()].map((some) =>
    some.filter(({ outcome }) => outcome.kind !== "failed").map(({ kind }) => kind),
  );

function notContained(telling: TellingOf<"notContained">, detail: CardDetail): Story {
  const lines = telling.aftermath.map((one) => ({
    name: one.account,
    privileged: false,
    text: `${say.time(one.at)}: ${one.what}`,
  }));
  return {
    style: "attention",
    sign: say.levels.entered.sign,
    label: asked.cards.notContained,
    headline: asked.notContainedSum(
      new Set(telling.aftermath.map((one) => one.account)).size,
      telling.aftermath.every(({ sure }) => sure),
    ),
    body: [
      text(asked.cards.containNow, { bold: true }),
      ...accountList(asked.cards.since, lines, detail.accounts),
      ...facts([
        [asked.cards.seenUpTo, say.time(telling.seenUpTo)],
        [asked.cards.notLookedAt, telling.notLookedAt.join("; ")],
      ]),
    ],
    facts: "behind a button",
  };
}

function contained(telling: TellingOf<"contained">, detail: CardDetail): Story {
  const { containment, accounts, seenUpTo, watchedUntil, notLookedAt, measures } = telling;
  const known = containment !== "not known";
  const names = accounts
    .slice(0, detail.accounts)
    .map((text) => paragraph([{ text, bold: true, limit: 113 }], { spacing: "Small" }));
  const rest = say.more(accounts.length - names.length);
  return {
    style: known ? "good" : "warning",
    sign: known ? asked.signs.done : say.levels.possible.sign,
    label: asked.cards.contained[containment],
    headline: asked.containedSum(containment, accounts.length, seenUpTo),
    body: [
      ...(known ? [] : [text(asked.cards.lookByHand, { bold: true })]),
      heading(`${asked.cards.watchedAccounts} (${say.count(accounts.length)})`),
      ...names,
      ...(rest === "" ? [] : [text(rest, { subtle: true, spacing: "Small" })]),
      ...facts([
        [asked.cards.seenUpTo, seenUpTo === null ? asked.cards.nothing : say.time(seenUpTo)],
        [asked.cards.watched, say.time(watchedUntil)],
        [asked.cards.notLookedAt, notLookedAt.join("; ")],
      ]),
      ...(known ? [text(asked.cards.lookedFor, { spacing: "Small" })] : []),
      ...asked.limitsOf(measures).map((line) => text(line)),
    ],
    facts: "behind a button",
  };
}
