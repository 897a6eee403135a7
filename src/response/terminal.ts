// The summary of a run for a terminal: which hunt, what it found, how sure that is, what would be done and why.
import type { Campaign, Level } from "../findings/campaign.ts";
import { instantOf, textOf } from "../findings/cells.ts";
import type { Row } from "../ports.ts";
import type { TimeWindow } from "../time.ts";
import type { HeldBack } from "./action.ts";
import { addressesOf, codesOf, countsOf, heldBackTogether, nameOf, networksOf } from "./campaign-facts.ts";
import { columnsOf, safeText, visibleText } from "./safe-text.ts";
import { sparkline } from "./sparkline.ts";
import type { SetAside } from "./telling.ts";
import { isUnproven } from "./unproven.ts";
import * as say from "./words.ts";

export interface CampaignToShow {
  readonly campaign: Campaign;
  readonly actions: readonly { readonly kind: string; readonly reason: string; readonly target: string }[];
  readonly heldBack: readonly HeldBack[];
}

/** One hunt's run. */
export interface RunToShow {
  readonly hunt: { readonly name: string; readonly slug: string };
  readonly window: TimeWindow;
  readonly whole: boolean;
  /** How many rows the hunt's own query returned. */
  readonly rows: number;
  /** Null where the hunt did its work. */
  readonly failed: { readonly message: string; readonly advice: string } | null;
  readonly campaigns: readonly CampaignToShow[];
  readonly setAside: readonly SetAside[];
  readonly warnings: readonly string[];
}

export interface Terminal {
  readonly width: number;
  readonly colour: boolean;
}

const LABEL = 11;
const MOST_ACCOUNTS = 6;
const MOST_CAMPAIGNS = 12;
const MOST_HELD_BACK = 3;
const MOST_IN_SHORT = 5;
/** Sign-ins that are shown of an account; the report has up to five. */
const MOST_PROOFS = 2;

type Ink = "bold" | "dim" | "red" | "yellow" | "cyan";
const INKS: Readonly<Record<Ink, string>> = { bold: "1", dim: "2", red: "1;31", yellow: "1;33", cyan: "1;36" };
const LEVEL_INK: Readonly<Record<Level, Ink>> = {
  entered: "red",
  known: "yellow",
  possible: "yellow",
  attempted: "cyan",
  noise: "dim",
};

const RANK: Readonly<Record<Level, number>> = { entered: 0, known: 1, possible: 2, attempted: 3, noise: 4 };

/** Lines of at most `width` columns. Nothing that a log wrote reaches the terminal as anything but visible text. */
export function terminalSummary(runs: readonly RunToShow[], terminal: Terminal): string {
  const page = pageFor(terminal);
  for (const [at, run] of runs.entries()) {
    if (at > 0) page.line("");
    showRun(page, run);
  }
  showInShort(page, runs);
  return page.text();
}

/** What matters last, because that is what a terminal still shows when everything else has scrolled away. */
function showInShort(page: Page, runs: readonly RunToShow[]): void {
  const campaigns = worstFirst(runs.flatMap((run) => run.campaigns));
  if (runs.length + campaigns.length < 3) return;
  page.line("");
  page.line(say.terminal.inShort, "bold");
  for (const { hunt, failed } of runs) if (failed !== null) page.row("FAILED", hunt.slug, { label: "red" });
  for (const { campaign } of campaigns.slice(0, MOST_IN_SHORT)) {
    const { level } = campaign.assessment;
    const { entered, known } = campaign.accounts;
    const verdict = `${campaign.shortName}: ${say.verdict(countsOf(campaign))}`;
    page.row(level.toUpperCase(), verdict, { label: LEVEL_INK[level], text: "bold", lines: 2 });
    page.row("", say.firstOf([...entered, ...known].map(nameOf), MOST_IN_SHORT), { lines: 2 });
  }
  page.row("", say.more(campaigns.length - MOST_IN_SHORT));
}

const worstFirst = (campaigns: readonly CampaignToShow[]): readonly CampaignToShow[] =>
  campaigns.toSorted((a, b) => RANK[a.campaign.assessment.level] - RANK[b.campaign.assessment.level]);

