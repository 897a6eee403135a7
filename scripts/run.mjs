// Starts every script of package.json under Node 24 or later. Written for Node 18, so that an old Node gets an answer.
import { existsSync } from "node:fs";
import { dirname, join } from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { keptParser } from "./kept-parser.mjs";

const NEEDED = 24;
const root = dirname(dirname(fileURLToPath(import.meta.url)));
const installed = (name) => existsSync(join(root, "node_modules", name, "package.json"));

function stop(...lines) {
  console.error(lines.join("\n"));
  process.exit(2);
}

if (!installed("zod")) stop("The dependencies are not installed.", "Run `npm ci` in this folder first.");
if (Number(process.versions.node.split(".")[0]) < NEEDED) {
  const why = installed("node")
    ? 'The package "node" is installed, but its install script was not run (--ignore-scripts, or npm was told to block it).'
    : 'The package "node", which brings it along, is missing (NODE_ENV=production and --omit=dev leave it out).';
  stop(
    `This project needs Node ${NEEDED} or later. Found Node ${process.versions.node} at ${process.execPath}.`,
    why,
    "Run `npm ci --include=dev --ignore-scripts=false`, or install Node 24 yourself.",
  );
}
if (!installed("@duckdb/node-api")) {
  stop(
    "The development dependencies are not installed (NODE_ENV=production and --omit=dev leave them out).",
    "Run `npm ci --include=dev`: the embedded engine and the tests need them.",
  );
}

process.argv.splice(1, 1);
const script = join(root, process.argv[1]);
const kept = keptParser(root);
// A process that was given flags of its own, for a debugger or a profile, stays as it is.
if (kept && existsSync(kept) && process.execArgv.length === 0) {
  process.execve(
    process.execPath,
    [process.execPath, "--snapshot-blob", kept, script, ...process.argv.slice(2)],
    process.env,
  );
}
await import(pathToFileURL(script));
