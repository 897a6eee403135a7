// npm run doctor: whether the developer's own sign-in can do each thing that the app needs, by the settings at hand.
// npm run doctor -- --app URL: how the deployed app says it is; the function key is read from RESPONDER_KEY.
import { randomUUID } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { graph } from "../src/azure/graph.ts";
import { resourceManager } from "../src/azure/resource-manager.ts";
import { azureApp, credentialOf } from "../src/azure-app.ts";
import { Problems } from "../src/problems.ts";
import { type Environment, readSettings, type Settings } from "../src/settings.ts";
import { checkApp } from "./doctor/check-app.ts";
import { checkServices, type Patient } from "./doctor/check-services.ts";
import { closeIncident } from "./doctor/close-incident.ts";
import { type Line, shown } from "./doctor/finding-out.ts";

const USAGE = `npm run doctor [-- --write]         checks with your own sign-in (az login), by the environment and local.settings.json
npm run doctor -- --app URL         asks the deployed app; put a function key into RESPONDER_KEY

--account OBJECT_ID  also looks up that account's groups and roles, where an action is allowed
--write              also opens and closes a test incident, posts a test card, and writes and removes a record of state.`;

const LOCAL_SETTINGS = "local.settings.json";

/** What is set on this machine wins over the file, as it does for the Functions tools. */
function localEnvironment(): Environment {
  if (!existsSync(LOCAL_SETTINGS)) return process.env;
  const { Values = {} } = JSON.parse(readFileSync(LOCAL_SETTINGS, "utf8")) as { Values?: Record<string, string> };
  return { ...Values, ...process.env };
}

async function patientFrom(settings: Settings): Promise<Patient> {
  const credential = credentialOf(settings);
  const { hunts, ports } = await azureApp(settings, { credential });
  const { cloud, response, workspace, incidents } = settings;
  const { directory } = graph({ credential, cloud, allow: ["readDirectory"], clock: ports.clock });
  const send = resourceManager({
    credential,
    resourceManager: cloud.resourceManager,
    far: { service: "Microsoft Sentinel", host: new URL(cloud.resourceManager.endpoint).host },
    apiVersion: incidents.apiVersion,
  });
  return {
    ports: { ...ports, directory },
    hunts: hunts.filter(({ slug }) => !settings.hunts.disabled.includes(slug)),
    close: (id) => closeIncident(send, workspace, id),
    opensIncidents: incidents.open,
    postsCards: settings.cards.webhookUrl !== null,
    acts: response.actions.length > 0,
  };
}

function readArguments() {
  try {
    return parseArgs({
      options: {
        account: { type: "string" },
        app: { type: "string" },
        write: { type: "boolean", default: false },
        help: { type: "boolean", short: "h" },
      },
    }).values;
  } catch (error) {
    console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
    return process.exit(2);
  }
}

async function* examine(): AsyncIterable<Line> {
  const values = readArguments();
  if (values.help) return console.log(USAGE);
  if (values.app !== undefined) {
    return yield* checkApp({ url: values.app, key: process.env.RESPONDER_KEY ?? "", fetch });
  }
  try {
    const settings = readSettings(localEnvironment());
    yield { state: "ok", what: "settings", seen: "complete and in order" };
    const account = values.account === undefined ? {} : { account: values.account };
    yield* checkServices(await patientFrom(settings), { write: values.write, newId: randomUUID, ...account });
  } catch (error) {
    if (!(error instanceof Problems)) throw error;
    for (const { message, advice } of error.problems) yield { state: "fault", what: "settings", seen: message, advice };
  }
}

for await (const line of examine()) {
  console.log(shown(line));
  if (line.state === "fault") process.exitCode = 1;
}
