// The sample tenant as a folder of logs: one NDJSON file per table, named after it.
import { mkdir, open, rename } from "node:fs/promises";
import { join } from "node:path";
import { generateSampleTenant, type SampleTenantOptions } from "./generate-sample-tenant.ts";
import type { TableRows } from "./rows.ts";
import type { TableName } from "./sign-in.ts";
import type { Story } from "./story.ts";

export interface WrittenTable {
  readonly file: string;
  readonly rows: number;
  readonly bytes: number;
}

export interface WrittenTenant {
  readonly tables: Readonly<Record<TableName, WrittenTable>>;
  readonly story: Story;
}

async function writeTable(folder: string, table: TableName, rows: TableRows): Promise<WrittenTable> {
  const file = join(folder, `${table}.ndjson`);
  // Under another name until it is whole, so that nobody ever reads half a table.
  const unfinished = `${file}.unfinished`;
  const handle = await open(unfinished, "w");
  let count = 0;
  let bytes = 0;
  try {
    // One chunk is written while the next is made.
    let written: Promise<void> = Promise.resolve();
    for (const chunk of rows.chunks()) {
      await written;
      written = handle.appendFile(chunk.bytes);
      count += chunk.rows;
      bytes += chunk.bytes.length;
    }
    await written;
  } finally {
    await handle.close();
  }
  await rename(unfinished, file);
  return { file, rows: count, bytes };
}

/** Writes into `folder`, which is made where it is missing; what it held under the same names is replaced. */
export async function writeSampleTenant(folder: string, options: SampleTenantOptions): Promise<WrittenTenant> {
  const { tables, story } = generateSampleTenant(options);
  await mkdir(folder, { recursive: true });
  return {
    tables: {
      SigninLogs: await writeTable(folder, "SigninLogs", tables.SigninLogs),
      AADNonInteractiveUserSignInLogs: await writeTable(
        folder,
        "AADNonInteractiveUserSignInLogs",
        tables.AADNonInteractiveUserSignInLogs,
      ),
    },
    story,
  };
}
