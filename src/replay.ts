// A recorded run, again and without any service: does this version decide the same?
import type { Finding } from "./findings/finding.ts";
import { concerns } from "./ledger/coverage.ts";
import type { Journal } from "./ports.ts";
import { respond } from "./respond.ts";
import { type Decision, decisionsOf, type RunRecord } from "./run-record.ts";
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
  const { ask } = record;
  const ledger =
    ask === null
      ? {}
      : {
          ledger: {
            cards: ask.kind === "outage" ? ("later" as const) : ("each" as const),
            concerns: ({ window }: Finding) => concerns(ask, window),
            close: () => ({ changes: [], besides: [] }),
          },
        };
  const [run] = await respond(
    {
      hunts: [
        {
          hunt: record.hunt,
          window: record.window,
          exclusions: record.exclusions,
          overrides: record.overrides,
          ...ledger,
        },
      ],
      ...record.order,
      links: null,
    },
    replaying(record.tape, journal),
  );
  const now = run === undefined ? [] : decisionsOf(run);
  const failed = run?.kind === "failed" ? run.problem.code : "";
  const same = failed === record.failed && JSON.stringify(now) === JSON.stringify(record.decisions);
  return { same, before: record.decisions, after: now, failed };
}