function showRun(page: Page, run: RunToShow): void {
  page.line(run.hunt.name, "bold");
  page.line(
    `${run.hunt.slug} · ${say.period(run.window.from, run.window.to)} · ${say.span(run.window.to - run.window.from)}`,
    "dim",
  );
  if (run.failed) {
    page.row("failed", run.failed.message, { label: "red" });
    page.row("", run.failed.advice);
  } else if (!run.whole) page.row("partial", say.words.partial, { label: "yellow" });
  if (run.campaigns.length === 0 && !run.failed) page.row("found", say.terminal.nothing(run.rows));
  for (const one of worstFirst(run.campaigns).slice(0, MOST_CAMPAIGNS)) showCampaign(page, one);
  page.row("", say.more(run.campaigns.length - MOST_CAMPAIGNS));
  showSetAside(page, run.setAside);
  for (const warning of run.warnings) page.row("warning", warning, { label: "yellow" });
}

function showCampaign(page: Page, { campaign, actions, heldBack }: CampaignToShow): void {
  const { level, because } = campaign.assessment;
  // What failed only is background: it is told in few lines, so that what matters is not scrolled away.
  const brief = level === "attempted" || level === "noise";
  const lines = brief ? 1 : MOST_LINES;
  const codes = codesOf(campaign).map(([code, n]) => say.codeCount(code, n));
  const where = say.words.inPlaces(
    addressesOf(campaign).length,
    networksOf(campaign).length,
    campaign.countries.length,
  );
  page.line("");
  page.row(level.toUpperCase(), say.verdict(countsOf(campaign)), { label: LEVEL_INK[level], text: "bold" });
  page.row("", `${campaign.shortName} · ${say.period(campaign.first, campaign.last)}`, { text: "dim" });
  page.row("why", say.sentence(because));
  people(page, "got in", campaign.accounts.entered);
  people(page, "known", campaign.accounts.known);
  page.row("from", where, { lines });
  page.row("results", say.firstOf(codes, 3, "; "), { lines });
  if (!brief && campaign.timeline.length > 1) page.row("over time", sparkline(campaign.timeline, 48));
  for (const text of plansOf(actions, because)) page.row("would", text);
  page.row("next", say.firstTasks(campaign.tasks), { lines });
  // Nearly every account of a campaign is merely attacked: they are told in one line.
  const attacked = heldBack.filter(isUnproven);
  const notDone = heldBackTogether(heldBack.filter((one) => !isUnproven(one)));
  for (const one of notDone.slice(0, MOST_HELD_BACK)) {
    page.row("would not", `${say.actionPlan(one.kind)}, ${say.accountOrAccounts(one.targets)}: ${one.reason}`, {
      lines,
    });
  }
  page.row("", say.more(notDone.length - MOST_HELD_BACK));
  if (attacked.length > 0) page.row("would not", say.terminal.leavesAlone(attacked.length), { lines });
}

/** Actions for the same reason in one sentence; the reason is left out where it was just said. */
function plansOf(actions: CampaignToShow["actions"], because: string): readonly string[] {
  const groups = Map.groupBy(actions, (action) => action.reason);
  return [...groups].map(([reason, group]) => {
    const accounts = Map.groupBy(group, (action) => action.kind);
    const plans = [...accounts].map(([kind, some]) =>
      say.planFor(
        kind,
        some.map((action) => action.target),
      ),
    );
    return reason.endsWith(because) ? plans.join(", ") : `${plans.join(", ")}: ${reason}`;
  });
}

function people(page: Page, label: string, accounts: Campaign["accounts"]["entered"]): void {
  accounts.slice(0, MOST_ACCOUNTS).forEach((account, at) => {
    const mark = account.privileged ? ` (${say.words.privileged})` : "";
    page.row(at === 0 ? label : "", `${nameOf(account)}${mark}: ${account.because}`);
    for (const row of account.rows.slice(0, MOST_PROOFS)) page.row("", proofLine(row), { text: "dim", lines: 2 });
    page.row("", say.more(account.rows.length - MOST_PROOFS), { text: "dim" });
  });
  page.row("", say.more(accounts.length - MOST_ACCOUNTS));
}

