// What windows that are fixed to the clock, and a split by result code, keep from being counted together.
import type { Hunt } from "../hunts/hunt.ts";
import type { Row } from "../ports.ts";
import { instant, iso } from "../time.ts";
import { distinct, instantOf, numberOf, textOf, textsOf } from "./cells.ts";
import type { Thresholds } from "./thresholds.ts";

interface Bucket {
  readonly start: number;
  readonly rows: readonly Row[];
}

/**
 * Sentences about bursts that a hunt with windows side by side would have found, had they not been cut in two by the
 * clock or by the result code. They are told, not judged: the hunt's own threshold stays what its authors made it.
 */
export function nearMisses(hunt: Hunt, rows: readonly Row[], thresholds: Thresholds): readonly string[] {
  const responder = hunt.responder;
  if (!responder || responder.window.step !== responder.window.length) return [];
  const { lists, window } = responder;
  return responder.findings.flatMap((rule) => {
    const [condition] = rule.any[0]?.conditions ?? [];
    if (rule.any.length !== 1 || condition?.kind !== "atLeast") return [];
    const threshold = thresholds[condition.threshold] ?? Number.POSITIVE_INFINITY;
    const over = (row: Row): boolean => numberOf(row[condition.column]) >= threshold;
    const starts = Map.groupBy(rows, (row) => instantOf(row[window.column]) ?? Number.NaN);
    const buckets: readonly Bucket[] = [...starts]
      .map(([start, own]) => ({ start, rows: own }))
      .toSorted((a, b) => a.start - b.start);
    return buckets.flatMap((bucket, at) => {
      const next = buckets[at + 1];
      const pooled = next && next.start === bucket.start + window.length ? [...bucket.rows, ...next.rows] : bucket.rows;
      if (pooled.some(over)) return [];
      const accounts = distinct(pooled.flatMap((row) => textsOf(row[lists.accounts]))).length;
      if (accounts < threshold) return [];
      const codes = distinct(pooled.map((row) => textOf(row[rule.group]))).join(", ");
      const from = iso(instant(bucket.start));
      return [
        `${accounts} accounts failed within ${pooled === bucket.rows ? "one window" : "two windows side by side"} from ${from} (codes ${codes}), but fewer than ${threshold} of them in any one window with one code: this hunt does not count them together.`,
      ];
    });
  });
}
