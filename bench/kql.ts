// npm run bench kql: the embedded engine against SQL written by hand, over ten million made-up sign-ins in each table.
// `--rows 1000000` makes fewer; `--folder DIR` keeps what was made for the next run (about 2 GB). Figures against their
// limits; exits 1 beyond one. A loaded machine moves all but the ratios.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { parseArgs } from "node:util";
import { HUNTS_FOLDER, readRules } from "../src/rulebook.ts";
import type { Hunts, Measured } from "./kql-measures.ts";
import { writeSignIns } from "./sign-in-file.ts";
import { writeSignInParquet } from "./sign-in-parquet.ts";

const MOST = { ratio: 1.3, compileMs: 15, firstMs: 1200, megabytes: 1536, rowsPerSecond: 100_000 };
const FIRST_RESULTS = 5;
const ROOT = dirname(import.meta.dirname);
const CHILD = "bench/kql-child.ts";
const TEXT_ROWS = 300_000;

async function measure<K extends Measured["kind"]>(
  kind: K,
  phase: string,
  folder: string,
  asked: Hunts = {},
  starter: readonly string[] = [CHILD],
): Promise<Extract<Measured, { kind: K }>> {
  const child = spawn(process.execPath, [...starter, phase, folder, JSON.stringify(asked)], {
    cwd: ROOT,
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  child.stdout.on("data", (chunk: Buffer) => {
    text += chunk;
  });
  const [code] = await once(child, "close");
  const measured = code === 0 ? (JSON.parse(text) as Measured) : undefined; // from our own child
  if (measured?.kind !== kind) throw new Error(`measuring ${phase} ended with ${code}`);
  return measured as Extract<Measured, { kind: K }>;
}

let beyond = 0;
function say(what: string, value: string, limit: string, within: boolean): void {
  if (!within) beyond += 1;
  console.log(`${within ? "ok    " : "BEYOND"} ${what.padEnd(62)} ${value.padStart(22)}   ${limit}`);
}
const shown = (n: number, digits = 0): string => n.toLocaleString("en", { maximumFractionDigits: digits });

function sayHunts(where: string, { hunts }: Extract<Measured, { kind: "hunts" }>): void {
  for (const { slug, rows, equal, ours, byHand } of hunts) {
    const ratio = ours / byHand;
    const figures = `${shown(ours)} / ${shown(byHand)} ms = ${ratio.toFixed(2)}`;
    say(`${slug} against SQL by hand, ${where}`, figures, `at most ${MOST.ratio}`, ratio <= MOST.ratio);
    say(`  both give the same ${shown(rows)} rows`, equal ? "yes" : "NO", "yes", equal);
  }
}

function sayMemory(where: string, megabytes: number): void {
  const within = megabytes <= MOST.megabytes;
  say(`memory while hunting, ${where}`, `${shown(megabytes)} MB`, `at most ${shown(MOST.megabytes)} MB`, within);
}

async function makeRows(folder: string, rows: number): Promise<void> {
  await mkdir(folder, { recursive: true });
  if (existsSync(join(folder, "AADNonInteractiveUserSignInLogs.parquet"))) return;
  console.log(`making ${shown(rows)} rows for each table`);
  await writeSignInParquet(folder, rows);
}

async function overManyRows(folder: string, rows: number, queries: Hunts): Promise<void> {
  await makeRows(folder, rows);
  if (!existsSync(join(folder, "stored"))) await measure("stored", "store", folder);
  sayHunts("loaded", await measure("hunts", "stored", folder, queries));
  sayMemory("loaded", (await measure("memory", "memory stored", folder, queries)).megabytes);
  sayHunts("Parquet in place", await measure("hunts", "parquet", folder, queries));
  sayMemory("Parquet in place", (await measure("memory", "memory parquet", folder, queries)).megabytes);
}

/** Milliseconds from before the process is started; the two read the same clock, that of the machine. */
async function firstResult(folder: string, queries: Hunts, starter: readonly string[]): Promise<number> {
  const took: number[] = [];
  for (let n = 0; n < FIRST_RESULTS; n++) {
    const began = process.hrtime.bigint();
    const { at } = await measure("first", "first", folder, queries, starter);
    took.push(Number(BigInt(at) - began) / 1e6);
  }
  return Math.min(...took);
}

async function overText(folder: string, queries: Hunts, judged: Hunts): Promise<void> {
  const few = join(folder, "few");
  const many = join(folder, "many");
  for (const [at, rows] of [
    [few, 100],
    [many, TEXT_ROWS],
  ] as const) {
    await mkdir(at, { recursive: true });
    await writeSignIns(join(at, "SigninLogs.ndjson"), rows / 2, true);
    await writeSignIns(join(at, "AADNonInteractiveUserSignInLogs.ndjson"), rows / 2, false);
  }
  const { compiles } = await measure("compiles", "compile", few, { ...queries, ...judged });
  for (const { slug, ms, againMs } of compiles) {
    const within = ms <= MOST.compileMs;
    say(`compile ${slug}, warm, parse included`, `${ms.toFixed(1)} ms`, `at most ${MOST.compileMs} ms`, within);
    console.log(`         the same text again: ${againMs.toFixed(1)} ms`);
  }
  const first = await firstResult(few, queries, ["scripts/run.mjs", CHILD]);
  const within = first <= MOST.firstMs;
  say(
    "first result in a fresh process, as commands start",
    `${shown(first)} ms`,
    `at most ${shown(MOST.firstMs)} ms`,
    within,
  );
  console.log(`         without the kept parser: ${shown(await firstResult(few, queries, [CHILD]))} ms`);
  const { rows, seconds, cpuSeconds } = await measure("loading", "load", many);
  const rate = rows / seconds;
  say(
    "loading NDJSON with all checks, 2 KB a row",
    `${shown(rate)} rows/s`,
    `at least ${shown(MOST.rowsPerSecond)}`,
    rate >= MOST.rowsPerSecond,
  );
  console.log(
    `         ${((cpuSeconds / rows) * 1e6).toFixed(1)} s of processor time for a million rows, on all cores together`,
  );
}

const { values } = parseArgs({
  options: { rows: { type: "string", default: "10000000" }, folder: { type: "string" } },
});
const hunts = await readRules([HUNTS_FOLDER]);
const queries: Hunts = Object.fromEntries(hunts.map((hunt) => [hunt.slug, hunt.query]));
const judged: Hunts = Object.fromEntries(
  hunts.flatMap((hunt) => (hunt.responder?.judge ? [[`${hunt.slug} (judge)`, hunt.responder.judge]] : [])),
);
const folder = values.folder ?? (await mkdtemp(join(tmpdir(), "bench-kql-")));
const texts = await mkdtemp(join(tmpdir(), "bench-kql-"));
try {
  await overText(texts, queries, judged);
  await overManyRows(folder, Number(values.rows), queries);
} finally {
  await rm(texts, { recursive: true, force: true });
  if (values.folder === undefined) await rm(folder, { recursive: true, force: true });
}
if (beyond > 0) process.exitCode = 1;
