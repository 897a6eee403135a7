// The timers of the local host: each fires by its schedule, never over itself, as the platform does it.
import { Problem, Problems } from "../problems.ts";
import type { Schedule } from "../schedule.ts";
import { between } from "../time.ts";
import type { App } from "../triggers/app.ts";
import type { Invocation, TimerTrigger } from "../triggers/trigger.ts";

export interface Timers {
  /** Runs it now, or after what is under way; resolves when it has ended, and never rejects. */
  run(trigger: TimerTrigger): Promise<void>;
  /** No timer fires any more; resolves when what was under way has ended. */
  stop(): Promise<void>;
}

export interface TimerOptions {
  readonly timers: readonly { readonly trigger: TimerTrigger; readonly schedule: Schedule }[];
  readonly app: App;
  readonly newInvocation: (name: string) => Invocation;
}

export function startTimers({ timers, app, newInvocation }: TimerOptions): Timers {
  const { clock } = app.ports;
  const over = new AbortController();
  const underWay = new Map<string, Promise<void>>();

  const run = (trigger: TimerTrigger): Promise<void> => {
    const before = underWay.get(trigger.name) ?? Promise.resolve();
    const mine = before.then(() =>
      over.signal.aborted ? undefined : invoke(trigger, app, newInvocation(trigger.name)),
    );
    underWay.set(trigger.name, mine);
    return mine;
  };

  const keep = async (trigger: TimerTrigger, schedule: Schedule): Promise<void> => {
    for (;;) {
      const next = schedule.nextAfter(clock.now());
      if (next === undefined) return;
      await clock.pause(between(clock.now(), next), over.signal);
      if (over.signal.aborted) return;
      await run(trigger);
    }
  };
  const loops = timers.map(({ trigger, schedule }) => keep(trigger, schedule));

  return {
    run,
    async stop() {
      over.abort();
      await Promise.all([...loops, ...underWay.values()]);
    },
  };
}

/** A run that failed is told and over: the next comes with the schedule. */
async function invoke(trigger: TimerTrigger, app: App, invocation: Invocation): Promise<void> {
  try {
    const work = await trigger.load();
    await work(app, invocation);
    invocation.say("done");
  } catch (error) {
    if (error instanceof Problem || error instanceof Problems) invocation.say(`failed: ${error.message}`);
    else invocation.say(`failed by a bug: ${error instanceof Error ? error.stack : String(error)}`);
  }
}
