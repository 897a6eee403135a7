// POST /api/hunts/{name}/runs: one hunt now, for any period. Rehearses unless it is told to act; never touches an account without asking a person.
import { Problem, problemTexts } from "../problems.ts";
import { reportsOf } from "../report-of.ts";
import type { HuntRun } from "../respond.ts";
import { eventOf } from "../run-events.ts";
import { type Duration, formatDuration, type Instant, later } from "../time.ts";
import { answerTo, bodyOf, contradiction, json } from "./answers.ts";
import { type App, channelsOf, exclusionsOf, judgingOf } from "./app.ts";
import { recorded } from "./recorded.ts";
import { responseRulesOf } from "./response-rules.ts";
import { LARGEST_REQUEST, readRunRequest } from "./run-request.ts";
import type { HttpHandler, Invocation } from "./trigger.ts";

/** The platform cuts a connection without a word; this says one before. Work that is under way is left to end by itself. */
async function inTime<T>(work: Promise<T>, limit: Duration, { ports }: App, acting: boolean): Promise<T> {
  const over = new AbortController();
  const late = ports.clock.pause(limit, over.signal).then((): T => {
    if (over.signal.aborted) return undefined as T; // nobody waits for this any more
    throw new Problem({
      code: "RunTooSlow",
      message: `The run was not ready within ${formatDuration(limit)}.`,
      advice: acting
        ? "Parts of it may have been done: look at the incidents, then ask again; nothing is told twice."
        : "Nothing was written. Ask for a shorter period.",
      retry: true,
    });
  });
  work.catch(() => undefined);
  try {
    return await Promise.race([work, late]);
  } finally {
    over.abort();
  }
}

async function tell(runs: readonly HuntRun[], startedAt: Instant, { ports }: App, { id }: Invocation): Promise<void> {
  for (const each of runs) {
    const about = { by: "http", run: id, ask: "asked", startedAt, endedAt: ports.clock.now(), lag: null } as const;
    ports.events.emit(eventOf(each, about));
  }
  await ports.events.flush();
}

export const runHunt: HttpHandler = async (asked, app, invocation) => {
  const { ports, settings } = app;
  const startedAt = ports.clock.now();
  const name = asked.params.name ?? "";
  const hunt = app.hunts.find((each) => each.slug === name);
  if (!hunt)
    throw new Problem(
      problemTexts.unknownHunt(
        name,
        app.hunts.map((each) => each.slug),
      ),
    );
  const request = readRunRequest(await bodyOf(asked, LARGEST_REQUEST), hunt, ports.clock.now());
  if (request.act && app.neverActs) {
    throw contradiction("This app only looks: it was started to never act.", "Leave out `act`.");
  }
  const limit = settings.timers.onDemandDeadline;
  const order = {
    hunts: [{ hunt, window: request.window, exclusions: exclusionsOf(app, hunt), overrides: request.overrides }],
    mode: request.act ? ("act" as const) : ("rehearse" as const),
    size: settings.hunts.tenantSize,
    channels: channelsOf(app),
    questions: app.questions,
    links: app.links,
    ...judgingOf(app),
    response: { rules: responseRulesOf(app), automatic: false },
    deadline: later(startedAt, limit),
  };
  const runs = await inTime(recorded(order, { by: "http", asks: new Map() }, app, invocation), limit, app, request.act);
  await tell(runs, startedAt, app, invocation);
  const [failed] = runs.filter((each) => each.kind === "failed");
  return failed ? answerTo(failed.problem, invocation.say) : json(reportsOf(runs));
};