/** A sign-in that proves it: when, from where, to what, what the logs say of it. */
function proofLine(row: Row): string {
  const at = instantOf(row.FirstTime);
  const steps = Array.isArray(row.AuthenticationDetails) ? row.AuthenticationDetails : [];
  const results = steps.flatMap((step) =>
    step !== null && typeof step === "object" && !Array.isArray(step) ? [textOf(step.result)] : [],
  );
  const network = textOf(row.AutonomousSystemNumber);
  return [
    `→ ${at === null ? "" : say.time(at)}`,
    [textOf(row.IPAddress), network === "" ? "" : `AS${network}`, textOf(row.Location)],
    textOf(row.AppDisplayName),
    `${textOf(row.ResultType)} ${textOf(row.AuthenticationProtocol)}`.replace(/ none$/, ""),
    results,
  ]
    .map((part) => (typeof part === "string" ? part : part.filter((text) => text !== "").join(" ")).trim())
    .filter((part) => part !== "")
    .join(" · ");
}

function showSetAside(page: Page, setAside: readonly SetAside[]): void {
  if (setAside.length === 0) return;
  page.line("");
  setAside.forEach((one, at) => {
    page.row(at === 0 ? "set aside" : "", `${say.count(one.attempts)} ${one.exclusion}: ${one.because}`, { lines: 2 });
  });
}

interface Page {
  /** A line from the left edge. */
  line(text: string, ink?: Ink): void;
  /** A label and a text, which goes on below itself for a few lines; without a text there is no row. */
  row(label: string, text: string, look?: RowLook): void;
  text(): string;
}

interface RowLook {
  readonly label?: Ink;
  readonly text?: Ink;
  /** At most so many lines; the last is cut. */
  readonly lines?: number;
}

const MOST_LINES = 3;

function pageFor({ width, colour }: Terminal): Page {
  const lines: string[] = [];
  const inked = (text: string, ink: Ink | undefined) =>
    colour && ink !== undefined && text !== "" ? `\u001b[${INKS[ink]}m${text}\u001b[0m` : text;
  return {
    line: (text, ink) => lines.push(inked(safeText.terminal(text, width), ink)),
    row: (label, text, look = {}) => {
      wrapped(text, width - LABEL - 2, look.lines ?? MOST_LINES).forEach((part, at) => {
        const name = at === 0 ? safeText.terminal(label, LABEL - 1) : "";
        const gap = " ".repeat(LABEL - columnsOf(name));
        lines.push(`  ${inked(name, look.label ?? "dim")}${gap}${inked(part, look.text)}`);
      });
    },
    text: () => lines.join("\n"),
  };
}

/** Breaks at spaces, and within a word that is longer than a line; at most a few lines, the last cut. */
function wrapped(text: string, width: number, most: number): readonly string[] {
  const lines: string[] = [];
  let rest = visibleText(text, width * (most + 1));
  while (rest !== "" && lines.length < most - 1 && columnsOf(rest) > width) {
    const fitting = headOf(rest, width);
    const space = fitting.lastIndexOf(" ");
    const line = space > width / 2 ? fitting.slice(0, space) : fitting;
    lines.push(line.trimEnd());
    rest = rest.slice(line.length).trimStart();
  }
  return rest === "" ? lines : [...lines, cutAtWord(rest, width)];
}

/** One line; where it is too long it ends with a word and an ellipsis. */
function cutAtWord(text: string, width: number): string {
  const shown = safeText.terminal(text, width);
  if (!shown.endsWith("…") || text.endsWith("…")) return shown;
  const space = shown.lastIndexOf(" ");
  return space > width / 2 ? `${shown.slice(0, space).replace(/[\s,;:·]+$/, "")} …` : shown;
}

function headOf(text: string, width: number): string {
  let kept = "";
  let columns = 0;
  for (const character of text) {
    columns += columnsOf(character);
    if (columns > width) break;
    kept += character;
  }
  return kept;
}
