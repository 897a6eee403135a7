// A column's name changes nothing but the heading: queries over all operators answer the same where the columns have the
// names that the engine itself gives in its SQL, so that none of those can ever be taken for a column of the table.
import { afterAll, expect, test } from "vitest";
import { openEngine } from "../../src/kql/engine.ts";
import { soaking } from "../soak.ts";

const engine = await openEngine({ threads: 1 });
afterAll(() => engine.close());

const ROWS = `datatable($user:string, $count:long, $time:datetime, $bag:dynamic)[
  'ann', 3, datetime(2026-11-03), dynamic([1, 2]),
  'bob', 1, datetime(2026-11-01), dynamic([3]),
  'ann', 2, datetime(2026-11-02), dynamic({"k": 1}),
  'cid', 7, datetime(2026-11-04), dynamic(null)
]`;
const QUERIES = [
  "",
  "| serialize | extend P = prev($count), Q = next($user), R = row_number(2, $user != prev($user)), S = row_cumsum($count)",
  "| serialize | extend W = row_window_session($time, 1d, 1d, $user != prev($user)), X = row_rank_min($user)",
  "| sort by $user asc, $count desc | project Y = $count | where prev(Y) > 1",
  "| top 2 by $count | project $user",
  "| summarize Y = count(), Z = make_list($count), arg_max($count, *) by $user",
  "| summarize arg_min($time, $user, $count), take_any($bag), percentiles($count, 50, 90) by bin($count, 2)",
  "| summarize make_set($user), make_set($bag), dcount($user), make_bag(bag_pack($user, $count))",
  "| mv-expand $bag | project $user, $count, tostring($bag)",
  "| mv-expand with_itemindex=I kind=array $bag",
  "| mv-apply Y = $bag to typeof(long) on (summarize S = sum(Y), M = max($count))",
  "| mv-apply with_itemindex=I Y = $bag on (top 1 by I desc)",
  "| join kind=inner (ROWS) on $user | project $user, Y = $count",
  "| join kind=leftouter (ROWS | where $count > 2 | project $user, Y = $count) on $user",
  "| extend X = $user | join kind=fullouter (ROWS | where $count > 2 | project Y = $user, Z = $count) on $left.X == $right.Y",
  "| join kind=leftanti (ROWS | where $count > 2) on $user, $time",
  "| lookup (ROWS | summarize Y = max($count) by $user) on $user",
  "| union (ROWS | project $user, Y = $count)",
  "| make-series Y = sum($count) default=0, Z = count() on $time from datetime(2026-11-01) to datetime(2026-11-05) step 1d by $user",
  "| make-series Y = max($count), Z = count() on $count step 2",
  "| top-nested 2 of $user by Y = sum($count), top-nested 1 of $count by Z = max($count)",
  "| distinct $user, $count",
  "| evaluate pivot($user, sum($count))",
  "| evaluate narrow() | project Row, Value",
  "| project $user, $bag = bag_pack('Y', $count) | evaluate bag_unpack($bag)",
  "| evaluate rolling_percentile($count, 50, $time, 1d, 2)",
  "| evaluate activity_counts_metrics($user, $time, datetime(2026-11-01), datetime(2026-11-05), 1d)",
  "| evaluate activity_metrics($user, $time, datetime(2026-11-01), datetime(2026-11-04 12:00), 1d)",
  "| evaluate sliding_window_counts($user, $time, datetime(2026-11-01), datetime(2026-11-05), 2d, 1d)",
  "| top-hitters 2 of $user by $count",
  "| summarize percentilesw($count, $count, 50, 90), percentilesw_array($count, $count, 10, 50), covariance($count, $count) by strlen($user)",
  "| parse $user with Y 'n' Z",
  "| extend Z = strcat('Y=', $user, ';X=', $count) | parse-kv Z as (Y:string, X:long) with (pair_delimiter=';', kv_delimiter='=')",
  "| sort by $count asc | scan declare (Y:long = 0) with (step one: true => Y = $count + one.Y;)",
  "| partition hint.strategy=native by $user (top 1 by $count)",
  "| where $user in ((ROWS | where $count > 1 | project $user)) | where $user !in~ ($bag)",
  "| where strcat('x ', $user) has_any ((ROWS | where $count > 2 | project $user))",
  "| where strcat($user, ' ', $count) has_any ($bag) or $user has_all (dynamic(['ann']))",
  "| extend Y = toscalar(ROWS | summarize max($count)), Z = toscalar(ROWS | project $user)",
  "| extend Y = array_sort_desc($bag), Z = array_index_of($bag, $count), X = set_has_element($bag, $count)",
  "| extend Y = extract_all(@'(\\w)(\\w)', $user), Z = has_any_index($user, pack_array('bob', $user)), X = zip($bag, $bag)",
  "| extend Y = range($count * 0.5, $count, 0.5), Z = range($time, $time + 1d, 12h), X = array_sum($bag), V = bag_keys($bag)",
  "| extend Y = case($count > 2, $user, 'none'), Z = coalesce($user, tostring($count)), X = split($user, 'n')[0]",
];
const NAMES = [
  ["n", "bin", "k0", "v"],
  ["i", "x", "t", "word"],
  ["v", "i", "word", "k"],
  ["N", "k", "v0", "j"],
  ["rows", "walked", "id", "first"],
  ["l", "r", "s", "e"],
  ["c0", "f0", "a0", "o"],
  ["x", "low", "high", "p"],
  ["fresh", "g0", "cell", "value"],
  ["#of0", "#~2", "#~1", "#by1"],
  ["y", "z", "x", "p"],
  ["case", "Case", "CASE", "cASE"],
  ["current_date", "localtime", "current_user", "user"],
];
const ROLES = ["user", "count", "time", "bag"];
const named = (query: string, names: readonly string[]): string =>
  `ROWS ${query}`
    .replaceAll("ROWS", ROWS)
    .replace(/\$(user|count|time|bag)\b/g, (_, role: string) => `['${names[ROLES.indexOf(role)]}']`);

