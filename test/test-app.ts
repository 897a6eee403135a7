// The app over ports that are small objects: a tenant, a journal in memory, and lists of what was said.

import type { Hunt } from "../src/hunts/hunt.ts";
import { memoryJournal } from "../src/local/memory-journal.ts";
import type { Card, Events, Incident, IncidentReceipt, Ports, TelemetryEvent } from "../src/ports.ts";
import { readQuestions } from "../src/rulebook.ts";
import { readLaptopSettings } from "../src/settings.ts";
import { earlier, hours, type Instant, later } from "../src/time.ts";
import type { App } from "../src/triggers/app.ts";
import type { Invocation } from "../src/triggers/trigger.ts";
import { ownHunt } from "./builders.ts";
import { aTenant, aTrickle, type TestTenant } from "./tenant.ts";

const questions = await readQuestions();

export interface TestClock {
  now(): Instant;
  pause(): Promise<void>;
  /** Moves on to that moment. */
  set(at: Instant): void;
}

/** Stands still until it is moved; a pause never ends, as nobody waits in these tests. */
export function aClock(at: Instant): TestClock {
  let now = at;
  return {
    now: () => now,
    pause: () => new Promise(() => undefined),
    set: (to) => {
      now = to;
    },
  };
}

export interface Said {
  /** Every call in order. */
  readonly incidents: Incident[];
  readonly cards: { readonly id: string; readonly card: Card }[];
  readonly comments: { readonly incident: string; readonly id: string; readonly text: string }[];
  readonly revoked: string[];
  readonly events: TelemetryEvent[];
}

export interface TestApp extends App {
  readonly tenant: TestTenant;
  readonly clock: TestClock;
  readonly said: Said;
  /** The incidents as the service has them now, by id. */
  readonly queue: ReadonlyMap<string, Incident>;
}

export interface TestAppOptions {
  readonly hunts?: readonly Hunt[];
  readonly environment?: Readonly<Record<string, string>>;
  readonly ports?: Partial<Ports>;
  readonly neverActs?: boolean;
  readonly whoAsks?: App["whoAsks"];
}

export function aTestApp(at: Instant, options: TestAppOptions = {}): TestApp {
  const clock = aClock(at);
  const tenant = aTenant(clock, aTrickle(earlier(at, hours(72)), later(at, hours(72))));
  const said: Said = { incidents: [], cards: [], comments: [], revoked: [], events: [] };
  const queue = new Map<string, Incident>();
  const events: Events = { emit: (event) => void said.events.push(event), flush: async () => undefined };
  const ports: Ports = {
    logs: tenant,
    incidents: {
      async openOrUpdate(incident): Promise<IncidentReceipt> {
        said.incidents.push(incident);
        const state = queue.has(incident.id) ? "updated" : "opened";
        queue.set(incident.id, incident);
        return { id: incident.id, url: `https://portal.example/${incident.id}`, state };
      },
      async comment(incident, id, text) {
        said.comments.push({ incident, id, text });
      },
    },
    cards: { post: async (id, card) => void said.cards.push({ id, card }) },
    sessions: { revoke: async (userId) => void said.revoked.push(userId) } as Ports["sessions"], // disabling is not called
    directory: { user: async () => null, groupsAmong: async () => [], roles: async () => [] },
    journal: memoryJournal(),
    events,
    clock,
    ...options.ports,
  };
  const settings = readLaptopSettings({
    TEAMS_WEBHOOK_URL: "https://contoso.environment.api.powerplatform.com/hook?sig=x",
    ...options.environment,
  });
  return {
    hunts: options.hunts ?? [ownHunt("single-factor-spray")],
    questions,
    exclusions: {},
    ports,
    settings,
    links: null,
    logs: "the test's tenant",
    takesCards: settings.cards.webhookUrl !== null,
    neverActs: options.neverActs ?? false,
    whoAsks: options.whoAsks ?? (() => ({ kind: "nobody", because: "Nobody signs in to the test's app." })),
    startedAt: at,
    tenant,
    clock,
    said,
    queue,
  };
}

let calls = 0;
export function anInvocation(): Invocation & { readonly said: string[] } {
  calls += 1;
  const said: string[] = [];
  return { id: `invocation-${calls}`, say: (text) => void said.push(text), said };
}
