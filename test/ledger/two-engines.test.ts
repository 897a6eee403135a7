// Two processes on one journal, one of which has lost its lease without knowing it.
import { afterAll, beforeAll, expect, test } from "vitest";
import { tableJournal } from "../../src/azure/table-journal.ts";
import { readLedger } from "../../src/ledger/ledger.ts";
import { type Azurite, startAzurite } from "../../src/local/azurite.ts";
import type { Ports } from "../../src/ports.ts";
import { hours, later, minutes } from "../../src/time.ts";
import { tend } from "../../src/triggers/tend.ts";
import { watch } from "../../src/triggers/watch.ts";
import { at } from "../builders.ts";
import { realTime } from "../far-end.ts";
import { aSpray } from "../tenant.ts";
import { anInvocation, aTestApp, type TestApp } from "../test-app.ts";
import { onlyHunt, runUntil, withPorts } from "./engine.ts";
import { endingOf } from "./mortal.ts";

const start = at("2026-11-21T12:00:00Z");
let azurite: Azurite;
beforeAll(async () => {
  azurite = await startAzurite();
});
afterAll(() => azurite.stop());

let tables = 0;
async function anApp(): Promise<TestApp> {
  tables += 1;
  const store = { connectionString: azurite.connectionString };
  const journal = tableJournal({ store, table: `engines${tables}`, clock: realTime });
  const app = aTestApp(start, { environment: { FIRST_LOOK_BACK: "2h" }, ports: { journal } });
  await runUntil(app, later(start, minutes(20)));
  app.tenant.signIns.push(
    ...aSpray(at("2026-11-21T12:12:00Z")),
    ...aSpray(at("2026-11-21T12:04:00Z"), { code: "50053" }),
  );
  return app;
}

/** The same app, held at the first call of a port until it is let go. */
function held(app: TestApp, port: "incidents" | "cards" | "logs") {
  const gate = Promise.withResolvers<void>();
  const reached = Promise.withResolvers<void>();
  const wait =
    <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
    async (...args: A): Promise<R> => {
      reached.resolve();
      await gate.promise;
      return call(...args);
    };
  const { incidents, cards, logs } = app.ports;
  const ports: Readonly<Record<typeof port, Partial<Ports>>> = {
    incidents: { incidents: { ...incidents, openOrUpdate: wait(incidents.openOrUpdate) } },
    cards: { cards: { post: wait(cards.post) } },
    logs: { logs: { query: wait(logs.query) } },
  };
  return { app: withPorts(app, ports[port]), reached: reached.promise, letGo: gate.resolve };
}

/** How one ends that nobody disturbs; the same for all tests. */
let undisturbed: Promise<ReturnType<typeof endingOf>> | undefined;
function expected(): Promise<ReturnType<typeof endingOf>> {
  undisturbed ??= (async () => {
    const app = await anApp();
    await runUntil(app, later(start, hours(1)));
    return endingOf(app);
  })();
  return undisturbed;
}

test.each(["logs", "incidents", "cards"] as const)(
  "a lease that is stolen while its holder waits for its %s does no harm",
  async (port) => {
    const app = await anApp();
    const slow = held(app, port);
    const first = watch(slow.app, anInvocation()).catch((error: unknown) => error);
    await slow.reached;
    // Longer than a lease and than a delivery belongs to whoever promised it.
    app.clock.set(later(app.clock.now(), minutes(10)));
    await watch(app, anInvocation());
    await tend(app, anInvocation());
    slow.letGo();
    await first;
    await runUntil(app, later(start, hours(1)));
    const ending = endingOf(app);
    const { doubled: _, ...alone } = await expected();
    expect(ending).toMatchObject(alone);
    // A card that was on its way when its holder fell asleep is the one thing that nobody can call back.
    expect(ending.doubled).toBeLessThanOrEqual(port === "cards" ? 1 : 0);
  },
);

test("two that run at the same time are as one", async () => {
  const app = await anApp();
  await Promise.all([watch(app, anInvocation()), watch(app, anInvocation()), tend(app, anInvocation())]);
  await runUntil(app, later(start, hours(1)));
  expect(endingOf(app)).toEqual(await expected());
});

test("a run over HTTP beside the timer tells nothing twice", async () => {
  const { runHunt } = await import("../../src/triggers/run-hunt.ts");
  const app = await anApp();
  const body = JSON.stringify({ period: "1h", act: true });
  const asked = {
    method: "POST",
    params: { name: onlyHunt(app).slug },
    query: new URLSearchParams(),
    header: () => null,
    text: async () => body,
  };
  const [, answered] = await Promise.all([watch(app, anInvocation()), runHunt(asked, app, anInvocation())]);
  expect([200, 502]).toContain(answered.status);
  await runUntil(app, later(start, hours(1)));
  expect(endingOf(app)).toEqual(await expected());
  const { coverage } = await readLedger(onlyHunt(app), app.ports.journal);
  expect(coverage?.lastRun?.outcome).toBe("done");
});
