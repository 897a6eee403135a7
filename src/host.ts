// npm start: the functions of the app on this machine, over the local ports. Nothing leaves it.
import { randomUUID } from "node:crypto";
import { userInfo } from "node:os";
import { join, resolve } from "node:path";
import { parseArgs } from "node:util";
import { userOfThisMachine } from "./approvals/approver.ts";
import { tableJournal } from "./azure/table-journal.ts";
import { type WorkspaceSettings, workspaceLogs } from "./azure-app.ts";
import { serveHttp } from "./host/http-server.ts";
import { newKeys } from "./host/keys.ts";
import { startTimers } from "./host/timers.ts";
import { startAzurite } from "./local/azurite.ts";
import { peopleOf, readDirectory } from "./local/folder-directory.ts";
import { folderRecords, RECORDS_FOLDER } from "./local/folder-records.ts";
import { openLivingTenant } from "./local/living-tenant.ts";
import { openLogStore } from "./local/log-store.ts";
import { type Outbox, openOutbox } from "./local/outbox.ts";
import { sampleDirectory } from "./local/sample-directory.ts";
import { SAMPLE_EXCLUSIONS } from "./local/sample-tenant/exclusions.ts";
import { noDirectory, noEvents, realClock } from "./local/stand-ins.ts";
import { isObjectId } from "./object-id.ts";
import type { Directory, Logs, Sessions } from "./ports.ts";
import { Problem, Problems } from "./problems.ts";
import { HUNTS_FOLDER, readExclusions, readGrading, readQuestions, readRules } from "./rulebook.ts";
import { type LaptopSettings, readLaptopSettings } from "./settings.ts";
import { days, seconds, systemClock } from "./time.ts";
import type { App } from "./triggers/app.ts";
import type { Invocation } from "./triggers/trigger.ts";
import { triggers } from "./triggers/triggers.ts";

const HELP = `Serves the function app on this machine: HTTP with keys, timers by their schedule, nothing leaves it.

  npm start                      the sample tenant, which goes on with the clock: a small attack every hour
  npm start -- --logs DIR        a folder of exported logs
  npm start -- --workspace ID    a real workspace with your own sign-in (az login); looks and never acts

  --port N      where to listen on 127.0.0.1; 7071 unless said otherwise
  --out DIR     where incidents and cards go; .local/outbox unless said otherwise
  --state DIR   where the state is kept from one start to the next; otherwise it ends with the process
  --azurite S   the connection string of a running Azurite, in place of one of our own`;

const LARGEST_RECORD = 10 * 1024 * 1024;

const OPTIONS = {
  logs: { type: "string" },
  workspace: { type: "string" },
  port: { type: "string", default: "7071" },
  out: { type: "string", default: join(".local", "outbox") },
  state: { type: "string" },
  azurite: { type: "string" },
  help: { type: "boolean", short: "h", default: false },
} as const;

type Asked = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>["values"];

const say = (text: string): void =>
  console.log(
    `${new Intl.DateTimeFormat("en-GB", { timeStyle: "medium", timeZone: "UTC" }).format(systemClock())}  ${text}`,
  );

/** What has been opened is closed in the opposite order, each whatever became of the others. */
const open: (() => Promise<unknown>)[] = [];
async function closeAll(): Promise<void> {
  for (const close of open.splice(0).toReversed()) {
    await close().catch((error: unknown) => console.error(error instanceof Error ? error.message : error));
  }
}

interface Source {
  readonly logs: Logs;
  readonly what: string;
  readonly exclusions: string | null;
  /** Whom the logs are about, where that is known. */
  readonly people: ((sessions: Sessions) => { readonly directory: Directory; readonly sessions: Sessions }) | null;
}

async function sourceOf(asked: Asked, settings: LaptopSettings): Promise<Source> {
  if (asked.workspace !== undefined) {
    const workspace: WorkspaceSettings = { ...settings, workspace: { id: asked.workspace } };
    return {
      logs: workspaceLogs(workspace, realClock),
      what: `the workspace ${asked.workspace}`,
      exclusions: null,
      people: null,
    };
  }
  if (asked.logs !== undefined) {
    const known = await readDirectory(resolve(asked.logs));
    const store = await openLogStore({ folder: resolve(asked.logs) });
    open.push(() => store.close());
    for (const warning of store.warnings) say(warning);
    return { logs: store, what: asked.logs, exclusions: null, people: (sessions) => peopleOf(known, sessions) };
  }
  const tenant = await openLivingTenant(realClock, say);
  open.push(() => tenant.close());
  const accounts = await tenant.accounts();
  return {
    logs: tenant,
    what: "the sample tenant",
    exclusions: SAMPLE_EXCLUSIONS,
    people: (sessions) => sampleDirectory(accounts, sessions, realClock),
  };
}

async function stateOf(asked: Asked): Promise<string> {
  if (asked.azurite !== undefined) return asked.azurite;
  const azurite = await startAzurite(asked.state === undefined ? {} : { folder: resolve(asked.state) });
  open.push(() => azurite.stop());
  return azurite.connectionString;
}

