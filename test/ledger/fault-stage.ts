// An app on its real adapters and the far end of each, with two attacks that its next run will find, one of which gets into
// two accounts. Sessions may be ended and accounts disabled without asking.
import { tableJournal } from "../../src/azure/table-journal.ts";
import { azureApp } from "../../src/azure-app.ts";
import { nameBasedId } from "../../src/findings/campaign.ts";
import type { Azurite } from "../../src/local/azurite.ts";
import type { Clock, DirectoryUser } from "../../src/ports.ts";
import { readSettings } from "../../src/settings.ts";
import { days, duration, earlier, hours, type Instant, later, minutes } from "../../src/time.ts";
import type { App } from "../../src/triggers/app.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import { type GraphServer, graphServer } from "../azure/graph-server.ts";
import { at, ownHunt } from "../builders.ts";
import { aSuccess, proving } from "../evident.ts";
import { type FarEnd, farEnvironment, realTime, startFarEnd } from "../far-end.ts";
import { openTableRoad, type TableRoad } from "../table-road.ts";
import { aSpray, aTenant, aTrickle } from "../tenant.ts";

export const start = at("2026-11-21T12:00:00Z");

/** Of a name in the test's tenant. */
export const objectIdOf = (name: string): string => nameBasedId("account", name);
export const proven: readonly string[] = ["user3@contoso.example", "user5@contoso.example"];
const PROTECTED_GROUP = "9c0e0000-0000-4000-8000-000000000001";

const userOf = (userPrincipalName: string): DirectoryUser => ({
  id: objectIdOf(userPrincipalName),
  userPrincipalName,
  enabled: true,
  kind: "member",
  synchronised: false,
  sessionsValidFrom: earlier(start, days(30)),
});

const environment = {
  ...farEnvironment,
  FIRST_LOOK_BACK: "2h",
  RESPONSE_MODES: "single-factor-spray=automatic",
  RESPONSE_ACTIONS: "revokeSessions,disableAccount",
  PROTECTED_GROUPS: PROTECTED_GROUP,
  APPROVALS: "on",
  APPROVERS: "0f0e0d0c-0000-4000-8000-00000000a001",
  APP_URL: "https://hunt-responder.example",
};

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
    pause: realTime.pause,
  };
}

export interface Stage {
  readonly app: App;
  readonly farEnd: FarEnd;
  readonly graph: GraphServer;
  readonly road: TableRoad;
  readonly clock: ReturnType<typeof aMovableClock>;
  /** What the invocations said. */
  readonly said: string[];
  close(): Promise<void>;
}

let tables = 0;

/** Its ledger has begun; the attacks have just happened. */
export async function setStage(azurite: Azurite): Promise<Stage> {
  const clock = aMovableClock();
  const tenant = aTenant(clock, aTrickle(earlier(start, hours(72)), later(start, hours(72))));
  proving(tenant, clock, objectIdOf);
  const graph = graphServer(
    proven.map((name) => ({ user: userOf(name) })),
    clock.now,
  );
  const [farEnd, road] = await Promise.all([startFarEnd({ logs: tenant, graph }), openTableRoad(azurite)]);
  const patience = { tries: 2, firstWait: duration(20), longestWait: duration(200), longestTry: duration(1000) };
  const app = await azureApp(readSettings(environment), { ...farEnd.world, clock, patience });
  tables += 1;
  const journal = tableJournal({
    store: { connectionString: road.connectionString },
    table: `faults${tables}${process.pid}`,
    clock,
    patience,
  });
  const hunt = ownHunt("single-factor-spray");
  if (hunt.responder === null) throw new Error("The hunt has no responder.");
  const entered = ["disableAccount", "revokeSessions"];
  const responder = { ...hunt.responder, actions: { ...hunt.responder.actions, entered } };
  const stage: Stage = {
    app: { ...app, hunts: [{ ...hunt, responder }], ports: { ...app.ports, journal } },
    farEnd,
    graph,
    road,
    clock,
    said: [],
    close: async () => {
      await Promise.all([farEnd.close(), road.close()]);
    },
  };
  await fire(stage, start);
  const clerks = aSpray(at("2026-11-21T12:04:00Z"), { code: "50053", address: "198.51.100.9" });
  tenant.signIns.push(
    ...clerks.map((signIn) => ({ ...signIn, account: signIn.account.replace("user", "clerk") })),
    ...aSpray(at("2026-11-21T12:12:00Z")),
    // Old enough to be settled when the logs show it: on younger proof nobody is disabled without asking.
    ...proven.map((name) => ({ ...aSuccess(at("2026-11-21T11:05:00Z"), name), arrives: at("2026-11-21T12:13:00Z") })),
  );
  return stage;
}

/** Both timers once; what failed is kept in `said`. */
export async function fire(stage: Stage, to: Instant): Promise<void> {
  const { app, clock, said } = stage;
  clock.set(to);
  const invocation = () => ({ id: `${said.length} ${clock.now()}`, say: (text: string) => void said.push(text) });
  const failed = (what: unknown) =>
    void said.push(`failed: ${what instanceof Error ? what.message.split("\n")[0] : what}`);
  await watch(app, invocation()).catch(failed);
  clock.set(later(to, minutes(5)));
  await tend(app, invocation()).catch(failed);
}