/** Every fourth, from another one on for each query, so that every name is asked for. */
const namesFor = (query: string): readonly (readonly string[])[] =>
  soaking ? NAMES : NAMES.filter((_, n) => (n + QUERIES.indexOf(query)) % 4 === 0);

test.each(QUERIES)("the answer to « %s » does not hang on what columns are called", async (query) => {
  const plain = await engine.query(named(query, ["User", "Seen", "Time", "Bag"]));
  for (const names of namesFor(query)) {
    const answer = await engine.query(named(query, names));
    expect(
      answer.columns.map(({ type }) => type),
      names.join(),
    ).toEqual(plain.columns.map(({ type }) => type));
    expect(answer.rows, names.join()).toEqual(plain.rows);
  }
});

test("a value that pivot would lay over a column that stays is refused", async () => {
  const query = "datatable(u:string, ann:long)['ann', 1, 'bob', 2] | evaluate pivot(u, count())";
  await expect(engine.query(query)).rejects.toThrow("the value ann");
});

test("a column that is called as one of the counts is refused", async () => {
  const query = `${named("", ["user", "seen", "count", "bag"])} | evaluate activity_counts_metrics(user, ['count'], datetime(2026-11-01), datetime(2026-11-05), 1d)`;
  await expect(engine.query(query)).rejects.toThrow("the name of a count");
});

test("a column of a table that is called as a function of the database is that column, also in a query within", async () => {
  const own = await openEngine({ threads: 1 });
  try {
    const columns = [
      { name: "user", type: "dynamic" },
      { name: "Current_Date", type: "string" },
    ] as const;
    own.define({ name: "Seen", columns, relation: `(SELECT '["ann"]'::JSON AS "user", 'ann' AS "Current_Date")` });
    const { columns: got, rows } = await own.query("Seen | where Current_Date in (user) | where user has_any (user)");
    expect(got.map(({ name }) => name)).toEqual(["user", "Current_Date"]);
    expect(rows).toEqual([[["ann"], "ann"]]);
  } finally {
    own.close();
  }
});