/** The outbox, with a line for whatever goes into it. */
function aloud({ incidents, cards }: Outbox, folder: string): Pick<Outbox, "incidents" | "cards"> {
  return {
    incidents: {
      ...incidents,
      async openOrUpdate(incident, limits) {
        const receipt = await incidents.openOrUpdate(incident, limits);
        if (receipt.state !== "unchanged")
          say(`Incident ${receipt.state}: ${incident.title} (${join(folder, receipt.url)})`);
        return receipt;
      },
    },
    cards: {
      async post(id, card, limits) {
        await cards.post(id, card, limits);
        say(`Card: ${typeof card.fallbackText === "string" ? card.fallbackText : id} (${join(folder, "cards")})`);
      },
    },
  };
}

async function appOf(asked: Asked): Promise<App> {
  const settings = readLaptopSettings();
  const [hunts, questions, outbox, connectionString, source] = await Promise.all([
    readRules([HUNTS_FOLDER]),
    readQuestions(),
    openOutbox(resolve(asked.out)),
    stateOf(asked),
    sourceOf(asked, settings),
  ]);
  const exclusions = settings.hunts.exclusionsFile ?? source.exclusions;
  const { gradingFile } = settings.evidence;
  return {
    hunts,
    questions,
    exclusions: exclusions === null ? {} : await readExclusions(exclusions),
    ...(gradingFile === null ? {} : { grading: await readGrading(gradingFile) }),
    ports: {
      logs: source.logs,
      ...aloud(outbox, asked.out),
      ...(source.people?.(outbox.sessions) ?? { sessions: outbox.sessions, directory: noDirectory }),
      journal: tableJournal({ store: { connectionString }, clock: realClock }),
      events: noEvents,
      clock: realClock,
    },
    settings,
    links: null,
    logs: source.what,
    takesCards: true,
    neverActs: asked.workspace !== undefined,
    whoAsks: userOfThisMachine(userInfo().username),
    records: { store: folderRecords(RECORDS_FOLDER), retention: days(30), sizeBytes: LARGEST_RECORD },
    startedAt: systemClock(),
  };
}

const newInvocation = (name: string): Invocation => ({ id: randomUUID(), say: (text) => say(`${name}: ${text}`) });

async function serve(asked: Asked): Promise<void> {
  const app = await appOf(asked);
  const { watch, tend } = app.settings.timers;
  const schedules = { WATCH_SCHEDULE: watch, TEND_SCHEDULE: tend };
  const timers = startTimers({
    timers: triggers.flatMap((trigger) =>
      trigger.kind === "timer" ? [{ trigger, schedule: schedules[trigger.schedule] }] : [],
    ),
    app,
    newInvocation,
  });
  open.push(() => timers.stop());
  const keys = newKeys();
  const server = await serveHttp({
    triggers,
    app,
    keys,
    port: Number(asked.port),
    newInvocation,
    runTimer: timers.run,
  });
  open.push(() => server.close());

  console.log(
    `\nHunting in ${app.logs}; incidents and cards go to ${asked.out}${app.neverActs ? ", and nothing is ever done" : ""}.\n`,
  );
  for (const trigger of triggers) {
    if (trigger.kind === "http") console.log(`  ${trigger.method.padEnd(5)} ${server.url}/api/${trigger.route}`);
    else
      console.log(
        `  timer ${trigger.name} (${schedules[trigger.schedule].text}), now: POST ${server.url}/admin/functions/${trigger.name}`,
      );
  }
  console.log(
    `\n  x-functions-key: ${keys.function}   for /api\n  x-functions-key: ${keys.master}   for /admin\n\nCtrl-C stops it.\n`,
  );
  for (const trigger of triggers) if (trigger.kind === "timer" && trigger.name === "watch") void timers.run(trigger);
}

function explain(error: unknown): void {
  if (error instanceof Problem) console.error(`${error.message}\n${error.advice}`);
  else if (error instanceof Problems) console.error(error.message);
  else if (error instanceof Error && "code" in error && error.code === "EADDRINUSE")
    console.error("The port is taken: choose another with --port, or stop what listens there.");
  else console.error(error);
}

async function stop(status: number): Promise<never> {
  // Whoever presses Ctrl-C twice does not want to wait; the child processes end with this one.
  process.once("SIGINT", () => process.exit(130));
  const patience = setTimeout(() => process.exit(status), seconds(15));
  await closeAll();
  clearTimeout(patience);
  process.exit(status);
}

const { values: asked } = (() => {
  try {
    return parseArgs({ options: OPTIONS });
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : error}\n\n${HELP}`);
    process.exit(2);
  }
})();
if (asked.help) {
  console.log(HELP);
} else if (asked.workspace !== undefined && !isObjectId(asked.workspace)) {
  console.error(
    `"${asked.workspace}" is not the id of a workspace: that is the GUID called Workspace ID on the workspace's overview in the Azure portal.`,
  );
  process.exit(2);
} else {
  for (const signal of ["SIGINT", "SIGTERM"] as const) process.once(signal, () => void stop(0));
  await serve(asked).catch(async (error: unknown) => {
    explain(error);
    await stop(1);
  });
}
