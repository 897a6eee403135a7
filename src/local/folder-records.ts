// Run records as files in a folder, a folder for each day.
import { mkdir, readdir, readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { pathOf, RECORD_ID, type RunRecords } from "../run-record.ts";
import { iso } from "../time.ts";

/** Of the local host. */
export const RECORDS_FOLDER = join(".local", "records");

const DAY = /^\d{4}-\d\d-\d\d$/;

export const folderRecords = (folder: string): RunRecords => ({
  async keep(id, bytes) {
    const path = join(folder, pathOf(id));
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, bytes);
  },
  read: async (id) => (RECORD_ID.test(id) ? readFile(join(folder, pathOf(id))).catch(() => null) : null),
  async eraseBefore(at) {
    const days = (await readdir(folder).catch(() => [])).filter(
      (name) => DAY.test(name) && name < iso(at).slice(0, 10),
    );
    let erased = 0;
    for (const day of days) {
      erased += (await readdir(join(folder, day))).length;
      await rm(join(folder, day), { recursive: true });
    }
    return erased;
  },
});
