// One service that fails in one way from one call on until the run is over: what is told in the end, and what the run said.

import { tableJournal } from "../../src/azure/table-journal.ts";
import { azureApp } from "../../src/azure-app.ts";
import { readLedger } from "../../src/ledger/ledger.ts";
import { DELIVERIES, partitionOf } from "../../src/ledger/records.ts";
import type { Azurite } from "../../src/local/azurite.ts";
import type { Clock } from "../../src/ports.ts";
import { readSettings } from "../../src/settings.ts";
import { duration, earlier, hours, type Instant, later, minutes } from "../../src/time.ts";
import type { App } from "../../src/triggers/app.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import type { Reply } from "../azure/loopback.ts";
import { at, ownHunt } from "../builders.ts";
import { type FarEnd, farEnvironment, type Service, startFarEnd } from "../far-end.ts";
import { openTableRoad, type TableRoad } from "../table-road.ts";
import { aSpray, aTenant, aTrickle } from "../tenant.ts";

export type Faulty = Exclude<Service, "graph"> | "table";
export type Position = "first" | "middle" | "last";

interface Fault {
  readonly reply: Reply;
  /** The service did its work; only its answer is lost. */
  readonly take?: boolean;
}

const error = (code: string) => ({
  error: { code, message: "made up for a test" },
  "odata.error": { code, message: { lang: "en", value: "made up" } },
});

export const faults: Readonly<Record<string, Fault>> = {
  "429 with Retry-After": { reply: { status: 429, headers: { "retry-after": "1" }, body: error("TooManyRequests") } },
  "429 without": { reply: { status: 429, body: error("TooManyRequests") } },
  "500": { reply: { status: 500, body: error("InternalServerError") } },
  "500 after the work": { reply: { status: 500, body: error("InternalServerError") }, take: true },
  "503": { reply: { status: 503, body: error("ServerBusy") } },
  "504": { reply: { status: 504, body: error("GatewayTimeout") } },
  reset: { reply: { fault: "reset" } },
  "reset after the work": { reply: { fault: "reset" }, take: true },
  stall: { reply: { fault: "stall" } },
  "malformed body": {
    reply: { status: 200, headers: { "content-type": "application/json" }, body: '{"tables":[{"na' },
  },
  "empty body": { reply: { status: 200, body: "" } },
  "page of HTML": {
    reply: { status: 200, headers: { "content-type": "text/html" }, body: "<html>Sign in to the guest network</html>" },
  },
  "partial answer": {
    reply: {
      status: 200,
      body: {
        tables: [
          {
            name: "PrimaryResult",
            columns: [
              { name: "Window", type: "datetime" },
              { name: "ResultType", type: "string" },
              { name: "Users", type: "long" },
            ],
            rows: [],
          },
        ],
        error: {
          code: "PartialError",
          message: "There were some errors",
          details: [{ code: "EngineError", message: "a limit" }],
        },
      },
    },
  },
  "401": { reply: { status: 401, body: error("Unauthorized") } },
  "403": { reply: { status: 403, body: error("Forbidden") } },
  "409": { reply: { status: 409, body: error("Conflict") } },
  "412": { reply: { status: 412, body: error("PreconditionFailed") } },
};

/** What a service cannot say is left out: only Log Analytics answers in part, and a workflow's answer has no body to break. */
export const faultsOf = (service: Faulty): readonly string[] =>
  Object.keys(faults).filter((name) => {
    if (name === "partial answer") return service === "logs";
    return service !== "cards" || (name !== "malformed body" && name !== "empty body");
  });

const start = at("2026-11-21T12:00:00Z");

/** The machine's time from another beginning, which can be moved on. */
function aMovableClock(): Clock & { set(at: Instant): void } {
  const began = performance.now();
  let moved = 0;
  const now = (): Instant => (start + Math.floor(performance.now() - began) + moved) as Instant;
  return {
    now,
    set: (to) => {
      moved += to - now();
    },
    pause: (length, signal) =>
      new Promise((resolve) => {
        const timer = setTimeout(resolve, length);
        signal?.addEventListener("abort", () => {
          clearTimeout(timer);
          resolve();
        });
      }),
  };
}

interface Stage {
  readonly app: App;
  readonly farEnd: FarEnd;
  readonly road: TableRoad;
  readonly clock: ReturnType<typeof aMovableClock>;
  readonly said: string[];
  close(): Promise<void>;
}

let tables = 0;

/** An app on its real adapters whose ledger has begun, with two attacks that the next run will find. */
async function setStage(azurite: Azurite): Promise<Stage> {
  const clock = aMovableClock();
  const tenant = aTenant(clock, aTrickle(earlier(start, hours(72)), later(start, hours(72))));
  const [farEnd, road] = await Promise.all([startFarEnd({ logs: tenant }), openTableRoad(azurite)]);
  const patience = { tries: 2, firstWait: duration(20), longestWait: duration(200), longestTry: duration(400) };
  const settings = readSettings({ ...farEnvironment, FIRST_LOOK_BACK: "2h" });
  const app = await azureApp(settings, { ...farEnd.world, clock, patience });
  tables += 1;
  const journal = tableJournal({
    store: { connectionString: road.connectionString },
    table: `faults${tables}${process.pid}`,
    clock,
    patience,
  });
  const stage: Stage = {
    app: { ...app, hunts: [ownHunt("single-factor-spray")], ports: { ...app.ports, journal } },
    farEnd,
    road,
    clock,
    said: [],
    close: async () => {
      await Promise.all([farEnd.close(), road.close()]);
    },
  };
  await fire(stage, later(start, minutes(0)));
  tenant.signIns.push(...aSpray(at("2026-11-21T12:04:00Z"), { code: "50053" }), ...aSpray(at("2026-11-21T12:12:00Z")));
  return stage;
}

