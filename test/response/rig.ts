// The app around proven accounts: a directory that remembers what is done, a journal, and lists of what is said.

import type { WhoAsks } from "../../src/approvals/approver.ts";
import type { Campaign } from "../../src/findings/campaign.ts";
import { RESPONSE } from "../../src/ledger/response-records.ts";
import type { Cell, Logs, Ports } from "../../src/ports.ts";
import { openResponseCase } from "../../src/response/cases.ts";
import { hours, type Instant, later, minutes } from "../../src/time.ts";
import { tendResponse } from "../../src/triggers/tend-response.ts";
import { ownHunt } from "../builders.ts";
import { aTestApp, type TestApp } from "../test-app.ts";
import { aDirectory, aPerson, PROVEN, type TestDirectory, type TestPerson } from "./people.ts";

export const APPROVER = "0f0e0d0c-0000-4000-8000-00000000a001";
export const APP_URL = "https://hunt-responder.example";

export interface Rig {
  readonly app: TestApp;
  readonly test: TestDirectory;
  /** Hands a campaign over as a run does. */
  found(
    campaign: Campaign,
    change?: { readonly automatic?: boolean; readonly run?: string; readonly seenAt?: Instant },
  ): Promise<void>;
  /** What the timer does. */
  tend(): Promise<void>;
  pass(length: number): void;
  /** The values of records whose id begins so. */
  records(prefix: string): Promise<readonly { readonly [key: string]: Cell }[]>;
}

export interface RigOptions {
  readonly people?: readonly TestPerson[];
  readonly mode?: "propose" | "automatic";
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: (ports: Pick<Ports, "sessions" | "directory">) => Partial<Ports>;
  readonly whoAsks?: WhoAsks;
  readonly logs?: Logs;
  readonly at?: Instant;
}

/** Both measures; five minutes after the proof. */
export function aRig(options: RigOptions = {}): Rig {
  let clock = (): Instant => options.at ?? later(PROVEN, minutes(5));
  const test = aDirectory(options.people ?? [aPerson(1), aPerson(2), aPerson(3)], () => clock());
  const ports = { sessions: test.sessions, directory: test.directory };
  const hunt = ownHunt("single-factor-spray");
  const actions = { entered: ["disableAccount", "revokeSessions"], known: ["revokeSessions"] };
  if (hunt.responder === null) throw new Error("The hunt has no responder.");
  const app = aTestApp(clock(), {
    hunts: [{ ...hunt, responder: { ...hunt.responder, actions } }],
    environment: {
      RESPONSE_MODES: `single-factor-spray=${options.mode ?? "propose"}`,
      RESPONSE_ACTIONS: "revokeSessions,disableAccount",
      APPROVALS: "on",
      APPROVERS: APPROVER,
      APP_URL,
      ...options.environment,
    },
    ports: {
      logs: options.logs ?? { query: async () => ({ columns: [], rows: [], whole: true, warnings: [] }) },
      ...ports,
      ...options.ports?.(ports),
    },
    ...(options.whoAsks === undefined ? {} : { whoAsks: options.whoAsks }),
  });
  clock = app.clock.now;
  return {
    app,
    test,
    found: (campaign, change = {}) =>
      openResponseCase(
        {
          campaign,
          hunts: ["single-factor-spray"],
          automatic: change.automatic ?? true,
          run: change.run ?? "run 1",
          // An hour old, unless a test is about proof that may still change.
          seenAt: change.seenAt ?? later(PROVEN, minutes(60)),
          until: later(campaign.last, hours(72)),
        },
        app.ports.journal,
      ),
    tend: () => tendResponse(app, later(clock(), hours(1)), { say: () => undefined }),
    pass: (length) => app.clock.set(later(clock(), length as ReturnType<typeof minutes>)),
    records: async (prefix) =>
      (await app.ports.journal.list(RESPONSE, prefix, 1_000))
        .filter(({ id }) => id.startsWith(prefix))
        .map(({ value }) => value as { readonly [key: string]: Cell }), // every record of ours is an object
  };
}
