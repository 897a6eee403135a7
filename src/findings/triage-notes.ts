// The seven notes that an analyst would work through, as far as the logs answer them. What they leave open is a task.
import type { Campaign } from "./campaign.ts";
import { distinct, numberOf, textOf } from "./cells.ts";
import { type Habits, isExpected } from "./habits.ts";

/** Protocol, result codes, the account's habit, the network's owner, the address's past, the session, the processing. */
export type Note = "protocol" | "codes" | "habit" | "network" | "reputation" | "session" | "processing";

export interface Answered {
  readonly note: Note;
  readonly text: string;
}

const MOST = 3;
const some = (texts: readonly string[]): string =>
  texts.length > MOST ? `${texts.slice(0, MOST).join(", ")} and ${texts.length - MOST} more` : texts.join(", ");

/** What the evidence and the habits say; a note that neither can answer is left out. */
export function notesOf(campaign: Campaign, habits: Habits): readonly Answered[] {
  const answers: readonly (readonly [Note, string])[] = [
    ["codes", codes(campaign)],
    ["protocol", protocol(campaign)],
    ["habit", habit(campaign, habits)],
    ["network", network(campaign, habits)],
    ["session", session(campaign, habits)],
    ["processing", processing(campaign)],
  ];
  return answers.filter(([, text]) => text !== "").map(([note, text]) => ({ note, text }));
}

const proven = ({ accounts }: Campaign) => [...accounts.entered, ...accounts.known];

function codes({ codes: counted }: Campaign): string {
  const most = Object.entries(counted).toSorted((a, b) => b[1] - a[1]);
  return most.length === 0 ? "" : `Results: ${some(most.map(([code, n]) => `${n} of ${code}`))}.`;
}

function protocol(campaign: Campaign): string {
  const rows = proven(campaign).flatMap(({ rows: own }) => own);
  const used = distinct(
    rows.map((row) =>
      [textOf(row.AuthenticationProtocol), textOf(row.ClientAppUsed)]
        .filter((text) => text !== "" && text !== "none")
        .join(" by "),
    ),
  );
  const named = used.filter((text) => text !== "");
  return named.length === 0 ? "" : `The proven passwords were presented with ${some(named)}.`;
}

function habit(campaign: Campaign, habits: Habits): string {
  const lines = proven(campaign).flatMap(({ id, name }) => {
    const known = habits.accounts.get(id) ?? habits.accounts.get(name);
    if (!known || known.successes === 0) return [];
    return [`${name || id} with one factor in ${known.singleFactor} of ${known.successes} sign-ins`];
  });
  return lines.length === 0 ? "" : `In the 14 days before: ${some(lines)}; from none of the addresses that prove it.`;
}

function network({ sources }: Campaign, habits: Habits): string {
  const networks = distinct(sources.map(({ network: number }) => number).filter((number) => number !== ""));
  if (networks.length === 0 || habits.since === null) return "";
  const names = new Map(
    sources.map(({ network: number, networkName }) => [number, `AS${number} ${networkName}`.trim()]),
  );
  const known = networks.filter((number) => habits.lookedUp.networks.has(number));
  const unknown = networks.filter((number) => !known.includes(number)).map((number) => names.get(number) ?? number);
  const unexpected = known.filter((number) => !isExpected(number, habits)).map((number) => names.get(number) ?? number);
  const expected = known.filter((number) => isExpected(number, habits)).map((number) => names.get(number) ?? number);
  return [
    unexpected.length > 0
      ? `Unexpected, without any success of this tenant in the 14 days before: ${some(unexpected)}.`
      : "",
    expected.length > 0 ? `Used by this tenant before: ${some(expected)}.` : "",
    unknown.length > 0 ? `Not looked up: ${some(unknown)}.` : "",
  ]
    .filter((text) => text !== "")
    .join(" ");
}

function session({ accounts }: Campaign, habits: Habits): string {
  const inside = new Map(accounts.entered.map(({ id, name }) => [id || name, name || id]));
  const lines = habits.sessions
    .filter(({ account }) => inside.has(account))
    .map(({ account, signIns, uses }) => `${inside.get(account)} ${signIns} sign-ins (${some(uses)})`);
  return lines.length === 0 ? "" : `In the sessions that were opened: ${some(lines)}.`;
}

function processing(campaign: Campaign): string {
  const rows = proven(campaign).flatMap(({ rows: own }) => own);
  if (rows.length === 0) return "";
  const withToken = rows.filter((row) => !["", "none"].includes(textOf(row.IncomingTokenType)));
  const signIns = rows.reduce((sum, row) => sum + numberOf(row.SignIns), 0);
  return withToken.length === 0
    ? `No token was presented in the ${signIns} sign-ins that prove it: a password was.`
    : `In ${withToken.length} kinds of the proving sign-ins a token came in as well.`;
}
