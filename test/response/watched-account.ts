// An account that was acted on, what the logs say of it afterwards, and what is told of that.
import { cellOf } from "../../src/ledger/records.ts";
import { type Care, careId, RESPONSE } from "../../src/ledger/response-records.ts";
import type { Answer, Logs, Question } from "../../src/ports.ts";
import { tendCares } from "../../src/response/tend-cares.ts";
import { readQuestions } from "../../src/rulebook.ts";
import { days, earlier, hours, type Instant, iso, later, minutes, seconds } from "../../src/time.ts";
import { orderChannelsOf, responseRulesOf } from "../../src/triggers/response-rules.ts";
import { type LogRow, type Tables, withLogs } from "../log-folder.ts";
import { newId } from "../sign-in-rows.ts";
import { aBreach, aProven, idOf, nameFor, PROVEN } from "./people.ts";
import { aRig, type Rig } from "./rig.ts";

/** The sessions were revoked a quarter of an hour after the proof. */
export const ACTED = later(PROVEN, minutes(15));
export const HOME = {
  IPAddress: "198.51.100.9",
  AutonomousSystemNumber: "64500",
  UserAgent: "Edge",
  DeviceDetail: '{"deviceId":"laptop-1"}',
};
export const ATTACK = {
  IPAddress: "203.0.113.7",
  AutonomousSystemNumber: "64666",
  UserAgent: "fasthttp",
  DeviceDetail: "{}",
};
export const ELSEWHERE = {
  IPAddress: "192.0.2.200",
  AutonomousSystemNumber: "64777",
  UserAgent: "curl",
  DeviceDetail: "{}",
};

export const signIn = (at: Instant, some: LogRow, n = 1): LogRow => ({
  TimeGenerated: iso(at),
  Id: newId(),
  UserId: idOf(n),
  UserPrincipalName: nameFor(n),
  ResultType: "0",
  AppDisplayName: "Office 365 Exchange Online",
  ...some,
});
/** Somebody else, so that the tables speak up to here. */
export const life = (at: Instant): LogRow => signIn(at, { ...HOME, UserId: idOf(99), UserPrincipalName: nameFor(99) });
export const habits = [1, 3, 5].map((day) => signIn(earlier(PROVEN, days(day)), HOME));

export const aCare = (change: Partial<Care> = {}): Care => ({
  account: { ...aProven(1), rows: aProven(1).rows.map((row) => ({ ...row })) },
  campaign: aBreach([aProven(1)]),
  order: "order-1",
  measures: ["revokeSessions"],
  from: ACTED,
  until: later(ACTED, hours(24)),
  seenTo: null,
  askedTo: null,
  habits: null,
  told: [],
  over: false,
  ...change,
});

/** Tells what is to be told at `at`, with the logs as they are by then. */
export async function watched(
  at: Instant,
  tables: Tables,
  rig: Rig = aRig(),
  care: Care | null = aCare(),
  asked: Question[] = [],
  instead: Partial<Answer> = {},
): Promise<Rig> {
  const questions = await readQuestions();
  if (care !== null) {
    const change = {
      kind: "put",
      id: careId(care.account.id, care.order),
      value: cellOf(care),
      basedOn: "any",
    } as const;
    await rig.app.ports.journal.commit(RESPONSE, [change]);
  }
  // A window ends just before its end.
  rig.app.clock.set(later(at, seconds(1)));
  await withLogs(tables, (store) => {
    const logs: Logs = {
      async query(question) {
        asked.push(question);
        return { ...(await store.query(question)), ...instead };
      },
    };
    return tendCares(questions, responseRulesOf(rig.app), { ...rig.app.ports, logs }, orderChannelsOf(rig.app));
  });
  return rig;
}

export const comments = ({ app }: Rig): readonly string[] => app.said.comments.map(({ text }) => text);
export const cards = ({ app }: Rig): string => JSON.stringify(app.said.cards);
export const both = (interactive: readonly LogRow[], upTo: Instant, more: Tables = {}): Tables => ({
  SigninLogs: [...habits, ...interactive, life(upTo)],
  AADNonInteractiveUserSignInLogs: [life(upTo)],
  ...more,
});
