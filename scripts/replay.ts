// npm run replay -- RUN: a recorded run again, without any service. Prints both decisions; exits 1 where they differ.
import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { DefaultAzureCredential } from "@azure/identity";
import { runRecords } from "../src/azure/run-records.ts";
import { folderRecords, RECORDS_FOLDER } from "../src/local/folder-records.ts";
import { memoryJournal } from "../src/local/memory-journal.ts";
import { replay } from "../src/replay.ts";
import { type Decision, unpackRecord } from "../src/run-record.ts";

const HELP = `npm run replay -- RUN

RUN is the id of a record ("20261121T120000Z-single-factor-spray-live-1f2e3d4c") or the path of its file.
Records are read from ${RECORDS_FOLDER}, or with RECORDS_BLOB_URI set from Azure with your own sign-in.`;

const [asked] = process.argv.slice(2);
if (asked === undefined || asked === "--help" || asked === "-h") {
  console.log(HELP);
  process.exit(asked === undefined ? 2 : 0);
}

const { RECORDS_BLOB_URI: endpoint, RECORDS_CONTAINER: container = "run-records" } = process.env;
const store = endpoint
  ? runRecords({ store: { endpoint, credential: new DefaultAzureCredential() }, container })
  : folderRecords(RECORDS_FOLDER);
const bytes = existsSync(asked) ? await readFile(asked) : await store.read(asked);
if (bytes === null) {
  console.error(
    `There is no record ${asked}.\nIt may be erased by now; ids stand in the event RunCompleted and in the log of the app.`,
  );
  process.exit(2);
}

const line = ({ shortName, level, because, actions, heldBack }: Decision): string =>
  [
    `  ${shortName}: ${level}. ${because}`,
    ...actions.map(({ kind, reason }) => `    ${kind}: ${reason}`),
    ...heldBack.map(({ kind, target, reason }) => `    not ${kind} ${target}: ${reason}`),
  ].join("\n");

const record = unpackRecord(bytes);
const { same, before, after, failed } = await replay(record, memoryJournal());
console.log(
  `${record.id}: ${record.hunt.name}, ${new Date(record.window.from).toISOString()} to ${new Date(record.window.to).toISOString()}`,
);
for (const { from, to, rows, digest, answer } of record.tape.questions) {
  console.log(`  asked ${from} to ${to}: ${rows} rows, ${digest.slice(0, 12)}${answer === null ? ", not kept" : ""}`);
}
console.log(before.length === 0 ? "\nIt decided nothing." : `\nIt decided:\n${before.map(line).join("\n")}`);
if (same) console.log("\nReplayed: the same.");
else
  console.log(
    `\nReplayed, DIFFERENT${failed === "" ? "" : ` (${failed})`}:\n${after.map(line).join("\n") || "  nothing"}`,
  );
process.exit(same ? 0 : 1);
