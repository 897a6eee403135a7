// Every aggregate by name.
import { collecting } from "./collecting.ts";
import { counting } from "./counting.ts";
import { percentiles } from "./percentiles.ts";
import type { Aggregate } from "./registry.ts";
import { statistics } from "./statistics.ts";

export const aggregates: readonly Aggregate[] = [...counting, ...statistics, ...percentiles, ...collecting];

const byName = new Map(aggregates.flatMap((a) => [a.name, ...a.spellings].map((name) => [name, a] as const)));

export const aggregateNamed = (name: string): Aggregate | undefined => byName.get(name);
