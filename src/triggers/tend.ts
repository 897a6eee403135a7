// The timer that does what was promised for later.
import { takeLease } from "../ledger/lease.ts";
import type { TimerHandler } from "./trigger.ts";

export const tend: TimerHandler = async ({ ports }, invocation) => {
  const lease = await takeLease("tend", invocation.id, ports);
  if (lease === null) return invocation.say("Another run of this timer is still at work.");
  await lease.release();
  await ports.events.flush();
};
