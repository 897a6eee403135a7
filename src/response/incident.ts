// The incident of a campaign: what an analyst reads in the portal.
import { type Campaign, incidentId, type ProvenAccount } from "../findings/campaign.ts";
import type { Incident } from "../ports.ts";
import {
  addressesOf,
  codesOf,
  countsOf,
  heldBackTogether,
  huntsOf,
  lengthOfStep,
  nameOf,
  namesOnlyTried,
  networksOf,
} from "./campaign-facts.ts";
import { DESCRIPTION_ROOM } from "./incident-request.ts";
import { safeText } from "./safe-text.ts";
import { type Ladder, shorten } from "./shorten.ts";
import { merged, sparkline } from "./sparkline.ts";
import type { TellingContext } from "./telling.ts";
import * as say from "./words.ts";

const TITLE_LIMIT = 200;
const LABEL_LIMIT = 80;
const BARS = 40;

type Part = "userAgents" | "applications" | "names" | "sources" | "heldBack" | "setAside" | "known" | "entered";

const LADDER: Ladder<Part> = {
  order: ["userAgents", "applications", "names", "sources", "heldBack", "setAside", "known", "entered"],
  full: { userAgents: 8, applications: 10, names: 40, sources: 20, heldBack: 10, setAside: 10, known: 20, entered: 25 },
  floor: { userAgents: 2, applications: 3, names: 5, sources: 5, heldBack: 2, setAside: 2, known: 5, entered: 8 },
  names: {
    userAgents: "clients",
    applications: "applications",
    names: "accounts tried",
    sources: "addresses",
    heldBack: "what was not done",
    setAside: "what was set aside",
    known: "accounts with a known password",
    entered: "accounts that were entered",
  },
};

/** Everything that the campaign knows, as the incident that Sentinel is asked for. */
export function incidentOf(campaign: Campaign, context: TellingContext): Incident {
  return {
    id: incidentId(campaign),
    title: titleOf(campaign),
    description: shorten(
      LADDER,
      (detail, shortened) => describe(campaign, context, detail, shortened),
      (text) => text.length <= DESCRIPTION_ROOM,
    ),
    severity: campaign.assessment.severity,
    labels: labelsOf(campaign, context),
    firstActivity: campaign.first,
    lastActivity: campaign.last,
  };
}

/** "2 got in, 1 known but stopped, 409 attempted – single-factor spray – amber-otter" */
export function titleOf(campaign: Campaign): string {
  const kinds = huntsOf(campaign).map((hunt) => say.huntKind(hunt.slug));
  return safeText.incident(
    [say.verdict(countsOf(campaign)), kinds.join(" and "), campaign.shortName].join(" – "),
    TITLE_LIMIT,
  );
}

/** Tactics, techniques, hunts, campaign and level, so that an analyst can filter by any of them. */
function labelsOf(campaign: Campaign, context: TellingContext): readonly string[] {
  const slugs = huntsOf(campaign).map((hunt) => hunt.slug);
  const hunts = context.hunts.filter((hunt) => slugs.includes(hunt.slug));
  const labels = [
    ...hunts.flatMap((hunt) => hunt.tactics),
    ...hunts.flatMap((hunt) => hunt.techniques),
    ...slugs.map((slug) => `hunt:${slug}`),
    `campaign:${campaign.shortName}`,
    `level:${campaign.assessment.level}`,
  ];
  return [...new Set(labels.map((label) => safeText.incident(label, LABEL_LIMIT)))];
}

const safe = safeText.incident;
const shown = (items: readonly string[], most: number, limit?: number, between?: string): string =>
  say.firstOf(
    items
      .slice(0, most)
      .map((item) => safe(item, limit))
      .concat(items.slice(most)),
    most,
    between,
  );

// A table that is one as Markdown and can still be read where it is not rendered.
function table(head: readonly string[], rows: readonly (readonly string[])[]): readonly string[] {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)];
}

function describe(
  campaign: Campaign,
  context: TellingContext,
  detail: Readonly<Record<Part, number>>,
  shortened: readonly string[],
): string {
  const level = say.levels[campaign.assessment.level];
  const { entered, known } = campaign.accounts;
  const sections: readonly (readonly string[])[] = [
    [
      `${level.name}: ${level.meaning}.`,
      safe(say.sentence(campaign.assessment.because), 600),
      ...(campaign.assessment.whole ? [] : [say.words.partial]),
    ],
    proven(say.words.gotIn, entered, detail.entered),
    proven(say.words.known, known, detail.known),
    facts(campaign, detail),
    sources(campaign, detail.sources),
    setAside(context, detail.setAside),
    heldBack(context, detail.heldBack),
    named(campaign, detail.names),
    [
      ...(campaign.cut.length > 0 ? [`${say.words.cut}: ${shown(campaign.cut, 10, 40)}.`] : []),
      ...(shortened.length > 0 ? [say.words.shortened(shortened)] : []),
      `${say.words.campaign} ${safe(campaign.shortName)} (${safe(campaign.id)}).`,
    ],
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join("\n"))
    .join("\n\n");
}

