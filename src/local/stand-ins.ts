// Ports that a laptop has nothing behind: no directory to ask, no telemetry to send; and the machine's own clock.
import { setTimeout as wait } from "node:timers/promises";
import type { Clock, Directory, Events } from "../ports.ts";
import { Problem, problemTexts } from "../problems.ts";
import { systemClock } from "../time.ts";

const nobodyToAsk = async (): Promise<never> => {
  throw new Problem(problemTexts.noDirectory());
};

/** For logs whose people nobody knows: an empty answer would say that they had been looked up. */
export const noDirectory: Directory = { user: nobodyToAsk, groupsAmong: nobodyToAsk, roles: nobodyToAsk };

export const noEvents: Events = {
  emit() {},
  flush: async () => {},
};

export const realClock: Clock = {
  now: systemClock,
  pause: (length, signal) => wait(length, undefined, signal ? { signal } : {}).catch(() => undefined),
};
