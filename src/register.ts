// The triggers as functions of Azure Functions, programming model v4.
import { app as functions, type HttpRequest, type HttpResponseInit, type InvocationContext } from "@azure/functions";
import { answerTo, textOfBody } from "./triggers/answers.ts";
import type { App } from "./triggers/app.ts";
import type { Answered, Asked, HttpTrigger, Invocation, TimerTrigger, Trigger } from "./triggers/trigger.ts";

/** `open` is called with every invocation and has to give the same app each time. */
export function register(triggers: readonly Trigger[], open: () => Promise<App>): void {
  for (const trigger of triggers) {
    if (trigger.kind === "timer") registerTimer(trigger, open);
    else registerHttp(trigger, open);
  }
}

function registerTimer(trigger: TimerTrigger, open: () => Promise<App>): void {
  functions.timer(trigger.name, {
    schedule: `%${trigger.schedule}%`,
    runOnStartup: false,
    // The platform's own memory of missed occurrences; what was missed in the logs is known from the ledger.
    useMonitor: true,
    handler: async (_, context) => {
      const invocation = invocationOf(context);
      const [run, app] = await Promise.all([trigger.load(), open()]);
      await run(app, invocation);
    },
  });
}

function registerHttp(trigger: HttpTrigger, open: () => Promise<App>): void {
  functions.http(trigger.name, {
    methods: [trigger.method],
    authLevel: trigger.authLevel,
    route: trigger.route,
    handler: async (request, context) => {
      const invocation = invocationOf(context);
      try {
        const [answer, app] = await Promise.all([trigger.load(), open()]);
        return responseOf(await answer(askedOf(request), app, invocation));
      } catch (error) {
        return responseOf(answerTo(error, (text) => context.error(text)));
      }
    },
  });
}

const invocationOf = (context: InvocationContext): Invocation => ({
  id: context.invocationId,
  say: (text) => context.log(text),
});

const askedOf = (request: HttpRequest): Asked => ({
  method: request.method,
  params: request.params,
  query: request.query,
  header: (name) => request.headers.get(name),
  text: () => request.text(),
});

const responseOf = (answer: Answered): HttpResponseInit => ({
  status: answer.status,
  headers: { ...answer.headers, "content-type": answer.type, "cache-control": "no-store" },
  body: textOfBody(answer),
});
