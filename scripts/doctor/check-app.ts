// How the deployed app says it is: its own answer to GET /api/health, line by line.
import * as z from "zod";
import { type Line, tried } from "./finding-out.ts";

const reason = z.object({ code: z.string(), message: z.string(), advice: z.string() });
const health = z.object({
  well: z.boolean(),
  reasons: z.array(reason),
  notices: z.array(z.string()),
  tables: z.array(z.object({ table: z.string(), newestRow: z.string().nullable(), rowsLastDay: z.number() })),
  hunts: z.array(z.object({ name: z.string(), lastSuccess: z.string().nullable() })),
});

export interface DeployedApp {
  /** "https://func-responder-….azurewebsites.net" */
  readonly url: string;
  /** A function key. */
  readonly key: string;
  readonly fetch: typeof fetch;
}

const REFUSED: Readonly<Record<number, string>> = {
  401: "Give a function key in RESPONDER_KEY: `az functionapp keys list` shows them.",
  403: "The app's network does not let this machine in; try from one that it does.",
  404: "There is an app, but not this one, or its code is not deployed: `azd deploy`.",
};
// 503 is the answer of an app that is there and not well.
const ANSWERED = [200, 503];

export async function* checkApp({ url, key, fetch }: DeployedApp): AsyncIterable<Line> {
  let text = "";
  let status = 0;
  const reached = await tried("reach the app", async () => {
    const answer = await fetch(new URL("/api/health", url), { headers: { "x-functions-key": key }, redirect: "error" });
    status = answer.status;
    text = await answer.text();
    return `it answers with ${status}`;
  });
  if (reached.state === "fault") return yield { ...reached, advice: "Check the address, and that the app is running." };
  const read = ANSWERED.includes(status) ? health.safeParse(jsonOrNull(text)) : undefined;
  if (!read?.success) {
    const advice =
      REFUSED[status] ?? "Look at the log stream of the app: settings that are at fault stop it from starting.";
    return yield { ...reached, state: "fault", advice };
  }
  yield reached;
  for (const { table, newestRow, rowsLastDay } of read.data.tables) {
    if (newestRow === null) continue; // among the reasons
    yield {
      state: "ok",
      what: `its ${table}`,
      seen: `${rowsLastDay} rows in the last day, the newest of ${newestRow}`,
    };
  }
  for (const { name, lastSuccess } of read.data.hunts) {
    if (lastSuccess !== null) yield { state: "ok", what: `its hunt ${name}`, seen: `succeeded at ${lastSuccess}` };
  }
  for (const { code, message, advice } of read.data.reasons) {
    yield { state: "fault", what: `it says ${code}`, seen: message, advice };
  }
  for (const notice of read.data.notices) yield { state: "ok", what: "it remarks", seen: notice };
}

function jsonOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
