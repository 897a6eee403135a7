// Small rows and hunts for tests: only what matters to a test is written in it.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Hunt } from "../src/hunts/hunt.ts";
import { readHunt } from "../src/hunts/read-hunt.ts";
import { type Instant, parseInstant } from "../src/time.ts";

export const at = (text: string): Instant => {
  const read = parseInstant(text);
  if (read === undefined) throw new Error(`The test's time "${text}" is none.`);
  return read;
};

export function huntOf(text: string, file = "test-hunt.yaml"): Hunt {
  const read = readHunt({ file, text });
  if (read.kind === "faults") throw new Error(read.faults.map((fault) => fault.message).join("\n"));
  return read.hunt;
}

export const huntFile = (slug: string): string =>
  readFileSync(join(import.meta.dirname, "..", "src", "hunts", `${slug}.yaml`), "utf8");

export const ownHunt = (slug: "failed-portal-sign-in" | "single-factor-spray"): Hunt =>
  huntOf(huntFile(slug), `${slug}.yaml`);
