// How many accounts may be acted on without asking. Over it nobody is touched: a few of many would be chosen by nothing.
import { DAY, earlier, HOUR, type Instant } from "../time.ts";
import type { BudgetLimits } from "./rules.ts";
import { count, plural } from "./words.ts";

export interface Spent {
  readonly at: Instant;
  readonly run: string;
  readonly account: string;
}

/** Why `wanted` more accounts are too many for this run, "" where they are not. */
export function overBudget(
  wanted: number,
  run: string,
  spent: readonly Spent[],
  limits: BudgetLimits,
  now: Instant,
): string {
  const since = (from: Instant): number => spent.filter(({ at }) => at > from).length;
  const counts: readonly (readonly [number, number, string])[] = [
    [spent.filter((one) => one.run === run).length, limits.perRun, "a run"],
    [since(earlier(now, HOUR)), limits.perHour, "an hour"],
    [since(earlier(now, DAY)), limits.perDay, "a day"],
  ];
  const over = counts.find(([before, limit]) => before + wanted > limit);
  if (over === undefined) return "";
  const [before, limit, length] = over;
  const already = before === 0 ? "" : ` after ${count(before)} before`;
  return `${plural(wanted, "account")}${already} would be over the budget of ${count(limit)} in ${length}, so nobody is touched without asking.`;
}

/** What still counts. */
export const recent = (spent: readonly Spent[], now: Instant): readonly Spent[] =>
  spent.filter(({ at }) => at > earlier(now, DAY));
