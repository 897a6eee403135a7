// A finding -> its own campaign, told from the hunt's rows alone.
import type { Row } from "../ports.ts";
import { type Assessment, type Campaign, campaignId, type Source } from "./campaign.ts";
import { column, distinct, instantOf, numberOf, textOf, textsOf } from "./cells.ts";
import type { Finding } from "./finding.ts";
import { measuredText } from "./measured-text.ts";
import { shortNameOf } from "./short-name.ts";

const CODE_COLUMNS: Readonly<Record<string, string>> = {
  WrongPassword: "50126",
  UnknownUser: "50034",
  Locked: "50053",
};

/** Windows that overlap count the same sign-in several times, so numbers come from the strongest window, times from all. */
function codesOf(finding: Finding): Readonly<Record<string, number>> {
  const rows = finding.group.kind === "code" ? finding.rows : finding.rows.slice(0, 1);
  const codes: Record<string, number> = {};
  for (const row of rows) {
    const code = textOf(row.ResultType);
    if (code !== "") codes[code] = (codes[code] ?? 0) + numberOf(row.Attempts);
    for (const [name, known] of Object.entries(CODE_COLUMNS)) {
      const count = numberOf(row[name]);
      if (count > 0) codes[known] = (codes[known] ?? 0) + count;
    }
  }
  return codes;
}

const attemptsOf = (row: Row): number => numberOf(row.Attempts ?? row.Failures ?? row.DayFailures);

function sourcesOf(finding: Finding): readonly Source[] {
  const networks = column(finding.rows, "Networks");
  const countries = column(finding.rows, "Countries");
  const only = (texts: readonly string[]): string => (texts.length === 1 ? (texts[0] ?? "") : "");
  return finding.addresses.map((address) => ({
    address,
    network: only(networks),
    networkName: "",
    country: only(countries),
    accounts: finding.addresses.length === 1 ? finding.accounts.length : 0,
    attempts: 0,
  }));
}

/** Without the question for evidence nobody knows whether a password was right; only an expired one says so by its code. */
function assess(
  finding: Finding,
  codes: Readonly<Record<string, number>>,
  accounts: number,
  whole: boolean,
): Assessment {
  const measured = measuredText(finding.measured);
  const partly = whole ? "" : " The answer was incomplete, so this may be worse than it looks.";
  if (finding.group.kind === "rows") {
    // Somebody else's rule: what its rows mean is in its own description, not in ours.
    return { level: "possible", severity: "Low", because: `The rule's trigger was met: ${measured}.${partly}`, whole };
  }
  if ((codes["50055"] ?? 0) > 0) {
    return {
      level: "possible",
      severity: "Low",
      because: `${accounts} accounts failed; 50055 is said after a right password that has expired, so a password may be known. ${measured}.${partly}`,
      whole,
    };
  }
  const because = `${accounts === 1 ? "1 account" : `${accounts} accounts`} failed; no success was looked for in these rows. ${measured}.${partly}`;
  return { level: whole ? "attempted" : "possible", severity: "Low", because, whole };
}

/** `whole` is whether the answer behind the finding was complete. */
export function campaignOf(finding: Finding, whole: boolean): Campaign {
  const id = campaignId(finding);
  const starts = finding.rows.map((row) => instantOf(row.First)).filter((at) => at !== null);
  const ends = finding.rows.map((row) => instantOf(row.Last)).filter((at) => at !== null);
  const codes = codesOf(finding);
  const counted = finding.measured.find(({ column }) => ["Users", "FailingAccounts"].includes(column))?.value ?? 0;
  const attempted = Math.max(finding.accounts.length, counted);
  const inOrder = finding.rows.toSorted((a, b) => (instantOf(a.Window) ?? 0) - (instantOf(b.Window) ?? 0));
  return {
    id,
    generation: 1,
    shortName: shortNameOf(id),
    state: "observed",
    findings: [finding],
    joinedBy: [],
    first: starts.length > 0 ? (Math.min(...starts) as typeof finding.window.from) : finding.window.from,
    last: ends.length > 0 ? (Math.max(...ends) as typeof finding.window.to) : finding.window.to,
    attempts: Math.max(0, ...finding.rows.map(attemptsOf)),
    timeline: inOrder.map(attemptsOf),
    codes,
    accounts: {
      attempted,
      unknown: 0,
      wrong: finding.group.kind === "rows" ? 0 : attempted,
      ambiguous: 0,
      known: [],
      entered: [],
    },
    accountNames: finding.accounts,
    sources: sourcesOf(finding),
    countries: column(finding.rows, "Countries"),
    applications: column(finding.rows, "Applications"),
    userAgents: distinct(finding.rows.flatMap((row) => textsOf(row.UserAgents))),
    cut: finding.cut,
    tasks: [],
    assessment: assess(finding, codes, attempted, whole),
  };
}
