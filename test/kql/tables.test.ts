// Tabular operators: rows, columns and their names.
import { describe, expect, test } from "vitest";
import { columnsOf, refusalOf, rowsOf } from "./ask.ts";

const SIGN_INS = `let SignIns = datatable(User:string, Address:string, Code:int, At:datetime)[
  "ada", "192.0.2.1", 50126, datetime(2026-01-05 08:00:00),
  "ada", "192.0.2.1", 0, datetime(2026-01-05 08:01:00),
  "bob", "192.0.2.9", 50126, datetime(2026-01-05 09:30:00),
  "bob", "198.51.100.7", 50053, datetime(2026-01-06 09:30:00),
  "", "203.0.113.5", int(null), datetime(null),
];\n`;
const over = (pipe: string) => rowsOf(`${SIGN_INS}SignIns | ${pipe}`);

describe("columns are named as Kusto names them", () => {
  test.each([
    ["print 1, x=2, strcat('a', 'b')", "print_0:long, x:long, print_2:string"],
    [
      "range n from 1 to 2 step 1 | summarize count(), sum(n), max(n), make_set(n), dcount(n), percentile(n, 95), countif(n > 1), take_any(n) by bin(n, 2)",
      "n:long, count_:long, sum_n:long, max_n:long, set_n:dynamic, dcount_n:long, percentile_n_95:long, countif_:long, n1:long",
    ],
    ["range n from 1 to 2 step 1 | project n + 1, n * 2", "Column1:long, Column2:long"],
    ["range n from 1 to 2 step 1 | join kind=inner (range n from 1 to 2 step 1) on n", "n:long, n1:long"],
    ["union (print x=1), (print x='a')", "x_long:long, x_string:string"],
    ["print a=1, A=2 | project A, a", "A:long, a:long"],
  ])("%s", async (kql, expected) => {
    expect(await columnsOf(kql)).toBe(expected);
  });
});

describe("summarize", () => {
  test("a null and an empty key make groups of their own", async () => {
    expect(await over("summarize count() by User, Code | sort by User asc, Code asc")).toEqual([
      ["", null, 1],
      ["ada", 0, 1],
      ["ada", 50126, 1],
      ["bob", 50053, 1],
      ["bob", 50126, 1],
    ]);
  });
  test("over no rows there is one row without keys and none with", async () => {
    expect(
      await over("where false | summarize count(), sum(Code), avg(Code), min(At), make_set(User), dcount(User)"),
    ).toEqual([[0, 0, "NaN", null, [], 0]]);
    expect(await over("where false | summarize count() by User")).toEqual([]);
  });
  test("sets are ascending, distinct, without nulls, and cut where the call says", async () => {
    expect(await over("summarize make_set(Code), make_set(Code, 2), make_set_if(User, Code > 0, 1)")).toEqual([
      [[0, 50053, 50126], [0, 50053], ["ada"]],
    ]);
  });
  test("the old spelling of a set stops at 128 and the new one does not", async () => {
    const [row] = await rowsOf(
      "range n from 1 to 200 step 1 | summarize a = array_length(makeset(n)), b = array_length(make_set(n)), c = array_length(makelist(n))",
    );
    expect(row).toEqual([128, 200, 128]);
  });
  test("a set of arrays is the set of their elements", async () => {
    const values = "datatable(d:dynamic)[dynamic([2, 1]), dynamic([1, 3]), dynamic(null), dynamic('x')]";
    expect(await rowsOf(`${values} | summarize make_set(d)`)).toEqual([[["x", 1, 2, 3]]]);
  });
  test("arg_max brings the row with it, and a group without values still has one", async () => {
    expect(await over("summarize arg_max(At, Address, Code) by User | sort by User asc")).toEqual([
      ["", null, "203.0.113.5", null],
      ["ada", "2026-01-05T08:01:00.0000000Z", "192.0.2.1", 0],
      ["bob", "2026-01-06T09:30:00.0000000Z", "198.51.100.7", 50053],
    ]);
    expect(await columnsOf(`${SIGN_INS}SignIns | summarize arg_min(At, *) by User`)).toBe(
      "User:string, At:datetime, Address:string, Code:int",
    );
  });
  test("counts, conditional and distinct, are exact", async () => {
    expect(
      await over(
        "summarize countif(Code == 50126), dcountif(User, Code > 0), count_distinct(Address), sumif(Code, User == 'ada')",
      ),
    ).toEqual([[2, 2, 4, 50126]]);
  });
  test("lists follow the order of the rows and bags keep the first value of a key", async () => {
    expect(await over("sort by At desc | summarize make_list(User)")).toEqual([[["bob", "bob", "ada", "ada", ""]]]);
    expect(await over("sort by At asc | where User != '' | summarize make_bag(bag_pack(User, Code))")).toEqual([
      [{ ada: 50126, bob: 50126 }],
    ]);
  });
  test("percentiles are of the nearest rank", async () => {
    expect(await rowsOf("range n from 1 to 10 step 1 | summarize percentile(n, 50), percentiles(n, 5, 95)")).toEqual([
      [5, 1, 10],
    ]);
  });
});

