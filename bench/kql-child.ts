// One measurement of the engine, in a process of its own so that its memory and its start are its own too. Prints JSON.
import { mkdir, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { DuckDBConnection } from "@duckdb/node-api";
import { type Engine, openEngine } from "../src/kql/engine.ts";
import { loadFolder } from "../src/kql/load/load-folder.ts";
import { rowsInParquet } from "../src/kql/load/row-store.ts";
import { huntsByHand } from "./hunts-by-hand.ts";
import type { Hunts, Measured } from "./kql-measures.ts";
import { DAYS, SIGN_IN_TABLES, START } from "./sign-in-parquet.ts";

/** As the folder of logs opens it. */
const MEMORY_LIMIT = "800MB";
const window = { from: START, to: START + DAYS * 86_400_000 };
const ROUNDS = 5;
const WARM_UPS = 40;
const COMPILES = 25;

const peakMegabytes = (): number => process.resourceUsage().maxRSS / 1024;
const best = (numbers: readonly number[]): number => Math.min(...numbers);
const middle = (numbers: readonly number[]): number => numbers.toSorted((a, b) => a - b)[numbers.length >> 1] ?? 0;

async function milliseconds(work: () => unknown): Promise<number> {
  const began = performance.now();
  await work();
  return performance.now() - began;
}

async function openOver(folder: string, stage: string, inPlace = true): Promise<Engine> {
  const engine = await openEngine({ directory: stage, memoryLimit: MEMORY_LIMIT });
  const { tables } = await loadFolder(engine.connection, folder, stage);
  for (const { definition } of tables) engine.define(definition);
  if (inPlace) return engine;
  await engine.connection.run("SET GLOBAL parquet_metadata_cache = true");
  for (const [index, table] of engine.tables.entries()) {
    await engine.connection.run(`CREATE VIEW stored_${index} AS SELECT * FROM '${storedFile(folder, index)}'`);
    engine.define({ ...table, relation: `stored_${index}` });
  }
  return engine;
}

/** In the order of the engine's tables, as rowsInParquet names them. */
const storedFile = (folder: string, index: number): string => join(folder, "stored", `rows-${index + 1}.parquet`);

/** Copies what lies in Parquet as loading text files lays it out. */
async function store(folder: string, stage: string): Promise<Measured> {
  const engine = await openOver(folder, stage);
  await mkdir(join(folder, "stored"));
  const rows = rowsInParquet(engine.connection, join(folder, "stored"));
  for (const { name, relation } of engine.tables) {
    const took = await milliseconds(() => rows.keep(`SELECT * FROM ${relation}`));
    console.error(`  stored ${name} in ${(took / 1000).toFixed(0)} s`);
  }
  engine.close();
  return { kind: "stored" };
}

const comparable = (rows: readonly (readonly unknown[])[]): string =>
  rows
    .map((row) => JSON.stringify(row, (_key, value) => (typeof value === "bigint" ? String(value) : value)))
    .toSorted()
    .join("\n");

async function rowsOf(connection: DuckDBConnection, sql: string): Promise<readonly (readonly unknown[])[]> {
  return (await connection.runAndReadAll(sql)).getRowsJson();
}

/** The first question locks the database, to whatever was not named. */
function lockOver(engine: Engine, folder: string, inPlace: boolean): Promise<void> {
  const files = SIGN_IN_TABLES.map((table, index) =>
    inPlace ? join(folder, `${table}.parquet`) : storedFile(folder, index),
  );
  return engine.lock(files);
}

/** Engine and hand-written SQL in turn, so that whatever else the machine does meets both. */
async function hunts(folder: string, stage: string, inPlace: boolean, asked: Hunts): Promise<Measured> {
  const engine = await openOver(folder, stage, inPlace);
  const { connection } = engine;
  const relationOf = (name: string): string => engine.tables.find((table) => table.name === name)?.relation ?? name;
  await lockOver(engine, folder, inPlace);
  const found: { slug: string; rows: number; equal: boolean; ours: number; byHand: number }[] = [];
  for (const [slug, kql] of Object.entries(asked)) {
    const hand = huntsByHand[slug];
    if (!hand) continue;
    const moment = (at: number): string => `make_timestamp(${at * 1000}::BIGINT)`;
    await engine.query(kql, { window });
    const ours = engine.sql(kql, { window });
    const byHand = hand.sql(relationOf(hand.table), moment(window.from), moment(window.to));
    const [a, b] = [await rowsOf(connection, ours), await rowsOf(connection, byHand)];
    const took = { ours: [] as number[], byHand: [] as number[] };
    for (let round = 0; round < ROUNDS; round++) {
      took.byHand.push(await milliseconds(() => connection.runAndReadAll(byHand)));
      took.ours.push(await milliseconds(() => connection.runAndReadAll(ours)));
    }
    found.push({
      slug,
      rows: a.length,
      equal: comparable(a) === comparable(b),
      ours: best(took.ours),
      byHand: best(took.byHand),
    });
  }
  engine.close();
  return { kind: "hunts", hunts: found };
}

/** Nothing but the hunts, as the product asks them. */
async function memory(folder: string, stage: string, inPlace: boolean, asked: Hunts): Promise<Measured> {
  const engine = await openOver(folder, stage, inPlace);
  await lockOver(engine, folder, inPlace);
  for (const kql of Object.values(asked)) await engine.query(kql, { window });
  engine.close();
  return { kind: "memory", megabytes: peakMegabytes() };
}

/** A comment that changes makes the text new: the engine remembers what it has parsed. */
async function compiling(folder: string, stage: string, asked: Hunts): Promise<Measured> {
  const engine = await openOver(folder, stage);
  const compiles: { slug: string; ms: number; againMs: number }[] = [];
  for (const [slug, kql] of Object.entries(asked)) {
    let n = 0;
    const compile = (): string => engine.sql(`${kql}\n// ${n++}`, { window });
    for (let at = 0; at < WARM_UPS; at++) compile();
    const took: number[] = [];
    for (let at = 0; at < COMPILES; at++) took.push(await milliseconds(compile));
    const again: number[] = [];
    for (let at = 0; at < COMPILES; at++) again.push(await milliseconds(() => engine.sql(kql, { window })));
    compiles.push({ slug, ms: middle(took), againMs: middle(again) });
  }
  engine.close();
  return { kind: "compiles", compiles };
}

async function first(folder: string, stage: string, asked: Hunts): Promise<Measured> {
  const engine = await openOver(folder, stage);
  const [kql = ""] = Object.values(asked);
  await engine.query(kql, { window });
  const at = String(process.hrtime.bigint());
  engine.close();
  return { kind: "first", at };
}

async function loading(folder: string, stage: string): Promise<Measured> {
  const began = performance.now();
  const before = process.cpuUsage();
  const engine = await openOver(folder, stage);
  const seconds = (performance.now() - began) / 1000;
  const { user, system } = process.cpuUsage(before);
  let rows = 0;
  for (const { relation } of engine.tables) {
    rows += Number((await rowsOf(engine.connection, `SELECT count(*) FROM ${relation}`))[0]?.[0] ?? 0);
  }
  engine.close();
  return { kind: "loading", rows, seconds, cpuSeconds: (user + system) / 1e6 };
}

const [phase = "", folder = "", asked = "{}"] = process.argv.slice(2);
const phases: Readonly<Record<string, (stage: string, asked: Hunts) => Promise<Measured>>> = {
  store: (stage) => store(folder, stage),
  stored: (stage, asked) => hunts(folder, stage, false, asked),
  parquet: (stage, asked) => hunts(folder, stage, true, asked),
  "memory stored": (stage, asked) => memory(folder, stage, false, asked),
  "memory parquet": (stage, asked) => memory(folder, stage, true, asked),
  compile: (stage, asked) => compiling(folder, stage, asked),
  first: (stage, asked) => first(folder, stage, asked),
  load: (stage) => loading(folder, stage),
};
const stage = await mkdtemp(join(tmpdir(), "bench-kql-"));
try {
  const measured = await phases[phase]?.(stage, JSON.parse(asked) as Hunts); // written by the parent
  process.stdout.write(JSON.stringify(measured));
} finally {
  await rm(stage, { recursive: true, force: true });
}
