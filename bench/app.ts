// npm run bench app: what loading the app costs beside an app with one empty function, and how long a run takes that
// finds 200 campaigns while every service answers in 100 ms. Prints figures against their limits; exits 1 beyond one.
import { execFileSync } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { rolldown } from "rolldown";
import { build } from "../scripts/build.ts";
import { farEnvironment } from "../test/far-end.ts";
import { median, sayWithin } from "./figures.ts";

const root = join(import.meta.dirname, "..");
const LOADS = 15;

interface Loaded {
  readonly ms: number;
  readonly bytes: number;
}

function load(entry: string): Loaded {
  const child = join(root, "test", "worker-child.ts");
  return JSON.parse(execFileSync(process.execPath, [child, entry], { env: { ...farEnvironment }, encoding: "utf8" }));
}

async function emptyApp(folder: string): Promise<string> {
  const source = join(root, "bench", "empty-app.ts");
  const bundled = await rolldown({
    input: { main: source },
    cwd: root,
    platform: "node",
    external: ["@azure/functions-core"],
  });
  await bundled.write({ dir: folder, format: "esm", minify: true, entryFileNames: "[name].js" });
  await bundled.close();
  await writeFile(join(folder, "package.json"), '{"type":"module"}');
  return join(folder, "main.js");
}

let beyond = 0;
function say(what: string, value: number, limit: number, unit: string): void {
  if (!sayWithin(what, value, limit, unit)) beyond += 1;
}

async function benchLoading(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), "entra-hunt-responder-bench-"));
  try {
    const empty = await emptyApp(join(folder, "empty"));
    const { folder: app } = await build(join(folder, "app"));
    const ours: Loaded[] = [];
    const theirs: Loaded[] = [];
    // In turn, so that whatever else the machine does meets both.
    for (let n = 0; n < LOADS; n++) {
      theirs.push(load(empty));
      ours.push(load(join(app, "main.js")));
    }
    const more = (of: (loaded: Loaded) => number): number => median(ours.map(of)) - median(theirs.map(of));
    const ms = (loaded: Loaded): number => loaded.ms;
    console.log(
      `Loading, median of ${LOADS}: ${median(ours.map(ms)).toFixed(1)} ms, an empty app ${median(theirs.map(ms)).toFixed(1)} ms (${(median(ours.map(ms)) / median(theirs.map(ms))).toFixed(2)} times)`,
    );
    say("loading takes longer than an empty app by", more(ms), 60, "ms");
    say("loading takes more memory than an empty app by", more((loaded) => loaded.bytes) / 2 ** 20, 40, "MB");
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function benchCampaigns(): void {
  const child = join(root, "bench", "campaigns-child.ts");
  const { seconds, megabytes, campaigns, calls } = JSON.parse(
    execFileSync(process.execPath, ["--expose-gc", child], { encoding: "utf8" }),
  );
  console.log(`A run with ${campaigns} campaigns, services at 100 ms: ${JSON.stringify(calls)} calls`);
  say("it takes", seconds, 10, "s");
  say("its memory rises above idle by", megabytes, 150, "MB");
}

console.log(`Node ${process.versions.node}, ${availableParallelism()} cores`);
await benchLoading();
benchCampaigns();
process.exit(beyond === 0 ? 0 : 1);