describe("order", () => {
  test("nulls come last when descending and first when ascending, unless the query says", async () => {
    expect(await over("sort by Code | project Code")).toEqual([[50126], [50126], [50053], [0], [null]]);
    expect(await over("sort by Code asc nulls last | project Code")).toEqual([[0], [50053], [50126], [50126], [null]]);
  });
  test("it survives projections and filters", async () => {
    expect(await over("sort by At asc | where Code != 1 | project User | take 2")).toEqual([[""], ["ada"]]);
    expect(await over("top 1 by At | project Address")).toEqual([["198.51.100.7"]]);
  });
  test("neighbours and numbers of rows follow it", async () => {
    expect(
      await over(
        "where User != '' | sort by At asc | extend n = row_number(), before = prev(User), after = next(Code, 1, -1) | project n, before, after",
      ),
    ).toEqual([
      [1, "", 0],
      [2, "ada", 50126],
      [3, "ada", 50053],
      [4, "bob", -1],
    ]);
  });
});

describe("join", () => {
  const JOIN = `let L = datatable(k:string, a:int)["x", 1, "x", 2, "y", 3];
let R = datatable(k:string, b:int)["x", 10, "x", 20, "z", 30];\n`;
  test.each([
    [
      "inner",
      [
        ["x", 1, "x", 10],
        ["x", 1, "x", 20],
        ["x", 2, "x", 10],
        ["x", 2, "x", 20],
      ],
    ],
    [
      "leftouter",
      [
        ["x", 1, "x", 10],
        ["x", 1, "x", 20],
        ["x", 2, "x", 10],
        ["x", 2, "x", 20],
        ["y", 3, "", null],
      ],
    ],
    [
      "rightouter",
      [
        ["", null, "z", 30],
        ["x", 1, "x", 10],
        ["x", 1, "x", 20],
        ["x", 2, "x", 10],
        ["x", 2, "x", 20],
      ],
    ],
    [
      "fullouter",
      [
        ["", null, "z", 30],
        ["x", 1, "x", 10],
        ["x", 1, "x", 20],
        ["x", 2, "x", 10],
        ["x", 2, "x", 20],
        ["y", 3, "", null],
      ],
    ],
    [
      "leftsemi",
      [
        ["x", 1],
        ["x", 2],
      ],
    ],
    ["leftanti", [["y", 3]]],
    ["anti", [["y", 3]]],
    [
      "rightsemi",
      [
        ["x", 10],
        ["x", 20],
      ],
    ],
    ["rightanti", [["z", 30]]],
  ])("kind=%s", async (kind, expected) => {
    const rows = await rowsOf(`${JOIN}L | join kind=${kind} R on k`);
    expect([...rows].sort((a, b) => (JSON.stringify(a) < JSON.stringify(b) ? -1 : 1))).toEqual(expected);
  });
  test("without a kind one row of the left is kept per key", async () => {
    const rows = await rowsOf(`${JOIN}L | join R on $left.k == $right.k | project b | sort by b asc`);
    expect(rows).toEqual([[10], [20]]);
  });
  test("lookup keeps the left and drops the right's keys", async () => {
    expect(await rowsOf(`${JOIN}L | where a > 1 | lookup (R | where b != 20) on k | sort by a asc`)).toEqual([
      ["x", 2, 10],
      ["y", 3, null],
    ]);
  });
  test("a null key joins nothing", async () => {
    expect(
      await rowsOf("datatable(k:int)[int(null), 1] | join kind=inner (datatable(k:int)[int(null), 1]) on k"),
    ).toEqual([[1, 1]]);
  });
});

