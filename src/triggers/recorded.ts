// A run with a tape beside it, which becomes its record. Keeping the record never fails the run.
import type { Ask } from "../ledger/coverage.ts";
import type { Order } from "../order.ts";
import { Problem } from "../problems.ts";
import { type HuntRun, respond } from "../respond.ts";
import { packRecord, recordId, recordOf } from "../run-record.ts";
import { recording } from "../run-tape.ts";
import type { App } from "./app.ts";
import type { Invocation } from "./trigger.ts";

export interface Occasion {
  readonly by: "timer" | "http";
  /** Of a scheduled run: why the window of each hunt, by the hunt's id. */
  readonly asks: ReadonlyMap<string, Ask>;
}

/** Each hunt of the order has a record of its own, which can be replayed by itself. */
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
    const ask = occasion.asks.get(run.order.hunt.id) ?? null;
    const id = recordId(at, run.order.hunt.slug, ask?.kind ?? "asked", `${invocation.id} ${ask?.core.from ?? ""}`);
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
