import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach } from "vitest";
import { openOutbox } from "../../src/local/outbox.ts";
import { type IncidentsWorld, incidentsContract } from "../contracts/incidents.ts";

const folders: string[] = [];
afterEach(() => {
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

const filesIn = (folder: string): readonly string[] =>
  existsSync(folder) ? readdirSync(folder).map((name) => join(folder, name)) : [];
const changedAt = (path: string): bigint => statSync(path, { bigint: true }).mtimeNs;
const read = (path: string) => JSON.parse(readFileSync(path, "utf8"));

/** Counts files that are new or newer than when it was last asked. */
function writesIn(folder: string): () => number {
  const known = new Map<string, bigint>();
  let count = 0;
  return () => {
    for (const path of ["incidents", "comments"].flatMap((kind) => filesIn(join(folder, kind)))) {
      if (known.get(path) !== changedAt(path)) count++;
      known.set(path, changedAt(path));
    }
    return count;
  };
}

async function anOutbox(): Promise<IncidentsWorld> {
  const folder = mkdtempSync(join(tmpdir(), "outbox-"));
  folders.push(folder);
  const { incidents } = await openOutbox(folder);
  return {
    incidents,
    writes: writesIn(folder),
    async seen(id) {
      const path = join(folder, "incidents", `${id}.json`);
      if (!existsSync(path)) return undefined;
      const { title, description, severity, labels } = read(path).properties;
      const comments = filesIn(join(folder, "comments")).toSorted((a, b) => Number(changedAt(a) - changedAt(b)));
      return {
        title,
        description,
        severity,
        labels: labels.map((label: { labelName: string }) => label.labelName),
        comments: comments
          .map(read)
          .filter(({ incident }) => incident === id)
          .map(({ text }) => text),
      };
    },
  };
}

incidentsContract("The outbox", anOutbox, false);
