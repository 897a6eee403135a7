// One holder per timer at a time. A lease can be lost while its holder sleeps: what must not happen twice is therefore
// checked again by the version of the record that it changes, and the lease only saves work.
import type { Clock, Journal } from "../ports.ts";
import { type Duration, later, minutes } from "../time.ts";
import { cellOf, type Lease, leaseId, readRecord, records, TIMERS } from "./records.ts";

/** Longer than any single step of a run, shorter than the pause between two wake-ups. */
const LENGTH: Duration = minutes(5);

export interface HeldLease {
  readonly token: number;
  /** Holds it for as long again; false where somebody else has taken it. */
  renew(): Promise<boolean>;
  release(): Promise<void>;
}

/** Null where somebody else holds it. `holder` is different for every invocation. */
export async function takeLease(
  timer: string,
  holder: string,
  { journal, clock }: { readonly journal: Journal; readonly clock: Clock },
): Promise<HeldLease | null> {
  const id = leaseId(timer);
  const record = await journal.read(TIMERS, id);
  const before = record === null ? null : readRecord(records.lease, record, TIMERS);
  if (before !== null && before.holder !== holder && before.until > clock.now()) return null;

  let version: string | null = record?.version ?? null;
  const token = (before?.token ?? 0) + 1;
  const write = async (lease: Lease): Promise<boolean> => {
    const committed = await journal.commit(TIMERS, [{ kind: "put", id, value: cellOf(lease), basedOn: version }]);
    if (committed.kind === "conflict") return false;
    version = committed.versions[id] ?? null;
    return true;
  };
  if (!(await write({ holder, token, until: later(clock.now(), LENGTH) }))) return null;
  return {
    token,
    renew: () => write({ holder, token, until: later(clock.now(), LENGTH) }),
    release: async () => {
      await write({ holder: "", token, until: clock.now() });
    },
  };
}