function proven(title: string, accounts: readonly ProvenAccount[], most: number): readonly string[] {
  if (accounts.length === 0) return [];
  const rows = accounts
    .slice(0, most)
    .map((account) => [
      safe(nameOf(account)) + (account.privileged ? ` (${say.words.privileged})` : ""),
      safe(account.because, 200),
    ]);
  const rest = say.more(accounts.length - rows.length);
  return [
    ...table([`${title} (${say.count(accounts.length)})`, say.words.proof], rows),
    ...(rest === "" ? [] : [rest]),
  ];
}

function facts(campaign: Campaign, detail: Readonly<Record<Part, number>>): readonly string[] {
  const codes = codesOf(campaign).map(([code, n]) => say.codeCount(code, n));
  const bars = merged(campaign.timeline, BARS);
  const rows: readonly (readonly [string, string])[] = [
    [say.words.period, say.period(campaign.first, campaign.last)],
    [say.words.accounts, say.accountsInFull(countsOf(campaign))],
    [
      say.words.sources,
      say.words.inPlaces(addressesOf(campaign).length, networksOf(campaign).length, campaign.countries.length),
    ],
    [say.words.countries, shown(campaign.countries, 12, 40)],
    [say.words.attempts, say.attemptsIn(campaign.attempts, campaign.last - campaign.first)],
    [say.words.next, safe(say.firstTasks(campaign.tasks), 300)],
    [say.words.codes, shown(codes, 8, 70, "; ")],
    [say.words.applications, shown(campaign.applications, detail.applications, 60)],
    [say.words.userAgents, shown(campaign.userAgents, detail.userAgents, 100)],
    [say.words.joinedBy, shown(campaign.joinedBy, 5, 120)],
    [
      say.words.timeline,
      bars.length > 1
        ? `${sparkline(campaign.timeline, BARS)} ${say.highest(Math.max(...bars), lengthOfStep(campaign, bars.length))}`
        : "",
    ],
  ];
  return table(
    ["Fact", "Value"],
    rows.filter(([, value]) => value !== ""),
  );
}

function sources(campaign: Campaign, most: number): readonly string[] {
  if (campaign.sources.length === 0) {
    const addresses = addressesOf(campaign);
    return addresses.length === 0 || most === 0 ? [] : [`${say.words.sources}: ${shown(addresses, most, 50)}.`];
  }
  if (most === 0) return [];
  const rows = campaign.sources
    .slice(0, most)
    .map((source) => [
      safe(source.address, 50),
      safe(say.networkOf(source), 60),
      safe(source.country, 20),
      say.counted(source.accounts),
      say.counted(source.attempts),
    ]);
  const rest = say.more(campaign.sources.length - rows.length);
  return [...table(["Address", "Network", "Country", "Accounts", "Attempts"], rows), ...(rest === "" ? [] : [rest])];
}

// Lines under a title that says how much there is in all.
function listed(title: string, lines: readonly string[], most: number): readonly string[] {
  if (lines.length === 0) return [];
  const rest = say.more(lines.length - most);
  return [`${title}:`, ...lines.slice(0, most).map((line) => `- ${line}`), ...(rest === "" ? [] : [`- ${rest}`])];
}

function setAside(context: TellingContext, most: number): readonly string[] {
  const lines = context.setAside.map(
    (one) =>
      `${safe(one.exclusion, 70)}, ${say.plural(one.attempts, "attempt")}: ${safe(say.sentence(one.because), 160)}`,
  );
  return listed(`${say.words.setAside}, ${say.setAsideSum(context.setAside)}`, lines, most);
}

function heldBack(context: TellingContext, most: number): readonly string[] {
  const lines = heldBackTogether(context.heldBack).map(
    (one) => `${say.actionPlan(one.kind)}, ${safe(say.accountOrAccounts(one.targets), 113)}: ${safe(one.reason, 160)}`,
  );
  return listed(say.words.heldBack, lines, most);
}

function named(campaign: Campaign, most: number): readonly string[] {
  const { shown: names, total } = namesOnlyTried(campaign);
  if (names.length === 0 || most === 0) return [];
  const first = names.slice(0, most).map((name) => safe(name, 113));
  return [
    `${say.words.names}: ${[...first, say.more(total - first.length)].filter((text) => text !== "").join(", ")}.`,
  ];
}
