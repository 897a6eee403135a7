// An app served through the real @azure/functions library.
import type { App } from "../src/triggers/app.ts";
import { startWorker, type Worker } from "./worker.ts";

let worker: Worker | undefined;

/** The functions of this app take the place of those of an app that was served before, and nothing said there is kept. */
export async function serve(app: App): Promise<Worker> {
  worker ??= startWorker();
  worker.said.length = 0;
  const [{ register }, { triggers }] = await Promise.all([
    import("../src/register.ts"),
    import("../src/triggers/triggers.ts"),
  ]);
  register(triggers, async () => app);
  return worker;
}

export const jsonOf = (reply: { readonly text: string }): Record<string, unknown> => JSON.parse(reply.text);
