// The sample tenant as logs that go on with the clock: written ahead of time, shown only up to now. Ordinary traffic
// flows, and once an hour a small spray comes by that finds one right password, which the second factor stops.
import { randomUUID } from "node:crypto";
import { appendFile, mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Clock, Logs, Question, Row } from "../ports.ts";
import { alignUp, earlier, HOUR, hours, type Instant, instant, iso, later, minutes, seconds } from "../time.ts";
import { type LogStore, openLogStore } from "./log-store.ts";
import type { Account } from "./sample-tenant/account.ts";
import { resultTexts } from "./sample-tenant/outcomes.ts";
import { writeSampleTenant } from "./sample-tenant/write-sample-tenant.ts";

export interface LivingTenant extends Logs {
  /** Everybody in it. */
  accounts(): Promise<readonly Account[]>;
  close(): Promise<void>;
}

/** How far ahead is written: nobody looks at a demonstration for longer without a break of a few seconds. */
const AHEAD = hours(26);
const ATTACKED = 36;
/** Which of them has the password that is tried. */
const RIGHT = 20;
const TABLE = "AADNonInteractiveUserSignInLogs";

interface Chapter {
  readonly store: LogStore;
  readonly accounts: readonly Account[];
  readonly until: Instant;
  close(): Promise<void>;
}

export async function openLivingTenant(clock: Clock, say: (text: string) => void): Promise<LivingTenant> {
  const begun = clock.now();
  let chapter = write(begun, clock, say);
  await chapter;

  /** The chapter that holds the present; questions wait while a new one is written. */
  const present = async (): Promise<Chapter> => {
    const current = await chapter;
    if (clock.now() < current.until) return current;
    await current.close();
    chapter = write(begun, clock, say);
    return chapter;
  };

  return {
    async query(question: Question) {
      const { store } = await present();
      // What is written ahead has not happened yet.
      const to = instant(Math.min(question.window.to, clock.now()));
      const from = instant(Math.min(question.window.from, to));
      return store.query({ ...question, window: { from, to } });
    },
    accounts: async () => (await present()).accounts,
    close: async () => (await chapter).close(),
  };
}

async function write(begun: Instant, clock: Clock, say: (text: string) => void): Promise<Chapter> {
  const to = alignUp(later(clock.now(), AHEAD), HOUR);
  const folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-tenant-"));
  const remove = (): Promise<void> => rm(folder, { recursive: true, force: true });
  try {
    say("Writing the sample tenant: two weeks behind, a day ahead.");
    const { tables, story } = await writeSampleTenant(folder, { to });
    const { file } = tables[TABLE];
    const rows = hourlySprays(await firstRow(file), story.accounts, begun, to);
    await appendFile(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(""));
    const store = await openLogStore({ folder, now: clock.now });
    const close = async (): Promise<void> => {
      await store.close();
      await remove();
    };
    return { store, accounts: story.accounts, until: earlier(to, HOUR), close };
  } catch (error) {
    await remove();
    throw error;
  }
}

async function firstRow(file: string): Promise<Row> {
  const text = await readFile(file, "utf8");
  return JSON.parse(text.slice(0, text.indexOf("\n"))); // written by the line above
}

/** From just before the beginning, so that the first run has something to find, then seven minutes past every hour. */
function hourlySprays(like: Row, accounts: readonly Account[], begun: Instant, to: Instant): readonly Row[] {
  const members = accounts.filter(({ kind, id }) => kind === "member" && id !== "");
  const starts = [earlier(begun, minutes(4))];
  for (let at = later(alignUp(begun, HOUR), minutes(7)); at < to; at = later(at, HOUR)) starts.push(at);
  return starts.flatMap((start, round) => {
    const offset = (round * ATTACKED) % Math.max(1, members.length);
    const chosen = [...members, ...members].slice(offset, offset + ATTACKED);
    return chosen.map((account, n) => attempt(like, account, later(start, seconds(n * 3)), round, n === RIGHT));
  });
}

function attempt(like: Row, account: Account, at: Instant, round: number, right: boolean): Row {
  const id = randomUUID();
  const code = right ? "50076" : "50126";
  const said = resultTexts[code];
  return {
    ...like,
    TimeGenerated: iso(at),
    CreatedDateTime: iso(at),
    Id: id,
    CorrelationId: randomUUID(),
    OriginalRequestId: id,
    SessionId: "",
    AuthenticationDetails: "[]",
    AuthenticationRequirement: right ? "multiFactorAuthentication" : "singleFactorAuthentication",
    ResultType: code,
    ResultDescription: said,
    Status: JSON.stringify({ errorCode: Number(code), failureReason: said }),
    UserId: account.id,
    UserPrincipalName: account.name,
    UserDisplayName: account.displayName,
    AppDisplayName: "Microsoft Azure CLI",
    AppId: "04b07795-8ddb-461a-bbee-02f9e1bf7b46",
    UserAgent: "fasthttp",
    IPAddress: `203.0.113.${201 + (round % 40)}`,
    AutonomousSystemNumber: "64511",
    Location: "NL",
    LocationDetails: JSON.stringify({ city: "Amsterdam", state: "North Holland", countryOrRegion: "NL" }),
  };
}
