// A run with a tape beside it, which becomes its record. Keeping the record never fails the run.
import type { Ask } from "../ledger/coverage.ts";
import { Problem } from "../problems.ts";
import { type HuntRun, type Order, respond } from "../respond.ts";
import { packRecord, recordId, recordOf } from "../run-record.ts";
import { recording } from "../run-tape.ts";
import type { App } from "./app.ts";
import type { Invocation } from "./trigger.ts";

export interface Occasion {
  readonly by: "timer" | "http";
  /** Of a scheduled run: why this window. */
  readonly ask: Ask | null;
}

/** For an order of one hunt. */
export async function recorded(
  order: Order,
  occasion: Occasion,
  app: App,
  invocation: Invocation,
): Promise<readonly HuntRun[]> {
  const { records } = app;
  if (records === undefined) return respond(order, app.ports);
  const at = app.ports.clock.now();
  const { ports, tape } = recording(app.ports);
  const runs = await respond(order, ports);
  for (const run of runs) {
    const id = recordId(
      at,
      run.order.hunt.slug,
      occasion.ask?.kind ?? "asked",
      `${invocation.id} ${occasion.ask?.core.from ?? ""}`,
    );
    const record = recordOf({ ...occasion, id, at, order, run, tape: tape() });
    try {
      await records.store.keep(id, packRecord(record, records.sizeBytes));
    } catch (error) {
      if (!(error instanceof Problem)) throw error;
      invocation.say(`The record of the run could not be kept: ${error.message} ${error.advice}`);
    }
  }
  return runs;
}
