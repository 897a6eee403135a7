// Reads the KQL parser once and keeps it as a snapshot of Node's heap, which the commands start from: half a second and more
// less for each of them. Without it they work the same, and slower.
import { spawnSync } from "node:child_process";
import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { rolldown } from "rolldown";

const root = dirname(import.meta.dirname);
const library = join(root, "node_modules", "@kusto", "language-service-next");

/** What the parser is to have done before it is kept. It need not be bound to anything: what it knows of KQL takes long. */
const FIRST_QUERY = "SigninLogs | where TimeGenerated > ago(1d) | summarize count() by bin(TimeGenerated, 1h)";

/** One script, as a snapshot is made from: it can load nothing. */
async function script(): Promise<string> {
  return [
    await readFile(join(library, "bridge.min.js"), "utf8"),
    await bundled("src/kql/parser-runtime.ts", "runtime"),
    "runtime.hastenRuntime(globalThis.Bridge, globalThis.System);",
    await readFile(join(library, "Kusto.Language.Bridge.min.js"), "utf8"),
    await bundled("src/kql/parser-binder.ts", "binder"),
    "binder.hastenBinder(globalThis.Bridge, globalThis.Kusto.Language);",
    `Kusto.Language.KustoCode.ParseAndAnalyze(${JSON.stringify(FIRST_QUERY)}, Kusto.Language.GlobalState.Default).GetDiagnostics();`,
    "binder.settleParser(globalThis.System, globalThis.Kusto.Language);",
  ].join("\n;\n");
}

async function bundled(path: string, name: string): Promise<string> {
  const bundle = await rolldown({ input: join(root, path), cwd: root });
  const { output } = await bundle.generate({ format: "iife", name });
  await bundle.close();
  return output[0].code;
}

/** Throws where the snapshot could not be made. Others of before, which nothing starts from any more, are removed. */
export async function keepParser(path: string): Promise<void> {
  await rm(dirname(path), { recursive: true, force: true });
  await mkdir(dirname(path), { recursive: true });
  const stage = await mkdtemp(join(dirname(path), "making-"));
  try {
    const source = join(stage, "parser.cjs");
    const blob = join(stage, "parser.blob");
    await writeFile(source, await script());
    const made = spawnSync(process.execPath, ["--snapshot-blob", blob, "--build-snapshot", source], {
      encoding: "utf8",
    });
    if (made.status !== 0) throw new Error((made.error?.message ?? made.stderr).slice(-500));
    // In one step, so that no command ever starts from half of it.
    await rename(blob, path);
  } finally {
    await rm(stage, { recursive: true, force: true });
  }
}
