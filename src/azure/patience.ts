// How often something is tried, how long is waited in between, and when it is given up.
import type { CallLimits, Clock } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { between, type Duration, duration, earlier, type Instant, later, seconds } from "../time.ts";

export interface Patience {
  /** How often a call is made at most, the first time included. */
  readonly tries: number;
  /** How long one try may take before it is given up and made again. */
  readonly longestTry: Duration;
  /** The wait before the second try where the service names none. It doubles with each further one; up to half of it is left to chance. */
  readonly firstWait: Duration;
  /** Where the service asks for a longer wait than this, the run is not held: the Problem says how long in `after`. */
  readonly longestWait: Duration;
}

export const usualPatience: Patience = {
  tries: 4,
  longestTry: seconds(30),
  firstWait: seconds(1),
  longestWait: seconds(60),
};

export interface Errand<T> extends CallLimits {
  /** The name of the service, for the Problem when time is up. */
  readonly service: string;
  /** Counts where `deadline` is later or missing. */
  readonly longest: Duration;
  readonly patience: Patience;
  readonly clock: Clock;
  /** From 0 to 1, so that many who wait do not come back at once. */
  readonly chance: () => number;
  /** Waits for a place before the first try, and keeps it until the end: who is throttled should not let others in. */
  readonly turn?: <U>(task: () => Promise<U>, signal: AbortSignal) => Promise<U>;
  /** Fewer tries for trouble that is dear to repeat. */
  readonly triesFor?: (problem: Problem) => number;
  /** Throws a Problem whose `retry` says whether it is worth another try. `left` is how long this try may take. */
  readonly attempt: (signal: AbortSignal, left: Duration) => Promise<T>;
}

/** Tries until it works, is final, is used up or takes too long; throws the last Problem. */
export async function withPatience<T>(errand: Errand<T>): Promise<T> {
  const { clock, patience, service, deadline } = errand;
  const started = clock.now();
  const until = endOf(started, errand.longest, deadline);
  const limit = between(started, until);
  const tooLate = () => new Problem(problemTexts.tooSlow(service, duration(Math.max(0, limit))));
  const tryUntilItWorks = async (whole: AbortSignal): Promise<T> => {
    for (let tried = 1; ; tried++) {
      const left = duration(Math.min(patience.longestTry, between(clock.now(), until)));
      const tooSlow = () => new Problem(problemTexts.tooSlow(service, left));
      try {
        return await within(left, tooSlow, { service, signal: whole }, (signal) => errand.attempt(signal, left));
      } catch (error) {
        whole.throwIfAborted();
        if (!(error instanceof Problem) || !error.retry) throw error;
        const tries = Math.min(patience.tries, errand.triesFor?.(error) ?? patience.tries);
        const wait = error.after ?? waitAfter(tried, patience, errand.chance());
        const inTime = clock.now() < earlier(until, wait);
        if (tried >= tries || wait > patience.longestWait || !inTime) throw error;
        await clock.pause(wait, whole);
        whole.throwIfAborted();
      }
    }
  };
  const { turn = (task) => task() } = errand;
  return within(limit, tooLate, errand, (whole) => turn(() => tryUntilItWorks(whole), whole));
}

const endOf = (started: Instant, longest: Duration, deadline: Instant | undefined): Instant => {
  const own = later(started, longest);
  return deadline !== undefined && deadline < own ? deadline : own;
};

function waitAfter(tried: number, patience: Patience, chance: number): Duration {
  const full = patience.firstWait * 2 ** (tried - 1);
  return duration(Math.round(Math.min(full, patience.longestWait) * (0.5 + chance / 2)));
}

/**
 * Lets `work` have that long, and not a moment more: an SDK that does not listen to its signal is left behind.
 * A caller's signal that aborts ends it too.
 */
async function within<T>(
  length: Duration,
  tooLate: () => Problem,
  outer: { readonly service: string; readonly signal?: AbortSignal },
  work: (signal: AbortSignal) => Promise<T>,
): Promise<T> {
  if (length <= 0) throw tooLate();
  const stop = new AbortController();
  const stopped = Promise.withResolvers<never>();
  const end = (why: Problem) => {
    stop.abort(why);
    stopped.reject(why);
  };
  const { signal } = outer;
  const cancel = () =>
    end(
      signal?.reason instanceof Problem
        ? signal.reason
        : new Problem(problemTexts.cancelled(outer.service), signal?.reason),
    );
  if (signal?.aborted === true) cancel();
  signal?.addEventListener("abort", cancel, { once: true });
  const timer = setTimeout(() => end(tooLate()), length);
  try {
    return await Promise.race([stopped.promise, stop.signal.aborted ? stopped.promise : work(stop.signal)]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  }
}
