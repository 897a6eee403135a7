// A picture of numbers over time that is text, so that it needs no image and no script.
const BARS = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** At most `width` bars, oldest first. Only nothing is drawn as the lowest bar; every attempt can be seen. */
export function sparkline(numbers: readonly number[], width: number): string {
  const sums = merged(numbers, width);
  const highest = Math.max(0, ...sums);
  return sums
    .map((sum) => (sum <= 0 ? BARS[0] : (BARS[Math.max(1, Math.ceil((sum / highest) * BARS.length) - 1)] ?? BARS[7])))
    .join("");
}

/** Sums neighbours until at most `width` numbers are left; every one of them covers the same length of time. */
export function merged(numbers: readonly number[], width: number): readonly number[] {
  const step = Math.max(1, Math.ceil(numbers.length / width));
  const sums: number[] = [];
  for (let at = 0; at < numbers.length; at += step) {
    sums.push(numbers.slice(at, at + step).reduce((sum, n) => sum + Math.max(0, n), 0));
  }
  return sums;
}
