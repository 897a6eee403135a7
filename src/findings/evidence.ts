// The answer to the question for evidence: what an attack's addresses and clients did, as facts without a verdict.
import * as z from "zod";
import type { Answer, Row } from "../ports.ts";
import type { Instant } from "../time.ts";
import { instantOf, numberOf, textOf, textsOf } from "./cells.ts";

/** One step of AuthenticationDetails. */
export interface Step {
  readonly method: string;
  /** Null where the row does not say. */
  readonly succeeded: boolean | null;
  readonly result: string;
}

/** Sign-ins that differ in nothing but their time. */
export interface Fact {
  /** Object id, else the lower-case name. */
  readonly account: string;
  /** User principal name in lower case; written by whoever signed in. */
  readonly name: string;
  readonly address: string;
  /** The address, of IPv6 its /64 network. */
  readonly source: string;
  /** Autonomous system number, "" where unknown. */
  readonly network: string;
  readonly country: string;
  readonly table: string;
  readonly code: string;
  readonly text: string;
  /** IncomingTokenType. */
  readonly token: string;
  readonly protocol: string;
  readonly requirement: string;
  readonly steps: readonly Step[];
  readonly applicationId: string;
  readonly application: string;
  readonly resource: string;
  readonly client: string;
  readonly userAgent: string;
  /** Object id of the registered device, "" where none was presented. */
  readonly device: string;
  /** Application, resource, protocol, client and user agent as one text. */
  readonly fingerprint: string;
  readonly first: Instant;
  readonly last: Instant;
  readonly count: number;
  /** Ids of a few of the sign-ins, and of their sessions. */
  readonly ids: readonly string[];
  readonly sessions: readonly string[];
}

export interface Evidence {
  readonly facts: readonly Fact[];
  /** False where the service answered in part, lacks a table, or there were more groups than are asked for. */
  readonly whole: boolean;
  /** Why it is not whole, "" where it is. */
  readonly missing: string;
  /** Names of the tables of sign-ins that the logs do not have. */
  readonly absent: readonly string[];
  /** How many accounts the facts speak of, of how many that were selected. */
  readonly accounts: { readonly covered: number; readonly selected: number };
}

export const noEvidence: Evidence = {
  facts: [],
  whole: true,
  missing: "",
  absent: [],
  accounts: { covered: 0, selected: 0 },
};

const steps = z.array(
  z
    .object({
      authenticationMethod: z.string().nullish(),
      succeeded: z.union([z.boolean(), z.string()]).nullish(),
      authenticationStepResultDetail: z.string().nullish(),
    })
    .transform(
      (step): Step => ({
        method: step.authenticationMethod ?? "",
        succeeded:
          typeof step.succeeded === "string" ? step.succeeded.toLowerCase() === "true" : (step.succeeded ?? null),
        result: step.authenticationStepResultDetail ?? "",
      }),
    ),
);

/** `text` is a list of texts, each AuthenticationDetails of a row; what cannot be read proves nothing. */
function stepsOf(text: string): readonly Step[] {
  return textsOf(text).flatMap((each) => {
    try {
      const read = steps.safeParse(JSON.parse(each));
      return read.success ? read.data : [];
    } catch {
      return [];
    }
  });
}

function factOf(row: Row, read: (text: string) => readonly Step[]): Fact | null {
  const [first, last] = [instantOf(row.First), instantOf(row.Last)];
  if (first === null || last === null) return null;
  const text = [textOf(row.Text), textOf(row.More)].filter((part) => part !== "").join(" ");
  return {
    account: textOf(row.Account),
    name: textOf(row.Name),
    address: textOf(row.IPAddress),
    source: textOf(row.Source),
    network: textOf(row.Network),
    country: textOf(row.Country),
    table: textOf(row.Table),
    code: textOf(row.ResultType),
    text,
    token: textOf(row.Token),
    protocol: textOf(row.Protocol),
    requirement: textOf(row.Requirement),
    steps: read(textOf(row.Steps)),
    applicationId: textOf(row.AppId),
    application: textOf(row.Application),
    resource: textOf(row.Resource),
    client: textOf(row.Client),
    userAgent: textOf(row.UserAgent),
    device: textOf(row.Device),
    fingerprint: textOf(row.Fingerprint),
    first,
    last,
    count: numberOf(row.Count),
    ids: textsOf(row.Ids),
    sessions: textsOf(row.Sessions),
  };
}

/** What nobody can see where a table is not there. */
const UNSEEN: Readonly<Record<string, string>> = {
  SigninLogs: "sign-ins in a browser or an app, and passwords that were typed there,",
  AADNonInteractiveUserSignInLogs: "passwords that were tried without a prompt, and sign-ins by tokens,",
};

function absentTables({ rows }: Answer): readonly string[] {
  const seen = rows.map((row) => textsOf(row.TablesSeen)).find((tables) => tables.length > 0);
  return seen === undefined ? [] : Object.keys(UNSEEN).filter((table) => !seen.includes(table));
}

/**
 * A table that is there and holds no row of two weeks is one that nobody sends anything to, which is as good as none.
 * `filled` are the tables with rows; empty where nobody could say.
 */
export function withoutEmptyTables(evidence: Evidence, filled: ReadonlySet<string>): Evidence {
  const empty = Object.keys(UNSEEN).filter((table) => !filled.has(table) && !evidence.absent.includes(table));
  if (filled.size === 0 || empty.length === 0) return evidence;
  const unseen = empty.map(
    (table) => `the table ${table} has held no row for 14 days, so ${UNSEEN[table]} cannot be seen`,
  );
  return {
    ...evidence,
    whole: false,
    missing: [...unseen, evidence.missing].filter((text) => text !== "").join("; "),
  };
}

export function readEvidence(answer: Answer): Evidence {
  const known = new Map<string, readonly Step[]>();
  // The same few steps stand beside thousands of sign-ins.
  const read = (text: string): readonly Step[] => {
    const seen = known.get(text) ?? stepsOf(text);
    known.set(text, seen);
    return seen;
  };
  const facts = answer.rows.map((row) => factOf(row, read)).filter((fact) => fact !== null);
  const counted = answer.rows.find((row) => numberOf(row.GroupsSelected) > 0);
  const groups = numberOf(counted?.GroupsSelected);
  const selected = numberOf(counted?.AccountsSelected);
  const covered = new Set(facts.map((fact) => fact.account)).size;
  const cut = groups > facts.length;
  const absent = absentTables(answer);
  const missing = [
    ...absent.map((table) => `the logs have no table ${table}, so ${UNSEEN[table]} cannot be seen`),
    ...(answer.whole ? [] : [answer.missing ?? "the service did not say why"]),
    ...(cut ? [`${facts.length} of ${groups} groups were read, with ${covered} of ${selected} accounts`] : []),
  ].join("; ");
  return {
    facts,
    whole: answer.whole && !cut && absent.length === 0,
    missing,
    absent,
    accounts: { covered, selected },
  };
}
