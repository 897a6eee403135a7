// Ports that a laptop has nothing behind: no directory to ask, no telemetry to send; and the machine's own clock.
import { setTimeout as wait } from "node:timers/promises";
import type { Clock, Directory, Events } from "../ports.ts";
import { systemClock } from "../time.ts";

export const noDirectory: Directory = {
  user: async () => null,
  groupsAmong: async () => [],
  roles: async () => [],
};

export const noEvents: Events = {
  emit() {},
  flush: async () => {},
};

export const realClock: Clock = {
  now: systemClock,
  pause: (length, signal) => wait(length, undefined, signal ? { signal } : {}).catch(() => undefined),
};
