// Every scalar function by name.
import { assertion } from "./assert.ts";
import { conditional } from "./conditional.ts";
import { conversion } from "./conversion.ts";
import { dates } from "./dates.ts";
import { dynamics } from "./dynamics.ts";
import { encoding } from "./encoding.ts";
import { geo } from "./geo.ts";
import { math } from "./math.ts";
import { network } from "./network.ts";
import { paths } from "./paths.ts";
import type { ScalarFunction } from "./registry.ts";
import { rows } from "./rows.ts";
import { sets } from "./sets.ts";
import { special } from "./special.ts";
import { text } from "./text.ts";
import { units } from "./units.ts";

export const functions: readonly ScalarFunction[] = [
  ...conversion,
  ...conditional,
  assertion,
  ...text,
  ...encoding,
  ...paths,
  ...dates,
  ...dynamics,
  ...sets,
  ...math,
  ...special,
  ...units,
  ...geo,
  ...network,
  ...rows,
];

const byName = new Map(functions.flatMap((f) => [f.name, ...f.spellings].map((name) => [name, f] as const)));

export const functionNamed = (name: string): ScalarFunction | undefined => byName.get(name);
