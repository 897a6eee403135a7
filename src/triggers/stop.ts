// POST /api/stop: throws the stop switch. While it is on nothing is written to the directory; everything else goes on.
import * as z from "zod";
import { throwStop } from "../response/stop-switch.ts";
import { stopEvent } from "../response-events.ts";
import { iso } from "../time.ts";
import { badRequest, bodyOf, json } from "./answers.ts";
import { responseRulesOf } from "./response-rules.ts";
import type { HttpHandler } from "./trigger.ts";

const LARGEST_REQUEST = 4 * 1024;
const ADVICE = 'Send {"on":true,"because":"…"}, or nothing at all, which stops; {"on":false} lets the app act again.';

const schema = z.strictObject({ on: z.boolean().default(true), because: z.string().max(500).default("") });

export const stop: HttpHandler = async (asked, app) => {
  const body = (await bodyOf(asked, LARGEST_REQUEST)).trim();
  const { on, because } = read(body);
  const at = app.ports.clock.now();
  await throwStop({ on, because, at }, app.ports.journal);
  app.ports.events.emit(stopEvent(on));
  await app.ports.events.flush();
  const bySetting = responseRulesOf(app).stopped;
  return json({
    stopped: on || bySetting,
    at: iso(at),
    ...(bySetting && !on
      ? { notice: "RESPONSE_STOPPED is on as well: the app stays stopped until that setting is off." }
      : {}),
  });
};

function read(body: string): z.infer<typeof schema> {
  // Whoever is in a hurry sends nothing.
  if (body === "") return { on: true, because: "" };
  try {
    const result = schema.safeParse(JSON.parse(body));
    if (result.success) return result.data;
  } catch {
    // Told below, as for any other body that does not fit.
  }
  throw badRequest("The body does not fit.", ADVICE);
}
