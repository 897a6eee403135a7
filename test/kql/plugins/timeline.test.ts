// activity_metrics and sliding_window_counts.
import { expect, test } from "vitest";
import { refusalOf, rowsOf } from "../ask.ts";

const day = (n: number): string => `2026-11-0${n}T00:00:00.0000000Z`;
const VISITS = `datatable(User: string, App: string, At: datetime)[
  'ann', 'mail', datetime(2026-11-01 03:00), 'ann', 'mail', datetime(2026-11-01 23:59), 'bob', 'mail', datetime(2026-11-01 05:00),
  'ann', 'mail', datetime(2026-11-02 00:00), 'cyd', 'mail', datetime(2026-11-02 08:00),
  'bob', 'mail', datetime(2026-11-03 08:00), 'cyd', 'mail', datetime(2026-11-03 09:00), 'dan', 'mail', datetime(2026-11-03 09:00),
  'eve', 'chat', datetime(2026-11-01 03:00), 'eve', 'chat', datetime(2026-11-02 03:00), 'eve', 'chat', datetime(2026-11-03 03:00)]`;
const PERIOD = "datetime(2026-11-01), datetime(2026-11-03 12:00)";

test("who came, who was not there the day before, and how many stayed", async () => {
  const kql = `${VISITS} | where App == 'mail' | evaluate activity_metrics(User, At, ${PERIOD}, 1d)`;
  expect(await rowsOf(kql)).toEqual([
    [day(1), 2, 2, "NaN", "NaN"],
    [day(2), 2, 1, 0.5, 0.5],
    [day(3), 3, 2, 0.5, 0.5],
  ]);
});

test("dimensions are counted apart", async () => {
  const kql = `${VISITS} | evaluate activity_metrics(User, At, ${PERIOD}, 1d, App) | where App == 'chat'`;
  expect(await rowsOf(kql)).toEqual([
    [day(1), "chat", 1, 1, "NaN", "NaN"],
    [day(2), "chat", 1, 0, 1, 0],
    [day(3), "chat", 1, 0, 1, 0],
  ]);
});

test("a window slides over the days, and the last rows stay in it until the end", async () => {
  const kql = `${VISITS} | evaluate sliding_window_counts(User, At, datetime(2026-11-01), datetime(2026-11-05), 49h, 1d, App)`;
  expect(await rowsOf(`${kql} | where App == 'mail'`)).toEqual([
    [day(1), "mail", 3, 2],
    [day(2), "mail", 5, 3],
    [day(3), "mail", 5, 4],
    [day(4), "mail", 3, 3],
  ]);
});

test.each([
  [`activity_metrics(User, At, datetime(2026-11-01), datetime(2026-11-04), 1d)`, "a bin without any id"],
  [`activity_metrics(User, At, ${PERIOD}, 0d)`, "only a positive constant length of time"],
  [`sliding_window_counts(User, At, datetime(2026-11-02), datetime(2026-11-05), 2d, 1d)`, "ahead of the start"],
  [`sliding_window_counts(User, At, datetime(2026-11-01), datetime(2026-11-03), 2d, 1d)`, "behind the end"],
  [`sliding_window_counts(User, At, ${PERIOD}, 1h, 1d)`, "the window is shorter than a bin"],
])("%s is refused", async (plugin, why) => expect(await refusalOf(`${VISITS} | evaluate ${plugin}`)).toContain(why));