describe("union and let", () => {
  test("a column that a part does not have is empty there", async () => {
    expect(await rowsOf("union withsource=T (print a=1 | as One), (print b='x' | as Two) | sort by T asc")).toEqual([
      ["One", 1, ""],
      ["Two", null, "x"],
    ]);
  });
  test("comments between the parts are no names, types or kinds", async () => {
    const kql = `let A = print x = 1;
      union kind=// every *
        outer // all * tables
        A, // and *
        (A | join kind= // not inner
          leftanti (print x = 2) on x) // done
      | extend y = dynamic([1]) | mv-expand // each
        y to typeof( // number
        long) | summarize sum(x), sum(y)`;
    expect(await rowsOf(kql)).toEqual([[2, 2]]);
  });
  test("a fuzzy union leaves out what is not there, and says so", async () => {
    expect(await rowsOf("union isfuzzy=true (print a=1), Nowhere, (Nowhere | take 1)")).toEqual([[1]]);
  });
  test("functions have parameters, defaults and a home of their own", async () => {
    expect(
      await rowsOf(
        "let n = 10; let add = (a:long, b:long=5) { a + b + n }; let f = (n:long) { add(n) }; print f(1), add(1, 1)",
      ),
    ).toEqual([[16, 12]]);
    expect(
      await rowsOf(
        "let big = (T:(v:long), least:long) { T | where v >= least }; range v from 1 to 4 step 1 | invoke big(3)",
      ),
    ).toEqual([[3], [4]]);
    expect(await rowsOf("let V = view () { print x=1 }; V | extend y = x")).toEqual([[1, 1]]);
  });
  test("toscalar, in with a name, and in with a subquery", async () => {
    expect(await rowsOf("let m = toscalar(range x from 1 to 3 step 1 | summarize max(x)); print m")).toEqual([[3]]);
    expect(await rowsOf("let bad = dynamic(['b']); datatable(s:string)['a', 'b'] | where s in (bad)")).toEqual([["b"]]);
    expect(await rowsOf("datatable(s:string)['a', 'B'] | where s in~ ((datatable(t:string)['b']))")).toEqual([["B"]]);
    expect(
      await rowsOf(
        "let words = toscalar(datatable(t:string)['two'] | summarize make_list(t)); datatable(s:string)['one two', 'three'] | where s has_any (words)",
      ),
    ).toEqual([["one two"]]);
  });
});

describe("arrays and bags become rows", () => {
  test("null gives one row, an empty array none, a bag one per property", async () => {
    const rows =
      "datatable(n:int, d:dynamic)[1, dynamic([1, 2]), 2, dynamic([]), 3, dynamic(null), 4, dynamic({'a': 1, 'b': 2})]";
    expect(await rowsOf(`${rows} | mv-expand with_itemindex=i d | sort by n asc, i asc`)).toEqual([
      [1, 1, 0],
      [1, 2, 1],
      [3, null, 0],
      [4, { a: 1 }, 0],
      [4, { b: 2 }, 1],
    ]);
  });
  test("several arrays go side by side, and types convert", async () => {
    expect(await rowsOf("print a=dynamic(['1','x']), b=dynamic([7]) | mv-expand a to typeof(long), b")).toEqual([
      [1, 7],
      [null, null],
    ]);
    expect(await rowsOf("print a=dynamic([1,2,3]) | mv-expand a limit 2 | summarize sum(toint(a))")).toEqual([[3]]);
  });
  test("a path and a call have the binder's names", async () => {
    expect(await columnsOf("print d=dynamic({'a': [1]}) | mv-expand d.a")).toBe("d:dynamic, d_a:dynamic");
    expect(await columnsOf("print s='[1]' | mv-expand parse_json(s)")).toBe("s:dynamic");
  });
  test("mv-apply works on the array of each row for itself", async () => {
    const rows = "datatable(n:int, d:dynamic)[1, dynamic([3, 1, 2]), 2, dynamic([9])]";
    expect(
      await rowsOf(`${rows} | mv-apply v=d to typeof(long) on (top 1 by v) | project n, v | sort by n asc`),
    ).toEqual([
      [1, 3],
      [2, 9],
    ]);
    expect(
      await rowsOf(
        `${rows} | mv-apply v=d to typeof(long) on (summarize total=sum(v)) | project n, total | sort by n asc`,
      ),
    ).toEqual([
      [1, 6],
      [2, 9],
    ]);
  });
  test("partition does its part for every key", async () => {
    expect(
      await over("where User != '' | partition by User (top 1 by At | project User, Code) | sort by User asc"),
    ).toEqual([
      ["ada", 0],
      ["bob", 50053],
    ]);
  });
});

