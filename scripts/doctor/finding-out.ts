// What the doctor finds out, one line each; and how each is said.
import { Problem } from "../../src/problems.ts";

export interface Line {
  readonly state: "ok" | "fault" | "left out";
  /** What was tried: "read SigninLogs". */
  readonly what: string;
  readonly seen: string;
  /** What to do about a fault. */
  readonly advice?: string;
}

/** Tries it; a failure becomes a line with its advice, never the end of the others. */
export async function tried(what: string, task: () => Promise<string>): Promise<Line> {
  try {
    return { state: "ok", what, seen: await task() };
  } catch (error) {
    if (error instanceof Problem) return { state: "fault", what, seen: error.message, advice: error.advice };
    const seen = error instanceof Error ? error.message : String(error);
    return { state: "fault", what, seen, advice: "Nobody foresaw this one: report it with what stands here." };
  }
}

export const leftOut = (what: string, seen: string): Line => ({ state: "left out", what, seen });

const MARK = { ok: "ok      ", fault: "FAULT   ", "left out": "left out" } as const;

export const shown = ({ state, what, seen, advice }: Line): string =>
  [`${MARK[state]}  ${what}: ${seen}`, ...(advice === undefined ? [] : [advice])].join(" -> ");
