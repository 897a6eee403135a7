// How fast and how large loading is: `node bench/load.ts [--rows 1000000] [--folder DIR]`. Rows are made up, half in each
// sign-in table. Each figure comes from a process of its own, so that its memory is its own too. The rate beside it is
// that of plain JSON.parse over the same lines on the same machine; compare ratios, machines differ.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { createReadStream } from "node:fs";
import { mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { parseArgs } from "node:util";
import { openLogStore } from "../src/local/log-store.ts";
import { HUNTS_FOLDER, readRules } from "../src/rulebook.ts";
import { writeSignIns } from "./sign-in-file.ts";

const FILES = ["SigninLogs.ndjson", "AADNonInteractiveUserSignInLogs.ndjson"] as const;

interface Figures {
  readonly rows: number;
  readonly seconds: number;
  readonly cpuSeconds: number;
  readonly megabytes: number;
  readonly hunts?: Readonly<Record<string, HuntFigures>>;
}

interface HuntFigures {
  readonly seconds: number;
  readonly cpuSeconds: number;
}

function figures(rows: number, began: number, more: Partial<Figures> = {}): Figures {
  const { userCPUTime, systemCPUTime, maxRSS } = process.resourceUsage();
  return {
    rows,
    seconds: (performance.now() - began) / 1000,
    cpuSeconds: (userCPUTime + systemCPUTime) / 1e6,
    megabytes: maxRSS / 1024,
    ...more,
  };
}

/** What reading the same lines costs at the very least in JavaScript. */
async function parseLines(folder: string): Promise<Figures> {
  const began = performance.now();
  let rows = 0;
  for (const file of FILES) {
    for await (const line of createInterface({ input: createReadStream(join(folder, file)) })) {
      if (JSON.parse(line).TimeGenerated !== undefined) rows++;
    }
  }
  return figures(rows, began);
}

async function loadAndHunt(folder: string): Promise<Figures> {
  const began = performance.now();
  const store = await openLogStore({ folder });
  const loaded = figures(
    store.tables.reduce((sum, table) => sum + table.rows, 0),
    began,
  );
  const hunts: Record<string, HuntFigures> = {};
  for (const hunt of await readRules([HUNTS_FOLDER])) {
    const asked = performance.now();
    const before = process.cpuUsage();
    if (store.span) await store.query({ kql: hunt.query, window: store.span });
    const { user, system } = process.cpuUsage(before);
    hunts[hunt.slug] = { seconds: (performance.now() - asked) / 1000, cpuSeconds: (user + system) / 1e6 };
  }
  await store.close();
  return { ...loaded, megabytes: process.resourceUsage().maxRSS / 1024, hunts };
}

async function inOwnProcess(phase: string, folder: string): Promise<Figures> {
  const child = spawn(process.execPath, [import.meta.filename, "--phase", phase, "--folder", folder], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  if (code !== 0) throw new Error(`${phase} ended with ${code}`);
  return JSON.parse(text) as Figures;
}

const told = (what: string, { rows, seconds, cpuSeconds, megabytes }: Figures): string =>
  `${what.padEnd(24)} ${Math.round(rows / seconds).toLocaleString("en")} rows/s, ${seconds.toFixed(1)} s, ` +
  `${cpuSeconds.toFixed(1)} s of CPU, ${Math.round(megabytes)} MB at most`;

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: { rows: { type: "string" }, folder: { type: "string" }, phase: { type: "string" } },
  });
  if (values.phase !== undefined) {
    const work = values.phase === "parse" ? parseLines : loadAndHunt;
    console.log(JSON.stringify(await work(values.folder ?? "")));
    return;
  }
  const rows = Number(values.rows ?? 1_000_000);
  const folder = values.folder ?? (await mkdtemp(join(tmpdir(), "bench-load-")));
  try {
    for (const [index, file] of FILES.entries()) await writeSignIns(join(folder, file), rows / 2, index === 0);
    const sizes = await Promise.all(FILES.map(async (file) => (await stat(join(folder, file))).size));
    const size = sizes.reduce((sum, each) => sum + each, 0);
    console.log(`${rows.toLocaleString("en")} rows, ${Math.round(size / rows)} bytes each`);
    const parsed = await inOwnProcess("parse", folder);
    console.log(told("JSON.parse per line", parsed));
    const loaded = await inOwnProcess("load", folder);
    console.log(told("loaded with all checks", loaded));
    for (const [hunt, { seconds, cpuSeconds }] of Object.entries(loaded.hunts ?? {})) {
      console.log(`${hunt.padEnd(24)} ${seconds.toFixed(2)} s, ${cpuSeconds.toFixed(2)} s of CPU`);
    }
    const hunts = Object.values(loaded.hunts ?? {}).reduce((sum, each) => sum + each.seconds, 0);
    console.log(`loading and hunting      ${(loaded.seconds + hunts).toFixed(1)} s`);
    console.log(`loading against parsing  ${(parsed.seconds / loaded.seconds).toFixed(2)} times as fast`);
  } finally {
    if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
  }
}

await main();
