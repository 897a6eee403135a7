import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { folderRecords } from "../../src/local/folder-records.ts";
import { runRecordsContract } from "../contracts/run-records.ts";

const folder = mkdtempSync(join(tmpdir(), "entra-hunt-responder-records-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

runRecordsContract("a folder", () => folderRecords(folder));
