// A run over HTTP that finds 200 campaigns, in a process of its own: the app on its real adapters, every service 100 ms away.

import { tableJournal } from "../src/azure/table-journal.ts";
import { azureApp } from "../src/azure-app.ts";
import { startAzurite } from "../src/local/azurite.ts";
import type { Journal, Logs, Row } from "../src/ports.ts";
import { register } from "../src/register.ts";
import { readSettings } from "../src/settings.ts";
import { alignDown, hours, instant, iso, minutes } from "../src/time.ts";
import { triggers } from "../src/triggers/triggers.ts";
import { farEnvironment, realTime, startFarEnd } from "../test/far-end.ts";
import { startWorker } from "../test/worker.ts";

const LATENCY = 100;
const CAMPAIGNS = 200;

/** Two codes in each of a hundred windows that do not touch. */
function sprays(): readonly Row[] {
  const end = alignDown(instant(realTime.now() - hours(1)), minutes(10));
  return Array.from({ length: CAMPAIGNS }, (_, n): Row => {
    const window = instant(end - Math.floor(n / 2) * minutes(10));
    const accounts = Array.from({ length: 60 }, (_, each) => `user${each}.of.a.long.name@contoso.example`);
    return {
      Window: iso(window),
      ResultType: n % 2 === 0 ? "50126" : "50053",
      Users: accounts.length,
      Attempts: accounts.length * 2,
      First: iso(window),
      Last: iso(instant(window + minutes(9))),
      Accounts: accounts,
      Addresses: Array.from({ length: 20 }, (_, each) => `203.0.113.${each}`),
      Networks: ["64511"],
      Countries: ["NL"],
      Cut: [],
    };
  });
}

const rows = sprays();
const logs: Logs = {
  async query({ kql }) {
    const found = kql.includes("Users = count_distinct") ? rows : [{ Exclusion: "", Attempts: 1 }];
    const columns = Object.keys(found[0] ?? {}).map((name) => ({ name, type: "dynamic" as const }));
    return { columns, rows: found, whole: true, warnings: [] };
  },
};

const slow =
  <A extends readonly unknown[], R>(call: (...args: A) => Promise<R>) =>
  async (...args: A): Promise<R> => {
    await new Promise((resolve) => setTimeout(resolve, LATENCY));
    return call(...args);
  };
const far = (journal: Journal): Journal => ({
  read: slow(journal.read),
  list: slow(journal.list),
  commit: slow(journal.commit),
});

const worker = startWorker();
const [azurite, farEnd] = await Promise.all([startAzurite(), startFarEnd({ logs, latency: LATENCY })]);
const app = await azureApp(readSettings(farEnvironment), { ...farEnd.world, clock: realTime });
const journal = far(tableJournal({ store: { connectionString: azurite.connectionString }, clock: realTime }));
register(triggers, async () => ({ ...app, ports: { ...app.ports, journal } }));
const run = (body: unknown) =>
  worker.http("runHunt", { params: { name: "single-factor-spray" }, body: JSON.stringify(body) });

await run({ period: "1h", set: { users: 1000 } });
globalThis.gc?.();
const idle = process.memoryUsage().rss;
let highest = idle;
const watching = setInterval(() => {
  highest = Math.max(highest, process.memoryUsage().rss);
}, 20);
const begin = performance.now();
const reply = await run({ period: "24h", act: true });
const seconds = (performance.now() - begin) / 1000;
clearInterval(watching);
if (reply.status !== 200) throw new Error(`${reply.text}\n${worker.said.join("\n")}`);
const { reports } = JSON.parse(reply.text);
const done = reports[0].campaigns
  .flatMap((campaign: { actions: { outcome: string }[] }) => campaign.actions)
  .filter((action: { outcome: string }) => action.outcome === "done");
if (farEnd.incidents.size !== CAMPAIGNS)
  throw new Error(`${farEnd.incidents.size} incidents, ${done.length} actions: ${reply.text.slice(0, 500)}`);
console.log(
  JSON.stringify({
    seconds,
    megabytes: (highest - idle) / 2 ** 20,
    campaigns: reports[0].campaigns.length,
    calls: { ...farEnd.calls, actions: done.length },
  }),
);
await Promise.all([farEnd.close(), azurite.stop()]);
process.exit(0);
