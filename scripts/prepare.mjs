// What `npm ci` runs at its end. Nothing here may fail an installation: the commands work without it, and themselves say
// what they miss. Written for Node 18, as it runs on whatever Node there is.
import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { keptParser } from "./kept-parser.mjs";

if (Number(process.versions.node.split(".")[0]) >= 24) {
  try {
    const path = keptParser(dirname(dirname(fileURLToPath(import.meta.url))));
    if (path && !existsSync(path)) {
      const { keepParser } = await import("./keep-parser.ts");
      await keepParser(path);
    }
  } catch (error) {
    const why = error instanceof Error ? error.message.split("\n")[0] : String(error);
    console.error(`The KQL parser could not be kept ready (${why}): commands take about a second longer to start.`);
  }
}
