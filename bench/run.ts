// npm run bench NAME: one of the measurements beside this file, with whatever options it takes.
import { readdir } from "node:fs/promises";
import { join } from "node:path";

/** What can be asked for, and what it measures. */
const BENCHES: Readonly<Record<string, string>> = {
  kql: "the embedded engine against SQL written by hand, over ten million sign-ins",
  load: "loading exported logs, against JSON.parse over the same lines",
  app: "loading the function app, and a run that finds 200 campaigns",
  ledger: "planning a run beside a year of ledger and ten thousand campaigns, against the same without campaigns",
  evidence: "gathering evidence for many findings",
};

const there = new Set(await readdir(import.meta.dirname));
const offered = Object.entries(BENCHES).filter(([name]) => there.has(`${name}.ts`));
const asked = process.argv[2] ?? "";
if (offered.some(([name]) => name === asked)) {
  // What was asked for reads its own options, as if it had been started itself.
  process.argv.splice(1, 2, join(import.meta.dirname, `${asked}.ts`));
  await import(`./${asked}.ts`);
} else {
  console.error(asked === "" ? "Say which benchmark to run:" : `There is no benchmark "${asked}". There are:`);
  for (const [name, what] of offered) console.error(`  npm run bench ${name.padEnd(9)} ${what}`);
  process.exitCode = 2;
}
