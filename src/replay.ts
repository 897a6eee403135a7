// A recorded run, again and without any service: does this version decide the same?
import { concerns } from "./ledger/coverage.ts";
import type { HuntOrder } from "./order.ts";
import type { Journal } from "./ports.ts";
import { respond } from "./respond.ts";
import { type Decision, decisionsOf, type HuntOnRecord, type RunRecord } from "./run-record.ts";
import { replaying } from "./run-tape.ts";

export interface Replayed {
  readonly same: boolean;
  readonly before: readonly Decision[];
  readonly after: readonly Decision[];
  /** What stopped it, "" where it was done; a run that failed is the same when it fails again. */
  readonly failed: string;
}

/** `journal` is an empty one, into which is laid what the run remembered. */
export async function replay(record: RunRecord, journal: Journal): Promise<Replayed> {
  for (const { partition, id, value } of record.tape.journal) {
    await journal.commit(partition, [{ kind: "put", id, value, basedOn: null }]);
  }
  const runs = await respond(
    { hunts: (record.together ?? [record]).map(orderOf), ...record.order, links: null },
    replaying(record.tape, journal),
  );
  const run = runs.find(({ order }) => order.hunt.id === record.hunt.id);
  const now = run === undefined ? [] : decisionsOf(run);
  const failed = run?.kind === "failed" ? run.problem.code : "";
  const same = failed === record.failed && JSON.stringify(now) === JSON.stringify(record.decisions);
  return { same, before: record.decisions, after: now, failed };
}

/** As it was asked, but for what the ledger would say. */
function orderOf({ hunt, window, exclusions, overrides, ask }: HuntOnRecord): HuntOrder {
  if (ask === null) return { hunt, window, exclusions, overrides };
  return {
    hunt,
    window,
    exclusions,
    overrides,
    ledger: {
      cards: ask.kind === "outage" ? "later" : "each",
      concerns: ({ window: found }) => concerns(ask, found),
      close: () => ({ changes: [], besides: [] }),
    },
  };
}