describe("parse", () => {
  test("a value of the wrong type spoils the row, unless the kind is relaxed", async () => {
    const text = "datatable(s:string)['id=7 by ada', 'id=x by bob', 'else']";
    expect(await rowsOf(`${text} | parse s with 'id=' id:long ' by ' who`)).toEqual([
      ["id=7 by ada", 7, "ada"],
      ["id=x by bob", null, ""],
      ["else", null, ""],
    ]);
    expect(await rowsOf(`${text} | parse kind=relaxed s with 'id=' id:long ' by ' who | project id, who`)).toEqual([
      [7, "ada"],
      [null, "bob"],
      [null, ""],
    ]);
    expect(await rowsOf(`${text} | parse-where s with 'id=' id:long * | project id`)).toEqual([[7]]);
  });
  test("regular expressions are greedy unless a flag says", async () => {
    expect(await rowsOf("print s='a=1;b=2;' | parse kind=regex s with 'a=' x ';' | project x")).toEqual([["1;b=2"]]);
    expect(await rowsOf("print s='a=1;b=2;' | parse kind=regex flags=U s with 'a=' x ';' | project x")).toEqual([
      ["1"],
    ]);
  });
  test("key-value pairs with quotes and escapes", async () => {
    expect(
      await rowsOf(
        `print s='a=1 b="x y" a=2' | parse-kv s as (a:long, b:string, c:string) with (pair_delimiter=' ', kv_delimiter='=', quote='"') | project a, b, c`,
      ),
    ).toEqual([[1, "x y", ""]]);
  });
});

describe("series, sequences and plugins", () => {
  test("a step without rows takes the default, a step with a null does not", async () => {
    const rows = "datatable(t:datetime, n:long)[datetime(2026-01-01 05:00), 4, datetime(2026-01-03), long(null)]";
    expect(
      await rowsOf(
        `${rows} | make-series c=count(), m=max(n) default=-1 on t from datetime(2026-01-01) to datetime(2026-01-04) step 1d`,
      ),
    ).toEqual([
      [
        [1, 0, 1],
        [4, -1, null],
        ["2026-01-01T00:00:00.0000000Z", "2026-01-02T00:00:00.0000000Z", "2026-01-03T00:00:00.0000000Z"],
      ],
    ]);
  });
  test("a range() of a series begins on a bin, and nothing may lie behind its stop", async () => {
    const rows =
      "datatable(t:datetime)[datetime(2026-11-19 05:00), datetime(2026-11-19 23:00), datetime(2026-11-21 11:00)]";
    const noon = { now: Date.UTC(2026, 10, 21, 12) };
    const days = ["2026-11-19T00:00:00.0000000Z", "2026-11-20T00:00:00.0000000Z", "2026-11-21T00:00:00.0000000Z"];
    const series = "make-series c=count() on t in range(startofday(ago(2d)), now(), 1d)";
    expect(await rowsOf(`${rows} | ${series}`, noon)).toEqual([[[2, 0, 1], days]]);
    expect(await refusalOf(`${rows} | ${series}`, { now: Date.UTC(2026, 10, 21, 10) })).toContain("behind the stop");
    expect(await refusalOf(`${rows} | ${series.replace("startofday(ago(2d))", "ago(2d)")}`, noon)).toContain(
      "on a bin",
    );
  });
  test("scan carries state and gives sequences a number", async () => {
    const rows =
      await rowsOf(`datatable(n:int, e:string)[1, "start", 2, "x", 3, "stop", 4, "x", 5, "start", 6, "stop"] | sort by n asc
      | scan with_match_id=id declare (begun:int) with (step a output=none: e == "start" => begun = n; step b: e == "stop" => begun = a.begun;)
      | project n, begun, id`);
    expect(rows).toEqual([
      [3, 1, 0],
      [6, 5, 1],
    ]);
  });
  test("a bag unpacks into the columns that the rows have", async () => {
    const bags = "datatable(k:int, d:dynamic)[1, dynamic({'b': 'x', 'a': 1}), 2, dynamic({'a': 2.5})]";
    expect(await columnsOf(`${bags} | evaluate bag_unpack(d) | extend z = 1`)).toBe(
      "k:int, a:dynamic, b:string, z:long",
    );
    expect(await rowsOf(`${bags} | evaluate bag_unpack(d, 'p_') | where p_b == 'x' | project k, p_b`)).toEqual([
      [1, "x"],
    ]);
    expect(await rowsOf(`${bags} | evaluate bag_unpack(d) : (k:int, a:real)`)).toEqual([
      [1, 1],
      [2, 2.5],
    ]);
  });
  test("pivot turns values into columns", async () => {
    expect(
      await over("where User != '' | project User, Code = tostring(Code) | evaluate pivot(Code) | sort by User asc"),
    ).toEqual([
      ["ada", 1, 0, 1],
      ["bob", 0, 1, 1],
    ]);
  });
  test("a table of networks is looked up by address", async () => {
    const kql =
      "let N = datatable(net:string, name:string)['192.0.2.0/24', 'office']; " +
      `${SIGN_INS}SignIns | evaluate ipv4_lookup(N, Address, net, return_unmatched=true) | summarize count() by name | sort by name asc`;
    expect(await rowsOf(kql)).toEqual([
      ["", 2],
      ["office", 3],
    ]);
  });
});
