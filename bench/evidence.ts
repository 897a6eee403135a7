// node bench/evidence.ts: what judging the evidence of a large attack costs by itself, without the logs: 1,000 accounts from
// 500 addresses within 24 hours, as many groups as are read at most. Prints figures against their limits; exits 1 beyond one.
import { campaignFromEvidence } from "../src/findings/campaign-from-evidence.ts";
import { joinFindings } from "../src/findings/campaigns.ts";
import { readEvidence } from "../src/findings/evidence.ts";
import { evidenceRequest, habitsRequest } from "../src/findings/evidence-request.ts";
import type { Finding } from "../src/findings/finding.ts";
import { gradeOf } from "../src/findings/grading.ts";
import { gradingTable } from "../src/findings/grading-table.ts";
import { noHabits } from "../src/findings/habits.ts";
import { traceOf } from "../src/findings/trace.ts";
import { evidenceQuery } from "../src/hunts/evidence-query.ts";
import type { Answer, Row } from "../src/ports.ts";
import { DAY, HOUR, instant, iso, later, minutes, seconds } from "../src/time.ts";
import { sayWithin } from "./figures.ts";

const ACCOUNTS = 1_000;
const ADDRESSES = 500;
const GROUPS = 50_000;
const MOST_MS = 2_000;
const MOST_MB = 200;

const from = instant(Date.parse("2026-11-20T00:00:00Z"));
const window = { from, to: later(from, DAY) };
const address = (n: number): string => `198.18.${Math.floor(n / 250)}.${n % 250}`;
const account = (n: number): string => `aaaaaaaa-0000-4000-8000-${n.toString(16).padStart(12, "0")}`;
const wrong = '["[{\\"authenticationMethod\\":\\"Password\\",\\"succeeded\\":false}]"]';
const right = '["[{\\"authenticationMethod\\":\\"Password\\",\\"succeeded\\":true}]"]';

const rowOf = (n: number): Row => {
  const proven = n % 500 === 7;
  const at = later(from, seconds((n * 86_000) / GROUPS));
  return {
    Account: account(n % ACCOUNTS),
    Name: `user${n % ACCOUNTS}@contoso.example`,
    IPAddress: address((n * 7 + Math.floor(n / ADDRESSES)) % ADDRESSES),
    Source: address((n * 7 + Math.floor(n / ADDRESSES)) % ADDRESSES),
    Network: String(64_500 + (n % 12)),
    Country: "BR",
    Table: "AADNonInteractiveUserSignInLogs",
    ResultType: proven ? "50076" : "50126",
    Text: "Error validating credentials due to invalid username or password.",
    More: "",
    Token: "none",
    Protocol: "ropc",
    Requirement: "singleFactorAuthentication",
    Steps: proven ? right : wrong,
    AppId: "1b730954-1685-4b74-9bfd-dac224a7b894",
    Application: "Azure Active Directory PowerShell",
    ResourceId: "00000002-0000-0000-c000-000000000000",
    Resource: "Windows Azure Active Directory",
    Client: "Other clients",
    UserAgent: `agent ${n % 3}`,
    Device: "",
    Fingerprint: `app|resource|ropc|Other clients|agent ${n % 3}`,
    First: iso(at),
    Last: iso(later(at, minutes(20))),
    Count: 1 + (n % 4),
    Ids: [String(n)],
    Sessions: [],
    GroupsSelected: GROUPS,
    AccountsSelected: ACCOUNTS,
  };
};
const answer: Answer = {
  columns: [],
  rows: Array.from({ length: GROUPS }, (_, n) => rowOf(n)),
  whole: true,
  warnings: [],
};

/** One finding for every ten minutes of two hours, as a spray gives them, and one for each of 50 addresses. */
const hunt = { id: "spray", name: "Spray", slug: "single-factor-spray" };
const findings: readonly Finding[] = [
  ...Array.from(
    { length: 12 },
    (_, n): Finding => ({
      key: `code ${n}`,
      hunt,
      group: { kind: "code", value: "50126", label: "50126" },
      window: { from: later(from, minutes(n * 10)), to: later(from, minutes(n * 10 + 10)) },
      measured: [],
      accounts: [],
      addresses: [],
      cut: ["addresses", "accounts"],
      rows: [{}],
    }),
  ),
  ...Array.from(
    { length: 50 },
    (_, n): Finding => ({
      key: `source ${n}`,
      hunt,
      group: { kind: "source", value: address(n), label: address(n) },
      window: { from, to: later(from, HOUR) },
      measured: [],
      accounts: [],
      addresses: [address(n)],
      cut: [],
      rows: [{}],
    }),
  ),
];

const used = (): number => process.memoryUsage().heapUsed + process.memoryUsage().external;
globalThis.gc?.();
const before = used();
let most = before;
// Time of the processor, so that what else the machine does is not counted.
const started = process.cpuUsage();
const step = <T>(work: () => T): T => {
  const done = work();
  most = Math.max(most, used());
  return done;
};

step(() => evidenceQuery("", evidenceRequest(findings, [], [], new Map(), gradingTable)));
const evidence = step(() => readEvidence(answer));
const graded = step(() => evidence.facts.map((fact) => gradeOf(fact, gradingTable)));
step(() => habitsRequest(graded, findings, [], new Map()));
const attacks = step(() =>
  joinFindings(
    findings.map((finding) => ({ finding, trace: traceOf(finding, graded, noHabits, new Map()) })),
    [],
  ),
);
const judgement = { evidence, graded, habits: noHabits, privileged: new Set<string>(), whole: true, now: window.to };
const campaigns = step(() => attacks.map((attack) => campaignFromEvidence(attack, judgement)));
const { user, system } = process.cpuUsage(started);
const ms = (user + system) / 1000;
const mb = (most - before) / 2 ** 20;

const [first] = campaigns;
console.log(
  `${campaigns.length} campaign of ${findings.length} findings, ${first?.accounts.attempted} accounts, ${first?.sources.length} addresses, ${first?.accounts.known.length} known`,
);
const within = [sayWithin("time of our own", ms, MOST_MS, "ms"), sayWithin("memory", mb, MOST_MB, "MB")];
process.exitCode = within.every(Boolean) ? 0 : 1;
