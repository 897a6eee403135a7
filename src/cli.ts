// The same run from a terminal: npm run hunt, npm run kql, npm run hunts:check.
import { enableCompileCache } from "node:module";
import { explanationOf } from "./commands/explanation-of.ts";
import { generalHelp } from "./commands/help.ts";

// The KQL parser is five megabytes of script; compiled once, it need not be compiled again by the next command.
enableCompileCache();

type Command = (args: readonly string[]) => Promise<number>;

/** Loaded on demand: the parser and DuckDB cost most of a second. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  hunt: async () => (await import("./commands/hunt.ts")).huntCommand,
  kql: async () => (await import("./commands/kql.ts")).kqlCommand,
  "hunts:check": async () => (await import("./commands/check.ts")).checkCommand,
};

async function main([name = "", ...args]: readonly string[]): Promise<number> {
  const load = commands[name];
  if (!load) {
    console.log(generalHelp);
    return name === "" || name === "--help" || name === "-h" ? 0 : 2;
  }
  try {
    return await (await load())(args);
  } catch (error) {
    const explanation = explanationOf(error);
    if (explanation === undefined) throw error;
    console.error(explanation);
    return 2;
  }
}

// A reader that stops reading (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
