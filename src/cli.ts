// The same run from a terminal: npm run hunt, npm run kql, npm run hunts:check.
import { enableCompileCache } from "node:module";
import { generalHelp } from "./commands/help.ts";
import { UsageError } from "./commands/usage.ts";
import { Problem, Problems } from "./problems.ts";

// The KQL parser is five megabytes of script; compiled once, it need not be compiled again by the next command.
enableCompileCache();

type Command = (args: readonly string[]) => Promise<number>;

/** Loaded on demand: the parser and DuckDB cost most of a second. */
const commands: Readonly<Record<string, () => Promise<Command>>> = {
  hunt: async () => (await import("./commands/hunt.ts")).huntCommand,
  kql: async () => (await import("./commands/kql.ts")).kqlCommand,
  "hunts:check": async () => (await import("./commands/check.ts")).checkCommand,
};

function explain(error: unknown): void {
  if (error instanceof UsageError || error instanceof Problem) console.error(`${error.message}\n${error.advice}`);
  else if (error instanceof Problems)
    for (const problem of error.problems) console.error(`${problem.message}\n  ${problem.advice}`);
  else throw error;
}

async function main([name = "", ...args]: readonly string[]): Promise<number> {
  const load = commands[name];
  if (!load) {
    console.log(generalHelp);
    return name === "" || name === "--help" || name === "-h" ? 0 : 2;
  }
  try {
    return await (await load())(args);
  } catch (error) {
    explain(error);
    return 2;
  }
}

// A reader that stops reading (`| head`) is no failure.
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code === "EPIPE") process.exit(0);
  throw error;
});
process.exitCode = await main(process.argv.slice(2));
