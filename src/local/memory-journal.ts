// The journal in memory, for runs that leave nothing behind and for tests. Same keys, limits and answers as the table.
import { keyOf, type Prepared, prepare, unpack } from "../journal-format.ts";
import type { Cell, Journal, JournalRecord } from "../ports.ts";

export function memoryJournal(): Journal {
  const partitions = new Map<string, Map<string, JournalRecord>>();
  let writes = 0;

  const recordsOf = (partition: string): Map<string, JournalRecord> => {
    keyOf(partition); // too long a name is refused as the table refuses it
    const records = partitions.get(partition) ?? new Map<string, JournalRecord>();
    partitions.set(partition, records);
    return records;
  };

  return {
    async read(partition, id) {
      keyOf(id);
      return recordsOf(partition).get(id) ?? null;
    },

    async list(partition, from, limit) {
      keyOf(from);
      return [...recordsOf(partition).values()]
        .filter((record) => record.id >= from)
        .sort((a, b) => (a.id < b.id ? -1 : 1))
        .slice(0, limit);
    },

    async commit(partition, changes) {
      const prepared = prepare(changes);
      const records = recordsOf(partition);
      const moved = changes.filter((change) => !stands(change.basedOn, records.get(change.id))).map(({ id }) => id);
      if (moved.length > 0) return { kind: "conflict", ids: moved };
      const versions: [string, string][] = [];
      for (const { change, properties } of prepared) {
        if (change.kind === "delete") {
          records.delete(change.id);
          continue;
        }
        writes += 1;
        const version = String(writes);
        records.set(change.id, Object.freeze({ id: change.id, version, value: copyOf(properties) }));
        versions.push([change.id, version]);
      }
      return { kind: "committed", versions: Object.fromEntries(versions) };
    },
  };
}

const stands = (basedOn: string | null | "any", record: JournalRecord | undefined): boolean =>
  basedOn === "any" || basedOn === (record?.version ?? null);

/** Read back from what was written, so that it is what the table would give, and nobody's later change reaches it. */
function copyOf(properties: Prepared["properties"]): Cell {
  const value = unpack(properties);
  if (value === undefined) throw new Error("The journal cannot read what it has just written.");
  return frozen(value);
}

function frozen(value: Cell): Cell {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}
