// What an analyst does next: the notes on triage that come with the hunts, with this campaign's values and a query each, and
// what has to follow a proven password.
import type { Campaign, Task } from "../findings/campaign.ts";
import { kqlDatetime } from "../hunts/kql-text.ts";
import { DAY, duration, earlier, later, type TimeWindow } from "../time.ts";
import { addressesOf, codesOf, huntsOf, nameOf, networksOf, periodOf } from "./campaign-facts.ts";
import { byAccounts, campaignQuery, fromAddresses, literals, signIns } from "./campaign-query.ts";
import { safeText } from "./safe-text.ts";
import { taskWords } from "./task-words.ts";
import * as say from "./words.ts";

/** What each of the seven notes of the spray hunt asks about. */
export type Note = "protocol" | "codes" | "habit" | "network" | "reputation" | "session" | "processing";

const ALL_NOTES: readonly Note[] = ["protocol", "codes", "habit", "network", "reputation", "session", "processing"];
/** Sign-ins to the portal are interactive: notes about protocols and processing do not concern them. */
const PORTAL_NOTES: readonly Note[] = ["codes", "network", "reputation", "session"];

/** What a query names at most: the service takes longer ones, people do not. */
const MOST_NAMED = 50;
const HABIT = duration(14 * DAY);

/** The most urgent first. `answered` are the notes that the evidence has answered already. */
export function tasksOf(campaign: Campaign, answered: ReadonlySet<Note> = new Set()): readonly Task[] {
  const onlyPortal = huntsOf(campaign).every((hunt) => hunt.slug === "failed-portal-sign-in");
  const notes = (onlyPortal ? PORTAL_NOTES : ALL_NOTES).filter((note) => !answered.has(note));
  return [...afterProof(campaign), ...notes.map((note) => noteTask(note, campaign))];
}

const firstNames = (names: readonly string[]): string =>
  say.firstOf(
    names.map((name, at) => (at < 5 ? safeText.incident(name, 113) : name)),
    5,
  );

const lines = (...parts: readonly string[]): string => parts.join("\n");

const provenNames = (campaign: Campaign): readonly string[] =>
  [...campaign.accounts.entered, ...campaign.accounts.known]
    .map((account) => account.name)
    .filter((name) => name !== "");

function afterProof(campaign: Campaign): readonly Task[] {
  const { entered, known } = campaign.accounts;
  if (entered.length + known.length === 0) return [];
  const since: TimeWindow = { from: campaign.first, to: later(campaign.last, DAY) };
  const password: Task = {
    title: taskWords.password.title,
    text: taskWords.password.text(firstNames([...entered, ...known].map(nameOf))),
    kql: lines(signIns(since), byAccounts(provenNames(campaign).slice(0, MOST_NAMED)), "| sort by TimeGenerated asc"),
  };
  if (entered.length === 0) return [password];
  const names = literals(
    entered
      .flatMap((account) => [account.name, account.id])
      .filter((name) => name !== "")
      .slice(0, MOST_NAMED),
  );
  const changes: Task = {
    title: taskWords.changes.title,
    text: taskWords.changes.text(firstNames(entered.map(nameOf))),
    kql: lines(
      "AuditLogs",
      `| where TimeGenerated >= ${kqlDatetime(since.from)} and TimeGenerated < ${kqlDatetime(since.to)}`,
      `| where tostring(TargetResources) has_any (${names}) or tostring(InitiatedBy) has_any (${names})`,
      "| project TimeGenerated, OperationName, Result, InitiatedBy, TargetResources",
      "| sort by TimeGenerated asc",
    ),
  };
  return [password, changes];
}

function noteTask(note: Note, campaign: Campaign): Task {
  const { title } = taskWords[note];
  const attack = periodOf(campaign);
  const before: TimeWindow = { from: earlier(campaign.first, HABIT), to: campaign.first };
  const addresses = addressesOf(campaign).slice(0, MOST_NAMED);
  const proven = provenNames(campaign);
  const accounts = (proven.length > 0 ? proven : campaign.accountNames).slice(0, MOST_NAMED);
  const summarised = (by: string): string =>
    lines(
      campaignQuery(campaign, attack, MOST_NAMED),
      `| summarize Attempts = count(), Accounts = dcount(UserPrincipalName) by ${by}`,
      "| sort by Attempts desc",
    );
  switch (note) {
    case "protocol":
      return {
        title,
        text: taskWords.protocol.text(),
        kql: summarised("AuthenticationProtocol, ClientAppUsed, AuthenticationRequirement"),
      };
    case "codes":
      return {
        title,
        text: taskWords.codes.text(
          say.firstOf(
            codesOf(campaign).map(([code, n]) => say.codeCount(code, n)),
            8,
            "; ",
          ),
        ),
        kql: summarised("ResultType, ResultDescription"),
      };
    case "habit":
      return {
        title,
        text: taskWords.habit.text(firstNames(accounts)),
        kql: lines(
          signIns(before),
          byAccounts(accounts),
          `| where ResultType == "0"`,
          "| summarize SignIns = count(), First = min(TimeGenerated), Last = max(TimeGenerated) by UserPrincipalName, AuthenticationRequirement",
        ),
      };
    case "network":
      return {
        title,
        text: taskWords.network.text(networksInWords(campaign)),
        kql: lines(
          signIns(before),
          `| where AutonomousSystemNumber in (${literals(networksOf(campaign).slice(0, MOST_NAMED))}) and ResultType == "0"`,
          "| summarize Successes = count(), Accounts = dcount(UserPrincipalName) by AutonomousSystemNumber, Location",
        ),
      };
    case "reputation":
      return {
        title,
        text: taskWords.reputation.text(firstNames(addresses)),
        kql: lines(
          signIns(before),
          fromAddresses(addresses),
          `| summarize Attempts = count(), Successes = countif(ResultType == "0"), First = min(TimeGenerated), Last = max(TimeGenerated) by IPAddress`,
        ),
      };
    case "session":
      return {
        title,
        text: taskWords.session.text(firstNames(accounts)),
        kql: lines(
          signIns({ from: campaign.first, to: later(campaign.last, DAY) }),
          byAccounts(accounts),
          "| sort by UserPrincipalName asc, TimeGenerated asc",
        ),
      };
    case "processing":
      return {
        title,
        text: taskWords.processing.text(),
        kql: lines(
          campaignQuery(campaign, attack, MOST_NAMED),
          "| project TimeGenerated, UserPrincipalName, AppDisplayName, ResultType, AuthenticationDetails, AuthenticationProcessingDetails",
        ),
      };
  }
}

function networksInWords(campaign: Campaign): string {
  const names = [...new Set(campaign.sources.map((source) => safeText.incident(say.networkOf(source), 60)))];
  return names.length === 0 ? say.words.unknownNetwork : say.firstOf(names, 5);
}
