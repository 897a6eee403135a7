// Loads an entry of an app as the worker does, in a process of its own, and says what that took.
import { pathToFileURL } from "node:url";
import { startWorker } from "./worker.ts";

const entry = process.argv[2];
if (entry === undefined) throw new Error("Name the entry.");
const worker = startWorker();
const before = process.memoryUsage().rss;
const begin = performance.now();
try {
  await import(pathToFileURL(entry).href);
  const ms = performance.now() - begin;
  const bytes = process.memoryUsage().rss - before;
  const { functions } = worker;
  console.log(JSON.stringify({ ms, bytes, functions }));
} catch (error) {
  console.log(JSON.stringify({ failed: error instanceof Error ? error.message : String(error) }));
}