/** Both timers once; what failed is kept in `said`. */
async function fire(stage: Stage, to: Instant): Promise<void> {
  const { app, clock, said } = stage;
  clock.set(to);
  const invocation = () => ({ id: `${said.length} ${clock.now()}`, say: (text: string) => void said.push(text) });
  const failed = (what: unknown) =>
    void said.push(`failed: ${what instanceof Error ? what.message.split("\n")[0] : what}`);
  await watch(app, invocation()).catch(failed);
  clock.set(later(to, minutes(5)));
  await tend(app, invocation()).catch(failed);
}

const callsTo = ({ farEnd, road }: Stage, service: Faulty): number =>
  service === "table" ? road.calls : farEnd.calls[service];

function arm({ farEnd, road }: Stage, service: Faulty, from: number, fault: Fault | undefined): void {
  // A service that does its work and says that it did not is not asked the same for ever: once is enough to double.
  const meets = (call: number): boolean => (fault?.take ? call === from : call >= from);
  if (service === "table") road.fault = fault && ((call) => (meets(call) ? fault : undefined));
  else farEnd.fault = fault && ((called, call) => (called === service && meets(call) ? fault : undefined));
}

export interface Baseline {
  /** Calls of the run that finds the attacks. */
  readonly calls: Readonly<Record<Faulty, number>>;
  readonly ending: Ending;
}

export interface Ending {
  readonly incidents: readonly string[];
  readonly cards: readonly string[];
  readonly doubled: number;
  /** Nothing is left to be said, and everything was looked at. */
  readonly settled: boolean;
}

async function endingOf({ app, farEnd }: Stage): Promise<Ending> {
  const [hunt] = app.hunts;
  if (hunt === undefined) throw new Error("There is no hunt.");
  const left = await app.ports.journal.list(partitionOf(hunt), DELIVERIES, 10);
  const { coverage } = await readLedger(hunt, app.ports.journal);
  // By the campaign's short name, which ends a card's title; how sure it is may have been told with less evidence.
  const cards = farEnd.cards
    .filter((title) => title.includes("single-factor spray"))
    .map((title) => title.slice(title.lastIndexOf(", ") + 2));
  return {
    incidents: [...farEnd.incidents.values()].map(({ properties }) => String(properties.title)).toSorted(),
    cards: [...new Set(cards)].toSorted(),
    doubled: cards.length - new Set(cards).size,
    settled:
      !left.some(({ id }) => id.startsWith(DELIVERIES)) &&
      coverage?.open.length === 0 &&
      (coverage?.settledTo ?? 0) >= later(start, minutes(30)),
  };
}

const healed = async (stage: Stage): Promise<Ending> => {
  for (const minute of [30, 40, 50, 60, 75, 90, 110]) await fire(stage, later(start, minutes(minute)));
  return endingOf(stage);
};

export async function undisturbed(azurite: Azurite): Promise<Baseline> {
  const stage = await setStage(azurite);
  try {
    const services = ["logs", "incidents", "cards", "table"] as const;
    const before = services.map((service) => callsTo(stage, service));
    await fire(stage, later(start, minutes(20)));
    const calls = Object.fromEntries(
      services.map((service, n) => [service, callsTo(stage, service) - (before[n] ?? 0)]),
    );
    return { calls: calls as Baseline["calls"], ending: await healed(stage) };
  } finally {
    await stage.close();
  }
}

export interface Result {
  readonly service: Faulty;
  readonly fault: string;
  readonly position: Position;
  readonly lost: readonly string[];
  /** Incidents that should not be there. */
  readonly doubledIncidents: readonly string[];
  readonly doubledCards: number;
  readonly settled: boolean;
  /** Whether a second try within the run was enough. */
  readonly passing: boolean;
  /** What the run in which it happened said of it. */
  readonly said: string;
}

export async function faultCase(
  azurite: Azurite,
  baseline: Baseline,
  service: Faulty,
  name: string,
  position: Position,
): Promise<Result> {
  const stage = await setStage(azurite);
  try {
    const many = baseline.calls[service];
    const nth = { first: 1, middle: Math.ceil(many / 2), last: many }[position];
    const fault = faults[name];
    if (fault === undefined) throw new Error(`There is no fault "${name}".`);
    stage.said.length = 0;
    arm(stage, service, callsTo(stage, service) + nth, fault);
    await fire(stage, later(start, minutes(20)));
    const said = stage.said.filter((text) => /fail|not known|could not|did not|incomplete/.test(text));
    arm(stage, service, 0, undefined);
    const ending = await healed(stage);
    const expected = baseline.ending;
    return {
      service,
      fault: name,
      position,
      lost: [
        ...expected.incidents.filter((each) => !ending.incidents.includes(each)),
        ...expected.cards.filter((each) => !ending.cards.includes(each)).map((each) => `card: ${each}`),
      ],
      doubledIncidents: ending.incidents.filter(
        (each) => !expected.incidents.includes(each) && !each.includes("silent") && !each.includes("not succeeded"),
      ),
      doubledCards: ending.doubled,
      settled: ending.settled,
      passing: fault.take === true,
      said: said[0] ?? "",
    };
  } finally {
    await stage.close();
  }
}

export const isLoss = ({ lost, doubledIncidents, doubledCards, settled, passing, said }: Result): boolean =>
  lost.length > 0 || doubledIncidents.length > 0 || doubledCards > 1 || !settled || (said === "" && !passing);
