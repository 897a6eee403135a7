import { describe, expect, test } from "vitest";
import type { Finding } from "../../src/findings/finding.ts";
import { mergeFindings, overlap } from "../../src/findings/merge-findings.ts";
import { iso, later, minutes } from "../../src/time.ts";
import { at } from "../builders.ts";

const start = at("2026-11-21T12:00:00Z");

/** Seen in these windows of ten minutes, with so many users each. */
function seen(key: string, windows: readonly (readonly [number, number])[]): Finding {
  const first = Math.min(...windows.map(([minute]) => minute));
  const last = Math.max(...windows.map(([minute]) => minute));
  return {
    key,
    hunt: { id: "h", name: "h", slug: "h" },
    group: { kind: "code", value: "50126", label: "50126" },
    window: { from: later(start, minutes(first)), to: later(start, minutes(last + 10)) },
    measured: [{ column: "Users", value: Math.max(...windows.map(([, users]) => users)), threshold: 30 }],
    accounts: windows.map(([minute]) => `user${minute}@contoso.example`),
    addresses: [],
    cut: [],
    rows: windows.map(([minute, users]) => ({ Window: iso(later(start, minutes(minute))), Users: users })),
  };
}

describe("a finding that was seen twice", () => {
  const both = mergeFindings(
    seen("old", [
      [10, 40],
      [20, 50],
    ]),
    seen("new", [
      [20, 45],
      [30, 60],
    ]),
    "Window",
  );

  test("keeps the key that is remembered, and reaches over both", () => {
    expect([both.key, iso(both.window.from), iso(both.window.to)]).toEqual([
      "old",
      "2026-11-21T12:10:00.000Z",
      "2026-11-21T12:40:00.000Z",
    ]);
  });
  test("has each window once, as it was when it counted most, the strongest first", () => {
    expect(both.rows.map(({ Users }) => Users)).toEqual([60, 50, 40]);
  });
  test("has the strongest number of both and everybody who is named in either", () => {
    expect(both.measured).toEqual([{ column: "Users", value: 60, threshold: 30 }]);
    expect(both.accounts).toEqual(["user10@contoso.example", "user20@contoso.example", "user30@contoso.example"]);
  });
  test("is the same whichever was seen first, but for its key", () => {
    const other = mergeFindings(
      seen("new", [
        [20, 45],
        [30, 60],
      ]),
      seen("old", [
        [10, 40],
        [20, 50],
      ]),
      "Window",
    );
    expect({ ...other, key: "" }).toEqual({ ...both, key: "" });
  });
});

test("windows that only touch do not overlap", () => {
  const a = { from: start, to: later(start, minutes(10)) };
  const b = { from: later(start, minutes(10)), to: later(start, minutes(20)) };
  expect([overlap(a, b), overlap(a, { ...b, from: later(start, minutes(9)) })]).toEqual([false, true]);
});
