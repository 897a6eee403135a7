// Every function of the app, as plain data. What each does is loaded when it is first called: the platform waits for
// the list before anything else, and reading it costs next to nothing.
import type { Trigger } from "./trigger.ts";

export const triggers: readonly Trigger[] = [
  {
    kind: "timer",
    name: "watch",
    purpose: "Runs the hunts that are due.",
    schedule: "WATCH_SCHEDULE",
    load: async () => (await import("./watch.ts")).watch,
  },
  {
    kind: "timer",
    name: "tend",
    purpose: "Does what was promised for later, such as deliveries that failed.",
    schedule: "TEND_SCHEDULE",
    load: async () => (await import("./tend.ts")).tend,
  },
  {
    kind: "http",
    name: "listHunts",
    purpose: "Lists the hunts: when each is due, when it last ran, and what has still to be looked at.",
    method: "GET",
    route: "hunts",
    authLevel: "function",
    load: async () => (await import("./list-hunts.ts")).listHunts,
  },
  {
    kind: "http",
    name: "runHunt",
    purpose: "Runs a hunt now, for any period; rehearses unless it is told to act.",
    method: "POST",
    route: "hunts/{name}/runs",
    authLevel: "function",
    load: async () => (await import("./run-hunt.ts")).runHunt,
  },
  {
    kind: "http",
    name: "health",
    purpose: "Says whether the app can do its work, and why not.",
    method: "GET",
    route: "health",
    authLevel: "function",
    load: async () => (await import("./health.ts")).health,
  },
  {
    kind: "http",
    name: "showApproval",
    purpose: "Shows a person what they are asked to decide; changes nothing.",
    method: "GET",
    route: "approvals/{number}",
    // Entra sign-in stands in front, and the number in the link is needed besides.
    authLevel: "anonymous",
    load: async () => (await import("./approvals.ts")).showApproval,
  },
  {
    kind: "http",
    name: "decideOnApproval",
    purpose: "Takes a person's decision from that page and carries it out.",
    method: "POST",
    route: "approvals/{number}",
    authLevel: "anonymous",
    load: async () => (await import("./approvals.ts")).decideOnApproval,
  },
  {
    kind: "http",
    name: "stop",
    purpose: "Throws the stop switch: nothing is done to any account until it is off again.",
    method: "POST",
    route: "stop",
    authLevel: "function",
    load: async () => (await import("./stop.ts")).stop,
  },
  {
    kind: "http",
    name: "mute",
    purpose: "Keeps a campaign quiet for some days, for a named person's reason; new proof breaks it.",
    method: "POST",
    route: "campaigns/{name}/mute",
    authLevel: "function",
    load: async () => (await import("./mute.ts")).mute,
  },
];
