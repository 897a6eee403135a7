import { Problem, Problems } from "../problems.ts";
import { UsageError } from "./usage.ts";

/** What the terminal says of wrong use or of input that cannot be read, and what to do. Undefined for a fault of our own. */
export function explanationOf(error: unknown): string | undefined {
  if (error instanceof UsageError || error instanceof Problem) return `${error.message}\n${error.advice}`;
  return error instanceof Problems ? error.message : undefined;
}
