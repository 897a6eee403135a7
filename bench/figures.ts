// What the benchmarks have in common.

export const median = (numbers: readonly number[]): number =>
  numbers.toSorted((a, b) => a - b)[Math.floor(numbers.length / 2)] ?? 0;

/** Prints a figure against its limit, and says whether it is within. */
export function sayWithin(what: string, value: number, limit: number, unit: string): boolean {
  const within = value <= limit;
  const ratio = (value / limit).toFixed(2);
  console.log(`${within ? "ok    " : "BEYOND"} ${what}: ${value.toFixed(1)} ${unit} of ${limit} (${ratio})`);
  return within;
}
